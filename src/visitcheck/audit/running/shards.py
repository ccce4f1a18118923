"""Rows in hash buckets of their debtor, so that all visits to a debtor are judged together."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from visitcheck.audit.inputs.gate_reader import PROBLEMS
from visitcheck.audit.running.scope import Scope
from visitcheck.audit.running.settings import MOST_SHARDS
from visitcheck.audit.running.sql import name, path, text
from visitcheck.engines.sql.columns import FILE, ROW, duckdb_type, fact_columns

if TYPE_CHECKING:
    import duckdb

ROWS_PER_SHARD = 50_000
_REJECTED = -1
# Rows that wait for their shard's file, over all shards: what bounds the memory of partitioning.
_WAITING = 40_000


def number_of_shards(rows: int) -> int:
    """How many shards suit an input of so many rows."""
    return min(MOST_SHARDS, max(1, -(-rows // ROWS_PER_SHARD)))


def shard_expression(count: int) -> str:
    """The shard of a row: the first 8 hex digits of the MD5 of `debtor.id`, modulo the number of shards.

    Rows without a debtor's id go by their visit's.
    """
    key = f"coalesce({path('debtor.id')}, {path('visit.id')}, '')"
    return f"(('0x' || md5({key})[1:8])::UBIGINT % {count})::INTEGER"


@dataclass(frozen=True)
class Shards:
    """The folder of shards on disk: `shard=-1` holds the rejects, the others the rows to judge."""

    folder: Path
    count: int

    def rows(self, shard: int) -> str:
        """A table function over the rows of one shard, or None where it has none."""
        return _scan(self.folder, f"shard={shard}")

    def exists(self, shard: int) -> bool:
        """Whether any row is in the shard."""
        return next(self.folder.glob(f"shard={shard}/*.parquet"), None) is not None

    @property
    def rejects(self) -> str:
        """The same for rejects."""
        return self.rows(_REJECTED)

    @property
    def has_rejects(self) -> bool:
        """Whether any row was rejected as it was read."""
        return self.exists(_REJECTED)

    @property
    def all_rows(self) -> str:
        """All rows to judge."""
        return _scan(self.folder, "shard=[0-9]*")

    @property
    def used(self) -> Iterator[int]:
        """The shards that have rows, in order."""
        return (shard for shard in range(self.count) if self.exists(shard))


def _scan(folder: Path, pattern: str) -> str:
    return f"read_parquet({text(Path(escape(str(folder))) / pattern / '*.parquet')}, hive_partitioning = false)"


def pruned_columns(scope: Scope) -> str:
    """The canonical columns with only the facts that the run needs."""
    columns = fact_columns(scope.kept).items()
    return ", ".join(f"{name(column)}::{duckdb_type(type_)} AS {name(column)}" for column, type_ in columns)


def kept_rows(relation: str, scope: Scope) -> str:
    """The rows of `relation` with only the facts that the run needs; proposals are refused."""
    proposed = "[{'code': 'not-recorded', 'path': '$.visit.stage', 'message': 'an audit judges recorded visits'}]"
    problems = f"coalesce(__problems, CASE WHEN {path('visit.stage')} = 'proposed' THEN {proposed} END)"
    return f"SELECT {name(FILE)}, {name(ROW)}, {pruned_columns(scope)}, {problems} AS __problems FROM ({relation})"


def partition(con: duckdb.DuckDBPyConnection, relation: str, scope: Scope, shards: Shards) -> None:
    """Writes every row of `relation` to its shard, with the facts that the run needs."""
    shutil.rmtree(shards.folder, ignore_errors=True)
    con.execute("SET preserve_insertion_order = false")
    con.execute(f"SET partitioned_write_flush_threshold = {_WAITING}")
    con.execute(f"SET partitioned_write_max_open_files = {MOST_SHARDS}")
    query = (
        f"SELECT *, CASE WHEN __problems IS NULL THEN {shard_expression(shards.count)} ELSE {_REJECTED} END AS shard "
        f"FROM ({kept_rows(relation, scope)})"
    )
    con.execute(
        f"COPY ({query}) TO {text(shards.folder)} (FORMAT parquet, COMPRESSION lz4, PARTITION_BY shard, "
        f"ROW_GROUP_SIZE 20480)"
    )
    if next(shards.used, None) is None:
        _write_empty_shard(con, scope, shards)


def _write_empty_shard(con: duckdb.DuckDBPyConnection, scope: Scope, shards: Shards) -> None:
    """A shard without rows: where nothing can be judged, tables without rows still come of it."""
    columns = [(FILE, "INTEGER"), (ROW, "BIGINT")]
    columns += [(column, duckdb_type(type_)) for column, type_ in fact_columns(scope.kept).items()]
    columns.append(("__problems", duckdb_type(PROBLEMS)))
    nothing = ", ".join(f"NULL::{type_} AS {name(column)}" for column, type_ in columns)
    target = shards.folder / "shard=0" / "none.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"COPY (SELECT {nothing} WHERE FALSE) TO {text(target)} (FORMAT parquet)")
