"""What runs on Spark's workers, over batches of rows, without Spark."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from visitcheck.audit.auditing import audit
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import history_query
from visitcheck.audit.running.reading import narrowed_rows
from visitcheck.audit.running.scope import audit_scope
from visitcheck.audit.running.summary_files import sum_counts
from visitcheck.audit.spark.judging import JudgeMapper
from visitcheck.audit.spark.reading import RowsMapper
from visitcheck.audit.spark.sql import translate_to_spark
from visitcheck.engines.columns import FILE, ROW, status_name
from visitcheck.facts import ROOT
from visitcheck.ir.plan import make_plan
from visitcheck.policy import load_policy

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "audit" / "visits.parquet"


def _numbered(table: pa.Table) -> pa.Table:
    rows = pa.array(range(1, len(table) + 1), pa.int64())
    return table.add_column(0, ROW, rows).add_column(0, FILE, pa.array([0] * len(table), pa.int32()))


@pytest.mark.long
def test_batches_are_read_as_files_are(tmp_path: Path) -> None:
    """
    In batches of 90, by a reader that went through pickle; the last rows are a proposal and one without an id.
    """
    table = pq.read_table(EXAMPLE)
    last = table.slice(0, 2).to_pylist()
    last[0]["visit"] |= {"id": "p", "stage": "proposed"}
    last[1]["visit"]["id"] = None
    pq.write_table(pa.concat_tables([table, pa.Table.from_pylist(last, table.schema)]), tmp_path / "visits.parquet")
    policy = load_policy("base.record")
    inputs = open_inputs([tmp_path / "visits.parquet"], policy=policy)
    scope = audit_scope(make_plan(policy, "recorded"), inputs.fed, AuditOptions())
    read = pickle.loads(pickle.dumps(RowsMapper(scope, None, None, datetime(2026, 11, 30, tzinfo=UTC))))  # noqa: S301 - our own
    batches = _numbered(pq.read_table(tmp_path / "visits.parquet")).to_batches(max_chunksize=90)
    rows = [row for batch in read(batches) for row in batch.to_pylist()]

    refused = {row[ROW]: [one["code"] for one in row["__problems"]] for row in rows if row["__problems"]}
    audited = audit(tmp_path / "visits.parquet", policy, out=tmp_path / "out").rejects().arrow().read_all().to_pylist()
    assert {301: ["not-recorded"], 302: ["missing-selector"]} == refused
    assert refused == {row["row"]: [one["code"] for one in row["problems"]] for row in audited}
    known = {row["__row"]: row for batch in inputs.batches() for row in batch.to_pylist()}
    assert all(row["visit"].items() <= known[row[ROW]]["visit"].items() for row in rows)
    assert len(rows) == len(known) == 302


def test_the_query_for_earlier_visits_has_only_forms_that_spark_has() -> None:
    """
    sqlglot would pass on a function that Spark lacks, so they are listed.
    """
    from sqlglot import exp, parse_one

    query = translate_to_spark(history_query("visits", ROOT, AuditOptions()))
    calls = {call.sql_name() for call in parse_one(query, dialect="spark").find_all(exp.Func)}
    names = {call.name for call in parse_one(query, dialect="spark").find_all(exp.Anonymous)}

    assert not names
    assert {"ARRAY_SIZE", "COALESCE", "ROW_NUMBER"} <= calls
    assert "REPLACE" not in query.split()
    assert "EXCEPT" not in query


@pytest.mark.long
def test_batches_are_judged_as_files_are(tmp_path: Path) -> None:
    """
    In batches of 70 and of none, by a judge that went through pickle; against the audit of the same file.
    """
    policy = load_policy("base")
    options = AuditOptions()
    inputs = open_inputs([EXAMPLE], policy=policy)
    plan = make_plan(policy, "recorded")
    scope = audit_scope(plan, inputs.fed, options)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE rows AS {narrowed_rows(inputs.relation(con), scope)}")
        table = con.sql(history_query("rows", scope.kept, options)).to_arrow_table()
    judge = pickle.loads(pickle.dumps(JudgeMapper(scope)))  # noqa: S301 - our own

    batches = [table.schema.empty_table().combine_chunks(), table]
    judged = pa.Table.from_batches(
        list(judge(batch for part in batches for batch in part.to_batches(max_chunksize=70)))
    ).sort_by(ROW)

    result = audit(EXAMPLE, policy, out=tmp_path / "out")
    verdicts = result.verdicts().arrow().read_all()
    assert judged["visit_id"].to_pylist() == verdicts["visit_id"].to_pylist()
    for name in ("outcome", "rules_assessed", "rules_applicable"):
        assert judged[name].to_pylist() == verdicts[name].to_pylist()
    for position, rule in enumerate(plan.rules):
        assert judged[status_name(position)].equals(verdicts[rule.rule.id]), rule.rule.id
    counts = sum_counts(json.loads(each) for each in judged["counts"].to_pylist() if each is not None)
    assert result.summary["outcome"].items() >= counts["outcome"].items()
    findings = [
        {"row": row[ROW], "visit_id": row["visit_id"], **finding}
        for row in judged.to_pylist()
        for finding in row["findings"]
    ]
    told = result.findings().arrow().read_all().select(list(findings[0])).to_pylist()
    assert findings == told
