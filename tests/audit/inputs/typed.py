"""Visits as typed columns: what fits a fact's type is kept, right or wrong, and the rest is left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa

from visitcheck.facts import ROOT
from visitcheck.facts.scalars import BadValueError
from visitcheck.facts.times import read_timestamp
from visitcheck.facts.types import BOOL, DATE, INT, MONEY, TIME_OF_DAY, TIMESTAMP, ListOf, Record, Type

_TYPES = {
    BOOL: pa.bool_(),
    INT: pa.int64(),
    TIMESTAMP: pa.timestamp("us", "UTC"),
    DATE: pa.date32(),
    TIME_OF_DAY: pa.time64("us"),
    MONEY: pa.decimal128(30, 4),
}


def arrow_type(type_: Type) -> pa.DataType:
    """The type that a database would have for a fact."""
    if isinstance(type_, ListOf):
        return pa.list_(arrow_type(type_.item))
    if isinstance(type_, Record):
        return pa.struct([(name, arrow_type(part)) for name, part in type_.fields.items()])
    return _TYPES.get(type_, pa.string())


def table_of(visits: list[dict[str, Any]]) -> pa.Table:
    """One column for each group or list."""
    groups = {name: type_ for name, type_ in ROOT.fields.items() if name != "extra"}
    columns = {
        name: pa.array([_typed(visit.get(name), type_) for visit in visits], arrow_type(type_))
        for name, type_ in groups.items()
    }
    return pa.table(columns)


def _typed(value: Any, type_: Type) -> Any:
    if isinstance(type_, Record):
        if not isinstance(value, dict):
            return None
        return {name: _typed(value.get(name), part) for name, part in type_.fields.items()}
    if isinstance(type_, ListOf):
        return [_typed(one, type_.item) for one in value] if isinstance(value, list) else None
    return _single(value, type_)


def _single(value: Any, type_: Type) -> Any:
    try:
        if type_ == TIMESTAMP:
            return datetime.fromtimestamp(read_timestamp(value) // 1_000_000, UTC)
        if type_ == DATE:
            return date.fromisoformat(value)
        if type_ == TIME_OF_DAY:
            return time.fromisoformat(value)
        if type_ == MONEY:
            return (
                round(Decimal(str(value)), 4)
                if not isinstance(value, bool) and abs(Decimal(str(value))) < 1e20
                else None
            )
    except (BadValueError, ValueError, TypeError, ArithmeticError, OverflowError):
        return None
    if type_ == BOOL:
        return value if isinstance(value, bool) else None
    if type_ == INT:
        return value if type(value) is int and -(2**63) <= value < 2**63 else None
    return value if isinstance(value, str) and value.isprintable() | ("\n" in value) else None


def without_nulls(value: Any) -> Any:
    """What a caller of the gate would send: no key for what is not given."""
    if isinstance(value, dict):
        return {key: without_nulls(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [without_nulls(below) for below in value]
    return value
