"""Constructors of SQL expressions: the only place where nodes are put together.

`sqlglot` prints what it is given without adding brackets, and moves a node that is used twice. So every
operand that is not closed by its own syntax is wrapped here, and every node that has a parent is copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce as fold
from typing import TypeAlias

from sqlglot import exp

from visitcheck.engines.sql.columns import sql_type
from visitcheck.facts.types import BOOL, INT, Type

Sql: TypeAlias = exp.Expr
"""Any SQL expression."""

_CLOSED = (
    exp.Column,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Paren,
    exp.Func,
    exp.Bracket,
    exp.Case,
    exp.Cast,
    exp.Array,
    exp.Struct,
    exp.Lambda,
    exp.Identifier,
)
# Functions to `sqlglot`, but operators where they are printed.
_OPEN = (exp.RegexpLike, exp.And, exp.Or, exp.AtTimeZone, exp.DPipe)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Is)


def own(node: Sql) -> Sql:
    """The node itself where nothing holds it yet, else a copy."""
    return node if node.parent is None else node.copy()


def operand(node: Sql) -> Sql:
    """The node as an operand: in brackets unless its own syntax closes it."""
    if isinstance(node, _CLOSED) and not isinstance(node, _OPEN):
        return own(node)
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return own(node)
    return exp.Paren(this=own(node))


def binary(kind: type[Sql], left: Sql, right: Sql) -> Sql:
    """`left op right`."""
    return kind(this=operand(left), expression=operand(right))


def add(left: Sql, right: Sql | int) -> Sql:
    """`left + right`; whoever calls makes sure that it fits 64 bits."""
    return binary(exp.Add, left, number(right))


def sub(left: Sql | int, right: Sql | int) -> Sql:
    """`left - right`; whoever calls makes sure that it fits 64 bits."""
    return binary(exp.Sub, number(left), number(right))


def mul(left: Sql, right: Sql | int) -> Sql:
    """`left * right`; whoever calls makes sure that it fits 64 bits."""
    return binary(exp.Mul, left, number(right))


def int_div(left: Sql, right: Sql | int) -> Sql:
    """The quotient, cut off toward zero."""
    return binary(exp.IntDiv, left, number(right))


def mod(left: Sql, right: Sql | int) -> Sql:
    """The remainder with the dividend's sign."""
    return binary(exp.Mod, left, number(right))


def remainder(value: Sql, size: int) -> Sql:
    """The remainder that is never negative."""
    return mod(add(mod(value, size), size), size)


def floor_div(value: Sql, size: int) -> Sql:
    """The quotient, rounded down."""
    return int_div(sub(value, remainder(value, size)), size)


COMPARISONS: dict[str, type[Sql]] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def compare(op: str, left: Sql, right: Sql | int) -> Sql:
    """`left op right`, with the language's operators."""
    return binary(COMPARISONS[op], left, number(right))


def between(value: Sql, low: int, high: int) -> Sql:
    """`low <= value <= high`."""
    return exp.Between(this=operand(value), low=number(low), high=number(high))


def and_(parts: Iterable[Sql]) -> Sql:
    """Kleene's and; TRUE for no parts."""
    return _joined(exp.And, list(parts), true())


def or_(parts: Iterable[Sql]) -> Sql:
    """Kleene's or; FALSE for no parts."""
    return _joined(exp.Or, list(parts), false())


def _joined(kind: type[Sql], parts: list[Sql], empty: Sql) -> Sql:
    if not parts:
        return empty
    wrapped = [_term(part) for part in parts] if len(parts) > 1 else parts
    return fold(lambda left, right: kind(this=left, expression=right), wrapped)


def _term(part: Sql) -> Sql:
    """A part of a junction: comparisons and NOT bind closer than AND and OR, and read better without brackets."""
    return own(part) if isinstance(part, (*_COMPARISONS, exp.Not)) else operand(part)


def not_(test: Sql) -> Sql:
    """Kleene's not."""
    return exp.Not(this=own(test) if isinstance(test, _COMPARISONS) else operand(test))


def is_null(value: Sql) -> Sql:
    """`value IS NULL`."""
    return exp.Is(this=operand(value), expression=exp.null())


def is_known(value: Sql) -> Sql:
    """`value IS NOT NULL`."""
    return not_(is_null(value))


