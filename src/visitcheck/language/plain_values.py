"""Plain Python values to the forms they have inside (see `facts.types`), for `evaluate`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace

from visitcheck.errors import InvalidCondition, Problem
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    INT_MAX,
    INT_MIN,
    MONEY,
    SECOND,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    WEEKLY_HOURS,
    ListOf,
    Money,
    Record,
    Type,
    Word,
)
from visitcheck.language.constants import READERS, UnreadableError
from visitcheck.language.hours import WeeklyHours, read_weekly_hours
from visitcheck.language.nodes import Value
from visitcheck.language.scope import describe

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_inside(value: object, type_: Type, path: str) -> Value:
    """`value` in its inside form; `InvalidCondition` at `path` where it does not have the type."""
    if value is None:
        return None
    try:
        if isinstance(type_, ListOf):
            return _list(value, type_, path)
        if isinstance(type_, Record):
            return _record(value, type_, path)
        if isinstance(type_, Word):
            return _word(value, type_)
        if isinstance(value, str) and type_ in READERS:
            return READERS[type_](value)
        return _SCALARS[type_](value)
    except (ValueError, ArithmeticError) as error:
        if isinstance(error, InvalidCondition):
            raise
        help_ = str(error) if isinstance(error, UnreadableError) else None
        problem = Problem("wrong-value", f"`{value!r}` is not {describe(type_)}", help_, path=path)
        raise InvalidCondition([problem]) from None


def _list(value: object, type_: ListOf, path: str) -> Value:
    if not isinstance(value, list | tuple):
        raise ValueError
    return tuple(to_inside(item, type_.item, f"{path}[{place}]") for place, item in enumerate(value))


def _record(value: object, type_: Record, path: str) -> Value:
    if not isinstance(value, Mapping) or not value.keys() <= type_.fields.keys():
        raise ValueError
    fields = {name: to_inside(value.get(name), field, f"{path}.{name}") for name, field in type_.fields.items()}
    return SimpleNamespace(**fields)


def _word(value: object, type_: Word) -> Value:
    if not isinstance(value, str) or value not in type_.words:
        raise ValueError
    return value


def _bool(value: object) -> Value:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _int(value: object) -> Value:
    if not isinstance(value, int) or isinstance(value, bool) or not INT_MIN <= value <= INT_MAX:
        raise ValueError
    return value


def _double(value: object) -> Value:
    if not isinstance(value, float) or not math.isfinite(value):
        raise ValueError
    return value


def _string(value: object) -> Value:
    if not isinstance(value, str) or any(0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise ValueError
    return value


def _timestamp(value: object) -> Value:
    if not isinstance(value, datetime):
        raise ValueError
    if value.tzinfo is None:
        raise UnreadableError("a datetime needs its offset: set `tzinfo`")
    return (value - _EPOCH) // _MICROSECOND


def _duration(value: object) -> Value:
    if not isinstance(value, timedelta):
        raise ValueError
    return value // _MICROSECOND


def _date(value: object) -> Value:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError
    return (value - _EPOCH.date()).days


def _time_of_day(value: object) -> Value:
    if not isinstance(value, time) or value.tzinfo is not None:
        raise ValueError
    return (value.hour * 3600 + value.minute * 60 + value.second) * SECOND + value.microsecond


def _money(value: object) -> Value:
    """`Money`, or an amount (int, `Decimal` or text) and a currency as a pair."""
    if isinstance(value, Money):
        return value
    if not isinstance(value, tuple) or len(value) != 2 or not isinstance(value[1], str):
        raise UnreadableError('money is a pair of amount and currency, like ("12.50", "CNY")')
    if isinstance(value[0], float | bool):
        raise UnreadableError("an amount is exact: an int, a Decimal or a text")
    minor = Decimal(str(value[0])) * 100
    if not minor.is_finite() or minor != int(minor) or not INT_MIN <= minor <= INT_MAX:
        raise UnreadableError("an amount has at most two decimals and 64 bits")
    return Money(int(minor), value[1])


def _weekly_hours(value: object) -> Value:
    if isinstance(value, WeeklyHours):
        return value
    if not isinstance(value, Mapping):
        raise ValueError
    return read_weekly_hours(value)


_SCALARS: dict[Type, Callable[[object], Value]] = {
    BOOL: _bool,
    INT: _int,
    DOUBLE: _double,
    STRING: _string,
    TIMESTAMP: _timestamp,
    DURATION: _duration,
    DATE: _date,
    TIME_OF_DAY: _time_of_day,
    MONEY: _money,
    WEEKLY_HOURS: _weekly_hours,
}
