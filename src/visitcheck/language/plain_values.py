"""The types and values that `evaluate` is given, read to the forms they have inside (see `facts.types`).

Types may be written as text: `int`, `list<timestamp>`, `{at: timestamp}`, `"home" | "workplace"`. Single values are
read as those of facts are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import SimpleNamespace

from visitcheck.errors import InvalidCondition, Place, Problem
from visitcheck.facts import numbers, times
from visitcheck.facts.scalars import BadValueError, shown
from visitcheck.facts.types import (
    BOOL,
    DAILY_HOURS,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    INT_MAX,
    INT_MIN,
    MONEY,
    SCALARS,
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
from visitcheck.language.hours import WeeklyHours, read_daily_hours, read_weekly_hours
from visitcheck.language.scope import describe

_TOKEN = re.compile(r'\s*(?:([A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|([<>{}:,|])|(\S))')
_MAX_DEPTH = 16


def read_value(value: object, type_: Type, path: str) -> Value:
    """`value` in its inside form; `InvalidCondition` at `path` where it does not have the type."""
    if value is None:
        return None
    if isinstance(type_, ListOf) and isinstance(value, list | tuple):
        return tuple(read_value(item, type_.item, f"{path}[{place}]") for place, item in enumerate(value))
    if isinstance(type_, Record) and isinstance(value, Mapping) and value.keys() <= type_.fields.keys():
        fields = type_.fields.items()
        return SimpleNamespace(**{name: read_value(value.get(name), field, f"{path}.{name}") for name, field in fields})
    try:
        return _read_single(value, type_)
    except ValueError as error:
        help_ = error.help or error.message if isinstance(error, BadValueError) else None
        problem = Problem("wrong-value", f"`{shown(value)}` is not {describe(type_)}", help_, path=path)
        raise InvalidCondition([problem]) from None


def _read_single(value: object, type_: Type) -> Value:
    if isinstance(type_, Word) and isinstance(value, str) and value in type_.words:
        return value
    if type_ not in _READERS:
        raise ValueError
    return _READERS[type_](value)


def _read_bool(value: object) -> Value:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _read_int(value: object) -> Value:
    if not isinstance(value, int) or isinstance(value, bool) or not INT_MIN <= value <= INT_MAX:
        raise ValueError
    return value


def _read_double(value: object) -> Value:
    if not isinstance(value, float) or not math.isfinite(value):
        raise ValueError
    return value


def _read_string(value: object) -> Value:
    if not isinstance(value, str) or any(0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise ValueError
    return value


def _read_duration(value: object) -> Value:
    if isinstance(value, timedelta):
        return _read_int(value // timedelta(microseconds=1))
    return READERS[DURATION](value) if isinstance(value, str) else times.read_duration(value)


def _read_money(value: object) -> Value:
    """`Money`, or an amount and a currency as a pair."""
    if isinstance(value, Money):
        return value
    if not isinstance(value, tuple) or len(value) != 2 or not isinstance(value[1], str):
        raise BadValueError("wrong-value", "money is an amount and a currency, like `('12.50', 'CNY')`")
    return Money(numbers.read_minor_units(value[0]), value[1])


def _read_daily_hours(value: object) -> Value:
    return value if isinstance(value, WeeklyHours) else read_daily_hours(value)


def _read_weekly_hours(value: object) -> Value:
    if isinstance(value, WeeklyHours):
        return value
    if not isinstance(value, Mapping):
        raise ValueError
    return read_weekly_hours(value)


_READERS: dict[Type, Callable[[object], Value]] = {
    BOOL: _read_bool,
    INT: _read_int,
    DOUBLE: _read_double,
    STRING: _read_string,
    TIMESTAMP: times.read_timestamp,
    DURATION: _read_duration,
    DATE: times.read_date,
    TIME_OF_DAY: times.read_time_of_day,
    MONEY: _read_money,
    DAILY_HOURS: _read_daily_hours,
    WEEKLY_HOURS: _read_weekly_hours,
}


def read_type(text: str, name: str = "value") -> Type:
    """The type that `text` names; records and closed words inside are called by `name` and their field.

    Raises `InvalidCondition` where it names none.
    """
    reader = _TypeReader(text)
    type_ = reader.type(name, 0)
    if reader.kind != "end":
        raise reader.refuse("unexpected text after the type")
    return type_


class _TypeReader:
    """A type's text being read, one token ahead."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self.kind, self.word = "", ""
        self._next()

    def refuse(self, message: str) -> InvalidCondition:
        known = ", ".join(sorted(SCALARS))
        column = max(1, min(self._at, len(self._text)))
        place = Place("<type>", 1, column, 1, self._text.replace("\n", " "))
        help_ = f'a type is one of {known}, or like `list<int>`, `{{at: timestamp}}`, `"a" | "b"`'
        return InvalidCondition([Problem("no-such-value-type", message, help_, place)])

    def type(self, name: str, depth: int) -> Type:
        if depth > _MAX_DEPTH:
            raise self.refuse("the type is nested too deeply")
        if self.kind == "text":
            return self._words(name)
        if self._skip("{"):
            return self._record(name, depth)
        word = self.word
        if self.kind != "name":
            raise self.refuse("a type is missing here")
        self._next()
        if word == "list":
            self._expect("<")
            item = self.type(name, depth + 1)
            self._expect(">")
            return ListOf(item)
        if word not in SCALARS:
            raise self.refuse(f"there is no type `{word}`")
        return SCALARS[word]

    def _words(self, name: str) -> Type:
        words = [self.word]
        self._next()
        while self._skip("|"):
            if self.kind != "text":
                raise self.refuse("a word in quotes is missing after `|`")
            words.append(self.word)
            self._next()
        return Word(name, tuple(words))

    def _record(self, name: str, depth: int) -> Type:
        fields: dict[str, Type] = {}
        while not self._skip("}"):
            field = self.word
            if self.kind != "name" or field in fields:
                raise self.refuse("a new field name is missing here")
            self._next()
            self._expect(":")
            fields[field] = self.type(f"{name}.{field}", depth + 1)
            if not self._skip(","):
                self._expect("}")
                break
        return Record(name, fields)

    def _skip(self, mark: str) -> bool:
        if self.kind == "mark" and self.word == mark:
            self._next()
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._skip(mark):
            raise self.refuse(f"`{mark}` is missing here")

    def _next(self) -> None:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            self.kind, self.word = "end", ""
            return
        self._at = match.end()
        kinds = ("name", "text", "mark", "other")
        self.kind = kinds[(match.lastindex or 1) - 1]
        self.word = match[match.lastindex or 1]
