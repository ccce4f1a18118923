"""Types and values of the language in DuckDB's SQL, and readers of the tables' text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from visitcheck.facts.types import (
    BOOL,
    COUNT,
    DATE,
    DOUBLE,
    DURATION,
    HOUR,
    MINUTE,
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
from visitcheck.language.functions.constants import duration, read_date, timestamp
from visitcheck.language.hours import read_weekly_hours
from visitcheck.truth import Count


def sql_type(type_: Type) -> str:
    match type_:
        case ListOf(item):
            return sql_type(item) + "[]"
        case Record(_, fields):
            return "STRUCT(" + ", ".join(f'"{name}" {sql_type(part)}' for name, part in fields.items()) + ")"
        case Word():
            return "VARCHAR"
    return {
        BOOL: "BOOLEAN",
        DOUBLE: "DOUBLE",
        STRING: "VARCHAR",
        MONEY: "STRUCT(minor BIGINT, currency VARCHAR)",
        COUNT: "STRUCT(low BIGINT, high BIGINT)",
    }.get(type_, "BIGINT")


def literal(value: Any, type_: Type) -> str:
    return f"CAST({_bare(value, type_)} AS {sql_type(type_)})"


def _bare(value: Any, type_: Type) -> str:
    if value is None:
        return "NULL"
    match type_:
        case ListOf(item):
            return "[" + ", ".join(_bare(each, item) for each in value) + "]"
        case Record(_, fields):
            return (
                "{"
                + ", ".join(f"'{n}': {_bare(getattr(value, n), part)}" for n, part in fields.items())
                + "}"
            )
    if isinstance(value, Money):
        return f"{{'minor': {value.minor}, 'currency': '{value.currency}'}}"
    if isinstance(value, Count):
        return f"{{'low': {value.low}, 'high': {value.high}}}"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return repr(value)


def from_sql(value: Any, type_: Type) -> Any:
    """What DuckDB answered, in the inside form."""
    if value is None:
        return None
    if type_ == COUNT:
        return Count(value["low"], value["high"])
    if type_ == MONEY:
        return Money(value["minor"], value["currency"])
    if isinstance(type_, ListOf):
        return tuple(from_sql(each, type_.item) for each in value)
    return value


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
    if type_ == WEEKLY_HOURS:
        return read_weekly_hours(written)
    if type_ == DOUBLE:
        return float(written)
    if isinstance(written, str) and type_ in _READERS:
        found = _READERS[type_](written)
        assert found is not None, (written, type_)
        return found
    assert not isinstance(written, Decimal), written
    return written


def _time_of_day(text: str) -> int:
    hours, minutes, *seconds = text.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE + round(float(seconds[0] if seconds else 0) * 1_000_000)


_READERS = {TIMESTAMP: timestamp, DURATION: duration, DATE: read_date, TIME_OF_DAY: _time_of_day}
