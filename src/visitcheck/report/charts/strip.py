"""Draws a rate as a dot on its interval, small enough for a cell of a table; all of a table on one scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from visitcheck.report.charts.scale import Scale, make_scale
from visitcheck.report.rates import Rate

WIDTH = 150.0


@dataclass(frozen=True, slots=True)
class Strip:
    """Positions of the ends of the interval, of the rate, and of the overall rate if there is one."""

    low: float
    high: float
    dot: float | None
    overall: float | None


def common_scale(rates: Iterable[Rate]) -> Scale:
    """Make a scale for all rates of a table: it reaches the largest share and, within reason, the intervals."""
    known = [rate for rate in rates if rate.share is not None]
    largest = max((rate.share or 0.0 for rate in known), default=0.0)
    # A wide interval of few visits must not press all other rates into the left end.
    reach = max((min(rate.high, largest * 2 + 0.02) for rate in known), default=1.0)
    return make_scale(reach, WIDTH, 4, 1.0)


def draw_strip(rate: Rate, scale: Scale, overall: float | None = None) -> Strip:
    """Draw one rate."""
    return Strip(
        low=scale.position(rate.low),
        high=scale.position(rate.high),
        dot=None if rate.share is None else scale.position(rate.share),
        overall=None if overall is None else scale.position(overall),
    )


def bar_length(number: int, of: int) -> float:
    """The length of a plain bar for `number` of `of`, in units of the drawing."""
    return round(WIDTH * number / of, 1) if of else 0.0
