"""Constructors of SQL expressions: the only place where nodes of `sqlglot` are put together.

`sqlglot` prints what it is given without adding brackets, and moves a node that is used twice out of the first
tree. So every operand that its own syntax does not close gets brackets here, and every constructor copies a node
that another tree holds already: whoever builds SQL may use a value as often as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from functools import reduce as fold
from typing import Any, TypeAlias, TypeVar

from sqlglot import exp

from visitcheck.engines.columns import record_fields
from visitcheck.engines.sql.columns import sql_type
from visitcheck.facts.types import BOOL, DOUBLE, INT, STRING, ListOf, Record, Scalar, Type, Word

Sql: TypeAlias = exp.Expr
"""Any SQL expression."""
SqlType: TypeAlias = Type | exp.DataType | str
"""A type of the language, or one of the databases' by name."""
Part = TypeVar("Part")

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
# Names of our own need no quotes; all others have them, for they may be words of SQL.
_is_own_name = re.compile(r"__[a-z0-9_]*").fullmatch


class NoSuchTextError(ValueError):
    """A text that SQL cannot hold."""


# -- nodes of any kind


def make(kind: type[exp.Expr], **parts: Any) -> Sql:
    """A node of a kind that has no constructor here, of parts that bind closer or that its syntax closes."""
    node = kind()
    for name, part in parts.items():
        node.set(name, _own_all(part) if isinstance(part, list) else _own(part))
    return node


def _own(part: Part) -> Part:
    """A node for a new parent: itself where it has none yet, else a copy. What is no node stays."""
    return part.copy() if isinstance(part, exp.Expr) and part.parent is not None else part


def _own_all(parts: list[Part]) -> list[Part]:
    """The same for a list, in which a node may come more than once."""
    ids: set[int] = set()
    owned = []
    for part in parts:
        owned.append(part.copy() if isinstance(part, exp.Expr) and id(part) in ids else _own(part))
        ids.add(id(part))
    return owned


def operand(node: Sql) -> Sql:
    """The node as an operand: in brackets unless its own syntax closes it."""
    if isinstance(node, _CLOSED) and not isinstance(node, _OPEN):
        return _own(node)
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return _own(node)
    return exp.Paren(this=_own(node))


def call(function: str, *arguments: Sql) -> Sql:
    """A function of the database, by its name there."""
    return make(exp.Anonymous, this=function, expressions=list(arguments))


# -- arithmetic


def binary(kind: type[Sql], left: Sql, right: Sql) -> Sql:
    """`left op right`."""
    return make(kind, this=operand(left), expression=operand(right))


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


# -- tests


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


def between(value: Sql, low: Sql | int, high: Sql | int) -> Sql:
    """`low <= value <= high`."""
    return make(exp.Between, this=operand(value), low=number(low), high=number(high))


def and_(parts: Iterable[Sql]) -> Sql:
    """Kleene's and; TRUE for no parts."""
    return _junction(exp.And, list(parts), true())


def or_(parts: Iterable[Sql]) -> Sql:
    """Kleene's or; FALSE for no parts."""
    return _junction(exp.Or, list(parts), false())


def _junction(kind: type[Sql], parts: list[Sql], empty: Sql) -> Sql:
    if not parts:
        return empty
    terms = [_term(part) for part in parts] if len(parts) > 1 else parts
    return fold(lambda left, right: make(kind, this=left, expression=right), terms)


def _term(part: Sql) -> Sql:
    """A part of a junction: comparisons and NOT bind closer than AND and OR, and read better without brackets."""
    return _own(part) if isinstance(part, (*_COMPARISONS, exp.Not)) else operand(part)


def not_(test: Sql) -> Sql:
    """Kleene's not."""
    return exp.Not(this=_own(test) if isinstance(test, _COMPARISONS) else operand(test))


def is_null(value: Sql) -> Sql:
    """`value IS NULL`."""
    return exp.Is(this=operand(value), expression=exp.null())


def is_known(value: Sql) -> Sql:
    """`value IS NOT NULL`."""
    return not_(is_null(value))


def in_(value: Sql, options: Iterable[Sql]) -> Sql:
    """Whether a value is one of at least one."""
    return make(exp.In, this=operand(value), expressions=list(options))


