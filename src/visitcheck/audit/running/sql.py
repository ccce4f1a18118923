"""Pieces of SQL text for queries of the run. Names come from the vocabulary, values are quoted here."""

from __future__ import annotations

from collections.abc import Iterable
from glob import escape
from typing import TYPE_CHECKING

from visitcheck.engines.sql.duckdb_connection import connect_duckdb

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from visitcheck.audit.options import AuditOptions


def quote_name(identifier: str) -> str:
    """Quote a name."""
    return '"' + identifier.replace('"', '""') + '"'


def quote_text(value: object) -> str:
    """Quote a value as text."""
    return "'" + str(value).replace("'", "''") + "'"


def text_list(values: Iterable[object]) -> str:
    """A list of text, also where it is empty."""
    return f"[{', '.join(map(quote_text, values))}]::VARCHAR[]"


def parquet_scan(file: Path) -> str:
    """A table function over one file, whose name is no pattern."""
    return f"read_parquet({quote_text(escape(str(file)))}, hive_partitioning = false)"


def fact_column(fact: str, root: str = "") -> str:
    """A fact outside lists, like `visit.id`."""
    return ".".join(quote_name(part) for part in (*([root] if root else []), *fact.split(".")))


def file_label(labels: tuple[str, ...]) -> str:
    """The name of a row's file."""
    return f"({text_list(labels)})[1 + file_number]"


def open_session(options: AuditOptions, spill: Path) -> duckdb.DuckDBPyConnection:
    """Open a database with the memory that was asked for; what does not fit goes to `spill`."""
    con = connect_duckdb()
    con.execute(f"SET memory_limit = {quote_text(options.memory)}")
    con.execute(f"SET temp_directory = {quote_text(spill)}")
    if options.threads is not None:
        con.execute(f"SET threads = {int(options.threads)}")
    con.execute("SET preserve_insertion_order = false")
    return con
