"""Hours of parameters: those of every day, and those of each weekday with hours of their own on holidays.

A parameter of type `daily_hours` is one span of the day, or several; a span may reach over midnight::

    "22:00-08:00"
    ["12:00-14:00", "22:00-08:00"]

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
from dataclasses import dataclass, field
from typing import TypeAlias

from visitcheck.facts.types import DAY, HOUR, MINUTE
from visitcheck.language import calendars

DaySpan: TypeAlias = tuple[int, int]
"""From one time of day up to another, in microseconds since midnight, the end 24:00 at most."""

Window: TypeAlias = tuple[int, int, int]
"""Hours that come again: the begin of one of them as a local reading, its length, and the period."""

WEEK = 7 * DAY
_MONDAY = 4 * DAY  # 1970-01-05, as a reading
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
    windows: tuple[Window, ...] = field(init=False, repr=False, compare=False)
    """The hours but for holidays, those that touch joined, over midnight too."""

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("weekly hours need the hours of seven days")
        for spans in (*self.days, self.holiday or ()):
            _check_spans(spans)
        if self.holiday is not None and self.calendar not in calendars.names():
            raise ValueError(f"`holiday` hours need a calendar: one of {', '.join(calendars.names())}")
        object.__setattr__(self, "windows", tuple(self._windows()))

    def __str__(self) -> str:
        return hours_text(self)

    @property
    def is_daily(self) -> bool:
        """Whether the hours are the same on every day."""
        return self.holiday is None and len(set(self.days)) == 1

    def _windows(self) -> Iterator[Window]:
        if len(set(self.days)) == 1:
            first, period, spans = 0, DAY, list(self.days[0])
        else:
            first, period = _MONDAY, WEEK
            spans = [(day * DAY + a, day * DAY + b) for day in range(7) for a, b in self.days[day]]
        for start, end in join_spans(spans, period):
            yield first + start, end - start + (self.closed and end % DAY != 0), period


def join_spans(spans: Sequence[DaySpan], period: int) -> list[DaySpan]:
    """Sorted spans of a period, those that touch made one; the last may end in the next period."""
    joined = list(_merge_spans(spans))
    if len(joined) > 1 and joined[0][0] == 0 and joined[-1][1] == period:
        joined[-1] = (joined[-1][0], period + joined.pop(0)[1])
    return joined


def is_part_of(part: WeeklyHours, whole: WeeklyHours) -> bool:
    """Whether every hour of `part` is one of `whole`: on each weekday, be it a holiday or not."""
    calendars_agree = part.calendar == whole.calendar
    both = [(free, free) for free in (False, True)] if calendars_agree else [(a, b) for a in (0, 1) for b in (0, 1)]
    return all(
        _is_within_spans(_spans_on(part, day, off), _spans_on(whole, day, off_too))
        for day in range(7)
        for off, off_too in both
    )


def _spans_on(hours: WeeklyHours, day: int, is_holiday: bool | int) -> list[DaySpan]:
    """The spans on a weekday, up to, not including, their ends."""
    spans = hours.holiday if is_holiday and hours.holiday is not None else hours.days[day]
    return [(start, end + (hours.closed and end != DAY)) for start, end in spans]


def _is_within_spans(part: list[DaySpan], whole: list[DaySpan]) -> bool:
    return all(any(a <= start and end <= b for a, b in whole) for start, end in part)


def check_hours(hours: WeeklyHours, use: str | None) -> None:
    """Refuse hours that no rule can mean: none at all, or `allowed` ones of the whole week (ValueError)."""
    everyday = (*hours.days, *(() if hours.holiday is None else (hours.holiday,)))
    if not any(everyday):
        raise ValueError("there are no hours in it, so it says nothing")
    if use == "allowed" and all(spans == ((0, DAY),) for spans in everyday):
        raise ValueError("every hour of the week is allowed, so it asks for nothing")


def read_daily_hours(written: object) -> WeeklyHours:
    """The hours of every day from a span or a list of spans; raises ValueError with a sentence for its writer."""
    spans = [written] if isinstance(written, str) else written
    if not isinstance(spans, Sequence):
        raise ValueError("daily hours are a span of the day, or a list of spans")
    pieces = [piece for span in spans for piece in _pieces_of_day(*_read_span(span))]
    return WeeklyHours((tuple(_merge_spans(pieces)),) * 7)


def _pieces_of_day(start: int, end: int) -> Iterator[DaySpan]:
    """A span of the clock as spans of one day: two where it reaches over midnight."""
    if start == end:
        raise ValueError("the hours end when they begin, which is no time at all; the whole day is `00:00-24:00`")
    if start < end:
        yield start, end
    else:
        yield start, DAY
        if end:
            yield 0, end


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


def hours_text(hours: WeeklyHours, names: Sequence[str] = DAY_NAMES, holiday: str = "holiday") -> str:
    """The hours in few words: `22:00-08:00`, or `mon-fri 09:00-12:00+13:00-21:00, sat 10:00-18:00`."""
    if hours.is_daily:
        return ", ".join(map(_span_text, join_spans(hours.days[0], DAY)))
    parts: list[str] = []
    day = 0
    while day < 7:
        last = day
        while last < 6 and hours.days[last + 1] == hours.days[day]:
            last += 1
        if hours.days[day]:
            days = names[day] if day == last else f"{names[day]}-{names[last]}"
            parts.append(f"{days} {_day_text(hours.days[day])}")
        day = last + 1
    if hours.holiday is not None:
        parts.append(f"{holiday} {_day_text(hours.holiday) or '-'}")
    return ", ".join(parts)


def _day_text(spans: tuple[DaySpan, ...]) -> str:
    return "+".join(map(_span_text, spans))


def _span_text(span: DaySpan) -> str:
    start, end = span
    return f"{_clock_text(start)}-{_clock_text(end if end <= DAY else end - DAY)}"


def _clock_text(time: int) -> str:
    hours, rest = divmod(time, HOUR)
    return f"{hours:02}:{rest // MINUTE:02}"
