"""Lists: macros, counts, `distinct` and aggregates over elements that are in or maybe in.

A chain of `filter` and `map` builds no list. It is kept as its base list with two functions of an element:
whether it is held, and its value; whoever asks about the chain looks at the base list once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.context import Context
from visitcheck.facts.types import DOUBLE, INT, MONEY, ListOf, Type
from visitcheck.ir.nodes import Aggregate, Choose, Compare, Distinct, Exists, Expr, Filter, ForAll, Map, Size

HELD, VALUE = "held", "value"


@dataclass(frozen=True, slots=True)
class Members:
    """A list of elements of which some count. `held` is None where all of them are in."""

    items: Sql
    value: Callable[[Sql], Sql]
    held: Callable[[Sql], Sql] | None = None
    plain: bool = False
    """Whether `value` is the element itself, or a field of it: cheap to write again."""


def may_doubt_elements(node: Expr) -> bool:
    """Whether a list may have elements that are maybe in: made by a macro, or chosen among such."""
    if isinstance(node, Choose) and isinstance(node.type, ListOf):
        return may_doubt_elements(node.then) or may_doubt_elements(node.other)
    return isinstance(node, Filter | Map | Distinct)


def item_type(node: Expr) -> Type:
    """The type of a list's elements."""
    if not isinstance(node.type, ListOf):
        raise TypeError(f"{node.type} is no list")
    return node.type.item


def value(c: Context, node: Expr) -> Sql:
    """The value of a macro, of a list function, or of a list that one made."""
    match node:
        case Exists(source, binder, body):
            return _quantify(c, source, binder, body, exp.Or)
        case ForAll(source, binder, body):
            return _quantify(c, source, binder, body, exp.And)
        case Aggregate():
            return _aggregate(c, node)
    return _whole_list(c, members_of(c, node))


def members_of(c: Context, node: Expr) -> Members:
    """The elements of a list expression."""
    match node:
        case Filter(source, binder, body):
            members = as_plain(c, members_of(c, source))
            inside = _at_element(c, members, binder, body)
            outer = members.held
            held = inside if outer is None else lambda e: sql.and_([outer(e), inside(e)])
            return Members(members.items, members.value, held, members.plain)
        case Map(source, binder, body):
            members = as_plain(c, members_of(c, source))
            return Members(members.items, _at_element(c, members, binder, body), members.held)
        case Distinct(source):
            return _unpack(_distinct(c, pack(c, members_of(c, source)), item_type(source)))
        case Choose(test, then, otherwise) if may_doubt_elements(node):
            both = pack(c, members_of(c, then)), pack(c, members_of(c, otherwise))
            return _unpack(c.choice(test, *both))
    return Members(c.value(node), lambda e: e, plain=True)


def _at_element(c: Context, members: Members, binder: int, body: Expr) -> Callable[[Sql], Sql]:
    def at(element: Sql) -> Sql:
        with c.looking_at(binder, members.value(element)):
            return c.value(body)

    return at


def as_plain(c: Context, members: Members) -> Members:
    """The same elements, with values that are cheap to write again."""
    return members if members.plain else _unpack(pack(c, members))


def pack(c: Context, members: Members) -> Sql:
    """The elements that are in or maybe in, as structs that say so."""
    held = members.held

    def pack_element(element: Sql) -> Sql:
        return sql.struct({HELD: sql.true() if held is None else held(element), VALUE: members.value(element)})

    every = c.names.transform(members.items, pack_element)
    return every if held is None else c.names.filter(every, lambda e: sql.is_maybe(sql.field(e, HELD)))


def _unpack(items: Sql) -> Members:
    return Members(items, lambda e: sql.field(e, VALUE), lambda e: sql.field(e, HELD), plain=True)


def _quantify(c: Context, source: Expr, binder: int, body: Expr, kind: type[Sql]) -> Sql:
    members = as_plain(c, members_of(c, source))
    inside, held = _at_element(c, members, binder, body), members.held

    def meets(element: Sql) -> Sql:
        return inside(element) if held is None else sql.and_([held(element), inside(element)])

    def fails(element: Sql) -> Sql:
        broken = sql.not_(inside(element))
        return broken if held is None else sql.and_([held(element), broken])

    if kind is exp.Or:
        return c.names.any_of(members.items, meets)
    return sql.not_(c.names.any_of(members.items, fails))


def size_of(c: Context, node: Size) -> dict[str, Sql]:
    """How many elements are in, and how many may be."""
    if isinstance(node.source, Distinct):
        return _size_of_distinct(c, node.source)
    members = members_of(c, node.source)
    if members.held is None:
        whole = sql.size(members.items)
        return {"low": whole, "high": whole}
    return c.names.counts(members.items, members.held)


def _whole_list(c: Context, members: Members) -> Sql:
    """A list as a value: UNKNOWN when an element is only maybe in."""
    if members.held is None:
        return members.items if members.plain else c.names.transform(members.items, members.value)

    def of(rows: Sql) -> Sql:
        doubt = c.names.count(rows, lambda e: sql.is_null(sql.field(e, HELD)))
        return sql.case((sql.compare("==", doubt, 0), c.names.transform(rows, lambda e: sql.field(e, VALUE))))

    return c.names.let(pack(c, members), of)


