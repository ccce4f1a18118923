"""What engines take for the truths of recorded visits: arrays, beside DuckDB and native, on the same rows.

    python benchmarks/arrays.py --folder /var/tmp/bench base cn
    python benchmarks/arrays.py --folder /var/tmp/bench --visits 1000000 --compare cn

Rows are made-up visits with their derived history, as an audit judges them. Processor time in microseconds a visit, of
one thread; with `--compare` every truth, status and outcome is held against DuckDB's. Needs the extra `audit`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import history_query, open_histories
from visitcheck.audit.running.scope import audit_scope
from visitcheck.audit.running.sql import open_session
from visitcheck.engines.arrays import ArrayEngine
from visitcheck.engines.arrays.by_native import rebuild_visits
from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.engines.arrays.verdicts import ArrayJudge
from visitcheck.engines.columns import ROW
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.sql import SqlEngine
from visitcheck.engines.status import Judge
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.policy import load_policy
from visitcheck.testing.synthetic import synthesise

OPTIONS = AuditOptions(history="derive", threads=1)
NATIVE_VISITS = 2_000
"""Visits that the native engine is timed on."""


def canonical_rows(folder: Path, policy_name: str, visits: int) -> tuple[Plan, Path]:
    """The plan, and a file of rows as an audit judges them, made where there is none yet."""
    policy = load_policy(policy_name)
    plan = make_plan(policy, "recorded")
    made = folder / f"visits-{visits}.parquet"
    rows = folder / f"rows-{policy_name}-{visits}.parquet"
    if not made.exists():
        synthesise(made, visits=visits)
    if not rows.exists():
        inputs = open_inputs([made], policy=policy)
        scope = audit_scope(plan, inputs.fed, OPTIONS)
        with open_session(OPTIONS, folder / "spill") as con:
            con.execute(
                f"CREATE TEMP TABLE valid AS SELECT * EXCLUDE (__problems) "
                f"FROM ({inputs.relation(con)}) WHERE __problems IS NULL"
            )
            query = history_query("valid", scope.kept, OPTIONS)
            con.execute(f"COPY (SELECT * FROM ({query}) ORDER BY {ROW}) TO '{rows}' (FORMAT parquet, COMPRESSION zstd)")
    return plan, rows


def text_columns(rows: Path) -> list[str]:
    """The columns of texts, which are read as dictionaries."""
    schema = pq.ParquetFile(rows).schema
    columns = [schema.column(place) for place in range(len(schema))]
    return [column.path for column in columns if str(column.logical_type) == "String"]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds, and what came of it."""
    began = time.process_time()
    answer = work()
    return time.process_time() - began, answer


