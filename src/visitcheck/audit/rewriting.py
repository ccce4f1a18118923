"""Tables of a finished audit written anew, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from visitcheck.audit.running.outputs import ROWS_A_GROUP

if TYPE_CHECKING:
    import pyarrow as pa

_OWN_SCHEMA = b"ARROW:schema"


def parquet_parts(table: Path) -> list[Path]:
    """Give the files of a table: itself, or those of a folder that Spark wrote."""
    return sorted(table.glob("*.parquet")) if table.is_dir() else [table]


def read_batches(table: Path, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Read a table, some rows at a time."""
    import pyarrow.parquet as pq

    for part in parquet_parts(table):
        yield from pq.ParquetFile(part).iter_batches(ROWS_A_GROUP, columns=columns)


def column_names(table: Path) -> list[str]:
    """Give the names of a table's columns."""
    import pyarrow.parquet as pq

    parts = parquet_parts(table)
    return list(pq.read_schema(parts[0]).names) if parts else []


def rewrite_table(source: Path, target: Path, change: Callable[[pa.RecordBatch], pa.RecordBatch]) -> int:
    """Write a table with what `change` makes of its batches, with the same schema; returns how many rows went."""
    if source.is_dir():
        target.mkdir()
        return sum(_rewrite_part(part, target / part.name, change) for part in parquet_parts(source))
    return _rewrite_part(source, target, change)


def _rewrite_part(source: Path, target: Path, change: Callable[[pa.RecordBatch], pa.RecordBatch]) -> int:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(source)
    about = {key: value for key, value in (file.metadata.metadata or {}).items() if key != _OWN_SCHEMA}
    schema = file.schema_arrow.with_metadata(about)
    gone = 0
    with pq.ParquetWriter(target, schema, compression="zstd", store_schema=False) as writer:
        for batch in file.iter_batches(ROWS_A_GROUP):
            changed = change(batch)
            gone += batch.num_rows - changed.num_rows
            if changed.num_rows:
                writer.write_batch(changed.cast(schema), row_group_size=ROWS_A_GROUP)
    return gone