def case(*cases: tuple[Sql, Sql], default: Sql | None = None) -> Sql:
    """The value of the first test that is TRUE, else `default` (NULL)."""
    ifs = [exp.If(this=own(test), true=own(value)) for test, value in cases]
    return exp.Case(ifs=ifs, default=None if default is None else own(default))


def true() -> Sql:
    """TRUE."""
    return exp.Boolean(this=True)


def false() -> Sql:
    """FALSE."""
    return exp.Boolean(this=False)


def null(type_: Type = BOOL) -> Sql:
    """A NULL of a type."""
    return cast(exp.null(), type_)


def cast(value: Sql, type_: Type = INT) -> Sql:
    """The value cast to a type of the language."""
    return exp.Cast(this=own(value), to=sql_type(type_))


def number(value: Sql | int) -> Sql:
    """An int of at most 64 bits; the least of them needs a cast, for its digits alone are more than 64 bits hold."""
    if isinstance(value, Sql):
        return value
    if value == -(2**63):
        return exp.Paren(this=sub(-(2**63 - 1), 1))
    digits: Sql = exp.Literal.number(abs(value))
    return exp.Neg(this=digits) if value < 0 else digits


def text(value: str) -> Sql:
    """A text."""
    return exp.Literal.string(value)


def column(name: str) -> Sql:
    """A column of the relation, or a parameter of a lambda."""
    return exp.Column(this=exp.Identifier(this=name, quoted=not name.startswith("__")))


def field(record: Sql, name: str) -> Sql:
    """A field of a struct. Brackets, not a dot: in DuckDB a dotted name may mean a column instead."""
    return exp.Bracket(this=_base(record), expressions=[text(name)])


def element(items: Sql, index: int) -> Sql:
    """An element by its place from 0; whoever calls makes sure that there is one."""
    return exp.Bracket(this=_base(items), expressions=[exp.Literal.number(index)], offset=0)


def _base(node: Sql) -> Sql:
    """The node before brackets of its own, which bind closer than a sign."""
    return exp.Paren(this=own(node)) if isinstance(node, exp.Neg) else operand(node)


def struct(fields: Mapping[str, Sql]) -> Sql:
    """A struct of these fields."""
    parts = [exp.PropertyEQ(this=exp.to_identifier(name), expression=own(value)) for name, value in fields.items()]
    return exp.Struct(expressions=parts)


def array(items: Iterable[Sql]) -> Sql:
    """A list of these elements."""
    return exp.Array(expressions=[own(item) for item in items])


def lambda_(names: Iterable[str], body: Sql) -> Sql:
    """A function of these parameters."""
    return exp.Lambda(this=own(body), expressions=[exp.to_identifier(name) for name in names])


def size(items: Sql) -> Sql:
    """How many elements a list has; NULL for an absent one."""
    return exp.ArraySize(this=own(items))


def series(first: Sql, last: Sql) -> Sql:
    """The whole numbers from the first up to and with the last, which comes no earlier."""
    return exp.GenerateSeries(start=own(first), end=own(last))


def reduce(items: Sql, initial: Sql, kind: type[Sql]) -> Sql:
    """All elements joined by an operator, from `initial` on; NULL for an absent list."""
    step = lambda_(("__p", "__q"), binary(kind, column("__p"), column("__q")))
    return exp.Reduce(this=own(items), initial=own(initial), merge=step)


def in_(value: Sql, options: Iterable[Sql]) -> Sql:
    """Whether a value is one of at least one."""
    return exp.In(this=operand(value), expressions=[own(option) for option in options])


def one_of(value: Sql, options: list[Sql]) -> Sql:
    """Whether a value is one of at least one; by `=` where there is but one."""
    return in_(value, options) if len(options) > 1 else compare("==", value, options[0])


def contains(items: Sql, value: Sql) -> Sql:
    """Whether a list without NULLs holds a value that is not NULL."""
    return exp.ArrayContains(this=own(items), expression=own(value))


def least(first: Sql, second: Sql) -> Sql:
    """The lesser of two values that are not NULL."""
    return case((compare("<=", first, second), first), default=second)


def greatest(first: Sql, second: Sql) -> Sql:
    """The greater of two values that are not NULL."""
    return case((compare(">=", first, second), first), default=second)
