"""Canonical rows that can be judged, in the order of the input, on disk between the two passes of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visitcheck.audit.row_groups import regroup_rows
from visitcheck.audit.running.arrow_files import write_arrow
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
        import pyarrow as pa

        number = 0
        tables = (pa.Table.from_batches([batch], schema) for batch in batches)
        for table in regroup_rows(tables, self.rows_a_range, schema):
            with write_file(self.path(number).name) as path:
                write_arrow(table, path)
            number += 1
        return number
