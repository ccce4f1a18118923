"""Queries on PostgreSQL, through ADBC."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pyarrow as pa

from visitcheck.audit.inputs.csv_files import UnreadableError
from visitcheck.audit.inputs.temp_parquet import Spool, TempTable
from visitcheck.audit.mapping.model import Database


def copy_query(database: Database, spool: Spool, needed: Collection[str]) -> TempTable:
    """A copy of the query's rows, with their `needed` columns.

    Raises `UnreadableError` with what the server says, and `ImportError` without the driver.
    """
    import adbc_driver_manager
    from adbc_driver_postgresql import dbapi

    try:
        with dbapi.connect(database.uri or "postgresql://") as connection, connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(database.query)
            reader = cursor.fetch_record_batch()
            return spool.copy(_read_to_end(reader), reader.schema, {}, needed=needed)
    except adbc_driver_manager.Error as error:
        raise UnreadableError(f"the database says: {str(error).strip()}") from None


def _read_to_end(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """All rows; raises `UnreadableError` where the server goes away before the last."""
    try:
        yield from reader
    except (OSError, pa.ArrowException) as error:
        raise UnreadableError(f"the database broke off: {str(error).strip()}") from None
