"""Parquet files whose columns are named as the vocabulary's groups and lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from glob import escape
from typing import TYPE_CHECKING

from sqlglot import exp

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.audit.inputs.raw_rows import RawRows, RawType, raw_type
from visitcheck.engines.sql.columns import FILE, ROW

if TYPE_CHECKING:
    import duckdb


def columns_of(con: duckdb.DuckDBPyConnection, path: str) -> dict[str, RawType]:
    """The columns with their types, read from the file's footer; raises `duckdb.Error` for a broken file."""
    relation = con.sql(e.sql(exp.select("*").from_(scan([path]))))
    return {name: raw_type(type_) for name, type_ in zip(relation.columns, relation.types, strict=True)}


def row_count(con: duckdb.DuckDBPyConnection, path: str) -> int:
    """How many rows the footer promises."""
    [(rows,)] = con.sql(e.sql(exp.select("count(*)").from_(scan([path])))).fetchall()
    return int(rows)


def rows_of(paths: Sequence[str], numbers: Sequence[int], types: dict[str, RawType]) -> RawRows:
    """The rows of files that all have the same columns; `numbers` are the files' own."""
    own = exp.Array(expressions=[exp.convert(number) for number in numbers])
    file = e.call("list_extract", own, e.cast(e.compare(exp.Add, e.column("file_index"), exp.convert(1)), "bigint"))
    row = e.compare(exp.Add, e.column("file_row_number"), exp.convert(1))
    columns = [
        exp.alias_(e.cast(file, "integer"), FILE, quoted=True),
        exp.alias_(e.cast(row, "bigint"), ROW, quoted=True),
        *(e.column(name) for name in types),
    ]
    return RawRows(exp.Select(expressions=columns).from_(scan(paths, numbered=True)), types)


def unreadable_pages(con: duckdb.DuckDBPyConnection, path: str, types: dict[str, RawType]) -> Iterator[str]:
    """What is wrong with the file's data, found by reading all of it; nothing for a sound file."""
    import duckdb

    counts = [e.call("count", e.column(name)) for name in types] or [e.call("count", exp.Star())]
    query = exp.Select(expressions=counts).from_(scan([path]))
    try:
        con.sql(e.sql(query)).fetchall()
    except duckdb.Error as error:
        yield str(error)


def scan(paths: Sequence[str], *, numbered: bool = False) -> Expr:
    """The files as a table function; `numbered` adds `file_row_number`, from 0.

    A name is no pattern here, and what folders are called (`month=2026-01`) is no column.
    """
    files = exp.Array(expressions=[e.text(escape(path)) for path in paths])
    options = [exp.EQ(this=exp.column("hive_partitioning"), expression=exp.false())]
    if numbered:
        options.append(exp.EQ(this=exp.column("file_row_number"), expression=exp.true()))
    return e.call("read_parquet", files, *options)


def sample(names: Sequence[str], path: str, rows: int) -> exp.Select:
    """The first rows, as text."""
    columns = [e.named(e.cast(e.column(name), "varchar"), name) for name in names]
    return exp.Select(expressions=columns).from_(scan([path])).limit(rows)
