"""Text constants read as the type they are compared with: times, dates, spans, closed words.

| type | written | note |
| --- | --- | --- |
| timestamp | `2026-01-30T08:00:00+08:00` | RFC 3339 with `Z` or an offset, at most microseconds |
| duration | `24h`, `1h30m`, `-1.5s` | as Go and CEL: h m s ms us, at most microseconds |
| date | `2026-01-30` | |
| time_of_day | `22:00`, `22:00:30`, `24:00` | |
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction

from visitcheck.facts.types import (
    DATE,
    DAY,
    DURATION,
    HOUR,
    INT_MAX,
    INT_MIN,
    MINUTE,
    SECOND,
    TIME_OF_DAY,
    TIMESTAMP,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
    Scalar,
)

_EPOCH = date(1970, 1, 1).toordinal()
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?")
_STAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_SPAN = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(h|ms|m|s|us|µs|μs|ns)")
_UNITS = {"h": Fraction(HOUR), "m": Fraction(MINUTE), "s": Fraction(SECOND), "ms": Fraction(1000)} | {
    "us": Fraction(1), "µs": Fraction(1), "μs": Fraction(1), "ns": Fraction(1, 1000),
}  # fmt: skip


class UnreadableError(ValueError):
    """A text that is no value of the wanted type; the message says what a right one looks like."""


def read_date(text: str) -> int:
    """Days since 1970 of `2026-01-30`."""
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        return date(*(int(part) for part in match.groups())).toordinal() - _EPOCH
    except ValueError:
        raise UnreadableError('a date is written like "2026-01-30"') from None


def read_time_of_day(text: str) -> int:
    """Microseconds since midnight of `22:00`, `22:00:30` or `24:00`."""
    match = _TIME.fullmatch(text)
    if match is not None:
        hour, minute, second = (int(part or 0) for part in match.groups()[:3])
        micros = int((match[4] or "").ljust(6, "0"))
        value = hour * HOUR + minute * MINUTE + second * SECOND + micros
        if minute < 60 and second < 60 and value <= DAY:
            return value
    raise UnreadableError('a time of day is written like "22:00", up to "24:00"')


def read_timestamp(text: str) -> int:
    """Microseconds since 1970 of an RFC 3339 text with `Z` or an offset."""
    match = _STAMP.fullmatch(text)
    if match is None:
        without = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9:.]+)?", text)
        needs = "needs its offset and" if without else "is"
        raise UnreadableError(f'a timestamp {needs} written like "2026-01-30T08:00:00+08:00"')
    day, hour, minute, second, fraction, offset = match.groups()
    fraction = fraction or ""
    if len(fraction.rstrip("0")) > 6:
        raise UnreadableError("a timestamp has at most microseconds, six digits after the point")
    try:
        datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}")
    except ValueError:
        raise UnreadableError("there is no such day or time") from None
    value = read_date(day) * DAY + int(hour) * HOUR + int(minute) * MINUTE + int(second) * SECOND
    value += int(fraction[:6].ljust(6, "0")) - _offset(offset)
    if not TIMESTAMP_MIN <= value <= TIMESTAMP_MAX:
        raise UnreadableError("a timestamp is in the years 1 to 9999")
    return value


def _offset(text: str) -> int:
    if text in "Zz":
        return 0
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        raise UnreadableError("an offset is at most 23:59")
    return (hours * HOUR + minutes * MINUTE) * (-1 if text[0] == "-" else 1)


def read_duration(text: str) -> int:
    """Microseconds of `24h`, `1h30m`, `1.5s` or `-10m`."""
    sign = -1 if text[:1] == "-" else 1
    body = text[1:] if text[:1] in ("-", "+") else text
    if body == "0":
        return 0
    if not body or _SPAN.sub("", body):
        raise UnreadableError('a duration is written like "24h", "90m" or "1h30m"')
    total = sum(
        (
            Fraction(number + "0" if number[-1] == "." else number) * _UNITS[unit]
            for number, unit in _SPAN.findall(body)
        ),
        Fraction(),
    )
    if total.denominator != 1:
        raise UnreadableError("a duration has at most microseconds")
    if not INT_MIN <= sign * total <= INT_MAX:
        raise UnreadableError("a duration is at most about 292,000 years")
    return sign * int(total)


READERS: dict[Scalar, Callable[[str], int]] = {
    TIMESTAMP: read_timestamp,
    DURATION: read_duration,
    DATE: read_date,
    TIME_OF_DAY: read_time_of_day,
}


def show_date(days: int) -> str:
    """`2026-01-30`."""
    return date.fromordinal(days + _EPOCH).isoformat()


def show_time_of_day(micros: int) -> str:
    """`22:00`, with seconds and a fraction where there are any."""
    minutes, rest = divmod(micros, MINUTE)
    shown = f"{minutes // 60:02d}:{minutes % 60:02d}"
    if not rest:
        return shown
    second, fraction = divmod(rest, SECOND)
    return f"{shown}:{second:02d}" + (f".{fraction:06d}" if fraction else "")


def show_timestamp(micros: int) -> str:
    """RFC 3339 in UTC."""
    days, rest = divmod(micros, DAY)
    second, fraction = divmod(rest, SECOND)
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return f"{show_date(days)}T{clock}" + (f".{fraction:06d}" if fraction else "") + "Z"


def show_duration(micros: int) -> str:
    """The largest unit that needs no fraction."""
    for unit, size in (("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1000)):
        if micros % size == 0:
            return f"{micros // size}{unit}"
    return f"{micros}us"


SHOWN: dict[Scalar, Callable[[int], str]] = {
    TIMESTAMP: show_timestamp,
    DURATION: show_duration,
    DATE: show_date,
    TIME_OF_DAY: show_time_of_day,
}
