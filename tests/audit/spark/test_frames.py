"""`audit(dataframe, policy)`: tables as DataFrames, registers, files as they may be, and what is refused."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from audit.spark.comparing import rows_of
from databases import spark
from visitcheck.audit.auditing import audit
from visitcheck.audit.result import AuditResult
from visitcheck.errors import AuditFailed, InvalidInput
from visitcheck.facts import Registers
from visitcheck.policy import Policy, load_policy

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "audit" / "visits.parquet"

pytestmark = [pytest.mark.long, pytest.mark.spark]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("base.record", "base.contact")


def _rows(frame: Any) -> dict[str, dict[str, Any]]:
    return {row["visit_id"]: _in_utc(row.asDict()) for row in frame.drop("file").collect()}


def _in_utc(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose start is in UTC: Spark gives Python local times."""
    start = row["starts_at"]
    return {**row, "starts_at": None if start is None else start.astimezone(UTC)}


def _example() -> Any:
    return spark().read.parquet(str(EXAMPLE))


def test_verdicts_come_back_as_a_frame_and_nothing_is_written(policy: Policy, tmp_path: Path) -> None:
    """
    The example in five partitions: positions are those in the frame, and all else is as DuckDB has it.
    """
    frame = _example().repartitionByRange(5, "visit.id")
    ours = audit(EXAMPLE, policy, out=tmp_path / "out")
    theirs = audit(frame, policy)

    expected = {row["visit_id"]: _in_utc(row) for row in ours.verdicts().arrow().read_all().drop(["file"]).to_pylist()}
    verdicts = _rows(theirs.verdicts)
    places = [row.visit.id for row in frame.select("visit").collect()]
    assert places == sorted(verdicts, key=lambda one: verdicts[one]["row"])
    assert [{**row, "row": 0} for row in expected.values()] == [{**verdicts[one], "row": 0} for one in expected]
    assert {**ours.summary, "by": None} == {**theirs.summary, "by": None, "leads": ours.summary["leads"]}
    assert ours.summary["by"] == theirs.summary["by"]
    assert (300, 0) == (theirs.verdicts.count(), theirs.rejects.count())
    assert len(ours.findings()) == theirs.findings.count()
    theirs.close()


def test_a_frame_s_audit_is_written_and_read_as_any(policy: Policy, tmp_path: Path) -> None:
    """
    A folder for each table, an audit's JSON beside them, and no second audit over it unasked.
    """
    audited = audit(_example(), policy, out=tmp_path / "out")
    read = AuditResult(tmp_path / "out")

    assert len(read.verdicts()) == 300 == read.verdicts().relation().shape[0]
    assert read.verdicts().arrow().schema.names == audited.verdicts.columns
    assert read.manifest["input"] == [
        {"file": "DataFrame", "format": "spark", "bytes": 0, "sha256": "", "rows": 300},
    ]
    assert {"summary.json", "manifest.json", "policy.json", "run.json"} <= {one.name for one in read.folder.iterdir()}
    with pytest.raises(AuditFailed, match="output-exists"):
        audit(_example(), policy, out=tmp_path / "out")


def test_files_that_are_broken_or_hold_what_is_no_fact(policy: Policy, tmp_path: Path) -> None:
    """
    Told apart as DuckDB tells them; registers fill in and contradict alike.
    """
    from visitcheck.audit.options import AuditOptions
    from visitcheck.audit.spark.auditing import SparkRun

    table = pq.read_table(EXAMPLE).slice(0, 4)
    pq.write_table(table.append_column("wether", table.column("debtor")), tmp_path / "odd.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    paths = [tmp_path / "odd.parquet", tmp_path / "broken.parquet", EXAMPLE]
    agency = table.column("agency")[0].as_py()["id"]
    registers = Registers.read({"agencies": {agency or "a": {"whitelisted": True}}})

    ours = audit(paths, policy, out=tmp_path / "duckdb", registers=registers)
    SparkRun(policy, AuditOptions(registers=registers)).audit_files(spark(), paths, tmp_path / "spark")
    theirs = AuditResult(tmp_path / "spark")

    assert {name: said for name, said in ours.summary.items() if name != "leads"} == theirs.summary  # none are read
    assert rows_of(ours, "rejects") == rows_of(theirs, "rejects")
    assert {"odd.parquet", "broken.parquet"} == {one["file"] for one in theirs.summary["broken_files"]}


def test_what_is_refused_before_anything_is_judged(policy: Policy, tmp_path: Path) -> None:
    """
    Columns that are no facts, other formats, sessions that are not in UTC or not in ANSI mode.
    """
    from visitcheck.audit.options import AuditOptions
    from visitcheck.audit.spark.auditing import SparkRun

    with pytest.raises(InvalidInput, match="wether"):
        audit(_example().withColumnRenamed("debtor", "wether"), policy)
    (tmp_path / "visits.jsonl").write_text("{}\n", "utf-8")
    run = SparkRun(policy, AuditOptions())
    with pytest.raises(InvalidInput, match=r"visits\.jsonl.*reads only those"):
        run.audit_files(spark(), [tmp_path / "visits.jsonl"], tmp_path / "out")
    session = spark()
    for name, wrong, right in (
        ("spark.sql.session.timeZone", "Asia/Shanghai", "UTC"),
        ("spark.sql.ansi.enabled", "false", "true"),
    ):
        session.conf.set(name, wrong)
        try:
            with pytest.raises(InvalidInput, match=f"{name}.*{wrong}"):
                audit(_example(), policy)
        finally:
            session.conf.set(name, right)
