"""Draws a week by hours: the share in breach is the shade of a cell; cells with few visits are only outlined."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from visitcheck.report.folder import breach_rate
from visitcheck.report.rates import Rate
from visitcheck.report.wording import format_interval, format_percent

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
    share_text: str
    interval: str


@dataclass(frozen=True, slots=True)
class Heat:
    """The drawing, in units of the SVG, and the bounds of its shades as text."""

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


def draw_heat(counts: dict[str, dict[str, int]]) -> Heat | None:
    """Draw counts by `weekday hour`, as the summary has them; None where no visit has a time."""
    rates = {
        (int(key[:1]), int(key[2:])): breach_rate(outcomes) for key, outcomes in counts.items() if key[:1].isdigit()
    }
    if not rates:
        return None
    hours = list(range(min(hour for _, hour in rates), max(hour for _, hour in rates) + 1))
    shares = [breach.share or 0.0 for breach in rates.values() if breach.of >= ENOUGH]
    # The darkest shade is the largest share, but at least 1 %: a week without breaches is not drawn dark.
    top = max(max(shares, default=0.0), 0.01)
    cells = [_draw_cell(weekday, hour, hours[0], breach, top) for (weekday, hour), breach in sorted(rates.items())]
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


def _draw_cell(weekday: int, hour: int, first: int, breach: Rate, top: float) -> Cell:
    shade = None if breach.of < ENOUGH else min(int((breach.share or 0.0) / top * SHADES), SHADES - 1)
    return Cell(
        weekday,
        hour,
        round(_LEFT + _CELL_WIDTH * (hour - first), 1),
        _TOP + _CELL_HEIGHT * (weekday - 1),
        breach,
        shade,
        format_percent(breach.share),
        format_interval(breach),
    )
