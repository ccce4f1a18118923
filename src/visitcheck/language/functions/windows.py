"""Visits against windows of the local clock: nightly hours, hours on some weekdays, opening hours.

A visit is the time from `from` up to, not including, `to`; one with both the same is that single moment. It
is compared by the readings of the local clock at both ends. Where the clock went back in between, readings
were shown twice, and the visit is taken to be longer by that step at both ends: no reading that it saw is
missed. Where the clock went forward, readings that it left out count as seen.

A missing end may be any moment that does not come before the start, and a missing start likewise. The answer
is given when all of them agree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from visitcheck.facts.types import BOOL, DAY, INT, STRING, TIME_OF_DAY, TIMESTAMP, WINDOWS, ListOf
from visitcheck.language import calendars, clock
from visitcheck.language.functions.model import Function, Signature
from visitcheck.language.hours import WEEK, DaySpan, WeeklyHours
from visitcheck.truth import Truth, and_, not_, or_

_MONDAY = 4 * DAY  # 1970-01-05, as a reading
LONGEST = 31 * DAY

Seen: TypeAlias = tuple[int, int]
"""Readings from the first up to, not including, the second; never empty."""


def overlaps_daily(start: int | None, end: int | None, opens: int, closes: int, zone: str) -> Truth:
    """Whether a visit overlaps the window from `opens` up to `closes` of any day, over midnight when it ends
    earlier.

    Two equal times are an empty window: a whole day is 00:00 to 24:00.
    """
    if opens is None or closes is None or zone is None:
        return None
    length = _window_length(opens, closes)
    return _ask_possible_visits(start, end, zone, lambda seen: _meets_window(seen, opens, length, DAY), certain=True)


def overlaps_weekly(
    start: int | None, end: int | None, weekdays: tuple[int, ...], opens: int, closes: int, zone: str
) -> Truth:
    """Like `overlaps_daily`, for windows that open on the given weekdays (Monday = 1) only."""
    if weekdays is None or opens is None or closes is None or zone is None:
        return None
    if not all(day is not None and 1 <= day <= 7 for day in weekdays):
        return None
    length = _window_length(opens, closes)
    begins = [_MONDAY + (day - 1) * DAY + opens for day in weekdays]

    def meets(seen: Seen) -> Truth:
        return any(_meets_window(seen, begin, length, WEEK) for begin in begins)

    return _ask_possible_visits(start, end, zone, meets, certain=True)


def within(start: int | None, end: int | None, hours: WeeklyHours, zone: str) -> Truth:
    """Whether a whole visit lies in the hours. Of a visit longer than 31 days the first 31 are looked at."""
    if hours is None or zone is None:
        return None
    return _ask_possible_visits(start, end, zone, lambda seen: _is_inside(seen, hours), certain=False)


def overlaps(start: int | None, end: int | None, hours: WeeklyHours, zone: str) -> Truth:
    """Whether a visit meets any of the hours. Where holidays have their own, the first 31 days are looked at."""
    if hours is None or zone is None:
        return None
    return _ask_possible_visits(start, end, zone, lambda seen: _meets_hours(seen, hours), certain=True)


def _ask_possible_visits(
    start: int | None, end: int | None, zone: str, test: Callable[[Seen], Truth], *, certain: bool
) -> Truth:
    """The test of a visit's readings; for a visit with one end missing, `certain` where no visit can escape
    it.

    What the shortest possible visits give holds for all, when a longer visit can only make the test truer
    (`certain` is True) or falser (`certain` is False).
    """
    if start is not None and end is not None:
        seen = _seen_readings(start, end, zone) if start <= end else None
        return None if seen is None else test(seen)
    if start is not None:
        shortest = [_seen_readings(start, start, zone)]
    elif end is not None:  # a visit up to `end` does not see `end` itself, but the moment before
        shortest = [_seen_readings(end, end, zone), _seen_readings(end - 1, end, zone)]
    else:
        return None
    return certain if all(seen is not None and test(seen) is certain for seen in shortest) else None


def _seen_readings(start: int, end: int, zone: str) -> Seen | None:
    first, last = clock.local_reading(start, zone), clock.local_reading(end, zone)
    if first is None or last is None:
        return None
    step = max(0, (first - start) - (last - end))
    return first - step, max(last + step, first + 1)


def _window_length(opens: int, closes: int) -> int:
    return closes - opens if closes >= opens else closes - opens + DAY


def _meets_window(seen: Seen, begin: int, length: int, period: int) -> bool:
    """Whether readings meet one of the windows `[begin + k * period, ... + length)`, k any integer."""
    first, last = seen
    # The first window that ends after the visit begins; it meets the visit when it begins before the
    # visit ends.
    k = (first - begin - length) // period + 1
    return length > 0 and begin + k * period < last


def _is_inside(seen: Seen, hours: WeeklyHours) -> Truth:
    inside = and_(_ask_days(seen, hours, _is_covered))
    return None if inside and _is_long(seen) else inside


def _meets_hours(seen: Seen, hours: WeeklyHours) -> Truth:
    if hours.holiday is None:
        return any(_meets_window(seen, *window) for window in hours.windows)
    met = or_(_ask_days(seen, hours, _is_met))
    return met or (None if _is_long(seen) else met)


def _is_long(seen: Seen) -> bool:
    return seen[1] - seen[0] > LONGEST


def _ask_days(seen: Seen, hours: WeeklyHours, test: Callable[[tuple[DaySpan, ...], Seen, bool], bool]) -> list[Truth]:
    """The test of the hours of each day that a visit sees, 32 at most, and of what it sees of that day."""
    first, last = seen[0], min(seen[1], seen[0] + LONGEST)
    days = range(first // DAY, (last - 1) // DAY + 1)
    return [_ask_day((max(first - day * DAY, 0), min(last - day * DAY, DAY)), day, hours, test) for day in days]


def _ask_day(
    seen: Seen, day: int, hours: WeeklyHours, test: Callable[[tuple[DaySpan, ...], Seen, bool], bool]
) -> Truth:
    weekday = test(hours.days[(day + 3) % 7], seen, hours.closed)
    if hours.holiday is None or hours.calendar is None:
        return weekday
    is_free = calendars.is_holiday(hours.calendar, day)
    holiday = test(hours.holiday, seen, hours.closed)
    if weekday is holiday:
        return weekday
    return or_((and_((is_free, holiday)), and_((not_(is_free), weekday))))


def _is_covered(spans: tuple[DaySpan, ...], seen: Seen, closed: bool) -> bool:
    return any(opens <= seen[0] and seen[1] <= closes + closed for opens, closes in spans)


def _is_met(spans: tuple[DaySpan, ...], seen: Seen, closed: bool) -> bool:
    return any(opens < seen[1] and seen[0] < closes + closed for opens, closes in spans)


FUNCTIONS = (
    Function(
        "overlapsDaily",
        (Signature((TIMESTAMP, TIMESTAMP, TIME_OF_DAY, TIME_OF_DAY, STRING), BOOL),),
        overlaps_daily,
        "Whether a time from one moment up to another overlaps the daily hours from one time of day up to "
        "another, over midnight when the second is earlier. With one end missing: TRUE when every possible "
        "one overlaps. UNKNOWN when it ends before it begins. Two equal times of day are no hours at all.",
        strict=False,
        zone=True,
        cost="zone",
    ),
    Function(
        "overlapsWeekly",
        (Signature((TIMESTAMP, TIMESTAMP, ListOf(INT), TIME_OF_DAY, TIME_OF_DAY, STRING), BOOL),),
        overlaps_weekly,
        "Like `overlapsDaily`, with hours that begin on the listed weekdays only (Monday is 1, Sunday is "
        "7). UNKNOWN for a number that is no weekday.",
        strict=False,
        zone=True,
        cost="zone",
    ),
    Function(
        "within",
        tuple(Signature((TIMESTAMP, TIMESTAMP, window, STRING), BOOL) for window in WINDOWS),
        within,
        "Whether the whole time from one moment up to another lies in a parameter's hours, holidays minded. With "
        "one end missing: FALSE when no possible one does. UNKNOWN when it ends before it begins, when it "
        "is longer than 31 days and its first 31 lie within, and on a day that the calendar does not cover unless "
        "weekday and holiday hours agree.",
        strict=False,
        zone=True,
        cost="zone",
    ),
    Function(
        "overlaps",
        tuple(Signature((TIMESTAMP, TIMESTAMP, window, STRING), BOOL) for window in WINDOWS),
        overlaps,
        "Whether the time from one moment up to another meets a parameter's hours, holidays minded. With one end "
        "missing: TRUE when every possible one meets them. UNKNOWN when it ends before it begins, and on a day that "
        "the calendar does not cover unless weekday and holiday hours agree.",
        strict=False,
        zone=True,
        cost="zone",
    ),
)