def compare_lists(c: Context, node: Compare) -> Sql:
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


# -- distinct


def _size_of_distinct(c: Context, node: Distinct) -> dict[str, Sql]:
    """How many `rows` there are, counted without building the list of what is in."""
    members = as_plain(c, members_of(c, node.source))
    held = members.held

    def values(test: Callable[[Sql], Sql] | None) -> Sql:
        kept = members.items if test is None else c.names.filter(members.items, test)
        known = c.names.filter(c.names.transform(kept, members.value), sql.is_known)
        return sql.size(sql.make(exp.ArrayDistinct, this=known))

    def unknown(test: Callable[[Sql], Sql] | None) -> Sql:
        def nameless(e: Sql) -> Sql:
            return sql.and_([*([test(e)] if test else []), sql.is_null(members.value(e))])

        return c.names.count(members.items, nameless)

    every = None if held is None else (lambda e: sql.is_maybe(held(e)))
    something = sql.case((sql.compare(">", unknown(held), 0), sql.number(1)), default=sql.number(0))
    return {
        "low": c.names.let(
            values(held), lambda low: sql.case((sql.compare(">", low, 0), low), (sql.compare("==", low, 0), something))
        ),
        "high": sql.add(values(every), unknown(every)),
    }


def _distinct(c: Context, packed: Sql, item: Type) -> Sql:
    """Equal values once: in where any element with the value is.

    Of elements with UNKNOWN values all are maybe in, but that one is surely there when nothing else is.
    """

    def of(r: Sql) -> Sql:
        known = c.names.filter(r, lambda e: sql.is_known(sql.field(e, VALUE)))
        sure = c.names.transform(c.names.filter(known, lambda e: sql.field(e, HELD)), lambda e: sql.field(e, VALUE))
        every = c.dialect.distinct(c.names.transform(known, lambda e: sql.field(e, VALUE)))
        return c.names.lets([sure, every], lambda s, v: _rows_of_values(c, r, item, s, v))

    return c.names.let(packed, of)


def _rows_of_values(c: Context, members: Sql, item: Type, sure: Sql, values: Sql) -> Sql:
    def held(value: Sql) -> Sql:
        return sql.case((sql.contains(sure, value), sql.true()))

    known = c.names.transform(values, lambda v: sql.struct({HELD: held(v), VALUE: v}))
    unknown = c.names.filter(members, lambda e: sql.is_null(sql.field(e, VALUE)))
    something = sql.and_(
        [
            sql.compare("==", sql.size(sure), 0),
            sql.compare(">", c.names.count(unknown, lambda e: sql.field(e, HELD)), 0),
        ]
    )

    count = sql.size(unknown)
    numbered = c.names.filter(sql.series(sql.number(0), count), lambda n: sql.compare(">", n, 0))

    def nameless(n: Sql) -> Sql:
        surely = sql.case((sql.and_([sql.compare("==", n, 1), something]), sql.true()))
        return sql.struct({HELD: surely, VALUE: sql.null(item)})

    return c.dialect.joined(known, c.names.transform(numbered, nameless))


# -- min, max and sum


def _aggregate(c: Context, node: Aggregate) -> Sql:
    """The value of `min`, `max` or `sum`."""
    members = as_plain(c, members_of(c, node.source))
    held = members.held
    item = item_type(node.source)
    kept = members.items if held is None else c.names.filter(members.items, lambda e: sql.is_maybe(held(e)))

    def doubtful(e: Sql) -> Sql:
        missing = sql.is_null(members.value(e))
        return missing if held is None else sql.or_([sql.is_null(held(e)), missing])

    def of(rows: Sql) -> Sql:
        values = c.names.transform(rows, members.value)
        return sql.case(
            (sql.compare(">", c.names.count(rows, doubtful), 0), sql.null(node.type)),
            (sql.compare("==", sql.size(rows), 0), _value_of_none(c, node)),
            (sql.compare(">", sql.size(rows), 0), _fold(c, node.kind, item, values)),
        )

    return c.names.let(kept, of)


def _value_of_none(c: Context, node: Aggregate) -> Sql:
    if node.default is not None:
        return c.value(node.default)
    if node.kind != "sum" or node.type == MONEY:
        return sql.null(node.type)
    return sql.literal(0.0 if node.type == DOUBLE else 0, node.type)


def _fold(c: Context, kind: str, type_: Type, values: Sql) -> Sql:
    """`min`, `max` or `sum` of values that are all known."""
    if type_ == MONEY:
        return _fold_money(c, kind, values)
    if kind != "sum":
        return sql.make(exp.ArrayMin if kind == "min" else exp.ArrayMax, this=values)
    total = c.dialect.total(values, type_)
    return c.names.let(total, sql.finite) if type_ == DOUBLE else total


def _fold_money(c: Context, kind: str, values: Sql) -> Sql:
    def of(v: Sql) -> Sql:
        minors, currencies = (c.names.transform(v, partial(sql.field, name=name)) for name in ("minor", "currency"))
        one = sql.compare("==", sql.size(sql.make(exp.ArrayDistinct, this=currencies)), 1)
        minor = sql.case((one, _fold(c, kind, INT, minors)))
        return c.struct({"minor": minor, "currency": sql.make(exp.ArrayMin, this=currencies)})

    return c.names.let(values, of)
