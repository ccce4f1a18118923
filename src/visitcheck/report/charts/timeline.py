"""Outcomes by month: stacked columns of counts, and below them the share in breach with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from visitcheck.report.charts.scale import Scale, scale
from visitcheck.report.folder import OUTCOMES
from visitcheck.report.numbers import percent
from visitcheck.report.rates import Rate, rate

WIDTH, LEFT, RIGHT = 1032.0, 56.0, 12.0
_COUNTS, _RATES, _TOP, _GAP = 210.0, 120.0, 12.0, 46.0
_LABELS = 16
_BARS = 0.72


@dataclass(frozen=True, slots=True)
class Segment:
    """One outcome's part of a column."""

    outcome: str
    y: float
    height: float
    number: int


@dataclass(frozen=True, slots=True)
class MonthColumn:
    """One month."""

    label: str
    shown: bool
    """Whether there is room for its label."""
    x: float
    width: float
    middle: float
    segments: list[Segment]
    rate: Rate
    y: float
    low: float
    high: float
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line across the drawing with its label."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class OutcomeTimeline:
    """The drawing: two panels, one below the other."""

    height: float
    foot: float
    rates_foot: float
    columns: list[MonthColumn]
    counts: list[Line]
    rates: list[Line]


def timeline(months: dict[str, dict[str, int]]) -> OutcomeTimeline | None:
    """The drawing for these months, in their order; None where there are none."""
    if not months:
        return None
    rates = {month: rate(counts.get("deny", 0), sum(counts.values())) for month, counts in months.items()}
    counted = scale(max(sum(counts.values()) for counts in months.values()), _COUNTS)
    shares = scale(max(one.high for one in rates.values()), _RATES, 3, 1.0)
    foot = _TOP + _COUNTS
    rates_foot = foot + _GAP + _RATES
    slot = (WIDTH - LEFT - RIGHT) / len(months)
    every = -(-len(months) // _LABELS)
    columns = [
        _column(place, month, counts, rates[month], slot, every, (counted, foot), (shares, rates_foot))
        for place, (month, counts) in enumerate(months.items())
    ]
    return OutcomeTimeline(
        height=rates_foot + 28,
        foot=foot,
        rates_foot=rates_foot,
        columns=columns,
        counts=[Line(round(foot - counted.at(tick), 1), f"{tick:,.0f}") for tick in counted.ticks],
        rates=[Line(round(rates_foot - shares.at(tick), 1), f"{tick * 100:.3g}%") for tick in shares.ticks],
    )


def _column(
    place: int,
    month: str,
    counts: dict[str, int],
    found: Rate,
    slot: float,
    every: int,
    counted: tuple[Scale, float],
    shares: tuple[Scale, float],
) -> MonthColumn:
    middle = round(LEFT + slot * (place + 0.5), 1)
    width = round(min(slot * _BARS, 64.0), 1)
    level, foot = shares
    return MonthColumn(
        label=month,
        shown=place % every == 0,
        x=round(middle - width / 2, 1),
        width=width,
        middle=middle,
        segments=_segments(counts, *counted),
        rate=found,
        y=round(foot - level.at(found.share or 0.0), 1),
        low=round(foot - level.at(found.low), 1),
        high=round(foot - level.at(found.high), 1),
        said=percent(found.share),
    )


def _segments(counts: dict[str, int], counted: Scale, foot: float) -> list[Segment]:
    """The parts of a column, the gravest at its foot, where columns are easiest to compare."""
    found, below = [], 0
    for outcome in reversed(OUTCOMES):
        number = counts.get(outcome, 0)
        low, high = counted.at(below), counted.at(below + number)
        if number:
            found.append(Segment(outcome, round(foot - high, 1), round(high - low, 1), number))
        below += number
    return found
