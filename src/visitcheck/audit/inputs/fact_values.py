"""Single facts: from a value of any type to the fact's inside form, or the suspicion that the gate refuses it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs import text_values as texts
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.audit.inputs.raw_rows import JSON, RawType, RawValue
from visitcheck.engines.sql.columns import sql_type
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
_WIDEST = 18
_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?"


@dataclass(frozen=True, slots=True)
class FactSql:
    """One value as SQL: its inside form, whether the gate might refuse it, and its JSON for the gate.

    `bad` is TRUE for everything that the gate refuses and for whatever `value` does not hold rightly. `unsure` are
    fields that `bad` leaves out: they are bad where they are given, yet have no value (`records.unread`).
    """

    value: Expr
    bad: Expr
    json: Expr
    unsure: tuple[str, ...] = ()


# Facts of these types have no value exactly where what is given is bad.
_TELLING = frozenset({BOOL, INT, DOUBLE, MONEY, TIMESTAMP, DATE, TIME_OF_DAY})


def is_telling(shape: FieldShape, type_: RawType) -> bool:
    """Whether a missing value says that what is given is bad, and costs so much that it is not worked out twice."""
    written = isinstance(type_, RawValue) and type_.kind in ("text", "json")
    return written and shape.scalar is not None and shape.listed is None and shape.scalar.type in _TELLING


def read_value(raw: Expr, type_: RawType, shape: FieldShape) -> FactSql:
    """A fact from a value of `type_`. Money is read as its hundredths; the currency stands beside it."""
    fact = STRING if shape.scalar is None else shape.scalar.type
    if type_ == JSON:
        value, bad = _read_json_value(raw, fact, shape)
    elif isinstance(type_, RawValue) and type_.kind == "text":
        raw = e.cast(raw, "varchar") if type_.type != "VARCHAR" else raw
        value, bad = texts.read_text(raw, shape)
    else:
        kind = type_.kind if isinstance(type_, RawValue) else "other"
        if fact == MONEY and kind == "decimal" and _has_hundredths(type_):
            value, bad = _bad_if_null(raw, _hundredths(raw))
        else:
            value, bad = _read_typed_value(raw, kind, fact, shape)
    return FactSql(value, bad, raw_json(raw, type_))


def unreadable(raw: Expr, type_: RawType, fact: Type) -> FactSql:
    """A value of a type from which nothing is read: right only where it is missing."""
    return FactSql(e.null(sql_type(fact)), e.given(raw.copy()), raw_json(raw, type_))


def raw_json(raw: Expr, type_: RawType) -> Expr:
    """The value so that `to_json` writes what a caller of the gate would send."""
    kind = type_.kind if isinstance(type_, RawValue) else "parts"
    match kind:
        case "moment":
            # Moments out of range have no RFC 3339 text; what is written for them is refused all the same.
            return e.call("strftime", raw.copy(), e.text("%Y-%m-%dT%H:%M:%S.%fZ"))
        case "fine moment":
            return e.call("strftime", raw.copy(), e.text("%Y-%m-%dT%H:%M:%S.%nZ"))
        case "decimal":
            return e.cast(e.cast(raw.copy(), "varchar"), "json")
        case "date" | "time":
            return e.cast(raw.copy(), "varchar")
        case _:
            return raw.copy()


def _read_json_value(raw: Expr, fact: Type, shape: FieldShape) -> tuple[Expr, Expr]:
    if fact == BOOL:
        return _bad_if_null(
            raw,
            e.where(
                e.one_of(raw.copy(), [e.text("true"), e.text("false")]), e.compare(exp.EQ, raw.copy(), e.text("true"))
            ),
        )
    if fact == INT:
        return _bad_if_null(
            raw, _null_outside_range(e.try_cast(e.where(e.matches(raw.copy(), _WHOLE), raw.copy()), "bigint"), shape)
        )
    if fact == DOUBLE:
        return _bad_if_null(raw, e.try_cast(e.where(e.matches(raw.copy(), _NUMBER), raw.copy()), "double"))
    quoted = e.call("starts_with", raw.copy(), e.text('"'))
    inside = e.call("json_extract_string", raw.copy(), e.text("$"))
    if fact == MONEY:  # a number as it is written, or text
        return texts.read_text(e.where(quoted, inside, e.cast(raw.copy(), "varchar")), shape)
    found = e.where(quoted, inside)
    value, bad = texts.read_text(found, shape)
    return value, e.any_of([e.all_of(e.given(raw.copy()), e.missing(found.copy())), bad])


def _read_typed_value(raw: Expr, kind: str, fact: Type, shape: FieldShape) -> tuple[Expr, Expr]:
    """From a column that is no text. What no case names is read by the gate, and mostly refused."""
    never = e.all_of(e.given(raw.copy()), exp.false())
    match kind, fact:
        case "bool", _ if fact == BOOL:
            return raw.copy(), exp.false()
        case "whole", _ if fact == INT:
            return _bad_if_null(raw, _null_outside_range(e.cast(raw.copy(), "bigint"), shape))
        case "whole", _ if fact == MONEY:
            whole = texts.null_outside(e.cast(raw.copy(), "bigint"), 0, INT_MAX // 100)
            return _bad_if_null(raw, e.compare(exp.Mul, whole, e.number(100)))
        case "whole", _ if fact == DOUBLE:
            return e.cast(raw.copy(), "double"), never
        case "double", _ if fact == DOUBLE:
            return _bad_if_null(raw, e.where(e.call("isfinite", raw.copy()), e.cast(raw.copy(), "double")))
        case "double" | "decimal", _ if fact == MONEY:
            return _bad_if_null(raw, texts.read_money(e.cast(raw.copy(), "varchar")))
        case "moment", _ if fact == TIMESTAMP:
            return _bad_if_null(raw, texts.null_outside(e.call("epoch_us", raw.copy()), TIMESTAMP_MIN, TIMESTAMP_MAX))
        case "fine moment", _ if fact == TIMESTAMP:
            return _bad_if_null(raw, _whole_microseconds(raw))
        case "date", _ if fact == DATE:
            return _bad_if_null(raw, texts.days_since_1970(raw.copy()))
        case "time", _ if fact == TIME_OF_DAY:
            return e.call("epoch_us", raw.copy()), exp.false()
        case _:
            return e.null(sql_type(INT if fact == MONEY else fact)), e.given(raw.copy())


def _has_hundredths(type_: RawType) -> bool:
    """Whether a DECIMAL holds hundredths, and all of them fit."""
    found = re.fullmatch(r"DECIMAL\((\d+),2\)", type_.type) if isinstance(type_, RawValue) else None
    return found is not None and int(found[1]) <= _WIDEST


def _hundredths(raw: Expr) -> Expr:
    """A DECIMAL's hundredths: 16 digits before the point, as text may have, are all that it holds."""
    many = e.cast(e.compare(exp.Mul, raw.copy(), exp.convert(100)), "bigint")
    return e.where(e.compare(exp.GTE, raw.copy(), exp.convert(0)), many)


def _bad_if_null(raw: Expr, value: Expr) -> tuple[Expr, Expr]:
    """Bad is what is given, yet has no value."""
    return value, e.all_of(e.given(raw.copy()), e.missing(value.copy()))


def _null_outside_range(value: Expr, shape: FieldShape) -> Expr:
    limits = next(one for one in shape.constraints if isinstance(one, Range))
    if (limits.low, limits.high) == (INT_MIN, INT_MAX):
        return value
    return texts.null_outside(value, limits.low, limits.high)


def _whole_microseconds(raw: Expr) -> Expr:
    """Nanoseconds, where they are whole microseconds."""
    since = e.call("epoch_ns", raw.copy())
    whole = e.compare(exp.EQ, e.compare(exp.Mod, since, e.number(1000)), e.number(0))
    return e.where(whole, e.compare(exp.IntDiv, since.copy(), e.number(1000)))
