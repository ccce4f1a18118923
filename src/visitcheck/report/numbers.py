"""Numbers as they stand on a page; the same in both languages."""

from __future__ import annotations

from visitcheck.report.rates import Rate, RateChange

NONE = "–"


def whole(number: int) -> str:
    """A count, with commas."""
    return f"{number:,}"


def percent(share: float | None) -> str:
    """A share with one decimal; what is not quite none or all does not look like it."""
    if share is None:
        return NONE
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}%"


def interval(rate: Rate) -> str:
    """The bounds of a rate's interval."""
    return f"{rate.low * 100:.1f}–{rate.high * 100:.1f}%" if rate.of else NONE


def points(change: RateChange) -> str:
    """A change in percentage points, always with its sign."""
    return NONE if change.by is None else f"{change.by * 100:+.1f}".replace("-", "−")


def points_interval(change: RateChange) -> str:
    """The bounds of a change."""
    if change.by is None:
        return NONE
    return f"{change.low * 100:+.1f} … {change.high * 100:+.1f}".replace("-", "−")
