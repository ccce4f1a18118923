"""Connections to DuckDB, set up in one place: nothing is fetched from a network, and the zone is UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitcheck.errors import EngineUnavailable

if TYPE_CHECKING:
    import duckdb


def connect_duckdb() -> duckdb.DuckDBPyConnection:
    """Open a database of its own, in memory; raises `EngineUnavailable` without DuckDB."""
    try:
        import duckdb
    except ImportError as error:
        raise EngineUnavailable("DuckDB is not installed: pip install 'visitcheck[audit]'") from error
    con = duckdb.connect()
    prepare_connection(con)
    con.execute("SET enable_progress_bar = false")  # it would go to standard output
    con.execute("SET temp_directory = ''")  # else what does not fit would go to the working directory, for all to read
    return con


def prepare_connection(con: duckdb.DuckDBPyConnection) -> None:
    """Make the settings that every query of ours relies on."""
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET autoload_known_extensions = false")
    con.execute("SET TimeZone = 'UTC'")


def connection_errors() -> tuple[type[Exception], ...]:
    """What DuckDB raises."""
    import duckdb

    return (duckdb.Error,)
