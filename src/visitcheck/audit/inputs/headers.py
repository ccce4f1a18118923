"""Where the header of a table is, and what its columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from visitcheck.audit.mapping.model import LEVELS

SEARCHED = 20
"""In which of the first rows a header is looked for."""

_MOST_ROWS = 3
_LEAST_BLANKS = 2
_LEAST_GROUPS = 3
_is_no_name = re.compile(r"[^?？(（]+[:：].+|[\s0-9.,:：/%¥$年月日-]*[0-9][\s0-9.,:：/%¥$年月日-]*").fullmatch
"""A number, a date, or something said above a table, like `单位：元`."""

_SUMS = "(?:本页|本月|本日)?(?:合计|总计|小计|共计|总数|累计|汇总)"
_TOTALS = rf"{_SUMS}(?:\s*[0-9]+\s*[户笔条次件])?|(?:grand |sub ?)?total|sum"
_SIGNED = (
    "(?:(?:制表|填表|审核|复核|打印|导出|统计|填报)(?:人|时间|日期|单位)?"
    "|备?注|说明|notes?|(?:prepared|checked|reviewed) by)"
)
FOOTER = rf"^\s*(?:(?:{_TOTALS})\s*[:：]?\s*$|{_SIGNED}\s*[:：])"
"""How the first cell of a row of totals, or of a footer, begins; a text for Python and Arrow alike."""
_is_footer = re.compile(FOOTER, re.IGNORECASE).match


def footer_of(cells: Sequence[str]) -> str | None:
    """The first text of a row that is plainly one of totals, or a footer; such rows are mostly blank."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return filled[0] if filled and 2 * len(filled) <= len(cells) and _is_footer(filled[0]) else None


def find_header(rows: Sequence[Sequence[str]], needed: Collection[str] = ()) -> tuple[int, ...]:
    """Find the rows of the header, from 0: the first that name all needed columns.

    Where none is needed, or no rows name them, the first row is the header that has at least half as many cells as the
    widest, together with the rows below it that divide its names; titles above it are passed over.
    """
    for number in range(1, _MOST_ROWS + 1):
        for at in range(len(rows) - number + 1):
            if needed and set(header_names(rows[at : at + number])) >= set(needed):
                return tuple(range(at, at + number))
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    for at, width in enumerate(widths):
        levels = _levels_from(rows, at) if width > 1 else 1
        names = sum(map(bool, header_names(rows[at : at + levels])))
        is_title = names < max(widths) and any(_is_no_name(cell.strip()) for cell in rows[at])
        if names > 1 and 2 * names >= max(widths) and not is_title:
            return tuple(range(at, at + levels))
    return (0,)


def _levels_from(rows: Sequence[Sequence[str]], at: int) -> int:
    """How many rows from one on are plainly one header: each divides names of the row above it."""
    levels = 1
    while levels < _MOST_ROWS and at + levels < len(rows) and _divides(rows, at + levels):
        levels += 1
    return levels


def _divides(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a row divides names of the row above it, like 姓名 and 年龄 below 客户 and a blank.

    It has names alone, each column has one in either row, and no row below holds the same text in the same column.
    """
    above, below = ([cell.strip() for cell in row] for row in (rows[at - 1], rows[at]))
    width = max(_width(above), _width(below))
    above, below = (row[:width] + [""] * (width - len(row)) for row in (above, below))
    if not above or not above[0] or any(not (one or other) for one, other in zip(above, below, strict=True)):
        return False
    if sum(not one for one in above) < _LEAST_BLANKS or any(map(_is_no_name, (*above, *below))):
        return False
    # Two cells above full names are a title and its date; groups leave some names undivided, or are several.
    if all(below) and sum(map(bool, above)) < _LEAST_GROUPS:
        return False
    return not any(
        one and at_column < len(row) and row[at_column].strip() == one
        for row in rows[at + 1 :]
        for at_column, one in enumerate(below)
    )


def _width(cells: Sequence[str]) -> int:
    """How many cells there are up to the last that is filled."""
    return max((at + 1 for at, cell in enumerate(cells) if cell), default=0)


def header_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """The names in the rows of a header, joined from above: `客户/姓名`.

    A name goes on over blank cells to its right where it is divided below, as a merged cell does.
    """
    width = max(map(len, rows), default=0)
    filled = [[_name(row[at]) if at < len(row) else "" for at in range(width)] for row in rows]
    for level in range(len(filled) - 1, 0, -1):
        above, below = filled[level - 1], filled[level]
        group = ""
        for at in range(width):
            if above[at]:
                group = above[at] if below[at] else ""
            elif below[at]:
                above[at] = group
    return [LEVELS.join(dict.fromkeys(name for name in names if name)) for names in zip(*filled, strict=True)]


def _name(cell: str) -> str:
    # The mark of the order of bytes is no part of a name, whatever the encoding is called.
    return cell.strip().removeprefix("\ufeff").strip()


def name_columns(header: Sequence[Sequence[str]], needed: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """Name all columns, each by a name of its own, and the needed names that stand in the rows of the header twice.

    White space around a name does not count. A column without a name, or with one that another has, gets its position.
    """
    names = header_names(header)
    counts = Counter(names)
    named = [
        name if name and names.index(name) == at else f"{name or 'column'} #{at + 1}" for at, name in enumerate(names)
    ]
    return named, sorted(name for name in needed if counts[name] > 1)
