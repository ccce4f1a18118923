"""Sheets of workbooks: Excel's and OpenDocument's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from visitcheck.audit.inputs.csv_files import UnreadableError
from visitcheck.audit.inputs.temp_parquet import Spool, TempTable

_ROWS = 10_000


def copy_sheet(path: Path, spool: Spool, sheet: str | None = None) -> TempTable:
    """A copy of a sheet, the first one where none is named; its first row is the header, and blank rows are left out.

    Raises `UnreadableError`, and `ImportError` without python-calamine.
    """
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            if sheet is not None and sheet not in book.sheet_names:
                listed = ", ".join(f"`{name}`" for name in book.sheet_names)
                raise UnreadableError(f"it has no sheet `{sheet}`; it has {listed}")
            rows = (book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)).iter_rows()
            return _copy_rows(rows, spool)
    except python_calamine.CalamineError as error:
        raise UnreadableError(str(error)) from None


def _copy_rows(rows: Iterator[list[Any]], spool: Spool) -> TempTable:
    names = [str(_text(cell) or "") for cell in next(rows, [])]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UnreadableError("the sheet has no header")
    if len(set(names)) < len(names):
        raise UnreadableError("a column stands twice in the header")
    schema = pa.schema([(name, pa.string()) for name in names])
    return spool.copy(_batches(rows, schema), schema, {})


def _batches(rows: Iterator[list[Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    filled = (row for row in rows if any(cell != "" for cell in row))
    while chunk := list(islice(filled, _ROWS)):
        columns = [[_text(row[at]) if at < len(row) else None for row in chunk] for at in range(len(schema))]
        yield pa.record_batch([pa.array(column, pa.string()) for column in columns], schema)


def _text(cell: Any) -> str | None:
    """A cell as text: sheets have no whole numbers, and their dates are moments at midnight."""
    match cell:
        case "":
            return None
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            at_midnight = cell.time() == time()
            return cell.date().isoformat() if at_midnight else cell.isoformat(sep="T", timespec="auto")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            minutes, seconds = divmod(int(cell.total_seconds()), 60)
            return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
        case _:
            return str(cell)
