"""Builders of SQL expressions, so that reading code says what it reads and not how sqlglot spells it.

Every builder takes its operands for itself: copy one that is used twice with `.copy()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TypeAlias

from sqlglot import exp

Expr: TypeAlias = exp.Expr


def column(name: str) -> Expr:
    """A column, or the parameter of a lambda."""
    return exp.column(exp.to_identifier(name, quoted=True))


def named(value: Expr, name: str) -> Expr:
    """AS."""
    return exp.alias_(value, exp.to_identifier(name, quoted=True), copy=False)


def text(value: str) -> Expr:
    """A text constant."""
    return exp.Literal.string(value)


def number(value: int) -> Expr:
    """A whole number, as BIGINT."""
    return cast(exp.convert(value), "bigint")


def null(type_: str | exp.DataType) -> Expr:
    """A NULL of a type."""
    return cast(exp.null(), type_)


def call(function: str, *arguments: Expr) -> Expr:
    """A function of DuckDB, by name."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def field(record: Expr, name: str) -> Expr:
    """A field of a STRUCT; NULL where the record is."""
    return call("struct_extract", record, text(name))


def record(fields: Iterable[tuple[str, Expr]]) -> Expr:
    """A STRUCT."""
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=one) for name, one in fields]
    )


def given(value: Expr) -> Expr:
    """IS NOT NULL."""
    return exp.Is(this=exp.paren(value, copy=False), expression=exp.Not(this=exp.null()))


def missing(value: Expr) -> Expr:
    """IS NULL."""
    return exp.Is(this=exp.paren(value, copy=False), expression=exp.null())


def one_of(value: Expr, words: Sequence[Expr]) -> Expr:
    """IN (...)."""
    return exp.In(this=exp.paren(value, copy=False), expressions=list(words))


def all_of(*conditions: Expr) -> Expr:
    """AND."""
    return _chained(exp.And, conditions)


def any_of(conditions: Sequence[Expr]) -> Expr:
    """OR; FALSE of none."""
    if not conditions:
        return exp.false()
    return _chained(exp.Or, conditions)


def _chained(connector: type[exp.Connector], conditions: Sequence[Expr]) -> Expr:
    found: Expr = exp.paren(conditions[0], copy=False)
    for one in conditions[1:]:
        found = connector(this=found, expression=exp.paren(one, copy=False))
    return found


def negated(condition: Expr) -> Expr:
    """NOT."""
    return exp.Not(this=exp.paren(condition, copy=False))


def where(condition: Expr, value: Expr, otherwise: Expr | None = None) -> Expr:
    """CASE WHEN; NULL where the condition is not TRUE and nothing else is given."""
    return exp.Case(ifs=[exp.If(this=condition, true=value)], default=otherwise)


def compare(kind: type[exp.Binary], left: Expr, right: Expr) -> Expr:
    """`left <kind> right`, with both in parentheses."""
    found: Expr = kind(this=exp.paren(left, copy=False), expression=exp.paren(right, copy=False))
    return found


def try_cast(value: Expr, type_: str) -> Expr:
    """TRY_CAST: NULL where the value does not fit."""
    return exp.TryCast(this=value, to=_type(type_), safe=True)


def cast(value: Expr, type_: str | exp.DataType) -> Expr:
    """CAST."""
    return exp.Cast(this=value, to=_type(type_))


def _type(type_: str | exp.DataType) -> exp.DataType:
    return _parsed_type(type_).copy() if isinstance(type_, str) else type_


@cache
def _parsed_type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="duckdb")


def matches(value: Expr, pattern: str) -> Expr:
    """Whether the whole text matches."""
    return call("regexp_full_match", value, text(pattern))


def each(items: Expr, depth: int, body: Callable[[Expr], Expr]) -> Expr:
    """The list of `body` of each element. `depth` tells nested lambdas apart."""
    return call("list_transform", items, _lambda(depth, body))


def kept(items: Expr, depth: int, condition: Callable[[Expr], Expr]) -> Expr:
    """The elements for which `condition` is TRUE."""
    return call("list_filter", items, _lambda(depth, condition))


def element(depth: int) -> Expr:
    """The element that a lambda at this depth looks at."""
    return column(f"__e{depth}")


def halves(pair: Expr) -> tuple[Expr, Expr]:
    """Both parts of an element of `list_zip`."""
    return call("struct_extract", pair, exp.convert(1)), call("struct_extract", pair.copy(), exp.convert(2))


def _lambda(depth: int, body: Callable[[Expr], Expr]) -> Expr:
    return exp.Lambda(this=body(element(depth)), expressions=[exp.to_identifier(f"__e{depth}", quoted=True)])


def some(items: Expr, depth: int, body: Callable[[Expr], Expr]) -> Expr:
    """Whether `body` holds for an element; NULL where there is none."""
    return call("list_bool_or", each(items, depth, body))


def sql(expression: Expr) -> str:
    """The text that DuckDB reads."""
    return expression.sql("duckdb")
