"""Canonical rows that can be judged, in the order of the input, on disk between the two passes of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.engines.arrays.values import Ints

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_A_RANGE = CHUNK_ROWS * 8
"""Rows that are judged, and whose results are kept, as one."""


@dataclass(frozen=True)
class RowStore:
    """A folder of Arrow files, one a range of rows: ranges count from 0, and all but the last are full."""

    folder: Path
    rows_a_range: int

    def path(self, number: int) -> Path:
        """The file of a range."""
        return self.folder / f"{number:06}.arrow"

    def ranges_of(self, rows: Ints) -> Ints:
        """The ranges that rows are in, by their numbers."""
        return rows // self.rows_a_range

    def schema(self) -> pa.Schema:
        """The columns of the rows."""
        import pyarrow as pa

        with pa.memory_map(str(self.path(0))) as source:
            return pa.ipc.open_file(source).schema

    def chunks(self, number: int, columns: Sequence[str] | None = None) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Read a range chunk by chunk, with some of its columns or all; each with the number of its first row."""
        import pyarrow as pa

        with pa.memory_map(str(self.path(number))) as source:
            fields = pa.ipc.open_file(source).schema.names
            included = None if columns is None else [fields.index(name) for name in columns]
            options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=included)
            reader = pa.ipc.open_file(source, options=options)
            first = number * self.rows_a_range
            for at in range(reader.num_record_batches):
                batch = reader.get_batch(at)
                yield first, batch
                first += batch.num_rows

    def write(
        self,
        batches: Iterable[pa.RecordBatch],
        schema: pa.Schema,
        write_file: Callable[[str], AbstractContextManager[Path]],
    ) -> int:
        """Write rows; `write_file` gives a path for a file's name. Returns the number of ranges.

        Which rows are in which chunk follows from their order alone, not from the batches in which they come.
        """
        number = 0
        for table in self._cut(batches, schema):
            with write_file(self.path(number).name) as path:
                _write_range(table, path)
            number += 1
        return number

    def _cut(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
        """The rows in tables of a range each; one without rows where there are none."""
        import pyarrow as pa

        waiting: list[pa.RecordBatch] = []
        rows, is_first = 0, True
        for whole in batches:
            batch = whole
            while rows + batch.num_rows >= self.rows_a_range:
                fits = self.rows_a_range - rows
                yield pa.Table.from_batches([*waiting, batch.slice(0, fits)], schema)
                batch, waiting, rows, is_first = batch.slice(fits), [], 0, False
            waiting.append(batch)
            rows += batch.num_rows
        if rows or is_first:
            yield pa.Table.from_batches(waiting, schema)


def _write_range(table: pa.Table, path: Path) -> None:
    import pyarrow as pa

    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with pa.ipc.new_file(path, table.schema, options=options) as writer:
        for batch in table.combine_chunks().to_batches(CHUNK_ROWS) or [pa.RecordBatch.from_pylist([], table.schema)]:
            writer.write_batch(batch)
