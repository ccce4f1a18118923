"""Making an expression fit the type that its place asks for, or saying why it does not."""

from __future__ import annotations

from dataclasses import replace

from visitcheck.facts.types import (
    BOOL,
    COUNT,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    WINDOWS,
    ListOf,
    Record,
    Scalar,
    Type,
    Word,
)
from visitcheck.ir.nodes import Choose, Const, Exact, Expr
from visitcheck.language import syntax as s
from visitcheck.language.condition_text import ConditionText
from visitcheck.language.constants import READERS, UnreadableError
from visitcheck.language.scope import describe
from visitcheck.suggest import did_you_mean

ORDERED: frozenset[Type] = frozenset({INT, DOUBLE, STRING, TIMESTAMP, DURATION, DATE, TIME_OF_DAY, MONEY, COUNT})
"""Types whose values have an order; BOOL and closed words are only equal or different."""


def is_same_type(a: Type, b: Type) -> bool:
    """Whether two types hold the same values. Closed words do when their sets of words are the same."""
    if isinstance(a, Word) and isinstance(b, Word):
        return set(a.words) == set(b.words)
    if isinstance(a, ListOf) and isinstance(b, ListOf):
        return is_same_type(a.item, b.item)
    return a == b


def is_value(type_: Type) -> bool:
    """Whether values of this type can be compared or passed on: no record and no list."""
    return isinstance(type_, Word) or (isinstance(type_, Scalar) and type_ not in WINDOWS)


def as_exact(expr: Expr) -> Expr:
    """A count used as an int; anything else as it is."""
    return Exact(expr, INT, origin=expr.origin) if expr.type == COUNT else expr


def is_readable(expr: Expr, wanted: Type) -> bool:
    """Whether `expr` is a text constant that may be read as `wanted`."""
    if isinstance(expr, Choose):
        return is_readable(expr.then, wanted) and is_readable(expr.other, wanted)
    if is_same_type(expr.type, wanted):
        return True
    if isinstance(expr, Const) and isinstance(expr.type, ListOf) and isinstance(wanted, ListOf):
        return expr.type.item == STRING and (isinstance(wanted.item, Word) or wanted.item in READERS)
    return isinstance(expr, Const) and expr.type == STRING and (isinstance(wanted, Word) or wanted in READERS)


def as_type(text: ConditionText, expr: Expr, wanted: Type, span: s.TextSpan) -> Expr | None:
    """`expr` with the type `wanted`: as it is, as an exact count, or a text constant read as that type.

    None, without a report, where the types have nothing to do with each other; None with a report where a
    text constant cannot be read. Ask `readable` first to tell the two apart.
    """
    if is_same_type(expr.type, wanted):
        return expr
    if expr.type == COUNT and wanted == INT:
        return as_exact(expr)
    if not is_readable(expr, wanted):
        return None
    if isinstance(expr, Choose):
        then, other = as_type(text, expr.then, wanted, span), as_type(text, expr.other, wanted, span)
        return None if then is None or other is None else replace(expr, then=then, other=other, type=wanted)
    assert isinstance(expr, Const)  # noqa: S101 - `is_readable` says so
    if isinstance(wanted, ListOf):
        items = [_read_constant(text, str(item), wanted.item, expr, span) for item in _as_tuple(expr.value)]
        return None if None in items else Const(tuple(items), wanted, origin=expr.origin)
    value = _read_constant(text, str(expr.value), wanted, expr, span)
    return None if value is None else Const(value, wanted, origin=expr.origin)


def require_type(text: ConditionText, expr: Expr | None, wanted: Type, span: s.TextSpan, what: str) -> Expr | None:
    """`expr` as `wanted`, or a problem: `what`, like "argument 1 of `addDays`", is of another type."""
    if expr is None:
        return None
    if is_same_type(expr.type, wanted) or is_readable(expr, wanted) or (expr.type == COUNT and wanted == INT):
        return as_type(text, expr, wanted, span)
    text.report(
        "type-mismatch",
        f"{what} is {describe(wanted)}, but `{text.excerpt(span)}` is {describe(expr.type)}",
        mending_help(expr, wanted),
        span,
    )
    return None


