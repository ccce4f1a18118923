"""DuckDB as inputs are read with it: nothing is fetched from a network, and the zone is UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def connect() -> duckdb.DuckDBPyConnection:
    """A connection of its own, in memory."""
    import duckdb

    con = duckdb.connect()
    prepare(con)
    return con


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The settings that reading relies on."""
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET autoload_known_extensions = false")
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET preserve_insertion_order = true")