def chunks(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """The rows as chunks."""
    yield from table.combine_chunks().to_batches(max_chunksize=CHUNK_ROWS)


def run_arrays(plan: Plan, table: pa.Table) -> tuple[dict[str, float], list[Any]]:
    """Seconds by step, and the truths and verdicts of each chunk."""
    seconds: dict[str, float] = {}
    seconds["compile"], engine = timed(lambda: ArrayEngine(plan))
    judge = ArrayJudge(plan)
    answers = []
    seconds["truths"] = seconds["verdicts"] = 0.0
    for batch in chunks(table):
        took, truths = timed(lambda batch=batch: engine.judge(batch))
        seconds["truths"] += took
        took, verdicts = timed(lambda truths=truths: judge.verdicts(truths))
        seconds["verdicts"] += took
        answers.append((truths, verdicts))
    print(f"  work: {engine.work.to_dict()}")
    return seconds, answers


def run_duckdb(plan: Plan, rows: Path, table: pa.Table) -> tuple[float, pa.Table]:
    """Seconds of the judging query over a table in memory, and its answers."""
    import duckdb

    zones = set(table["visit"].combine_chunks().field("timezone").unique().to_pylist()) - {None}
    engine = SqlEngine(
        plan, zones=zones, may_go_on=open_histories(OPTIONS) if "completeness" in table.column_names else ()
    )
    query = engine.dialect.print(engine.judge("judged", [ROW]))
    with duckdb.connect() as con:
        con.execute("SET threads = 1; SET TimeZone = 'UTC'")
        con.execute(f"CREATE TABLE judged AS SELECT * FROM '{rows}'")
        seconds, _ = timed(lambda: con.execute(f"CREATE TABLE answers AS {query}"))
        return seconds, con.sql(f"SELECT * FROM answers ORDER BY {ROW}").to_arrow_table()


def run_native(plan: Plan, table: pa.Table) -> tuple[float, int]:
    """Seconds for truths and verdicts of some visits, rebuilt beforehand, and how many they were."""
    [batch] = table.slice(0, NATIVE_VISITS).combine_chunks().to_batches()
    visits = rebuild_visits(batch)
    engine, judge = NativeEngine(plan), Judge(plan)
    seconds, _ = timed(lambda: [judge.verdict(engine.evaluate(visit)) for visit in visits])
    return seconds, len(visits)


def count_differences(plan: Plan, answers: list[Any], by_duckdb: pa.Table) -> int:
    """How many truths, statuses and outcomes are not DuckDB's."""

    def column(name: str) -> tuple[Any, Any]:
        array = by_duckdb[name].combine_chunks()
        given = array.fill_null(False if name[0] == "c" else 0)
        return array.is_valid().to_numpy(zero_copy_only=False), given.to_numpy(zero_copy_only=False)

    different = 0
    for position in range(len(plan.conditions)):
        known, value = column(f"c{position}")
        true = np.concatenate([truths[position].true for truths, _ in answers])
        false = np.concatenate([truths[position].false for truths, _ in answers])
        different += int(np.count_nonzero((true != (known & value)) | (false != (known & ~value))))
    for position in range(len(plan.rules)):
        statuses = np.concatenate([verdicts.statuses[position] for _, verdicts in answers])
        different += int(np.count_nonzero(statuses != column(f"s{position}")[1]))
    for name, attribute in (
        ("outcome", "outcomes"),
        ("assessed_outcome", "assessed_outcomes"),
        ("rules_assessed", "assessed"),
        ("rules_applicable", "applicable"),
    ):
        outcomes = np.concatenate([getattr(verdicts, attribute) for _, verdicts in answers])
        different += int(np.count_nonzero(outcomes != column(name)[1]))
    return different


def main() -> None:
    """Time the engines, and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("policies", nargs="*", default=["base", "cn"])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--visits", type=int, default=200_000)
    parser.add_argument("--compare", action="store_true", help="run DuckDB, too, and compare all answers")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.policies or ["base", "cn"]:
        run(name, options)


def run(name: str, options: argparse.Namespace) -> None:
    """Time the engines on one policy."""
    plan, rows = canonical_rows(options.folder, name, options.visits)
    seconds, table = timed(lambda: pq.read_table(rows, read_dictionary=text_columns(rows)))
    count = table.num_rows

    def show(what: str, took: float, visits: int = count) -> None:
        print(f"  {what}: {took / visits * 1e6:.1f} us a visit")

    print(f"{name}: {count:,} visits, {len(plan.conditions)} conditions, {len(plan.rules)} rules")
    show("reading the rows", seconds)
    took, answers = run_arrays(plan, table)
    print(f"  arrays, compiling: {took['compile']:.2f} s")
    show("arrays, truths", took["truths"])
    show("arrays, verdicts", took["verdicts"])
    show("native, truths and verdicts of visits that are there already", *run_native(plan, table))
    if options.compare:
        duckdb_seconds, by_duckdb = run_duckdb(plan, rows, table)
        show("DuckDB, truths and verdicts", duckdb_seconds)
        print(f"  {count_differences(plan, answers, by_duckdb):,} truths, statuses and outcomes differ from DuckDB's")


if __name__ == "__main__":
    main()
