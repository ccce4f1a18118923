"""Parquet files whose columns are named as the vocabulary's groups and lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlglot import exp

from visitcheck.audit.inputs.duckdb_functions import print_duckdb
from visitcheck.audit.inputs.files import raise_own_failure
from visitcheck.audit.inputs.raw_rows import RawRows, RawType, raw_type
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql

if TYPE_CHECKING:
    import duckdb

_FARTHEST = (2**63 - 1) // 1000
"""Milliseconds that are the most microseconds of the database."""


def columns_of(con: duckdb.DuckDBPyConnection, path: str) -> dict[str, RawType]:
    """The columns with their types, read from the file's footer; raises `duckdb.Error` for a broken file."""
    relation = con.sql(print_duckdb(sql.select([exp.Star()], scan([path]))))
    return {name: raw_type(type_) for name, type_ in zip(relation.columns, relation.types, strict=True)}


def row_count(con: duckdb.DuckDBPyConnection, path: str) -> int:
    """How many rows the footer promises."""
    [(rows,)] = con.sql(print_duckdb(sql.select([sql.call("count", exp.Star())], scan([path])))).fetchall()
    return int(rows)


def int96_columns(path: Path) -> frozenset[str]:
    """The columns that hold times as INT96, a type that does not say whether they are local ones or in UTC."""
    schema = pq.ParquetFile(path).schema
    return frozenset(schema.column(at).path for at in range(len(schema)) if schema.column(at).physical_type == "INT96")


def rows_of(paths: Sequence[str], numbers: Sequence[int], types: dict[str, RawType]) -> RawRows:
    """The rows of files that all have the same columns; `numbers` are the files' own."""
    own = sql.array([sql.number(number) for number in numbers])
    file = sql.call("list_extract", own, sql.cast(sql.add(sql.column("file_index"), 1), "bigint"))
    row = sql.add(sql.column("file_row_number"), 1)
    columns = [
        sql.named(sql.cast(file, "integer"), FILE),
        sql.named(sql.cast(row, "bigint"), ROW),
        *(sql.column(name) for name in types),
    ]
    return RawRows(sql.select(columns, scan(paths, numbered=True)), types)


def unreadable_pages(con: duckdb.DuckDBPyConnection, path: str, types: dict[str, RawType]) -> Iterator[str]:
    """What is wrong with the file's data, found by reading all of it; nothing for a sound file."""
    import duckdb

    counts = [sql.call("count", sql.column(name)) for name in types] or [sql.call("count", exp.Star())]
    query = sql.select(counts, scan([path]))
    try:
        con.sql(print_duckdb(query)).fetchall()
    except duckdb.Error as error:
        raise_own_failure(error)
        yield str(error)


def unreadable_batches(path: Path) -> Iterator[str]:
    """The same by Arrow, which holds times that the database does not."""
    try:
        for _ in pq.ParquetFile(path).iter_batches():
            pass
    except (pa.ArrowException, OSError) as error:
        raise_own_failure(error)
        yield str(error)


def has_far_times(path: Path) -> bool:
    """Whether a column holds milliseconds that are no microseconds of the database, which then reads nothing of it.

    FALSE for a file that cannot be read.
    """
    try:
        file = pq.ParquetFile(path)
        columns = [field.name for field in file.schema_arrow if _has_milliseconds(field.type)]
        batches = file.iter_batches(columns=columns) if columns else ()
        return any(_holds_far_times(column) for batch in batches for column in batch.columns)
    except (pa.ArrowException, OSError):
        return False


def read_far_times(path: Path, names: Collection[str]) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """The columns of a file with far times, whose columns of milliseconds become text: of far ones the number."""
    file = pq.ParquetFile(path)
    columns = [name for name in file.schema_arrow.names if name in names]
    fields = map(file.schema_arrow.field, columns)
    schema = pa.schema([field.with_type(pa.string()) if _is_in_milliseconds(field.type) else field for field in fields])
    batches = (
        pa.record_batch([_times_as_text(column) for column in batch.select(columns).columns], schema)
        for batch in file.iter_batches(columns=columns)
    )
    return schema, batches


def _has_milliseconds(type_: pa.DataType) -> bool:
    parts = (type_.field(at).type for at in range(type_.num_fields))
    return _is_in_milliseconds(type_) or any(map(_has_milliseconds, parts))


def _holds_far_times(column: pa.Array) -> bool:
    if pa.types.is_struct(column.type):
        return any(map(_holds_far_times, column.flatten()))
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return _holds_far_times(column.flatten())
    return _is_in_milliseconds(column.type) and bool(pc.any(_is_far(column)).as_py())


def _is_in_milliseconds(type_: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(type_)) and bool(type_.unit == "ms")


def _is_far(column: pa.Array) -> pa.Array:
    number = column.cast(pa.int64())
    return pc.or_(pc.greater(number, _FARTHEST), pc.less(number, -_FARTHEST))


def _times_as_text(column: pa.Array) -> pa.Array:
    if not _is_in_milliseconds(column.type):
        return column
    far = _is_far(column)
    near = pc.if_else(far, pa.scalar(None, column.type), column)
    number = pc.binary_join_element_wise(column.cast(pa.int64()).cast(pa.string()), "ms", " ")
    return pc.if_else(far, number, pc.replace_substring(near.cast(pa.string()), " ", "T", max_replacements=1))


def scan(paths: Sequence[str], *, numbered: bool = False) -> Sql:
    """The files as a table function; `numbered` adds `file_row_number`, from 0.

    A name is no pattern here, and what folders are called (`month=2026-01`) is no column.
    """
    files = sql.array([sql.text(escape(path)) for path in paths])
    options = [exp.EQ(this=exp.column("hive_partitioning"), expression=sql.false())]
    if numbered:
        options.append(exp.EQ(this=exp.column("file_row_number"), expression=sql.true()))
    return sql.call("read_parquet", files, *options)


def sample(names: Sequence[str], path: str, rows: int) -> exp.Select:
    """The first rows, as text."""
    columns = [sql.named(sql.cast(sql.column(name), "varchar"), name) for name in names]
    return sql.select(columns, scan([path])).limit(rows)
