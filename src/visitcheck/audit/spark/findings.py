"""Findings and counts of judged rows: the DuckDB audit's own queries, on the workers, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from visitcheck.audit.running.findings import JUDGED, LACKING, REPORTABLE, findings_query, has_open_rule
from visitcheck.audit.running.judging import counts_json
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.sql import quote_name
from visitcheck.audit.running.tallies import Counts, add_counts, count_shard
from visitcheck.audit.spark.reading import connect_worker
from visitcheck.engines.columns import FILE, ROW

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_FINDING = {
    "visit_id": "STRING",
    "file": "STRING",
    "row": "BIGINT",
    "rule": "STRING",
    "status": "STRING",
    "effect": "STRING",
    "checks": "ARRAY<STRING>",
    "exceptions": "ARRAY<STRING>",
    "missing": "ARRAY<STRING>",
    "starts_at": "TIMESTAMP",
    "debtor_id": "STRING",
    "place_kind": "STRING",
    "agency_id": "STRING",
}


@dataclass(frozen=True)
class FindingsMapper:
    """For `mapInArrow`: judged rows to findings, by row and rule."""

    scope: AuditScope
    labels: tuple[str, ...]
    schema = ", ".join(f"{name} {type_}" for name, type_ in _FINDING.items())

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The findings of one partition."""
        if not self.scope.plan.rules:
            return
        columns = ", ".join(_FINDING)
        findings = findings_query(self.scope, self.labels)
        query = f"SELECT {columns} FROM ({findings}) ORDER BY file_number, row, rule_number"  # noqa: S608
        for con in _load_batches(batches, self.scope):
            yield from con.sql(query).to_arrow_table().cast(_arrow_schema()).to_batches()


@dataclass(frozen=True)
class CountsMapper:
    """For `mapInArrow`: judged rows to one row of counts, as JSON."""

    scope: AuditScope
    schema = "counts STRING"

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The counts of one partition."""
        import pyarrow as pa

        nothing: Counts = {}
        counts = reduce(
            add_counts, (count_shard(con, self.scope) for con in _load_batches(batches, self.scope)), nothing
        )
        yield pa.RecordBatch.from_pydict({"counts": [counts_json(counts)]})


def _load_batches(batches: Iterable[pa.RecordBatch], scope: AuditScope) -> Iterator[duckdb.DuckDBPyConnection]:
    """For each batch a connection on which its rows are under the names that the run has for a shard's."""
    import pyarrow as pa

    position = f"{quote_name(FILE)}, {quote_name(ROW)}"
    with connect_worker() as con:
        for batch in batches:
            con.register("judged_batch", pa.Table.from_batches([batch]))
            con.execute(f"CREATE OR REPLACE TEMP TABLE {JUDGED} AS SELECT * FROM judged_batch")  # noqa: S608
            lacking = f"SELECT {position}, lacks FROM {JUDGED} WHERE {has_open_rule(scope)}"  # noqa: S608
            con.execute(f"CREATE OR REPLACE TEMP VIEW {LACKING} AS {lacking}")
            con.execute(f"CREATE OR REPLACE TEMP VIEW {REPORTABLE} AS SELECT * FROM {JUDGED}")  # noqa: S608
            yield con


def _arrow_schema() -> pa.Schema:
    import pyarrow as pa

    types = {
        "STRING": pa.string(),
        "BIGINT": pa.int64(),
        "ARRAY<STRING>": pa.list_(pa.string()),
        "TIMESTAMP": pa.timestamp("us", "UTC"),
    }
    return pa.schema([pa.field(column, types[type_]) for column, type_ in _FINDING.items()])
