"""Queries on PostgreSQL, through ADBC."""

from __future__ import annotations

from visitcheck.audit.inputs.csv_files import UnreadableError
from visitcheck.audit.inputs.temp_parquet import Spool, TempTable
from visitcheck.audit.mapping.model import Database


def copy_query(database: Database, spool: Spool) -> TempTable:
    """A copy of the query's rows.

    Raises `UnreadableError` with what the server says, and `ImportError` without the driver.
    """
    import adbc_driver_manager
    from adbc_driver_postgresql import dbapi

    try:
        with dbapi.connect(database.uri or "postgresql://") as connection, connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(database.query)
            reader = cursor.fetch_record_batch()
            return spool.copy(reader, reader.schema, {})
    except adbc_driver_manager.Error as error:
        raise UnreadableError(f"the database says: {str(error).strip()}") from None
