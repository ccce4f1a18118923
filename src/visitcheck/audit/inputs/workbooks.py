"""Sheets of workbooks: Excel's and OpenDocument's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from visitcheck.audit.inputs.cell_errors import ERRORS, cell_error, error_cells
from visitcheck.audit.inputs.csv_files import UnreadableError
from visitcheck.audit.inputs.headers import SEARCHED, find_header, footer_of, name_columns
from visitcheck.audit.inputs.temp_parquet import Spool, TempTable
from visitcheck.errors import Problem
from visitcheck.facts.scalars import shown

_ROWS = 10_000
_LONGEST = 2**53


def copy_sheet(
    path: Path,
    spool: Spool,
    sheet: str | None = None,
    header_rows: Sequence[int] = (),
    needed: Collection[str] = (),
    ids: Collection[str] = (),
    missing: Collection[str] = (),
) -> TempTable:
    """A copy of a sheet, the first visible one where none is named; blank rows are left out.

    The header is in `header_rows`, or where it plainly is. Rows are numbered as the sheet shows them. A row is refused
    that has an error like `#REF!`, unless it is one of the texts that are `missing`, in a `needed` column, or a number
    too long to be whole in one of `ids`.

    Raises `UnreadableError`, and `ImportError` without python-calamine.
    """
    opened = read_sheet(path, sheet)
    return replace(_copy_rows(opened, spool, header_rows, needed, ids, missing), sheet=opened.name)


def read_sheet(path: Path, sheet: str | None = None) -> Sheet:
    """Read a sheet's rows; raises as `copy_sheet`."""
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            name = _chosen_sheet(book, sheet)
            cells = book.get_sheet_by_name(name)
            top, left = cells.start or (0, 0)
            number = book.sheet_names.index(name)
            errors = {(row - top, at - left): text for (row, at), text in error_cells(path, name, number)}
            merged = [((a - top, b - left), (c - top, d - left)) for (a, b), (c, d) in cells.merged_cell_ranges or ()]
            return Sheet(list(cells.iter_rows()), top, errors, tuple(merged), name)
    except python_calamine.CalamineError as error:
        raise UnreadableError(str(error)) from None


def sheet_names(path: Path) -> list[str]:
    """The names of the sheets that people see; raises as `copy_sheet`."""
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            return visible_sheets(book)
    except python_calamine.CalamineError as error:
        raise UnreadableError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet from its first filled one, `top`, on; its errors by row and place in it, merged cells, name.

    Of merged cells the first one alone is filled.
    """

    rows: list[list[Any]]
    top: int
    errors: Mapping[tuple[int, int], str]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    name: str = ""

    def fill_merged(self, first: int) -> None:
        """Give the rows from `first` on the values that merged cells have for all of them."""
        for (top, left), (bottom, _) in self.merged:
            if first <= top < bottom:
                for row in self.rows[top + 1 : bottom + 1]:
                    row[left] = self.rows[top][left]

    def texts(self, number: int) -> list[list[str]]:
        """The first rows as text."""
        return [[_text(cell) or "" for cell in row] for row in self.rows[:number]]


def _chosen_sheet(book: Any, sheet: str | None) -> str:
    if sheet is not None and sheet not in book.sheet_names:
        listed = ", ".join(f"`{name}`" for name in book.sheet_names)
        raise UnreadableError(f"it has no sheet `{sheet}`; it has {listed}")
    return sheet or visible_sheets(book)[0]


def visible_sheets(book: Any) -> list[str]:
    """The names of the sheets that people see; all where none is visible."""
    visible = [one.name for one in book.sheets_metadata if str(one.visible).endswith("Visible")]
    return visible or list(book.sheet_names)


def _copy_rows(
    sheet: Sheet,
    spool: Spool,
    header_rows: Sequence[int],
    needed: Collection[str],
    ids: Collection[str],
    missing: Collection[str],
) -> TempTable:
    at = tuple(row - 1 - sheet.top for row in header_rows) or find_header(sheet.texts(SEARCHED), needed)
    header = [[_text(cell) or "" for cell in sheet.rows[row]] for row in at if 0 <= row < len(sheet.rows)]
    width = max((place + 1 for row in header for place, cell in enumerate(row) if cell), default=0)
    if not width:
        raise UnreadableError("the sheet has no header")
    names, twice = name_columns([row[:width] for row in header], needed)
    if twice:
        raise UnreadableError(f"the column `{shown(twice[0])}` stands twice in the header")
    sheet.fill_merged(at[-1] + 1)
    schema = pa.schema([(name, pa.string()) for name in names])
    refused: dict[int, Problem] = {}
    kept: list[tuple[int, list[Any]]] = []
    footers: dict[int, str] = {}
    for index, row in enumerate(sheet.rows[at[-1] + 1 :], at[-1] + 1):
        problem = _refusal(sheet, index, row, names, needed, ids, missing)
        footer = _footer(row)
        if footer is not None:
            footers[sheet.top + index + 1] = footer
        elif problem is not None:
            refused[sheet.top + index + 1] = problem
        elif any(cell != "" for cell in row):
            kept.append((sheet.top + index + 1, row))
    numbers = iter([number for number, _ in kept])
    return spool.copy(_batches(kept, schema), schema, refused, numbers, footers, needed=needed)


def _footer(row: list[Any]) -> str | None:
    """The first text of a row of totals and the like."""
    first = next((cell for cell in row if cell != ""), "")
    return footer_of([_text(cell) or "" for cell in row]) if isinstance(first, str) and first else None


def _refusal(
    sheet: Sheet,
    index: int,
    row: list[Any],
    names: list[str],
    needed: Collection[str],
    ids: Collection[str],
    missing: Collection[str],
) -> Problem | None:
    """What keeps a row from being read at all."""
    for at, name in enumerate(names):
        cell = row[at] if at < len(row) else ""
        # What some programs store as an error is a text elsewhere.
        error = sheet.errors.get((index, at), cell if cell in ERRORS else None)
        if name in needed and error is not None and error not in missing:
            return cell_error(name, error)
        if isinstance(cell, float) and abs(cell) >= _LONGEST and name in ids:
            message = f"column `{shown(name)}` holds a number of {len(str(int(cell)))} digits, whose last ones are lost"
            help_ = "format the column as text in the workbook, and enter the ids again"
            return Problem("cell-long-number", message, help_, path="$")
    return None


def _batches(rows: list[tuple[int, list[Any]]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    # A workbook stores a midnight as a date: where other cells of the column have times, it is one.
    moments = [any(at < len(row) and isinstance(row[at], datetime) for _, row in rows) for at in range(len(schema))]
    for start in range(0, len(rows), _ROWS):
        chunk = [row for _, row in rows[start : start + _ROWS]]
        columns = [
            [_text(row[at], moment=moments[at]) if at < len(row) else None for row in chunk]
            for at in range(len(schema))
        ]
        yield pa.record_batch([pa.array(column, pa.string()) for column in columns], schema)


def _text(cell: Any, *, moment: bool = False) -> str | None:
    """A cell as text: sheets have no whole numbers, and `moment` is whether a date among them is a midnight."""
    match cell:
        case "":
            return None
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            return cell.isoformat(sep="T", timespec="auto")
        case date() if moment:
            return f"{cell.isoformat()}T00:00:00"
        case date() | time():
            return cell.isoformat()
        case timedelta():
            minutes, seconds = divmod(int(cell.total_seconds()), 60)
            return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
        case _:
            return str(cell)
