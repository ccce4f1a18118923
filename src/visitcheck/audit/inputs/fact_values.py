"""Single facts: from a value of any type to the fact's inside form, or the suspicion that the gate refuses it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from visitcheck.audit.inputs import text_values as texts
from visitcheck.audit.inputs.duckdb_functions import matches
from visitcheck.audit.inputs.raw_rows import JSON, RawType, RawValue
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.columns import duckdb_data_type
from visitcheck.facts.constraints import Range
from visitcheck.facts.fields import FieldShape
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    INT,
    INT_MAX,
    INT_MIN,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
    Type,
)

_WHOLE = r"-?[0-9]{1,19}"
_WIDEST = 16  # a hundred times as much has 18 digits, which is what fits
_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?"


@dataclass(frozen=True, slots=True)
class FactSql:
    """One value as SQL: its inside form, whether the gate might refuse it, and its JSON for the gate.

    `bad` is TRUE for everything that the gate refuses and for whatever `value` does not hold rightly. `unsure` are
    fields that `bad` leaves out: they are bad where they are given, yet have no value (`fact_groups.is_unread`).
    """

    value: Sql
    bad: Sql
    json: Sql
    unsure: tuple[str, ...] = ()


# Facts of these types have no value exactly where what is given is bad.
_TELLING = frozenset({BOOL, INT, DOUBLE, MONEY, TIMESTAMP, DATE, TIME_OF_DAY})


def is_telling(shape: FieldShape, type_: RawType) -> bool:
    """Whether a missing value says that what is given is bad, and costs so much that it is not worked out twice."""
    written = isinstance(type_, RawValue) and type_.kind in ("text", "json")
    return written and shape.scalar is not None and shape.listed is None and shape.scalar.type in _TELLING


def read_value(raw: Sql, type_: RawType, shape: FieldShape) -> FactSql:
    """A fact from a value of `type_`. Money is read as its hundredths; the currency stands beside it."""
    fact = STRING if shape.scalar is None else shape.scalar.type
    if type_ == JSON:
        value, bad = _read_json_value(raw, fact, shape)
    elif isinstance(type_, RawValue) and type_.kind == "text":
        raw = sql.cast(raw, "varchar") if type_.type != "VARCHAR" else raw
        value, bad = texts.read_text(raw, shape)
    else:
        kind = type_.kind if isinstance(type_, RawValue) else "other"
        if fact == MONEY and kind == "decimal" and _has_hundredths(type_):
            value, bad = _bad_if_null(raw, _hundredths(raw))
        else:
            value, bad = _read_typed_value(raw, kind, fact, shape)
    return FactSql(value, bad, raw_json(raw, type_))


def unreadable(raw: Sql, type_: RawType, fact: Type) -> FactSql:
    """A value of a type from which nothing is read: right only where it is missing."""
    return FactSql(sql.null(duckdb_data_type(fact)), sql.is_known(raw), raw_json(raw, type_))


def raw_json(raw: Sql, type_: RawType) -> Sql:
    """The value so that `to_json` writes what a caller of the gate would send."""
    kind = type_.kind if isinstance(type_, RawValue) else "parts"
    match kind:
        case "moment":
            # Moments out of range have no RFC 3339 text; what is written for them is refused all the same.
            return sql.call("strftime", raw, sql.text("%Y-%m-%dT%H:%M:%S.%fZ"))
        case "fine moment":
            is_whole = sql.compare("==", sql.mod(sql.call("epoch_ns", raw), 1000), 0)
            written = (sql.call("strftime", raw, sql.text(f"%Y-%m-%dT%H:%M:%S.{part}Z")) for part in ("%f", "%n"))
            return sql.case((is_whole, next(written)), default=next(written))
        case "decimal":
            return sql.cast(sql.cast(raw, "varchar"), "json")
        case "date" | "time":
            return sql.cast(raw, "varchar")
        case _:
            return raw


def _read_json_value(raw: Sql, fact: Type, shape: FieldShape) -> tuple[Sql, Sql]:
    if fact == BOOL:
        return _bad_if_null(
            raw,
            sql.case((sql.in_(raw, [sql.text("true"), sql.text("false")]), sql.compare("==", raw, sql.text("true")))),
        )
    if fact == INT:
        return _bad_if_null(
            raw, _null_outside_range(sql.try_cast(sql.case((matches(raw, _WHOLE), raw)), "bigint"), shape)
        )
    if fact == DOUBLE:
        number = sql.try_cast(sql.case((matches(raw, _NUMBER), raw)), "double")
        return _bad_if_null(raw, _null_outside_range(number, shape))
    quoted = sql.call("starts_with", raw, sql.text('"'))
    inside = sql.call("json_extract_string", raw, sql.text("$"))
    if fact == MONEY:  # a number as it is written, or text
        return texts.read_text(sql.case((quoted, inside), default=sql.cast(raw, "varchar")), shape)
    text = sql.case((quoted, inside))
    value, bad = texts.read_text(text, shape)
    return value, sql.or_([sql.and_([sql.is_known(raw), sql.is_null(text)]), bad])


def _read_typed_value(raw: Sql, kind: str, fact: Type, shape: FieldShape) -> tuple[Sql, Sql]:
    """From a column that is no text. What no case names is read by the gate, and mostly refused."""
    match kind, fact:
        case "bool", _ if fact == BOOL:
            return raw, sql.false()
        case "whole", _ if fact == INT:
            return _bad_if_null(raw, _null_outside_range(sql.cast(raw, "bigint"), shape))
        case "whole", _ if fact == MONEY:
            whole = texts.null_outside(sql.cast(raw, "bigint"), 0, INT_MAX // 100)
            return _bad_if_null(raw, sql.mul(whole, 100))
        case "whole", _ if fact == DOUBLE:
            return _bad_if_null(raw, _null_outside_range(sql.cast(raw, "double"), shape))
        case "double", _ if fact == DOUBLE:
            number = sql.case((sql.call("isfinite", raw), sql.cast(raw, "double")))
            return _bad_if_null(raw, _null_outside_range(number, shape))
        case "decimal", _ if fact == DOUBLE:
            # By its text, which is read as Python reads it; the database divides, and is one bit off at times.
            return _bad_if_null(raw, _null_outside_range(sql.cast(sql.cast(raw, "varchar"), "double"), shape))
        case "double" | "decimal", _ if fact == MONEY:
            return _bad_if_null(raw, texts.read_money(sql.cast(raw, "varchar")))
        case "moment", _ if fact == TIMESTAMP:
            return _bad_if_null(raw, texts.null_outside(sql.call("epoch_us", raw), TIMESTAMP_MIN, TIMESTAMP_MAX))
        case "fine moment", _ if fact == TIMESTAMP:
            return _bad_if_null(raw, _whole_microseconds(raw))
        case "date", _ if fact == DATE:
            return _bad_if_null(raw, texts.days_since_1970(raw))
        case "time", _ if fact == TIME_OF_DAY:
            return sql.call("epoch_us", raw), sql.false()
        case _:
            return sql.null(duckdb_data_type(INT if fact == MONEY else fact)), sql.is_known(raw)


def _has_hundredths(type_: RawType) -> bool:
    """Whether a DECIMAL holds hundredths, and all of them fit."""
    decimal = re.fullmatch(r"DECIMAL\((\d+),2\)", type_.type) if isinstance(type_, RawValue) else None
    return decimal is not None and int(decimal[1]) <= _WIDEST


def _hundredths(raw: Sql) -> Sql:
    """A DECIMAL's hundredths: 16 digits before the point, as text may have, are all that it holds."""
    many = sql.cast(sql.mul(raw, 100), "bigint")
    return sql.case((sql.compare(">=", raw, 0), many))


def _bad_if_null(raw: Sql, value: Sql) -> tuple[Sql, Sql]:
    """Bad is what is given, yet has no value."""
    return value, sql.and_([sql.is_known(raw), sql.is_null(value)])


def _null_outside_range(value: Sql, shape: FieldShape) -> Sql:
    limits = next((one for one in shape.constraints if isinstance(one, Range)), None)
    if limits is None or (limits.low, limits.high) == (INT_MIN, INT_MAX):
        return value
    return texts.null_outside(value, limits.low, limits.high)


def _whole_microseconds(raw: Sql) -> Sql:
    """Nanoseconds, where they are whole microseconds."""
    since = sql.call("epoch_ns", raw)
    whole = sql.compare("==", sql.mod(since, 1000), 0)
    return sql.case((whole, sql.int_div(since, 1000)))
