"""Plain Python values to the forms they have inside (see `facts.types`), for `evaluate`.

Single values are read as those of facts are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import SimpleNamespace

from visitcheck.errors import InvalidCondition, Problem
from visitcheck.facts import numbers, times
from visitcheck.facts.scalars import BadValueError, shown
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    INT_MAX,
    INT_MIN,
    MONEY,
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
from visitcheck.ir.nodes import Value
from visitcheck.language.constants import READERS
from visitcheck.language.hours import WeeklyHours, read_weekly_hours
from visitcheck.language.scope import describe


def to_inside(value: object, type_: Type, path: str) -> Value:
    """`value` in its inside form; `InvalidCondition` at `path` where it does not have the type."""
    if value is None:
        return None
    if isinstance(type_, ListOf) and isinstance(value, list | tuple):
        return tuple(to_inside(item, type_.item, f"{path}[{place}]") for place, item in enumerate(value))
    if isinstance(type_, Record) and isinstance(value, Mapping) and value.keys() <= type_.fields.keys():
        fields = type_.fields.items()
        return SimpleNamespace(**{name: to_inside(value.get(name), field, f"{path}.{name}") for name, field in fields})
    try:
        return _single(value, type_)
    except ValueError as error:
        help_ = error.help or error.message if isinstance(error, BadValueError) else None
        problem = Problem("wrong-value", f"`{shown(value)}` is not {describe(type_)}", help_, path=path)
        raise InvalidCondition([problem]) from None


def _single(value: object, type_: Type) -> Value:
    if isinstance(type_, Word) and isinstance(value, str) and value in type_.words:
        return value
    if type_ not in _READERS:
        raise ValueError
    return _READERS[type_](value)


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


def _duration(value: object) -> Value:
    if isinstance(value, timedelta):
        return _int(value // timedelta(microseconds=1))
    return READERS[DURATION](value) if isinstance(value, str) else times.duration(value)


def _money(value: object) -> Value:
    """`Money`, or an amount and a currency as a pair."""
    if isinstance(value, Money):
        return value
    if not isinstance(value, tuple) or len(value) != 2 or not isinstance(value[1], str):
        raise BadValueError("wrong-value", "money is an amount and a currency, like `('12.50', 'CNY')`")
    return Money(numbers.minor_units(value[0]), value[1])


def _weekly_hours(value: object) -> Value:
    if isinstance(value, WeeklyHours):
        return value
    if not isinstance(value, Mapping):
        raise ValueError
    return read_weekly_hours(value)


_READERS: dict[Type, Callable[[object], Value]] = {
    BOOL: _bool,
    INT: _int,
    DOUBLE: _double,
    STRING: _string,
    TIMESTAMP: times.timestamp,
    DURATION: _duration,
    DATE: times.date_,
    TIME_OF_DAY: times.time_of_day,
    MONEY: _money,
    WEEKLY_HOURS: _weekly_hours,
}
