"""Dates: local readings of a moment, calendar arithmetic, weekdays, working days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from visitcheck.facts.types import (
    BOOL,
    DATE,
    DATE_MAX,
    DATE_MIN,
    DAY,
    EPOCH_ORDINAL,
    INT,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
)
from visitcheck.language import calendars, clock
from visitcheck.language.functions.model import Function, Signature
from visitcheck.truth import Truth


def local_date(at: int, zone: str) -> int | None:
    """The day a clock in `zone` shows at a moment; UNKNOWN for an unknown zone or a year outside 1-9999."""
    reading = clock.local_reading(at, zone)
    return None if reading is None else reading // DAY


def local_time(at: int, zone: str) -> int | None:
    """The time of day a clock in `zone` shows at a moment."""
    reading = clock.local_reading(at, zone)
    return None if reading is None else reading % DAY


def weekday(day: int) -> int:
    """Monday = 1 to Sunday = 7, as ISO 8601 counts. 1970-01-01 was a Thursday."""
    return (day + 3) % 7 + 1


def month_of(day: int) -> int:
    """January = 1 to December = 12."""
    return date.fromordinal(day + EPOCH_ORDINAL).month


def add_days(day: int, n: int) -> int | None:
    """The day `n` days later, or earlier for a negative `n`."""
    return day + n if DATE_MIN <= day + n <= DATE_MAX else None


def add_months(day: int, n: int) -> int | None:
    """The same day of the month `n` months later, the month's last where it has no such day."""
    start = date.fromordinal(day + EPOCH_ORDINAL)
    year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
    if not 1 <= year <= 9999:
        return None
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)).toordinal() - EPOCH_ORDINAL


def add_years(day: int, n: int) -> int | None:
    """The same day `n` years later; 29 February becomes the 28th in a common year."""
    return add_months(day, 12 * n)


def days_between(start: int, end: int) -> int:
    """How many days `end` is after `start`; negative when it is before."""
    return end - start


def is_holiday(day: int, calendar: str) -> Truth:
    """Whether a day is a public holiday or a day off moved there; UNKNOWN outside the calendar's years."""
    return calendars.is_holiday(calendar, day)


def workdays_between(start: int, end: int, calendar: str) -> int | None:
    """How many working days there are after `start`, up to and with `end`; see `calendars`."""
    return calendars.workdays_between(calendar, start, end)


FUNCTIONS = (
    Function(
        "localDate",
        (Signature((TIMESTAMP, STRING), DATE),),
        local_date,
        "The calendar day of a moment on the local clock.",
        zone=True,
        cost="zone",
    ),
    Function(
        "localTime",
        (Signature((TIMESTAMP, STRING), TIME_OF_DAY),),
        local_time,
        "The time of day of a moment on the local clock.",
        zone=True,
        cost="zone",
    ),
    Function(
        "weekday",
        (Signature((DATE,), INT),),
        weekday,
        "The day of the week: Monday is 1, Sunday is 7.",
    ),
    Function("monthOf", (Signature((DATE,), INT),), month_of, "The month: January is 1, December is 12."),
    Function(
        "addDays",
        (Signature((DATE, INT), DATE),),
        add_days,
        "The date a number of days later (earlier when negative). UNKNOWN outside the years 1-9999.",
    ),
    Function(
        "addMonths",
        (Signature((DATE, INT), DATE),),
        add_months,
        "The same day a number of months later, or that month's last day: 31 January plus one month is 28 "
        "or 29 February. UNKNOWN outside the years 1-9999.",
    ),
    Function(
        "addYears",
        (Signature((DATE, INT), DATE),),
        add_years,
        "The same day a number of years later; 29 February becomes 28 February in a common year. UNKNOWN "
        "outside the years 1-9999.",
    ),
    Function(
        "daysBetween",
        (Signature((DATE, DATE), INT),),
        days_between,
        "How many days the second date is after the first; negative when it is before.",
    ),
    Function(
        "workdaysBetween",
        (Signature((DATE, DATE, STRING), INT),),
        workdays_between,
        "How many working days of a calendar there are after the first date, up to and with the second; "
        "negative when the second is earlier. Make-up working days count. UNKNOWN when a date is outside "
        "the calendar's years.",
        constant=frozenset({2}),
    ),
    Function(
        "isHoliday",
        (Signature((DATE, STRING), BOOL),),
        is_holiday,
        'Whether a date is a public holiday (or a day off moved there) in a calendar such as "CN". UNKNOWN '
        "outside the calendar's years.",
        constant=frozenset({1}),
    ),
)
