"""One column's values as the gate would be given them: text, numbers and truths as JSON, times as RFC 3339.

What cannot be converted stays as it is written, so that the reader refuses it and can show it.
"""

from __future__ import annotations

import json

from sqlglot import exp

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.audit.inputs.local_times import moment_of
from visitcheck.audit.inputs.raw_rows import JSON, TEXT_TYPE, RawList, RawRecord, RawType, RawValue
from visitcheck.audit.mapping.model import Column, Value
from visitcheck.facts.types import BOOL, DATE, DOUBLE, INT, MONEY, STRING, TIME_OF_DAY, TIMESTAMP, ListOf, Type, Word

_OUTSIDE = r"^[\s\x{3000}\x{feff}]+|[\s\x{3000}\x{feff}]+$"
_GROUPED = r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_NAIVE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_RFC = "%Y-%m-%dT%H:%M:%S.%fZ"


def convert_column(raw: Expr, type_: RawType, column: Column, missing: frozenset[str]) -> Expr:
    """The column's value for its fact."""
    fact = column.target.fact.type
    if isinstance(type_, RawRecord | RawList) or type_ == JSON:
        return raw
    if isinstance(fact, ListOf):
        return _convert_list(as_text(raw, type_, missing), column, fact, missing)
    if type_ != TEXT_TYPE and not column.values:
        return _convert_typed(raw, type_, fact, column, missing)
    return _convert_value(as_text(raw, type_, missing), column, fact)


def as_text(raw: Expr, type_: RawType, missing: frozenset[str]) -> Expr:
    """A value as text without white space around it; NULL where it stands for a missing one."""
    kind = type_.kind if isinstance(type_, RawValue) else "other"
    if kind == "double":  # a spreadsheet's whole numbers
        whole = e.all_of(
            e.compare(exp.EQ, e.call("trunc", raw.copy()), raw.copy()),
            e.compare(exp.LT, e.call("abs", raw.copy()), e.number(10**15)),
        )
        text = e.where(whole, e.cast(e.cast(raw.copy(), "bigint"), "varchar"), e.cast(raw.copy(), "varchar"))
    else:
        text = e.cast(raw.copy(), "varchar") if type_ != TEXT_TYPE else raw.copy()
    trimmed = e.call("regexp_replace", text, e.text(_OUTSIDE), e.text(""), e.text("g"))
    stands = e.one_of(trimmed.copy(), [e.text(one) for one in sorted(missing | {""})])
    return e.where(e.negated(stands), trimmed)


def constant(value: Value | list[Value]) -> Expr:
    """A value of a mapping file."""
    if value is None:
        return e.null("json")
    return e.cast(e.text(json.dumps(value, ensure_ascii=False)), "json")


def _convert_value(text: Expr, column: Column, fact: Type) -> Expr:
    plain = _convert_text(text.copy(), fact, column)
    if not column.values:
        return plain
    as_json = e.call("to_json", plain)
    cases = [
        exp.If(this=e.compare(exp.EQ, text.copy(), e.text(written)), true=constant(value))
        for written, value in column.values.items()
    ]
    return exp.Case(ifs=cases, default=as_json)


def _convert_list(text: Expr, column: Column, fact: ListOf, missing: frozenset[str]) -> Expr:
    """A text with separators as a list; without `split` it is a list of one."""
    parts = (
        e.call("string_split", text.copy(), e.text(column.split))
        if column.split
        else exp.Array(expressions=[text.copy()])
    )
    kept = e.kept(e.each(parts, 0, lambda one: as_text(one, TEXT_TYPE, missing)), 0, e.given)
    return e.where(e.given(text), e.each(kept, 0, lambda one: _convert_value(one, column, fact.item)))


def _convert_text(text: Expr, fact: Type, column: Column) -> Expr:
    if fact == BOOL:
        lower = e.call("lower", text.copy())
        truth = e.where(e.one_of(lower.copy(), [e.text("true"), e.text("false")]), e.cast(lower, "json"))
        return e.call("coalesce", truth, e.call("to_json", text))
    if fact in (INT, DOUBLE):
        number = e.try_cast(_without_commas(text), "bigint" if fact == INT else "double")
        return e.call("coalesce", e.call("to_json", number), e.call("to_json", text.copy()))
    if fact == MONEY:
        return _without_commas(text)
    if fact == TIMESTAMP:
        return _convert_timestamp(text, column)
    if fact in (DATE, TIME_OF_DAY) and column.formats:
        shown = e.call("strftime", _parse_time(text, column), e.text("%Y-%m-%d" if fact == DATE else "%H:%M:%S"))
        return e.call("coalesce", shown, text.copy())
    return text


def _without_commas(text: Expr) -> Expr:
    """A number without the commas between its thousands."""
    return e.where(
        e.matches(text.copy(), _GROUPED), e.call("replace", text.copy(), e.text(","), e.text("")), text.copy()
    )


def _parse_time(text: Expr, column: Column) -> Expr:
    formats = exp.Array(expressions=[e.text(one) for one in column.formats])
    return e.call("try_strptime", text.copy(), formats)


def _convert_timestamp(text: Expr, column: Column) -> Expr:
    """RFC 3339 text stays; other text is a local time, as the formats say or in ISO's order."""
    if column.formats and any("%z" in one for one in column.formats):
        aware = e.call("strftime", _parse_time(text, column), e.text(_RFC))
        return e.call("coalesce", aware, text)
    if column.formats:
        local = _parse_time(text, column)
    else:
        local = e.try_cast(e.where(e.matches(text.copy(), _NAIVE), text.copy()), "timestamp")
    return _local_time_as_text(local, column, text)


def _local_time_as_text(local: Expr, column: Column, otherwise: Expr) -> Expr:
    """A local time as RFC 3339 text in UTC; where it has no single meaning, as what it is: a naive time."""
    naive = e.call("strftime", local.copy(), e.text("%Y-%m-%dT%H:%M:%S"))
    if column.timezone is None:
        return e.call("coalesce", naive, otherwise.copy())
    found = e.call("strftime", moment_of(local, column.timezone, column.twice), e.text(_RFC))
    return e.call("coalesce", found, naive, otherwise.copy())


def _convert_typed(raw: Expr, type_: RawType, fact: Type, column: Column, missing: frozenset[str]) -> Expr:
    """A column that is no text: what a database or a spreadsheet means by its types."""
    kind = type_.kind if isinstance(type_, RawValue) else "other"
    name = type_.type if isinstance(type_, RawValue) else ""
    if fact == TIMESTAMP and name.startswith("TIMESTAMP") and kind == "other":
        local = e.cast(raw.copy(), "timestamp")
        return _local_time_as_text(local, column, e.cast(raw.copy(), "varchar"))
    if fact == DATE and name.startswith("TIMESTAMP") and kind == "other":
        day = e.cast(raw.copy(), "date")
        midnight = e.compare(exp.EQ, e.cast(day.copy(), "timestamp"), raw.copy())
        text = e.cast(raw.copy(), "varchar")
        return e.where(midnight, e.cast(day, "varchar"), text)
    if kind in ("double", "decimal") and fact == INT:
        return _convert_value(
            as_text(raw, RawValue("double", "DOUBLE") if kind == "double" else type_, missing), column, fact
        )
    if kind in ("double", "decimal", "whole") and fact in (MONEY, DOUBLE):
        return raw
    if fact == STRING or isinstance(fact, Word):
        return as_text(raw, type_, missing)
    return raw
