"""Rows of a DataFrame to canonical rows and rejects: the DuckDB audit's reader, on the workers, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlglot import exp

from visitcheck.audit.inputs.arrow_rows import ColumnReading, canonical_schema, is_readable_by_columns
from visitcheck.audit.inputs.canonical_rows import PROBLEMS_COLUMN, canonical_query
from visitcheck.audit.inputs.gate_reader import PROBLEMS, ColumnsReader
from visitcheck.audit.inputs.raw_rows import RawRows, RawType, raw_type
from visitcheck.audit.running.reading import narrowed_rows, refuse_proposals
from visitcheck.audit.running.scope import AuditScope
from visitcheck.engines.columns import FILE, ROW, fact_columns
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.columns import spark_type
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts import Registers, visit_model_with_extra

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_BATCH = "visitcheck_batch"


def connect_worker() -> duckdb.DuckDBPyConnection:
    """Connect to a database for one batch at a time: Spark has a worker for each core, so it takes one thread."""
    con = connect_duckdb()
    con.execute("SET threads = 1")
    return con


def raw_types(con: duckdb.DuckDBPyConnection, rows: pa.Table) -> dict[str, RawType]:
    """The columns besides those of position, as reading sees them."""
    relation = con.from_arrow(rows)
    columns = zip(relation.columns, relation.types, strict=True)
    return {name: raw_type(type_) for name, type_ in columns if name not in (FILE, ROW)}


@dataclass(frozen=True)
class RowsMapper:
    """For `mapInArrow`: rows with `FILE`, `ROW` and columns of the vocabulary, to the scope's facts and problems."""

    scope: AuditScope
    registers: Registers | None
    as_of: datetime | None
    now: datetime

    @property
    def schema(self) -> str:
        """What comes out, as Spark writes it."""
        facts = {name: spark_type(type_) for name, type_ in fact_columns(self.scope.kept).items()}
        columns = {FILE: "INT", ROW: "BIGINT"} | facts | {PROBLEMS_COLUMN: spark_type(PROBLEMS)}
        return ", ".join(f"`{name}` {type_}" for name, type_ in columns.items())

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The rows of one partition."""
        import pyarrow as pa

        query, reading = "", None
        with connect_worker() as con:
            for batch in batches:
                rows = pa.Table.from_batches([batch])
                facts = batch.drop_columns([FILE, ROW])
                if self.registers is None and is_readable_by_columns(facts.schema, self.scope.root):
                    reading = reading or ColumnReading(self._reader(), raw_types(con, rows), self.scope.kept)
                    yield refuse_proposals(reading.read(facts, batch.column(FILE), batch.column(ROW)))
                    continue
                con.register(_BATCH, rows)
                query = query or self._query(con, rows)
                yield from con.sql(query).to_arrow_table().cast(canonical_schema(self.scope.kept)).to_batches()

    def _reader(self) -> ColumnsReader:
        policy = self.scope.plan.policy
        model = visit_model_with_extra(policy.extra_facts)
        return ColumnsReader(policy, model, self.scope.root, self.registers, self.as_of, self.now)

    def _query(self, con: duckdb.DuckDBPyConnection, rows: pa.Table) -> str:
        reader = self._reader()
        types = raw_types(con, rows)
        columns = [sql.column(name) for name in (FILE, ROW, *types)]
        source = exp.Select(expressions=columns).from_(sql.table(_BATCH))
        return narrowed_rows(canonical_query(con, RawRows(source, types), reader), self.scope)
