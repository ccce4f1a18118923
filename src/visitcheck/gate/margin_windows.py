"""How far a span of time is from a window that comes every day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from visitcheck.facts.types import DAY
from visitcheck.language.clock import local


def window_distance(args: Sequence[object], overlaps: bool) -> int | None:
    """The least shift, in microseconds, that takes a span out of a daily window; or the time between the two.

    `args` are those of `overlapsDaily`: start, end, the window's two times of day, and a zone. None where one is
    missing. The shift is read on the local clock.
    """
    if None in args:
        return None
    start, end, opens, closes, zone = cast("tuple[int, int, int, int, str]", tuple(args))
    first, last = local(start, zone), local(end, zone)
    if first is None or last is None:
        return None
    length = (closes - opens) % DAY or DAY
    if opens == closes or length == DAY or last - first > DAY - length:
        return None  # no window at all, or none that the span could escape
    windows = [(day * DAY + opens, day * DAY + opens + length) for day in range(first // DAY - 1, last // DAY + 2)]
    if not overlaps:
        return min(max(since - last, first - until, 0) for since, until in windows)
    met = [(since, until) for since, until in windows if since < last and first < until]
    if not met:  # the ends alone touch, or the clock was set back within the span
        return 0
    earlier, later = last - met[0][0], met[-1][1] - first
    return min(earlier, later)
