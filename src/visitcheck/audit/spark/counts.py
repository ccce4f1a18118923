"""Counts of judged rows: the DuckDB audit's own queries, on the workers, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from visitcheck.audit.running.judged_rows import JUDGED
from visitcheck.audit.running.judging import counts_json
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.tallies import Counts, add_counts, count_shard
from visitcheck.audit.running.visit_doubts import VISIT_DOUBT_CODES
from visitcheck.audit.spark.reading import connect_worker

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True)
class CountsMapper:
    """For `mapInArrow`: judged rows to one row of counts, as JSON."""

    scope: AuditScope
    schema = "counts STRING"

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The counts of one partition."""
        import pyarrow as pa

        nothing: Counts = {}
        counts = reduce(add_counts, (count_shard(con, self.scope) for con in _load_batches(batches)), nothing)
        yield pa.RecordBatch.from_pydict({"counts": [counts_json(counts)]})


def _load_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[duckdb.DuckDBPyConnection]:
    """For each batch a connection on which its rows are under the name that the run has for a shard's."""
    import pyarrow as pa

    with connect_worker() as con:
        for batch in batches:
            con.register("judged_batch", pa.Table.from_batches([batch]))
            # Doubts between visits are looked for by the audit on one machine alone.
            rows = f"SELECT *, []::VARCHAR[] AS {VISIT_DOUBT_CODES} FROM judged_batch"  # noqa: S608
            con.execute(f"CREATE OR REPLACE TEMP TABLE {JUDGED} AS {rows}")
            yield con
