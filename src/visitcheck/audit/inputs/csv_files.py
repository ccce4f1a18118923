"""CSV files: every value is text until a mapping says more."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc

from visitcheck.audit.inputs.temp_parquet import Spool, TempTable
from visitcheck.errors import Problem
from visitcheck.facts.scalars import shown

_BLOCK = 8 * 1024 * 1024


class UnreadableError(Exception):
    """A file is not what it should be; says why."""


def delimiter_of(path: Path) -> str:
    """A tab in `.tsv` files, else a comma."""
    return "\t" if path.suffix.lower() == ".tsv" else ","


def header_of(path: Path, encoding: str, delimiter: str) -> list[str]:
    """The names of the columns; raises `UnreadableError` or `OSError`."""
    try:
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
            names = next(csv.reader(file, delimiter=delimiter), [])
    except (UnicodeDecodeError, LookupError, csv.Error) as error:
        raise UnreadableError(_reason(encoding, error)) from None
    if not any(names):
        raise UnreadableError("it has no header")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnreadableError(f"the column `{shown(twice[0])}` stands twice in its header")
    return names


def copy_csv(path: Path, spool: Spool, encoding: str = "utf-8", delimiter: str | None = None) -> TempTable:
    """A copy of the file; rows of another width than the header are refused one by one.

    Raises `UnreadableError` for a file that cannot be read to its end.
    """
    between = delimiter or delimiter_of(path)
    schema = pa.schema([(name, pa.string()) for name in header_of(path, encoding, between)])
    refused: dict[int, Problem] = {}

    def refuse(row: pc.InvalidRow) -> str:
        message = f"the row has {row.actual_columns} columns, the header {row.expected_columns}"
        refused[row.number - 1] = Problem("csv-row", message, "put values that hold a separator in quotes", path="$")
        return "skip"

    try:
        reader = pc.open_csv(
            path,
            read_options=pc.ReadOptions(use_threads=False, encoding=encoding, block_size=_BLOCK),
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
