"""Readers of the types and values in the edge tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from visitcheck.facts.types import (
    COUNT,
    DATE,
    DOUBLE,
    DURATION,
    HOUR,
    MINUTE,
    MONEY,
    SCALARS,
    TIME_OF_DAY,
    TIMESTAMP,
    WEEKLY_HOURS,
    WINDOWS,
    ListOf,
    Money,
    Type,
)
from visitcheck.language.functions.constants import duration, read_date, timestamp
from visitcheck.language.hours import read_daily_hours, read_weekly_hours
from visitcheck.truth import Count


def read_type(text: str) -> Type:
    if text.startswith("list<"):
        return ListOf(read_type(text[5:-1]))
    return COUNT if text == "count" else SCALARS[text]


def read_value(written: Any, type_: Type) -> Any:
    """A value of a table's cell; times and money are written as people write them."""
    if written is None:
        return None
    if isinstance(type_, ListOf):
        return tuple(read_value(each, type_.item) for each in written)
    if type_ == COUNT:
        return Count(*written)
    if type_ == MONEY:
        minor, currency = written.split()
        return Money(int(minor), currency)
    if type_ in WINDOWS:
        return read_weekly_hours(written) if type_ == WEEKLY_HOURS else read_daily_hours(written)
    if type_ == DOUBLE:
        return float(written)
    if isinstance(written, str) and type_ in _READERS:
        value = _READERS[type_](written)
        assert value is not None, (written, type_)
        return value
    assert not isinstance(written, Decimal), written
    return written


def _time_of_day(text: str) -> int:
    hours, minutes, *seconds = text.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE + round(float(seconds[0] if seconds else 0) * 1_000_000)


_READERS = {TIMESTAMP: timestamp, DURATION: duration, DATE: read_date, TIME_OF_DAY: _time_of_day}
