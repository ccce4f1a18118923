"""CEL's accessors of timestamps and durations, with CEL's numbering."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from visitcheck.facts.types import DAY, DURATION, EPOCH_ORDINAL, HOUR, INT, MINUTE, SECOND, STRING, TIMESTAMP
from visitcheck.language import clock
from visitcheck.language.functions.model import Function, Signature

_MILLISECOND = 1000
_ZONED = Signature((TIMESTAMP, STRING), INT, receiver=True)
_DURATION = Signature((DURATION,), INT, receiver=True)


def _read_from_day(part: Callable[[date], int]) -> Callable[[int, str], int | None]:
    """A part of the local day."""

    def read(at: int, zone: str) -> int | None:
        reading = clock.local_reading(at, zone)
        return None if reading is None else part(date.fromordinal(reading // DAY + EPOCH_ORDINAL))

    return read


def _read_from_time(unit: int, size: int) -> Callable[..., int | None]:
    """With a zone, a timestamp's units since the next larger one; without, a duration's whole units."""

    def read(value: int, zone: str | None = None) -> int | None:
        if zone is None:
            return _divide_toward_zero(value, unit)
        reading = clock.local_reading(value, zone)
        return None if reading is None else reading // unit % size

    return read


def _milliseconds(value: int, zone: str | None = None) -> int | None:
    """Milliseconds since the last full second, also of a duration."""
    if zone is None:
        return _divide_toward_zero(value, _MILLISECOND) - _divide_toward_zero(value, SECOND) * 1000
    reading = clock.local_reading(value, zone)
    return None if reading is None else reading // _MILLISECOND % 1000


def _divide_toward_zero(value: int, unit: int) -> int:
    return value // unit if value >= 0 else -(-value // unit)


def _accessor(name: str, evaluate: Callable[..., int | None], doc: str, *, duration: bool = False) -> Function:
    signatures = (_ZONED, _DURATION) if duration else (_ZONED,)
    return Function(name, signatures, evaluate, doc, zone=True, cost="zone")


FUNCTIONS = (
    _accessor("getFullYear", _read_from_day(lambda day: day.year), "The year."),
    _accessor(
        "getMonth", _read_from_day(lambda day: day.month - 1), "The month: January is 0. `monthOf` counts from 1."
    ),
    _accessor("getDate", _read_from_day(lambda day: day.day), "The day of the month, from 1."),
    _accessor("getDayOfMonth", _read_from_day(lambda day: day.day - 1), "The day of the month, from 0."),
    _accessor(
        "getDayOfWeek",
        _read_from_day(lambda day: day.isoweekday() % 7),
        "The day of the week: Sunday is 0. `weekday` counts Monday as 1.",
    ),
    _accessor("getDayOfYear", _read_from_day(lambda day: day.timetuple().tm_yday - 1), "The day of the year, from 0."),
    _accessor(
        "getHours", _read_from_time(HOUR, 24), "The hour of the day, or a duration's whole hours.", duration=True
    ),
    _accessor("getMinutes", _read_from_time(MINUTE, 60), "The minute, or a duration's whole minutes.", duration=True),
    _accessor("getSeconds", _read_from_time(SECOND, 60), "The second, or a duration's whole seconds.", duration=True),
    _accessor(
        "getMilliseconds",
        _milliseconds,
        "The milliseconds since the last full second, of a moment or a duration.",
        duration=True,
    ),
)
