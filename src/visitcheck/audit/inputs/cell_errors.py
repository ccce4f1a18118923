"""Cells that hold an error of a workbook, like `#REF!`: no value, and none that is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from xml.sax.saxutils import unescape
from zipfile import ZipFile

from visitcheck.audit.inputs.old_workbooks import errors_in_biff
from visitcheck.errors import Problem
from visitcheck.facts.scalars import shown

ERRORS = frozenset(
    {"#REF!", "#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#####"}
)
"""How workbooks show errors, in exports to text, too."""
_error_cells = re.compile(
    rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>\s*(?:<(?:\w+:)?f\b[^>]*>(?:[^<]*</(?:\w+:)?f>)?)?\s*<(?:\w+:)?v>([^<]*)<'
).findall
_place = re.compile(rb'\br="([A-Z]+[0-9]+)"').search
_document_tags = re.compile(
    r"<table:(table|table-row|table-cell|covered-table-cell)(\s[^>]*?)?(/?)>|<text:p(?:\s[^>]*)?>([^<]*)"
).finditer
_repeated = re.compile(r'table:number-(?:rows|columns)-repeated="([0-9]+)"').search


def cell_error(column: str, error: str) -> Problem:
    """What is wrong with a row that holds an error in a column that is read."""
    help_ = "mend the formula in the workbook, or leave the cell blank"
    return Problem("cell-error", f"column `{shown(column)}` holds the error `{error}`", help_, path="$")


def error_cells(path: Path, sheet: str, number: int) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of a sheet that hold an error, from 0; the reader of workbooks gives them as blank ones.

    `number` is the sheet's place among those of the workbook.
    """
    suffix = path.suffix.lower()
    if suffix == ".xls":
        yield from errors_in_biff(path.read_bytes(), number)
    if suffix == ".ods":
        yield from _errors_of_document(path, sheet)
    if suffix not in (".xlsx", ".xlsm"):
        return
    with ZipFile(path) as book:
        part = _sheet_part(book, sheet)
        content = b"" if part is None else book.read(part)
    if b't="e"' in content:
        for attributes, error in _error_cells(content):
            if place := _place(attributes):
                yield _position(place[1].decode()), error.decode()


def _sheet_part(book: ZipFile, sheet: str) -> str | None:
    """The name of the file in the workbook that holds a sheet."""
    names = {name.lower(): name for name in book.namelist()}
    workbook, relations = names.get("xl/workbook.xml"), names.get("xl/_rels/workbook.xml.rels")
    if workbook is None or relations is None:
        return None
    targets = {one.get("Id"): one.get("Target", "") for one in _tags(book.read(relations), "Relationship")}
    for one in _tags(book.read(workbook), "sheet"):
        if one.get("name") == sheet:
            target = targets.get(one.get("id"), "").removeprefix("/").removeprefix("xl/")
            return names.get(f"xl/{target}".lower())
    return None


def _tags(xml: bytes, name: str) -> Iterator[dict[str, str]]:
    """The attributes of each tag of a name, without their prefixes. No parser of XML, which would follow entities."""
    for tag in re.findall(rf"<(?:\w+:)?{name}\s([^>]*)>", xml.decode("utf-8", "replace")):
        yield {key: unescape(value, {"&quot;": '"'}) for key, value in re.findall(r'(?:\w+:)?(\w+)="([^"]*)"', tag)}


def _position(place: str) -> tuple[int, int]:
    """The row and column of a cell's name like `AB12`, from 0."""
    letters = place.rstrip("0123456789")
    column = reduce(lambda value, letter: value * 26 + ord(letter) - ord("A") + 1, letters, 0)
    return int(place[len(letters) :]) - 1, column - 1


def _errors_of_document(path: Path, sheet: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The errors of a sheet of OpenDocument, which marks them beside the values that it stores for them."""
    with ZipFile(path) as book:
        content = book.read("content.xml").decode("utf-8", "replace")
    if 'calcext:value-type="error"' not in content:
        return
    name, row, column, step, next_row = "", -1, 0, 1, 0
    is_error = False
    for tag in _document_tags(content):
        kind, attributes = tag[1], tag[2] or ""
        times = int(repeated[1]) if (repeated := _repeated(attributes)) else 1
        if kind == "table":
            named = re.search(r'table:name="([^"]*)"', attributes)
            name, row, next_row = unescape(named[1], {"&quot;": '"'}) if named else "", -1, 0
        elif kind == "table-row":
            row, next_row, column, step = next_row, next_row + times, 0, 0
        elif kind:
            column, step = column + step, times
            is_error = 'calcext:value-type="error"' in attributes
        elif is_error and name == sheet:
            yield (row, column), unescape(tag[4])
            is_error = False
