"""Weekly hours: when something is open, weekday by weekday, with hours of their own on holidays.

A parameter of type `weekly_hours` is written like this::

    mon-fri: ["09:00-12:00", "13:30-21:00"]
    sat: ["10:00-20:00"]
    sun: []                      # closed; a day that is not named is closed too
    holiday: []                  # optional: in place of the weekday's hours; needs a calendar
    calendar: CN
    ends: open                   # or closed: the closing time itself still belongs to the hours
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from visitcheck.facts.types import DAY, HOUR, MINUTE
from visitcheck.language import calendars

DaySpan: TypeAlias = tuple[int, int]
"""From one time of day up to another, in microseconds since midnight, the end 24:00 at most."""

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Open hours. `days[0]` is Monday's; each day's spans are sorted, apart, and within the day.

    With `closed` a closing time itself belongs to the hours: a moment at 21:00 is within 09:00-21:00. (A
    day's end, 24:00, is the next day's 00:00 and belongs to that day.) `holiday`, where given, replaces the
    weekday's hours on the holidays of `calendar`.
    """

    days: tuple[tuple[DaySpan, ...], ...]
    holiday: tuple[DaySpan, ...] | None = None
    calendar: str | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("weekly hours need the hours of seven days")
        for spans in (*self.days, self.holiday or ()):
            _check_spans(spans)
        if self.holiday is not None and self.calendar not in calendars.names():
            raise ValueError(f"`holiday` hours need a calendar: one of {', '.join(calendars.names())}")


def read_weekly_hours(written: Mapping[str, object]) -> WeeklyHours:
    """Weekly hours from the mapping that a policy file holds; raises ValueError with a sentence for its
    writer.
    """
    days: list[tuple[DaySpan, ...]] = [()] * 7
    given: set[int] = set()
    rest = dict(written)
    holiday = rest.pop("holiday", None)
    calendar = rest.pop("calendar", None)
    ends = rest.pop("ends", "open")
    if ends not in ("open", "closed"):
        raise ValueError("`ends` is `open` or `closed`")
    if calendar is not None and not isinstance(calendar, str):
        raise ValueError("`calendar` is the name of a calendar, like `CN`")
    for key, value in rest.items():
        numbers = set(_day_numbers(key))
        if numbers & given:
            raise ValueError(f"`{key}` names a day whose hours are given already")
        given |= numbers
        for number in numbers:
            days[number] = _read_spans(value)
    return WeeklyHours(tuple(days), None if holiday is None else _read_spans(holiday), calendar, ends == "closed")


def _day_numbers(key: str) -> Iterator[int]:
    first, _, last = key.partition("-")
    if first not in DAY_NAMES or (last or first) not in DAY_NAMES:
        raise ValueError(f"`{key}` is no day: write one of {', '.join(DAY_NAMES)}, or two of them like `mon-fri`")
    start, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
    if end < start:
        raise ValueError(f"`{key}` ends before it begins")
    yield from range(start, end + 1)


def _read_spans(written: object) -> tuple[DaySpan, ...]:
    if isinstance(written, str) or not isinstance(written, Sequence):
        raise ValueError('the hours of a day are a list, like `["09:00-12:00", "13:00-21:00"]`; `[]` is closed')
    return tuple(_merge_spans(_read_span(item) for item in written))


def _read_span(written: object) -> DaySpan:
    match = _SPAN.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise ValueError(f"`{written}` is no span of a day: write it like `09:00-21:00`")
    hours = [int(part) for part in match.groups()]
    return hours[0] * HOUR + hours[1] * MINUTE, hours[2] * HOUR + hours[3] * MINUTE


def _merge_spans(spans: Iterable[DaySpan]) -> Iterator[DaySpan]:
    """The spans in order, two that touch made one, so that a visit over their border is within."""
    merged: list[DaySpan] = []
    for start, end in sorted(spans):
        if merged and start == merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return iter(merged)


def _check_spans(spans: tuple[DaySpan, ...]) -> None:
    last = -1
    for start, end in spans:
        if not 0 <= start < end <= DAY:
            raise ValueError("a span of a day ends after it begins, at 24:00 at the latest; divide one over midnight")
        if start <= last:
            raise ValueError("the spans of a day must not overlap")
        last = end
