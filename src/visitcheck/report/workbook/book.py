"""A workbook being written: sheets with heads and filters, within the limits that Excel has.

Rows go to disk as they come (`constant_memory`), so a sheet may be full. Text is written as text, whatever it begins
with: a name like `=1+1` is no formula, and none once somebody edits the cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from visitcheck.report.wording import escape_controls

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = "str | int | float | datetime | None"
MOST_ROWS = 1_048_576
"""Rows of a sheet, the head among them."""
LONGEST = 32_767
"""UTF-16 units of a cell's text."""
_LARGEST_WHOLE = 2**53
_BEGINS_A_FORMULA = ("=", "+", "-", "@")
_FONT = {"font_name": "Arial", "font_size": 10, "valign": "top"}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet: its head, its width in characters, and what kind of numbers it holds."""

    head: str
    width: float = 14
    form: str = "text"
    """`text`, `wrapped`, `number`, `share` or `time`."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a sheet holds. `number` is how many rows there are, of which the sheet may show fewer."""

    name: str
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Cell]]
    number: int


class Book:
    """A workbook; `mark` stands at the end of text that was cut, `about` are properties that the file has."""

    def __init__(
        self,
        file: IO[bytes],
        spill: Path,
        *,
        mark: str,
        made: datetime | None,
        title: str,
        about: Mapping[str, str] = {},
    ) -> None:
        import xlsxwriter

        self._mark = mark
        options = {"constant_memory": True, "tmpdir": str(spill), "strings_to_formulas": False}
        self._book = xlsxwriter.Workbook(file, options | {"strings_to_urls": False, "strings_to_numbers": False})
        # Workbooks of the same audit are the same, so the moment is the audit's own, or a fixed one.
        self._book.set_properties({"title": title, "created": made or datetime(2000, 1, 1)})
        for name, value in about.items():
            self._book.set_custom_property(name, value, "text")
        self._sheets: dict[str, Worksheet] = {}
        self._formats: dict[tuple[str, bool], Format] = {}
        self.cut = 0
        """Cells whose text was too long."""

    def add_sheets(self, names: Iterable[str]) -> None:
        """Add empty sheets, in the order in which they are to stand."""
        for name in names:
            self._sheets[name] = self._book.add_worksheet(name)

    def write_table(self, table: Table, more: str) -> None:
        """Write a table: a head that stays in sight, filters, rows; where not all fit, the last row says `more`."""
        sheet = self._sheets[table.name]
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.head, self._format("head"))
        sheet.freeze_panes(1, 1)
        shown = shown_rows(table.number)
        for number, row in enumerate(table.rows, 1):
            if number > shown:
                break
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                self._write(sheet, number, place, cell, column.form)
        sheet.autofilter(0, 0, shown, len(table.columns) - 1)
        if shown < table.number:
            sheet.write_string(shown + 1, 0, more, self._format("strong"))
        self._set_print(sheet)
        sheet.repeat_rows(0)

    def write_lines(self, name: str, widths: Sequence[float], lines: Iterable[Sequence[tuple[Cell, str]]]) -> None:
        """Write lines of cells, each with its form: that of a column, `title`, `strong`, `head` or `note`."""
        sheet = self._sheets[name]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 0)
        for number, line in enumerate(lines):
            for place, (cell, form) in enumerate(line):
                self._write(sheet, number, place, cell, form)
        self._set_print(sheet)

    def close(self) -> None:
        """Write all to the file."""
        self._book.close()

    def _set_print(self, sheet: Worksheet) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")

    def _write(self, sheet: Worksheet, row: int, place: int, cell: Cell, form: str) -> None:
        match cell:
            case None:
                return
            case datetime():
                sheet.write_datetime(row, place, cell.replace(tzinfo=None), self._format("time"))
            case str():
                text = self._fit(escape_controls(cell))
                sheet.write_string(row, place, text, self._format(form, text.startswith(_BEGINS_A_FORMULA)))
            case int() if abs(cell) > _LARGEST_WHOLE:
                sheet.write_string(row, place, str(cell), self._format("text"))
            case _:
                sheet.write_number(row, place, cell, self._format(form))

    def _fit(self, text: str) -> str:
        """The text, cut where it is longer than a cell may be."""
        if len(text) * 2 <= LONGEST or len(text.encode("utf-16-le")) <= 2 * LONGEST:
            return text
        self.cut += 1
        room = 2 * (LONGEST - len(self._mark))
        return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + self._mark

    def _format(self, form: str, quoted: bool = False) -> Format:
        made = self._formats.get((form, quoted))
        if made is None:
            made = self._book.add_format(_FONT | _FORMS[form])
            if quoted:
                made.set_quote_prefix()  # the text stays one where somebody edits the cell
            self._formats[form, quoted] = made
        return made


_FORMS: dict[str, dict[str, Any]] = {
    "text": {},
    "wrapped": {"text_wrap": True},
    "number": {"num_format": "#,##0"},
    "share": {"num_format": "0.0%"},
    "time": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "head": {"bold": True, "text_wrap": True, "bg_color": "#E8ECF0", "bottom": 1},
    "strong": {"bold": True},
    "title": {"bold": True, "font_size": 15},
    "note": {"font_color": "#4D5661"},
}


def shown_rows(number: int) -> int:
    """How many of some rows a sheet has room for, below its head and with a last row for what is left out."""
    return number if number < MOST_ROWS else MOST_ROWS - 2
