"""Lists: macros, counts and sums over elements that are in or maybe in.

A chain of `filter` and `map` builds no list. It is kept as its base list with two functions of an element:
whether it is held, and its value; whoever asks about the chain looks at the base list once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from visitcheck.engines.sql import aggregates, distinct, numbers
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.facts.types import MONEY, ListOf, Type
from visitcheck.ir.nodes import (
    Aggregate,
    Choose,
    Compare,
    Distinct,
    Exists,
    Expr,
    Filter,
    ForAll,
    ListCall,
    Map,
    Size,
)

if TYPE_CHECKING:
    from visitcheck.engines.sql.compiler import Compiler

HELD, VALUE = "held", "value"


@dataclass(frozen=True, slots=True)
class Members:
    """A list of elements of which some count. `held` is None where all of them are in."""

    items: Sql
    value: Callable[[Sql], Sql]
    held: Callable[[Sql], Sql] | None = None
    plain: bool = False
    """Whether `value` is the element itself, or a field of it: cheap to write again."""


def is_made(node: Expr) -> bool:
    """Whether a list may have elements that are maybe in: made by a macro, or chosen among such."""
    if isinstance(node, Choose) and isinstance(node.type, ListOf):
        return is_made(node.then) or is_made(node.other)
    return isinstance(node, Filter | Map | Distinct)


def item_type(node: Expr) -> Type:
    """The type of a list's elements."""
    if not isinstance(node.type, ListOf):
        raise TypeError(f"{node.type} is no list")
    return node.type.item


def value(c: Compiler, node: Expr) -> Sql:
    """The value of a macro, of a list function, or of a list that one made."""
    match node:
        case Exists(source, binder, body):
            return _quantified(c, source, binder, body, exp.Or)
        case ForAll(source, binder, body):
            return _quantified(c, source, binder, body, exp.And)
        case Size():
            return numbers.packed(c, node)
        case Aggregate():
            return aggregates.aggregate(c, node)
        case ListCall():
            from visitcheck.engines.sql.functions import LIST_CALLS

            return LIST_CALLS[node.function](c, node)
    return _plain(c, members(c, node))


def members(c: Compiler, node: Expr) -> Members:
    """The elements of a list expression."""
    match node:
        case Filter(source, binder, body):
            found = settled(c, members(c, source))
            inside = _inside(c, found, binder, body)
            outer = found.held
            held = inside if outer is None else lambda e: sql.and_([outer(e), inside(e)])
            return Members(found.items, found.value, held, found.plain)
        case Map(source, binder, body):
            found = settled(c, members(c, source))
            return Members(found.items, _inside(c, found, binder, body), found.held)
        case Distinct(source):
            return _unpacked(distinct.rows(c, packed(c, members(c, source)), item_type(source)))
        case Choose(test, then, other) if is_made(node):
            both = packed(c, members(c, then)), packed(c, members(c, other))
            return _unpacked(c.choice(test, *both))
    return Members(c.value(node), lambda e: e, plain=True)


def _inside(c: Compiler, found: Members, binder: int, body: Expr) -> Callable[[Sql], Sql]:
    def at(element: Sql) -> Sql:
        with c.looking_at(binder, found.value(element)):
            return c.value(body)

    return at


def settled(c: Compiler, found: Members) -> Members:
    """The same elements, with values that are cheap to write again."""
    return found if found.plain else _unpacked(packed(c, found))


def packed(c: Compiler, found: Members) -> Sql:
    """The elements that are in or maybe in, as structs that say so."""
    held = found.held

    def pack(element: Sql) -> Sql:
        return sql.struct({HELD: sql.true() if held is None else held(element), VALUE: found.value(element)})

    every = c.names.transform(found.items, pack)
    return every if held is None else c.names.filter(every, lambda e: maybe(sql.field(e, HELD)))


def _unpacked(items: Sql) -> Members:
    return Members(items, lambda e: sql.field(e, VALUE), lambda e: sql.field(e, HELD), plain=True)


def maybe(held: Sql) -> Sql:
    """Whether an element is not surely out."""
    return exp.Coalesce(this=sql.own(held), expressions=[sql.true()])


def _quantified(c: Compiler, source: Expr, binder: int, body: Expr, kind: type[Sql]) -> Sql:
    found = settled(c, members(c, source))
    inside, held = _inside(c, found, binder, body), found.held

    def meets(element: Sql) -> Sql:
        return inside(element) if held is None else sql.and_([held(element), inside(element)])

    def fails(element: Sql) -> Sql:
        broken = sql.not_(inside(element))
        return broken if held is None else sql.and_([held(element), broken])

    if kind is exp.Or:
        return c.names.any_of(found.items, meets)
    return sql.not_(c.names.any_of(found.items, fails))


def size(c: Compiler, node: Size) -> dict[str, Sql]:
    """How many elements are in, and how many may be."""
    if isinstance(node.source, Distinct):
        return distinct.size(c, node.source)
    found = members(c, node.source)
    if found.held is None:
        whole = sql.size(found.items)
        return {"low": whole, "high": whole}
    return c.names.counts(found.items, found.held)


def _plain(c: Compiler, found: Members) -> Sql:
    """A list as a value: UNKNOWN when an element is only maybe in."""
    if found.held is None:
        return found.items if found.plain else c.names.transform(found.items, found.value)

    def of(rows: Sql) -> Sql:
        doubt = c.names.count(rows, lambda e: sql.is_null(sql.field(e, HELD)))
        return sql.case((sql.compare("==", doubt, 0), c.names.transform(rows, lambda e: sql.field(e, VALUE))))

    return c.names.let(packed(c, found), of)


def compare(c: Compiler, node: Compare) -> Sql:
    """Whether two lists have equal values in one order."""
    item = item_type(node.left)

    def same(a: Sql, b: Sql) -> Sql:
        if item == MONEY:
            return sql.case(
                (
                    sql.compare("==", sql.field(a, "currency"), sql.field(b, "currency")),
                    sql.compare("==", sql.field(a, "minor"), sql.field(b, "minor")),
                )
            )
        return sql.compare("==", a, b)

    def of(a: Sql, b: Sql) -> Sql:
        lengths = sql.size(a), sql.size(b)
        equal = sql.reduce(c.dialect.pairwise(a, b, same), sql.true(), exp.And)
        return sql.case((sql.compare("!=", *lengths), sql.false()), (sql.compare("==", *lengths), equal))

    equal = c.names.lets([c.value(node.left), c.value(node.right)], of)
    return equal if node.op == "==" else sql.not_(equal)


__all__ = ["HELD", "VALUE", "Members", "compare", "is_made", "maybe", "members", "packed", "settled", "size", "value"]