def one_of(value: Sql, options: list[Sql]) -> Sql:
    """Whether a value is one of at least one; by `=` where there is but one."""
    return in_(value, options) if len(options) > 1 else compare("==", value, options[0])


def coalesce(value: Sql, *others: Sql) -> Sql:
    """The first of the values that is not NULL."""
    return make(exp.Coalesce, this=value, expressions=list(others))


def null_if(value: Sql, without: Sql) -> Sql:
    """The value, or NULL where it equals the other."""
    return make(exp.Nullif, this=value, expression=without)


def is_surely(test: Sql) -> Sql:
    """Whether a test is TRUE, not UNKNOWN."""
    return coalesce(test, false())


def is_maybe(test: Sql) -> Sql:
    """Whether a test is TRUE or UNKNOWN."""
    return coalesce(test, true())


def case(*cases: tuple[Sql, Sql], default: Sql | None = None) -> Sql:
    """The value of the first test that is TRUE, else `default` (NULL)."""
    return make(exp.Case, ifs=[make(exp.If, this=test, true=value) for test, value in cases], default=default)


def least(first: Sql, second: Sql) -> Sql:
    """The lesser of two values that are not NULL."""
    return case((compare("<=", first, second), first), default=second)


def greatest(first: Sql, second: Sql) -> Sql:
    """The greater of two values that are not NULL."""
    return case((compare(">=", first, second), first), default=second)


# -- values


def true() -> Sql:
    """TRUE."""
    return exp.Boolean(this=True)


def false() -> Sql:
    """FALSE."""
    return exp.Boolean(this=False)


def null(type_: SqlType = BOOL) -> Sql:
    """A NULL of a type."""
    return cast(exp.null(), type_)


def number(value: Sql | int) -> Sql:
    """An int of at most 64 bits; the least of them needs a sum, for its digits alone are more than 64 bits hold."""
    if isinstance(value, exp.Expr):
        return value
    if value == -(2**63):
        return exp.Paren(this=sub(-(2**63 - 1), 1))
    digits: Sql = exp.Literal.number(abs(value))
    return exp.Neg(this=digits) if value < 0 else digits


def text(value: str) -> Sql:
    """A text."""
    return exp.Literal.string(value)


def literal(value: Any, type_: Type) -> Sql:
    """A value in its inside form, cast where a bare literal would have another type.

    Raises `NoSuchTextError` for a text that SQL cannot hold.
    """
    bare = _bare_literal(value, type_)
    return bare if value is not None and (type_ in (BOOL, STRING) or isinstance(type_, Word)) else cast(bare, type_)


def _bare_literal(value: Any, type_: Type) -> Sql:
    if value is None:
        return exp.null()
    if isinstance(type_, ListOf):
        return array(_bare_literal(each, type_.item) for each in value)
    fields = record_fields(type_)
    if fields is not None:
        return struct({name: _bare_literal(getattr(value, name), part) for name, part in fields.items()})
    if type_ == BOOL:
        return true() if value else false()
    if type_ == DOUBLE:
        return cast(text(repr(value)), DOUBLE)
    if isinstance(value, str):
        if "\0" in value:
            raise NoSuchTextError("a text with U+0000")
        return text(value)
    return number(value)


def uncast(value: Sql) -> Sql:
    """A bare number, where what it stands beside has the type already."""
    is_number = isinstance(value, exp.Cast) and isinstance(value.this, exp.Literal | exp.Neg | exp.Paren)
    return value.this if is_number else value


def cast(value: Sql, type_: SqlType = INT) -> Sql:
    """The value cast to a type."""
    return make(exp.Cast, this=value, to=_data_type(type_))


def try_cast(value: Sql, type_: SqlType) -> Sql:
    """The value cast to a type; NULL where it does not fit."""
    return make(exp.TryCast, this=value, to=_data_type(type_), safe=True)


def _data_type(type_: SqlType) -> exp.DataType:
    if isinstance(type_, str):
        return _named_type(type_)
    return sql_type(type_) if isinstance(type_, Scalar | Word | Record | ListOf) else type_


@cache
def _named_type(name: str) -> exp.DataType:
    # Held by a node, so that every use is a copy.
    return exp.Cast(this=exp.null(), to=exp.DataType.build(name)).to


