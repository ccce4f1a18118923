"""The headers of a table and the values of its first rows, for a proposal of a mapping."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from visitcheck.audit.inputs import csv_files, parquet, workbooks
from visitcheck.audit.inputs.csv_files import UnreadableError
from visitcheck.audit.inputs.duckdb_functions import print_duckdb
from visitcheck.audit.inputs.files import format_of
from visitcheck.audit.inputs.headers import SEARCHED, find_header, footer_of, name_columns
from visitcheck.audit.mapping.model import TableSample
from visitcheck.audit.mapping.synonyms import likely_facts
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.errors import InvalidInput, Problem

_ROWS = 5_000
_ENCODINGS = ("utf-8", "gb18030")
_DELIMITERS = ("\t", ",", ";", "|")


def sample_table(path: Path, *, sheet: str | None = None, encoding: str | None = None) -> TableSample:
    """Read the headers and first rows of a CSV file, a workbook or a Parquet file.

    Without the `encoding` of a CSV file that is guessed: UTF-8, UTF-16 with its mark, else GB 18030.
    Of a workbook the sheet is read whose headers name the most facts of a visit, of those that people see.

    Raises `InvalidInput` for files that cannot be read, and for other formats.
    """
    import duckdb

    format_ = format_of(path)
    try:
        if format_ == "csv":
            return _sample_csv(path, encoding)
        if format_ == "excel":
            names = [sheet] if sheet is not None else workbooks.sheet_names(path)
            samples = [_sample_sheet(path, name) for name in names]
            return max((one for one in samples if one is not None), key=_facts_named)
        if format_ == "parquet":
            return _sample_parquet(path)
    except (OSError, UnreadableError, ValueError, duckdb.Error) as error:
        reason = (getattr(error, "strerror", None) or str(error)).partition("\n")[0]
        raise InvalidInput([Problem("broken-file", f"`{path}` cannot be read: {reason}")]) from None
    help_ = "JSON Lines name their facts themselves, and need no mapping"
    raise InvalidInput([Problem("input-format", f"`{path}` has no columns", help_)])


def _facts_named(sample: TableSample) -> int:
    """How many headers are names of single facts of a visit."""
    likely = (likely_facts(name)[:1] for name in sample.columns)
    return sum(1 for one in likely if one and one[0][0] == 1 and "[]" not in one[0][1])


def _sample_sheet(path: Path, sheet: str) -> TableSample | None:
    cells = workbooks.read_sheet(path, sheet)
    header = find_header(cells.texts(SEARCHED))
    last = header[-1]
    if last >= len(cells.rows):
        return None
    cells.fill_merged(last + 1)
    names, _ = name_columns(cells.texts(last + 1)[header[0] :])
    rows = [row for row in cells.texts(last + 1 + _ROWS)[last + 1 :] if _is_row(row)]
    named = [name for name in names if not name.startswith("column #")]
    columns = {name: _distinct_texts(row[at] for row in rows if at < len(row)) for at, name in enumerate(names)}
    kept = {name: columns[name] for name in named}
    header = tuple(cells.top + row + 1 for row in header)
    return TableSample(str(path), kept, sheet=sheet, header=header, rows=len(rows)) if named else None


def _sample_csv(path: Path, named: str | None) -> TableSample:
    with path.open("rb") as opened:
        is_wide = opened.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in (named,) if named is not None else ("utf-16",) if is_wide else _ENCODINGS:
        try:
            delimiter = _find_delimiter(path, encoding)
            header = csv_files.header_of(path, encoding, delimiter, guessed=named is None and encoding != "utf-8")
            with path.open(encoding=csv_files.python_encoding(encoding), newline="") as file:
                read = islice(csv.reader(file, delimiter=delimiter), header.rows[-1], _ROWS)
                rows = [row for row in read if _is_row(row)]
        except (UnreadableError, UnicodeDecodeError) as error:
            wrong = str(error)
            continue
        columns = {
            name: _distinct_texts(row[at] for row in rows if at < len(row)) for at, name in enumerate(header.names)
        }
        filled = {name: values for name, values in columns.items() if not name.startswith("column #")}
        other = None if encoding == "utf-8" else encoding
        between = None if delimiter == csv_files.delimiter_of(path) else delimiter
        return TableSample(
            str(path), filled, other, header=header.rows, rows=len(rows), guessed=named is None, delimiter=between
        )
    raise UnreadableError(wrong)


def _find_delimiter(path: Path, encoding: str) -> str:
    """Find what stands between values: what is usual, unless the header has more names with another."""
    usual = csv_files.delimiter_of(path)
    csv_files.header_of(path, encoding, usual, guessed=True)  # whose mistakes are those of the file
    names = {one: _names_between(path, encoding, one) for one in _DELIMITERS}
    known = {one: sum(map(bool, map(likely_facts, names[one]))) for one in _DELIMITERS}
    likeliest = max(_DELIMITERS, key=lambda one: (known[one], len(names[one])))
    if known[likeliest] > known[usual] or len(names[likeliest]) > 2 * len(names[usual]):
        return likeliest
    return usual


def _names_between(path: Path, encoding: str, delimiter: str) -> list[str]:
    try:
        return csv_files.header_of(path, encoding, delimiter, guessed=True).names
    except UnreadableError:
        return []


def _is_row(cells: Sequence[str]) -> bool:
    """Whether a row is one of the table's, neither blank nor one of totals."""
    return any(cell.strip() for cell in cells) and footer_of(cells) is None


def _sample_parquet(path: Path) -> TableSample:
    with connect_duckdb() as con:
        names = [name for name in parquet.columns_of(con, str(path)) if not name.startswith("__")]
        query = parquet.sample(names, str(path), _ROWS)
        rows = con.sql(print_duckdb(query)).fetchall()
    columns = {
        name: _distinct_texts(str(row[at]) for row in rows if row[at] is not None) for at, name in enumerate(names)
    }
    return TableSample(str(path), columns, rows=len(rows))


def _distinct_texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := value.strip())))
