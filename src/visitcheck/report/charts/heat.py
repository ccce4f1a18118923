"""A week by hours: the share in breach as the shade of a cell, cells with few visits only outlined."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from visitcheck.report.folder import judged
from visitcheck.report.numbers import interval, percent
from visitcheck.report.rates import Rate, rate

ENOUGH = 20
"""Visits that a cell needs to be shaded."""
SHADES = 5
_LEFT, _TOP, _CELL_WIDTH, _CELL_HEIGHT = 64.0, 22.0, 40.0, 28.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of one weekday."""

    weekday: int
    hour: int
    x: float
    y: float
    rate: Rate
    shade: int | None
    """From 0 to `SHADES` - 1; None for too few visits."""
    said: str
    interval: str


@dataclass(frozen=True, slots=True)
class Heat:
    """The drawing, and the bounds of its shades in words."""

    width: float
    height: float
    cell_width: float
    cell_height: float
    left: float
    top: float
    hours: list[int]
    days: list[tuple[int, float]]
    cells: list[Cell]
    legend: list[str]
    few: int
    """Visits in cells that are not shaded."""


def heat(counts: dict[str, dict[str, int]]) -> Heat | None:
    """The drawing of counts by `weekday hour`, as the summary has them; None where no visit has a time."""
    found = {
        (int(key[:1]), int(key[2:])): rate(one.get("deny", 0), judged(one))
        for key, one in counts.items()
        if key[:1].isdigit()
    }
    if not found:
        return None
    hours = list(range(min(hour for _, hour in found), max(hour for _, hour in found) + 1))
    enough = [one.share or 0.0 for one in found.values() if one.of >= ENOUGH]
    top = max(max(enough, default=0.0), 0.01)
    cells = [_cell(weekday, hour, hours[0], one, top) for (weekday, hour), one in sorted(found.items())]
    bounds = [top * step / SHADES for step in range(SHADES + 1)]
    return Heat(
        width=round(_LEFT + _CELL_WIDTH * len(hours) + 4, 1),
        height=_TOP + _CELL_HEIGHT * 7 + 4,
        cell_width=_CELL_WIDTH,
        cell_height=_CELL_HEIGHT,
        left=_LEFT,
        top=_TOP,
        hours=hours,
        days=[(day, _TOP + _CELL_HEIGHT * (day - 1)) for day in range(1, 8)],
        cells=cells,
        legend=[f"{low * 100:.1f}–{high * 100:.1f}%" for low, high in pairwise(bounds)],
        few=sum(cell.rate.of for cell in cells if cell.shade is None),
    )


def _cell(weekday: int, hour: int, first: int, found: Rate, top: float) -> Cell:
    shade = None if found.of < ENOUGH else min(int((found.share or 0.0) / top * SHADES), SHADES - 1)
    return Cell(
        weekday,
        hour,
        round(_LEFT + _CELL_WIDTH * (hour - first), 1),
        _TOP + _CELL_HEIGHT * (weekday - 1),
        found,
        shade,
        percent(found.share),
        interval(found),
    )
