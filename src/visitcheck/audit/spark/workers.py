"""DuckDB inside a worker of Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitcheck.engines.sql.duckdb_connection import connect_duckdb

if TYPE_CHECKING:
    import duckdb


def connect_worker() -> duckdb.DuckDBPyConnection:
    """A database for one batch at a time: Spark has a worker for each core, so it takes one thread."""
    con = connect_duckdb()
    con.execute("SET threads = 1")
    return con
