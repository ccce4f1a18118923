"""A rate as a dot on its interval, small enough for a cell of a table; all of a table on one scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from visitcheck.report.charts.scale import Scale, scale
from visitcheck.report.rates import Rate

WIDTH = 150.0


@dataclass(frozen=True, slots=True)
class Strip:
    """Where the ends of the interval, the rate, and the overall rate (if there is one) are."""

    low: float
    high: float
    dot: float | None
    overall: float | None


def common_scale(rates: Iterable[Rate]) -> Scale:
    """A scale for all rates of a table: it reaches the largest share and, within reason, the intervals."""
    known = [one for one in rates if one.share is not None]
    largest = max((one.share or 0.0 for one in known), default=0.0)
    reach = max((min(one.high, largest * 2 + 0.02) for one in known), default=1.0)
    return scale(reach, WIDTH, 4, 1.0)


def strip(found: Rate, on: Scale, overall: float | None = None) -> Strip:
    """The drawing of one rate."""
    return Strip(
        low=on.at(found.low),
        high=on.at(found.high),
        dot=None if found.share is None else on.at(found.share),
        overall=None if overall is None else on.at(overall),
    )


def bar(number: int, of: int) -> float:
    """The length of a plain bar."""
    return round(WIDTH * number / of, 1) if of else 0.0
