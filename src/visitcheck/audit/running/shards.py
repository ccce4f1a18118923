"""Rows in hash buckets of their debtor, so that all visits to a debtor are judged together."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from visitcheck.audit.inputs.gate_reader import PROBLEMS
from visitcheck.audit.options import MOST_SHARDS
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.sql import fact_column, quote_name, quote_text
from visitcheck.engines.columns import FILE, ROW, fact_columns
from visitcheck.engines.sql.columns import duckdb_type
from visitcheck.errors import Problem

if TYPE_CHECKING:
    import duckdb

ROWS_PER_SHARD = 100_000
SHARD = "__shard"
"""The column with the number of a row's shard."""
# Memory is held for every file that is written to at once, so shards share files when there are many.
MOST_FILES = 48
_REJECTED = -1
# Rows that wait in each thread for their files, and in each file for their row group.
_WAITING = 2_048
_ROW_GROUP = 8_192

NOT_RECORDED = Problem("not-recorded", "an audit judges recorded visits", path="$.visit.stage")
"""Why an audit rejects a proposal."""


def number_of_shards(rows: int) -> int:
    """How many shards suit an input of so many rows."""
    return min(MOST_SHARDS, max(1, -(-rows // ROWS_PER_SHARD)))


def shard_expression(count: int) -> str:
    """The shard of a row: the first 8 hex digits of the MD5 of `debtor.id`, modulo the number of shards.

    Rows without a debtor's id go by their visit's.
    """
    key = f"coalesce({fact_column('debtor.id')}, {fact_column('visit.id')}, '')"
    return f"(('0x' || md5({key})[1:8])::UBIGINT % {count})::INTEGER"


@dataclass(frozen=True)
class Shards:
    """The folder of shards on disk, some shards a bin: `bin=-1` holds the rejects, the others the rows to judge."""

    folder: Path
    count: int

    @property
    def bins(self) -> int:
        """How many bins there are."""
        return min(self.count, MOST_FILES)

    def bin_of(self, shard: int) -> int:
        """The bin that a shard is in; shards that follow each other share one."""
        return shard * self.bins // self.count

    def rows(self, number: int) -> str:
        """A table function over the rows of one bin."""
        return _scan_bins(self.folder, f"bin={number}")

    @property
    def rejects(self) -> str:
        """The same for rejects."""
        return self.rows(_REJECTED)

    @property
    def has_rejects(self) -> bool:
        """Whether any row was rejected as it was read."""
        return next(self.folder.glob(f"bin={_REJECTED}/*.parquet"), None) is not None

    @property
    def all_rows(self) -> str:
        """All rows to judge."""
        return _scan_bins(self.folder, "bin=[0-9]*")


def _scan_bins(folder: Path, pattern: str) -> str:
    return f"read_parquet({quote_text(Path(escape(str(folder))) / pattern / '*.parquet')}, hive_partitioning = false)"


def narrowed_columns(scope: AuditScope) -> str:
    """List the canonical columns with only the facts that the run needs."""
    columns = fact_columns(scope.kept).items()
    return ", ".join(f"{quote_name(column)}::{duckdb_type(type_)} AS {quote_name(column)}" for column, type_ in columns)


def narrowed_rows(relation: str, scope: AuditScope) -> str:
    """Select the rows of `relation` with only the facts that the run needs; proposals get a problem."""
    fields = ", ".join(f"'{key}': {quote_text(value)}" for key, value in reject_fields(NOT_RECORDED).items())
    proposed = f"[{{{fields}}}]"
    problems = f"coalesce(__problems, CASE WHEN {fact_column('visit.stage')} = 'proposed' THEN {proposed} END)"
    columns = f"{quote_name(FILE)}, {quote_name(ROW)}, {narrowed_columns(scope)}"
    return f"SELECT {columns}, {problems} AS __problems FROM ({relation})"


def reject_fields(problem: Problem) -> dict[str, str]:
    """A problem as tables of rejects hold it: code, path, and message with its help."""
    message = f"{problem.message}; {problem.help}" if problem.help else problem.message
    return {"code": problem.code, "path": problem.path or "$", "message": message}


def write_shards(con: duckdb.DuckDBPyConnection, relation: str, scope: AuditScope, shards: Shards) -> list[int]:
    """Write every row of `relation` to its shard, with the facts that the run needs; returns the shards used.

    Where nothing can be judged, one shard without rows is used.
    """
    shutil.rmtree(shards.folder, ignore_errors=True)
    con.execute("SET preserve_insertion_order = false")
    con.execute(f"SET partitioned_write_flush_threshold = {_WAITING}")
    con.execute(f"SET partitioned_write_max_open_files = {MOST_FILES + 1}")
    bin_ = f"CASE WHEN __problems IS NULL THEN {SHARD} * {shards.bins} // {shards.count} ELSE {_REJECTED} END"
    shard = f"SELECT *, {shard_expression(shards.count)} AS {SHARD} FROM ({narrowed_rows(relation, scope)})"
    con.execute(
        f"COPY (SELECT *, {bin_} AS bin FROM ({shard})) TO {quote_text(shards.folder)} "
        f"(FORMAT parquet, COMPRESSION lz4, PARTITION_BY bin, ROW_GROUP_SIZE {_ROW_GROUP})"
    )
    if next(shards.folder.glob("bin=[0-9]*"), None) is None:
        _write_empty_shard(con, scope, shards)
        return [0]
    rows = con.execute(f"SELECT DISTINCT {SHARD} FROM {shards.all_rows} ORDER BY 1").fetchall()
    return [shard for [shard] in rows]


def _write_empty_shard(con: duckdb.DuckDBPyConnection, scope: AuditScope, shards: Shards) -> None:
    """Write a shard without rows: where nothing can be judged, there are still tables, without rows."""
    columns = [(FILE, "INTEGER"), (ROW, "BIGINT")]
    columns += [(column, duckdb_type(type_)) for column, type_ in fact_columns(scope.kept).items()]
    columns += [("__problems", duckdb_type(PROBLEMS)), (SHARD, "INTEGER")]
    nothing = ", ".join(f"NULL::{type_} AS {quote_name(column)}" for column, type_ in columns)
    target = shards.folder / "bin=0" / "none.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"COPY (SELECT {nothing} WHERE FALSE) TO {quote_text(target)} (FORMAT parquet)")