def finite(value: Sql) -> Sql:
    """A double that is neither infinite nor no number, else NULL."""
    low, high = (cast(text(edge), DOUBLE) for edge in ("-1.7976931348623157e308", "1.7976931348623157e308"))
    return case((between(value, low, high), value))


# -- columns, records and lists


def column(name: str, table: str | None = None) -> Sql:
    """A column, or a parameter of a lambda."""
    return exp.Column(this=identifier(name), table=None if table is None else identifier(table))


def identifier(name: str) -> exp.Identifier:
    """A name, in quotes unless it is one of our own."""
    return exp.Identifier(this=name, quoted=not _is_own_name(name))


def named(value: Sql, name: str) -> Sql:
    """A value as a column of a query."""
    return make(exp.Alias, this=value, alias=identifier(name))


def field(record: Sql, name: str) -> Sql:
    """A field of a struct. Brackets, not a dot: in DuckDB a dotted name may mean a column instead."""
    return make(exp.Bracket, this=_bracketed(record), expressions=[text(name)])


def element(items: Sql, index: int) -> Sql:
    """An element by its place from 0; whoever calls makes sure that there is one."""
    return make(exp.Bracket, this=_bracketed(items), expressions=[exp.Literal.number(index)], offset=0)


def _bracketed(node: Sql) -> Sql:
    """The node before brackets of its own, which bind closer than a sign."""
    return exp.Paren(this=_own(node)) if isinstance(node, exp.Neg) else operand(node)


def struct(fields: Mapping[str, Sql] | Iterable[tuple[str, Sql]]) -> Sql:
    """A struct of these fields."""
    parts = [
        make(exp.PropertyEQ, this=exp.to_identifier(name), expression=value) for name, value in dict(fields).items()
    ]
    return make(exp.Struct, expressions=parts)


def array(items: Iterable[Sql]) -> Sql:
    """A list of these elements."""
    return make(exp.Array, expressions=list(items))


def size(items: Sql) -> Sql:
    """How many elements a list has; NULL for an absent one."""
    return make(exp.ArraySize, this=items)


def series(first: Sql, last: Sql) -> Sql:
    """The whole numbers from the first up to and with the last, which comes no earlier."""
    return make(exp.GenerateSeries, start=first, end=last)


def contains(items: Sql, value: Sql) -> Sql:
    """Whether a list without NULLs holds a value that is not NULL."""
    return make(exp.ArrayContains, this=items, expression=value)


# -- functions of elements


def lambda_(names: Iterable[str], body: Sql) -> Sql:
    """A function of these parameters."""
    return make(exp.Lambda, this=body, expressions=[identifier(name) for name in names])


def element_name(depth: int) -> str:
    """The parameter of a lambda inside of `depth` others, so that each has a name of its own."""
    return f"__e{depth}"


def transform(items: Sql, depth: int, body: Callable[[Sql], Sql]) -> Sql:
    """What `body` makes of each element, written inside of `depth` lambdas."""
    return make(exp.Transform, this=items, expression=_element_lambda(depth, body))


def filter_(items: Sql, depth: int, test: Callable[[Sql], Sql]) -> Sql:
    """The elements for which a test is TRUE, written inside of `depth` lambdas."""
    return make(exp.ArrayFilter, this=items, expression=_element_lambda(depth, test))


def _element_lambda(depth: int, body: Callable[[Sql], Sql]) -> Sql:
    name = element_name(depth)
    return lambda_((name,), body(column(name)))


def reduce(items: Sql, initial: Sql, kind: type[Sql]) -> Sql:
    """All elements joined by an operator, from `initial` on; NULL for an absent list."""
    step = lambda_(("__p", "__q"), binary(kind, column("__p"), column("__q")))
    return make(exp.Reduce, this=items, initial=initial, merge=step)


# -- queries


def table(name: str) -> exp.Table:
    """A table, a view, or a step of the same query."""
    return exp.Table(this=identifier(name))


def select(columns: Iterable[Sql], source: Sql | None = None) -> exp.Select:
    """A query for columns of a table or a function of tables."""
    query = exp.Select(expressions=_own_all(list(columns)))
    return query if source is None else query.from_(_own(source), copy=False)
