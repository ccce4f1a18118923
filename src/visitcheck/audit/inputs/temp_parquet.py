"""Tables that DuckDB cannot read where they are, copied to a Parquet file while they are opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import count, islice
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from visitcheck.engines.columns import ROW
from visitcheck.errors import Problem


@dataclass(frozen=True, slots=True)
class TempTable:
    """A copy with the column `ROW`, and the rows that are none, by number.

    `broken_over_lines` are rows with a line break inside a cell, `footers` rows of totals and the like, by number.
    """

    path: Path
    rows: int
    refused: dict[int, Problem] = field(default_factory=dict)
    broken_over_lines: int = 0
    footers: dict[int, str] = field(default_factory=dict)


class Spool:
    """A folder for copies, which goes when the inputs go."""

    def __init__(self) -> None:
        self._folder = mkdtemp(prefix="visitcheck-")
        finalize(self, rmtree, self._folder, ignore_errors=True)
        self._numbers = count()

    def copy(
        self,
        batches: Iterable[pa.RecordBatch],
        schema: pa.Schema,
        refused: dict[int, Problem],
        numbers: Iterator[int] | None = None,
        footers: dict[int, str] | None = None,
    ) -> TempTable:
        """Copies rows; `refused`, which may grow on the way, are numbers left out.

        `numbers` are those of the rows, which count from 1 without it; `footers`, which may grow, rows of totals.

        A column that has the name of the numbers is left out.
        """
        path = Path(self._folder) / f"{next(self._numbers)}.parquet"
        numbers = numbers or (number for number in count(1) if number not in refused)
        rows = broken = 0
        kept = [at for at, name in enumerate(schema.names) if name.lower() != ROW]
        with pq.ParquetWriter(path, pa.schema([*map(schema.field, kept), pa.field(ROW, pa.int64())])) as writer:
            for batch in batches:
                own = pa.array(islice(numbers, len(batch)), pa.int64())
                writer.write_batch(pa.record_batch([*map(batch.column, kept), own], writer.schema))
                rows += len(batch)
                broken += _rows_with_line_breaks(batch)
        return TempTable(path, rows, refused, broken, footers or {})


def _rows_with_line_breaks(batch: pa.RecordBatch) -> int:
    columns = [column for column in batch.columns if pa.types.is_string(column.type)]
    breaks = [pc.match_substring(column, "\n").fill_null(False) for column in columns]
    return int(pc.sum(reduce(pc.or_, breaks)).as_py() or 0) if breaks else 0
