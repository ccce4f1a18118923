"""Draws outcomes by month: stacked columns of counts, and below them the share in breach with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from visitcheck.engines.outcomes import ASSESSED_WORDS
from visitcheck.report.charts.scale import Scale, make_scale
from visitcheck.report.folder import breach_rate
from visitcheck.report.rates import Rate
from visitcheck.report.wording import format_percent

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
    share_text: str


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


def draw_timeline(months: dict[str, dict[str, int]]) -> OutcomeTimeline | None:
    """Draw these months in their order; None where there are none."""
    if not months:
        return None
    rates = {month: breach_rate(counts) for month, counts in months.items()}
    counted = make_scale(max(sum(counts.values()) for counts in months.values()), _COUNTS)
    shares = make_scale(max(breach.high for breach in rates.values()), _RATES, 3, 1.0)
    foot = _TOP + _COUNTS
    rates_foot = foot + _GAP + _RATES
    slot = (WIDTH - LEFT - RIGHT) / len(months)
    every = -(-len(months) // _LABELS)
    columns = [
        _draw_month(place, month, counts, rates[month], slot, every, (counted, foot), (shares, rates_foot))
        for place, (month, counts) in enumerate(months.items())
    ]
    return OutcomeTimeline(
        height=rates_foot + 28,
        foot=foot,
        rates_foot=rates_foot,
        columns=columns,
        counts=[Line(round(foot - counted.position(tick), 1), f"{tick:,.0f}") for tick in counted.ticks],
        rates=[Line(round(rates_foot - shares.position(tick), 1), f"{tick * 100:.3g}%") for tick in shares.ticks],
    )


def _draw_month(
    place: int,
    month: str,
    counts: dict[str, int],
    breach: Rate,
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
        segments=_stack_segments(counts, *counted),
        rate=breach,
        y=round(foot - level.position(breach.share or 0.0), 1),
        low=round(foot - level.position(breach.low), 1),
        high=round(foot - level.position(breach.high), 1),
        share_text=format_percent(breach.share),
    )


def _stack_segments(counts: dict[str, int], counted: Scale, foot: float) -> list[Segment]:
    """Stack the parts of a column, the gravest at its foot, where columns are easiest to compare."""
    segments, below = [], 0
    for outcome in ASSESSED_WORDS:
        number = counts.get(outcome, 0)
        low, high = counted.position(below), counted.position(below + number)
        if number:
            segments.append(Segment(outcome, round(foot - high, 1), round(high - low, 1), number))
        below += number
    return segments