def require_truth(text: ConditionText, expr: Expr | None, span: s.TextSpan, what: str) -> Expr | None:
    """`expr` where a truth is needed."""
    if expr is None or expr.type == BOOL:
        return expr
    text.report(
        "expected-type",
        f"{what} is a truth (bool), but this is {describe(expr.type)}",
        mending_help(expr, BOOL),
        span,
    )
    return None


def require_value(text: ConditionText, expr: Expr | None, span: s.TextSpan) -> Expr | None:
    """`expr` where a single value is needed, not a record, list or table of hours."""
    if expr is None or is_value(expr.type):
        return expr
    if isinstance(expr.type, Record):
        help_ = "read one of its fields: " + ", ".join(f"`{name}`" for name in list(expr.type.fields)[:8])
    elif isinstance(expr.type, ListOf):
        help_ = "ask about its elements with `exists`, `all`, `filter` or `size()`"
    else:
        help_ = "pass it to `within(from, to, hours)` or `overlaps(from, to, hours)`"
    text.report("not-a-value", f"`{text.excerpt(span)}` is {describe(expr.type)}, not a single value", help_, span)
    return None


def mending_help(expr: Expr, wanted: Type) -> str | None:
    """What usually mends an expression of the wrong type."""
    type_ = expr.type
    if {type_, wanted} == {INT, DOUBLE} and isinstance(expr, Const):
        return f"write `{expr.value}.0`" if type_ == INT else "write a whole number"
    if {type_, wanted} <= {INT, DOUBLE, COUNT}:
        return "int and double never mix"
    if isinstance(type_, ListOf) and wanted == BOOL:
        return "ask with `exists`, `all` or `size()`"
    if type_ == TIMESTAMP and wanted == DATE:
        return "write `localDate(...)` for the day of a timestamp"
    if type_ == TIMESTAMP and wanted == TIME_OF_DAY:
        return "write `localTime(...)` for the time of day of a timestamp"
    if type_ == INT and wanted == DURATION:
        return 'a span of time is written like `duration("24h")` or `days(3)`'
    if type_ == DURATION and wanted in (INT, COUNT):
        return 'compare a duration with a duration, like `duration("24h")` or `days(3)`'
    if MONEY in (type_, wanted):
        return "money is compared with money: declare a parameter of type money"
    if isinstance(type_, Word) and wanted == STRING:
        return "closed words are only compared, with `==`, `!=` and `in`"
    if isinstance(type_, Word) and isinstance(wanted, Word):
        return "closed words are comparable when they come from the same set"
    return None


def _read_constant(text: ConditionText, written: str, wanted: Type, expr: Expr, span: s.TextSpan) -> object:
    """The value a text constant has when it is read as `wanted`, or None after a report."""
    place = s.TextSpan(expr.origin.start, expr.origin.end) if _is_written_in(text, expr) and expr.origin else span
    if isinstance(wanted, Word):
        if written in wanted.words:
            return written
        listed = ", ".join(f"`{word}`" for word in wanted.words)
        help_ = did_you_mean(written, wanted.words, f"its words are {listed}")
        text.report("no-such-word", f'"{written}" is none of the words of `{wanted}`', help_, place)
        return None
    try:
        return READERS[wanted](written)
    except UnreadableError as error:
        text.report("text-not-readable", error.message, error.help, place)
        return None


def _is_written_in(text: ConditionText, expr: Expr) -> bool:
    """Whether a node was written in this very text, not in a `let`."""
    return expr.origin is not None and expr.origin.text is text.whole


def _as_tuple(value_: object) -> tuple[object, ...]:
    return value_ if isinstance(value_, tuple) else (value_,)
