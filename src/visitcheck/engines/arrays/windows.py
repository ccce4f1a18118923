"""Windows of the local clock over arrays: in every row what `language.functions.windows` says of one visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.values import ALL_UNKNOWN, Bools, Ints, Masks, Numbers, Objects, spread, spread_known
from visitcheck.engines.arrays.zones import ZoneClocks
from visitcheck.facts.types import DAY
from visitcheck.language.hours import WEEK

_MONDAY = 4 * DAY

_Seen: TypeAlias = tuple[Ints, Ints, Bools]
"""Readings from the first up to, not including, the second, and where they are known."""
_Window: TypeAlias = "tuple[Ints | int, Ints | int, int]"
"""Hours that come again: the begin of one of them as a local reading, their length, and the period."""


@dataclass(frozen=True, slots=True)
class Visits:
    """The time from `start` up to `end` in each of `count` rows, either of which may be missing."""

    start: Numbers
    end: Numbers
    zone: Numbers
    clocks: ZoneClocks
    codes: TextCodes
    count: int

    def seen(self, start: Numbers, end: Numbers) -> _Seen:
        """The readings that a visit sees; longer by the step where the clock went back in between."""
        first = self.clocks.local(start, self.zone, self.codes, self.count)
        last = self.clocks.local(end, self.zone, self.codes, self.count)
        step = np.maximum(0, (first.values - start.values) - (last.values - end.values))
        known = spread_known(first.known, self.count) & spread_known(last.known, self.count)
        return first.values - step, np.maximum(last.values + step, first.values + 1), known


def overlaps(visits: Visits, given: Bools, windows: Sequence[_Window]) -> Masks:
    """Whether a visit overlaps any of some windows; `given` says where these are known.

    Of a visit with one end missing TRUE where every possible one overlaps, else UNKNOWN.
    """
    count = visits.count

    def meets(seen: _Seen) -> tuple[Bools, Bools]:
        """Where a visit with these readings surely overlaps, and where it is known whether it does."""
        first, last, known = seen
        met = np.zeros(count, np.bool_)
        for begin, length, period in windows:
            # The first window that ends after the visit begins; it meets the visit when it begins before its end.
            window = (first - begin - length) // period + 1
            met |= (length > 0) & (begin + window * period < last)
        return met & known, known

    start, end = visits.start, visits.end
    starts, ends = spread_known(start.known, count), spread_known(end.known, count)
    both = given & starts & ends & spread(start.values <= end.values, count)
    met, known = meets(visits.seen(start, end))
    true, false = met & both, ~met & known & both
    only_start = given & starts & ~ends
    if only_start.any():
        true |= only_start & meets(visits.seen(start, start))[0]
    only_end = given & ends & ~starts
    if only_end.any():
        # A visit up to `end` does not see `end` itself, but the moment before.
        before = Numbers(end.values - 1, end.known)
        true |= only_end & meets(visits.seen(end, end))[0] & meets(visits.seen(before, end))[0]
    return Masks(true, false)


def overlaps_daily(visits: Visits, opens: Numbers, closes: Numbers) -> Masks:
    """Whether a visit overlaps the hours from one time of day up to another of any day."""
    return overlaps(visits, _both_given(visits, opens, closes), [(opens.values, _length(opens, closes), DAY)])


def overlaps_weekly(visits: Visits, weekdays: Objects, opens: Numbers, closes: Numbers) -> Masks:
    """Like `overlaps_daily` for hours that open on the given weekdays (Monday = 1) only."""
    given, length = _both_given(visits, opens, closes), _length(opens, closes)

    def of(days: Any, here: Bools) -> Masks:
        if not all(day is not None and 1 <= day <= 7 for day in days):
            return ALL_UNKNOWN
        windows = [(_MONDAY + (day - 1) * DAY + opens.values, length, WEEK) for day in days]
        return overlaps(visits, given & here, windows)

    return _by_object(visits, weekdays, of)


def overlaps_hours(visits: Visits, hours: Objects) -> Masks | None:
    """Whether a visit meets the hours of a parameter; None where holidays have hours of their own."""
    if any(each is not None and each.holiday is not None for each in hours.table):
        return None
    return _by_object(visits, hours, lambda each, here: overlaps(visits, here, each.windows))


def _by_object(visits: Visits, objects: Objects, of: Callable[[Any, Bools], Masks]) -> Masks:
    """What each of some objects gives, in the rows that have it."""
    places = spread(objects.places, visits.count)
    true, false = np.zeros(visits.count, np.bool_), np.zeros(visits.count, np.bool_)
    for place, each in enumerate(objects.table):
        here = places == place
        if each is not None and here.any():
            answer = of(each, here)
            true, false = true | (here & answer.true), false | (here & answer.false)
    return Masks(true, false)


def _both_given(visits: Visits, opens: Numbers, closes: Numbers) -> Bools:
    return spread_known(opens.known, visits.count) & spread_known(closes.known, visits.count)


def _length(opens: Numbers, closes: Numbers) -> Ints:
    length = closes.values - opens.values
    return np.where(length >= 0, length, length + DAY)
