"""A look at a table: its headers, and what stands in its first rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from visitcheck.audit.inputs import csv_files, parquet, workbooks
from visitcheck.audit.inputs.csv_files import UnreadableError
from visitcheck.audit.inputs.duckdb_functions import print_duckdb
from visitcheck.audit.inputs.files import format_of
from visitcheck.audit.inputs.temp_parquet import Spool
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.errors import InvalidInput, Problem

_ROWS = 500
_ENCODINGS = ("utf-8", "gb18030")


@dataclass(frozen=True, slots=True)
class Sample:
    """The columns of a table with different values from its first rows, as text; and how it is encoded."""

    file: str
    columns: dict[str, tuple[str, ...]]
    encoding: str | None = None
    sheet: str | None = None


def look_at(path: Path, *, sheet: str | None = None) -> Sample:
    """The columns of a CSV file, a workbook or a Parquet file; raises `InvalidInput`."""
    import duckdb

    format_ = format_of(path)
    try:
        if format_ == "csv":
            return _csv(path)
        if format_ == "excel":
            spool = Spool()
            return _parquet(workbooks.copy_sheet(path, spool, sheet).path, path, sheet)
        if format_ == "parquet":
            return _parquet(path, path, None)
    except (OSError, UnreadableError, duckdb.Error) as error:
        reason = (getattr(error, "strerror", None) or str(error)).partition("\n")[0]
        raise InvalidInput([Problem("broken-file", f"`{path}` cannot be read: {reason}")]) from None
    help_ = "JSON Lines name their facts themselves, and need no mapping"
    raise InvalidInput([Problem("input-format", f"`{path}` has no columns", help_)])


def _csv(path: Path) -> Sample:
    delimiter = csv_files.delimiter_of(path)
    for encoding in _ENCODINGS:
        try:
            names = csv_files.header_of(path, encoding, delimiter)
            with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
                rows = list(islice(csv.reader(file, delimiter=delimiter), 1, _ROWS))
        except (UnreadableError, UnicodeDecodeError) as error:
            wrong = str(error)
            continue
        columns = {name: _different(row[at] for row in rows if at < len(row)) for at, name in enumerate(names)}
        return Sample(str(path), columns, None if encoding == "utf-8" else encoding)
    raise UnreadableError(wrong)


def _parquet(path: Path, shown: Path, sheet: str | None) -> Sample:
    with connect_duckdb() as con:
        names = [name for name in parquet.columns_of(con, str(path)) if not name.startswith("__")]
        query = parquet.sample(names, str(path), _ROWS)
        rows = con.sql(print_duckdb(query)).fetchall()
    columns = {name: _different(str(row[at]) for row in rows if row[at] is not None) for at, name in enumerate(names)}
    return Sample(str(shown), columns, sheet=sheet)


def _different(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := value.strip())))
