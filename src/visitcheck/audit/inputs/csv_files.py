"""CSV files: every value is text until a mapping says more."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from visitcheck.audit.inputs.cell_errors import ERRORS, cell_error
from visitcheck.audit.inputs.garbled_headers import reason_of_garbage
from visitcheck.audit.inputs.headers import FOOTER, SEARCHED, find_header, footer_of, name_columns
from visitcheck.audit.inputs.temp_parquet import Spool, TempTable
from visitcheck.errors import Problem
from visitcheck.facts.scalars import shown

_BLOCK = 8 * 1024 * 1024
_FIRST_COLUMNS = 4


class UnreadableError(Exception):
    """A file is not what it should be; says why."""


def delimiter_of(path: Path) -> str:
    """A tab in `.tsv` files, else a comma."""
    return "\t" if path.suffix.lower() == ".tsv" else ","


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a CSV file: the names of its columns, its rows from 1, and the lines before the last of them."""

    names: list[str]
    rows: tuple[int, ...]
    lines_before: int


def header_of(
    path: Path,
    encoding: str,
    delimiter: str,
    named: Sequence[int] = (),
    needed: Collection[str] = (),
    *,
    guessed: bool = False,
) -> Header:
    """Find the header, in the rows `named` from 1 or where it plainly is; raises `UnreadableError` or `OSError`.

    One that reads as garbage is refused; `guessed` says that nobody named the encoding.
    """
    rows: list[list[str]] = []
    lines = [0]
    try:
        with path.open(encoding=python_encoding(encoding), newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            for cells in islice(reader, max(named, default=SEARCHED)):
                rows.append(cells)
                lines.append(reader.line_num)
    except (UnicodeDecodeError, LookupError, csv.Error) as error:
        raise UnreadableError(_reason(encoding, error)) from None
    at = tuple(row - 1 for row in named) or find_header(rows, needed)
    if at[-1] >= len(rows) or not any(map(any, (rows[row] for row in at))):
        raise UnreadableError(f"its row {named[-1]} is no header" if named else "it has no header")
    names, twice = name_columns([rows[row] for row in at], needed)
    if (garbage := reason_of_garbage(names, encoding, guessed=guessed)) is not None:
        raise UnreadableError(garbage)
    if twice:
        raise UnreadableError(f"the column `{shown(twice[0])}` stands twice in its header")
    return Header(names, tuple(row + 1 for row in at), lines[at[-1]])


def python_encoding(encoding: str) -> str:
    """The encoding by Python's name, with the mark of the order of bytes left out of what is read."""
    name = codecs.lookup(encoding).name
    return "utf-8-sig" if name == "utf-8" else name


def copy_csv(
    path: Path,
    spool: Spool,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    header_rows: Sequence[int] = (),
    needed: Collection[str] = (),
    missing: Collection[str] = (),
) -> TempTable:
    """A copy of the file: rows are numbered from 1 below the header, and blank ones left out.

    Rows of another width than the header are refused one by one, and so are those with an error of a workbook, like
    `#REF!`, in a `needed` column, unless it is one of the texts that are `missing`.

    Raises `UnreadableError` for a file that cannot be read to its end.
    """
    between = delimiter or delimiter_of(path)
    header = header_of(path, encoding, between, header_rows, needed)
    schema = pa.schema([(name, pa.string()) for name in header.names])
    lines = header.lines_before
    rows = _Rows(frozenset(needed) & set(header.names), ERRORS - set(missing))

    def refuse(row: arrow_csv.InvalidRow) -> str:
        rows.skip(row.number - lines - 1, row)
        return "skip"

    try:
        reader = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                encoding="utf8" if python_encoding(encoding) == "utf-8-sig" else encoding,
                block_size=_BLOCK,
                skip_rows=lines,
                skip_rows_after_names=1,
                column_names=header.names,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=between, newlines_in_values=True, invalid_row_handler=refuse, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(column_types=schema, strings_can_be_null=False),
        )
        return spool.copy(rows.kept(reader), schema, rows.refused, rows.numbers(), rows.footers, needed=needed)
    except (pa.ArrowInvalid, UnicodeDecodeError, UnicodeError) as error:
        raise UnreadableError(_reason(encoding, error)) from None


class _Rows:
    """Which rows of a file are kept, with their numbers, and which are refused."""

    def __init__(self, needed: Collection[str], errors: Collection[str]) -> None:
        self.refused: dict[int, Problem] = {}
        self.footers: dict[int, str] = {}
        self._needed = sorted(needed)
        self._errors = pa.array(sorted(errors), pa.string())
        self._blank: set[int] = set()
        self._kept: deque[int] = deque()

    def skip(self, number: int, row: arrow_csv.InvalidRow) -> None:
        """Leave out a row of another width: a blank one, or one that is refused."""
        if not row.text.strip():
            self._blank.add(number)
            return
        if row.actual_columns == 1 and (text := footer_of([row.text, "", ""])) is not None:
            self._blank.add(number)
            self.footers[number] = text
            return
        message = f"the row has {row.actual_columns} columns, the header {row.expected_columns}"
        help_ = "put values that hold a separator in quotes"
        self.refused[number] = Problem("csv-row", message, help_, path="$")

    def kept(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The rows that are read."""
        read = (number for number in count(1) if number not in self.refused and number not in self._blank)
        for batch in batches:
            numbers = list(islice(read, len(batch)))
            keep = self._is_filled(batch)
            for at, problem in self._errors_in(batch):
                self.refused[numbers[at]] = problem
                keep[at] = False
            for at, text in self._footers_in(batch):
                self.refused.pop(numbers[at], None)
                self.footers[numbers[at]] = text
                keep[at] = False
            self._kept.extend(number for number, kept in zip(numbers, keep, strict=True) if kept)
            yield batch if all(keep) else batch.filter(pa.array(keep, pa.bool_()))

    def numbers(self) -> Iterator[int]:
        """The numbers of the rows that `kept` gives, as it gives them."""
        while True:
            yield self._kept.popleft()

    @staticmethod
    def _is_filled(batch: pa.RecordBatch) -> list[bool]:
        """Which rows hold anything at all."""
        filled = [pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0) for column in batch.columns]
        whole = filled[0]
        for one in filled[1:]:
            whole = pc.or_(whole, one)
        return list(whole.to_pylist())

    @staticmethod
    def _footers_in(batch: pa.RecordBatch) -> Iterator[tuple[int, str]]:
        """The rows of totals and the like, which begin in one of the first columns."""
        for column in batch.columns[:_FIRST_COLUMNS]:
            for at in pc.indices_nonzero(pc.match_substring_regex(column, FOOTER, ignore_case=True)).to_pylist():
                text = footer_of([one[at].as_py() or "" for one in batch.columns])
                if text is not None:
                    yield at, text

    def _errors_in(self, batch: pa.RecordBatch) -> Iterator[tuple[int, Problem]]:
        for name in self._needed:
            column = batch.column(name)
            for at in pc.indices_nonzero(pc.is_in(column, value_set=self._errors)).to_pylist():
                yield at, cell_error(name, column[at].as_py())


def _reason(encoding: str, error: Exception) -> str:
    text = str(error).partition("\n")[0]
    if "utf" in text.lower() or isinstance(error, UnicodeError):
        other = "gb18030" if encoding.lower().startswith("utf") else "utf-8"
        return f"it is not {encoding} text ({text}); say `encoding: {other}` in the mapping if that is what it is"
    return text[:1].lower() + text[1:]
