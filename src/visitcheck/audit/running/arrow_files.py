"""Tables in Arrow files of a run's working folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitcheck.engines.arrays.engine import CHUNK_ROWS

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


def write_arrow(table: pa.Table, path: Path) -> None:
    """Write a table in chunks of rows, at least one."""
    import pyarrow as pa

    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with pa.ipc.new_file(path, table.schema, options=options) as writer:
        for batch in table.combine_chunks().to_batches(CHUNK_ROWS) or [pa.RecordBatch.from_pylist([], table.schema)]:
            writer.write_batch(batch)


def read_arrow(path: Path) -> pa.Table:
    """Read a table; what is not compressed stays on disk until it is looked at."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()
