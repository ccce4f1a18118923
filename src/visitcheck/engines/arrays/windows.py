"""Windows of the local clock over arrays: in every row what `language.functions.windows` says of one visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.values import Bools, Column, Ints, Masks, Objects, spread, spread_known
from visitcheck.engines.arrays.zones import ZoneClocks
from visitcheck.facts.types import DAY
from visitcheck.language.functions.windows import WEEK

_MONDAY = 4 * DAY

_Seen: TypeAlias = tuple[Ints, Ints, Bools]
"""Readings from the first up to, not including, the second, and where they are known."""


@dataclass(frozen=True, slots=True)
class Visits:
    """The time from `start` up to `end` in each of `count` rows, either of which may be missing."""

    start: Column
    end: Column
    zone: Column
    clocks: ZoneClocks
    codes: TextCodes
    count: int

    def seen(self, start: Column, end: Column) -> _Seen:
        """The readings that a visit sees; longer by the step where the clock went back in between."""
        first = self.clocks.local(start, self.zone, self.codes, self.count)
        last = self.clocks.local(end, self.zone, self.codes, self.count)
        step = np.maximum(0, (first.values - start.values) - (last.values - end.values))
        known = spread_known(first.known, self.count) & spread_known(last.known, self.count)
        return first.values - step, np.maximum(last.values + step, first.values + 1), known


def overlaps(visits: Visits, opens: Column, closes: Column, begins: Sequence[int], period: int) -> Masks:
    """Whether a visit overlaps the hours from `opens` up to `closes` of a day that begins at one of `begins`.

    Days come again after a period. UNKNOWN where a time is, and of a visit with one end missing unless every possible
    one overlaps.
    """
    count = visits.count
    given = spread_known(opens.known, count) & spread_known(closes.known, count)
    length = closes.values - opens.values
    length = np.where(length >= 0, length, length + DAY)

    def meets(seen: _Seen) -> tuple[Bools, Bools]:
        """Where a visit with these readings surely overlaps, and where it is known whether it does."""
        first, last, known = seen
        met = np.zeros(count, np.bool_)
        for each in begins:
            begin = each + opens.values
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
        before = Column(end.values - 1, end.known)
        true |= only_end & meets(visits.seen(end, end))[0] & meets(visits.seen(before, end))[0]
    return Masks(true, false)


def overlaps_weekly(visits: Visits, weekdays: Objects, opens: Column, closes: Column) -> Masks:
    """Like `overlaps` for windows that open on the given weekdays (Monday = 1) only."""
    count = visits.count
    places = spread(weekdays.places, count)
    true, false = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for place, days in enumerate(weekdays.table):
        here = places == place
        if not here.any() or not all(day is not None and 1 <= day <= 7 for day in days):
            continue
        answer = overlaps(visits, opens, closes, [_MONDAY + (day - 1) * DAY for day in days], WEEK)
        true, false = true | (here & answer.true), false | (here & answer.false)
    return Masks(true, false)
