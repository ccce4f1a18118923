"""DuckDB inside a worker of Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitcheck.audit.inputs.connection import connect

if TYPE_CHECKING:
    import duckdb


def connect_worker() -> duckdb.DuckDBPyConnection:
    """A database for one batch at a time: Spark has a worker for each core, so it takes one thread."""
    con = connect()
    con.execute("SET threads = 1")
    con.execute("SET enable_progress_bar = false")
    return con
