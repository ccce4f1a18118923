"""Tables that DuckDB cannot read where they are, copied to a Parquet file while they are opened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from itertools import count, islice
from pathlib import Path
from tempfile import gettempdir

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from visitcheck.audit import problem_codes as problem_codes
from visitcheck.engines.columns import ROW
from visitcheck.errors import AuditFailed, Problem
from visitcheck.temp_folders import TempFolder, open_private


@dataclass(frozen=True, slots=True)
class TempTable:
    """A copy with the column `ROW`, and the rows that are none, by number.

    `columns` are the names of all that the table has, of which the copy holds those that were asked for.
    `broken_over_lines` are rows with a line break inside a cell, `footers` rows of totals and the like, by number.
    `sheet` is the sheet of a workbook that it is a copy of.
    """

    path: Path
    rows: int
    columns: tuple[str, ...]
    refused: dict[int, Problem] = field(default_factory=dict)
    broken_over_lines: int = 0
    footers: dict[int, str] = field(default_factory=dict)
    sheet: str | None = None


@contextmanager
def report_temp_failure() -> Iterator[None]:
    """Raise what keeps temporary files from being written as `AuditFailed`: it is no fault of an input."""
    try:
        yield
    except OSError as error:
        message = f"cannot write temporary files to `{gettempdir()}`: {error.strerror or error}"
        help_ = "make room there, or name another folder by `TMPDIR`"
        raise AuditFailed([Problem("temp-failed", message, help_)]) from error


def open_temp_folder() -> TempFolder:
    """Open a temporary folder of this process; raises `AuditFailed` where nothing can be written."""
    with report_temp_failure():
        return TempFolder()


class Spool:
    """A folder for copies, which goes when the inputs go; raises `AuditFailed` where there can be none."""

    def __init__(self) -> None:
        self._folder = open_temp_folder()
        self._numbers = count()

    def new_path(self) -> Path:
        """The path of a file that is not there yet."""
        return self._folder.path / f"{next(self._numbers)}.parquet"

    def copy(
        self,
        batches: Iterable[pa.RecordBatch],
        schema: pa.Schema,
        refused: dict[int, Problem],
        numbers: Iterator[int] | None = None,
        footers: dict[int, str] | None = None,
        *,
        needed: Collection[str],
    ) -> TempTable:
        """Copies rows with their `needed` columns; `refused`, which may grow on the way, are numbers left out.

        `numbers` are those of the rows, which count from 1 without it; `footers`, which may grow, rows of totals.

        A column that has the name of the numbers is left out. Raises what `batches` raise, and `AuditFailed` where
        nothing can be written.
        """
        path = self.new_path()
        numbers = numbers or (number for number in count(1) if number not in refused)
        rows = broken = 0
        kept = [at for at, name in enumerate(schema.names) if name in needed and name.lower() != ROW]
        # An error of the source stays what it is: only what writes is watched for errors of our own.
        with report_temp_failure():
            file = open_private(path)
            writer = pq.ParquetWriter(file, pa.schema([*map(schema.field, kept), pa.field(ROW, pa.int64())]))
        try:
            for batch in batches:
                own = pa.array(islice(numbers, len(batch)), pa.int64())
                with report_temp_failure():
                    writer.write_batch(pa.record_batch([*map(batch.column, kept), own], writer.schema))
                rows += len(batch)
                broken += _rows_with_line_breaks(batch)
        finally:
            with report_temp_failure():
                writer.close()
                file.close()
        return TempTable(path, rows, tuple(schema.names), refused, broken, footers or {})


def _rows_with_line_breaks(batch: pa.RecordBatch) -> int:
    columns = [column for column in batch.columns if pa.types.is_string(column.type)]
    breaks = [pc.match_substring(column, "\n").fill_null(False) for column in columns]
    return int(pc.sum(reduce(pc.or_, breaks)).as_py() or 0) if breaks else 0
