"""Functions that read a constant text (the compiler replaces the call by its value), and `days`."""

from __future__ import annotations

import re
from collections.abc import Callable

from visitcheck.facts import times
from visitcheck.facts.scalars import BadValueError
from visitcheck.facts.types import (
    DATE,
    DAY,
    DURATION,
    HOUR,
    INT,
    INT_MAX,
    INT_MIN,
    MINUTE,
    SECOND,
    STRING,
    TIMESTAMP,
)
from visitcheck.language.functions.model import Function, Signature

_UNITS = {"h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1000, "us": 1, "µs": 1, "μs": 1}
_PART = re.compile(r"([0-9]+)(?:\.([0-9]*))?(h|ms|us|µs|μs|ns|m|s)|\.([0-9]+)(h|ms|us|µs|μs|ns|m|s)")


def days(n: int) -> int | None:
    """`n` times 24 hours; UNKNOWN past 64 bits."""
    return n * DAY if INT_MIN <= n * DAY <= INT_MAX else None


_LONGEST = 200
"""Characters of a duration: more digits than this have no meaning in 64 bits."""


def duration(text: str) -> int | None:
    """A duration such as "24h", "1h30m", "-1.5s", with the units h, m, s, ms, us, ns.

    UNKNOWN for another text, for one finer than a microsecond, and past 64 bits.
    """
    if len(text) > _LONGEST:
        return None
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if body == "0":
        return 0
    total, place = 0, 0
    while match := _PART.match(body, place):
        exact = _nanoseconds(match)
        if exact is None:
            return None
        total, place = total + exact, match.end()
    if not place or place != len(body) or total % 1000:
        return None
    microseconds = sign * (total // 1000)
    return microseconds if INT_MIN <= microseconds <= INT_MAX else None


def _nanoseconds(match: re.Match[str]) -> int | None:
    whole, fraction, unit = (match[1], match[2] or "", match[3]) if match[3] else ("0", match[4], match[5])
    size = 1 if unit == "ns" else _UNITS[unit] * 1000
    scaled, rest = divmod(int(whole + fraction) * size, 10 ** len(fraction))
    return None if rest else scaled


def timestamp(text: str) -> int | None:
    """An RFC 3339 moment with its offset, read as facts are; UNKNOWN for another text."""
    return _read_or_unknown(times.read_timestamp, text)


def read_date(text: str) -> int | None:
    """A date such as "2026-01-30"; UNKNOWN for another text."""
    return _read_or_unknown(times.read_date, text)


def _read_or_unknown(reader: Callable[[object], int], text: str) -> int | None:
    try:
        return reader(text)
    except BadValueError:
        return None


FUNCTIONS = (
    Function("days", (Signature((INT,), DURATION),), days, "A number of times 24 hours. UNKNOWN past 64 bits."),
    Function(
        "duration",
        (Signature((STRING,), DURATION),),
        duration,
        'A constant duration, such as `duration("1h30m")`, with the units h, m, s, ms and us.',
        constant=frozenset({0}),
    ),
    Function(
        "timestamp",
        (Signature((STRING,), TIMESTAMP),),
        timestamp,
        'A constant moment with its offset, such as `timestamp("2026-01-30T09:00:00+08:00")`.',
        constant=frozenset({0}),
    ),
    Function(
        "date",
        (Signature((STRING,), DATE),),
        read_date,
        'A constant date, such as `date("2026-01-30")`.',
        constant=frozenset({0}),
    ),
)
