"""CSV files: every value is text until a mapping says more."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc

from visitcheck.audit.inputs.headers import SEARCHED, find_header, name_columns
from visitcheck.audit.inputs.temp_parquet import Spool, TempTable
from visitcheck.errors import Problem
from visitcheck.facts.scalars import shown

_BLOCK = 8 * 1024 * 1024


class UnreadableError(Exception):
    """A file is not what it should be; says why."""


def delimiter_of(path: Path) -> str:
    """A tab in `.tsv` files, else a comma."""
    return "\t" if path.suffix.lower() == ".tsv" else ","


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a CSV file: the names of its columns, its row from 1, and the lines that go before it."""

    names: list[str]
    row: int
    lines_before: int


def header_of(
    path: Path, encoding: str, delimiter: str, row: int | None = None, needed: Collection[str] = ()
) -> Header:
    """Find the header, in this row or where it plainly is; raises `UnreadableError` or `OSError`."""
    rows: list[list[str]] = []
    lines = [0]
    try:
        with path.open(encoding=python_encoding(encoding), newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            for cells in islice(reader, row or SEARCHED):
                rows.append(cells)
                lines.append(reader.line_num)
    except (UnicodeDecodeError, LookupError, csv.Error) as error:
        raise UnreadableError(_reason(encoding, error)) from None
    at = find_header(rows, needed) if row is None else row - 1
    if at >= len(rows) or not any(rows[at]):
        raise UnreadableError("it has no header" if row is None else f"its row {row} is no header")
    names, twice = name_columns(rows[at], needed)
    if twice:
        raise UnreadableError(f"the column `{shown(twice[0])}` stands twice in its header")
    return Header(names, at + 1, lines[at])


def python_encoding(encoding: str) -> str:
    """The encoding by Python's name, with the mark of the order of bytes left out of what is read."""
    name = codecs.lookup(encoding).name
    return "utf-8-sig" if name == "utf-8" else name


def copy_csv(
    path: Path,
    spool: Spool,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    header_row: int | None = None,
    needed: Collection[str] = (),
) -> TempTable:
    """A copy of the file; rows of another width than the header are refused one by one, and numbered from 1 below it.

    Raises `UnreadableError` for a file that cannot be read to its end.
    """
    between = delimiter or delimiter_of(path)
    header = header_of(path, encoding, between, header_row, needed)
    schema = pa.schema([(name, pa.string()) for name in header.names])
    lines = header.lines_before
    refused: dict[int, Problem] = {}

    def refuse(row: pc.InvalidRow) -> str:
        message = f"the row has {row.actual_columns} columns, the header {row.expected_columns}"
        refused[row.number - lines - 1] = Problem(
            "csv-row", message, "put values that hold a separator in quotes", path="$"
        )
        return "skip"

    try:
        reader = pc.open_csv(
            path,
            read_options=pc.ReadOptions(
                use_threads=False,
                encoding="utf8" if python_encoding(encoding) == "utf-8-sig" else encoding,
                block_size=_BLOCK,
                skip_rows=lines,
                skip_rows_after_names=1,
                column_names=header.names,
            ),
            parse_options=pc.ParseOptions(delimiter=between, newlines_in_values=True, invalid_row_handler=refuse),
            convert_options=pc.ConvertOptions(column_types=schema, strings_can_be_null=False),
        )
        return spool.copy(reader, schema, refused)
    except (pa.ArrowInvalid, UnicodeDecodeError, UnicodeError) as error:
        raise UnreadableError(_reason(encoding, error)) from None


def _reason(encoding: str, error: Exception) -> str:
    text = str(error).partition("\n")[0]
    if "utf" in text.lower() or isinstance(error, UnicodeError):
        other = "gb18030" if encoding.lower().startswith("utf") else "utf-8"
        return f"it is not {encoding} text ({text}); say `encoding: {other}` in the mapping if that is what it is"
    return text[:1].lower() + text[1:]
