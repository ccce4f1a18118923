"""Where the header of a table is, and what its columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

SEARCHED = 20
"""In which of the first rows a header is looked for."""

_SUMS = "(?:本页|本月|本日)?(?:合计|总计|小计|共计|总数|累计|汇总)"
_TOTALS = rf"{_SUMS}(?:\s*[0-9]+\s*[户笔条次件])?|(?:grand |sub ?)?total|sum"
_SIGNED = "(?:制表|填表|审核|复核|打印|导出|统计)(?:人|时间|日期|单位)?"
FOOTER = rf"^\s*(?:(?:{_TOTALS})\s*[:：]?\s*$|{_SIGNED}\s*[:：])"
"""How the first cell of a row of totals, or of a footer, begins; a text for Python and Arrow alike."""
_is_footer = re.compile(FOOTER, re.IGNORECASE).match


def footer_of(cells: Sequence[str]) -> str | None:
    """The first text of a row that is plainly one of totals, or a footer; such rows are mostly blank."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return filled[0] if filled and 2 * len(filled) <= len(cells) and _is_footer(filled[0]) else None


def find_header(rows: Sequence[Sequence[str]], needed: Collection[str] = ()) -> int:
    """Find the row that is the header, from 0: the first that names all needed columns.

    Where none is needed, or no row names them, rows of a title above it are passed over: rows of at most one cell above
    one of several.
    """
    for at, row in enumerate(rows):
        if needed and {cell.strip("\ufeff \t") for cell in row} >= set(needed):
            return at
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    return next((at for at, width in enumerate(widths) if width > 1), 0)


def name_columns(header: Sequence[str], needed: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """Name all columns, each by a name of its own, and the needed names that stand in the header twice.

    White space around a name does not count. A column without a name, or with one that another has, gets its position.
    """
    # The mark of the order of bytes is no part of a name, whatever the encoding is called.
    names = [cell.strip().removeprefix("\ufeff").strip() for cell in header]
    counts = Counter(names)
    named = [
        name if name and names.index(name) == at else f"{name or 'column'} #{at + 1}" for at, name in enumerate(names)
    ]
    return named, sorted(name for name in needed if counts[name] > 1)
