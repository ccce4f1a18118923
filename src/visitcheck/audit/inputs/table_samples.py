"""The headers of a table and the values of its first rows, for a proposal of a mapping."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from visitcheck.audit.inputs import csv_files, parquet, workbooks
from visitcheck.audit.inputs.csv_files import UnreadableError
from visitcheck.audit.inputs.duckdb_functions import print_duckdb
from visitcheck.audit.inputs.files import format_of
from visitcheck.audit.inputs.temp_parquet import Spool
from visitcheck.audit.mapping.model import TableSample
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.errors import InvalidInput, Problem

_ROWS = 500
_ENCODINGS = ("utf-8", "gb18030")


def sample_table(path: Path, *, sheet: str | None = None) -> TableSample:
    """Read the headers and first rows of a CSV file, a workbook or a Parquet file.

    Raises `InvalidInput` for files that cannot be read, and for other formats.
    """
    import duckdb

    format_ = format_of(path)
    try:
        if format_ == "csv":
            return _sample_csv(path)
        if format_ == "excel":
            spool = Spool()
            return _sample_parquet(workbooks.copy_sheet(path, spool, sheet).path, path, sheet)
        if format_ == "parquet":
            return _sample_parquet(path, path, None)
    except (OSError, UnreadableError, duckdb.Error) as error:
        reason = (getattr(error, "strerror", None) or str(error)).partition("\n")[0]
        raise InvalidInput([Problem("broken-file", f"`{path}` cannot be read: {reason}")]) from None
    help_ = "JSON Lines name their facts themselves, and need no mapping"
    raise InvalidInput([Problem("input-format", f"`{path}` has no columns", help_)])


def _sample_csv(path: Path) -> TableSample:
    delimiter = csv_files.delimiter_of(path)
    for encoding in _ENCODINGS:
        try:
            header = csv_files.header_of(path, encoding, delimiter)
            with path.open(encoding=csv_files.python_encoding(encoding), newline="") as file:
                rows = list(islice(csv.reader(file, delimiter=delimiter), header.row, _ROWS))
        except (UnreadableError, UnicodeDecodeError) as error:
            wrong = str(error)
            continue
        columns = {
            name: _distinct_texts(row[at] for row in rows if at < len(row)) for at, name in enumerate(header.names)
        }
        return TableSample(str(path), columns, None if encoding == "utf-8" else encoding)
    raise UnreadableError(wrong)


def _sample_parquet(path: Path, shown: Path, sheet: str | None) -> TableSample:
    with connect_duckdb() as con:
        names = [name for name in parquet.columns_of(con, str(path)) if not name.startswith("__")]
        query = parquet.sample(names, str(path), _ROWS)
        rows = con.sql(print_duckdb(query)).fetchall()
    columns = {
        name: _distinct_texts(str(row[at]) for row in rows if row[at] is not None) for at, name in enumerate(names)
    }
    return TableSample(str(shown), columns, sheet=sheet)


def _distinct_texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := value.strip())))
