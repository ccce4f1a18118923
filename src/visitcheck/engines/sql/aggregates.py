"""`min`, `max` and `sum` of a list; UNKNOWN where any element is maybe in or its value UNKNOWN."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql import lists, numbers
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.literals import literal
from visitcheck.facts.types import DOUBLE, INT, MONEY, Type
from visitcheck.ir.nodes import Aggregate

if TYPE_CHECKING:
    from visitcheck.engines.sql.compiler import Compiler


def aggregate(c: Compiler, node: Aggregate) -> Sql:
    """The value of `min`, `max` or `sum`."""
    found = lists.settled(c, lists.members(c, node.source))
    held = found.held
    item = lists.item_type(node.source)
    kept = found.items if held is None else c.names.filter(found.items, lambda e: lists.maybe(held(e)))

    def doubtful(e: Sql) -> Sql:
        missing = sql.is_null(found.value(e))
        return missing if held is None else sql.or_([sql.is_null(held(e)), missing])

    def of(rows: Sql) -> Sql:
        values = c.names.transform(rows, found.value)
        return sql.case(
            (sql.compare(">", c.names.count(rows, doubtful), 0), sql.null(node.type)),
            (sql.compare("==", sql.size(rows), 0), _of_none(c, node)),
            (sql.compare(">", sql.size(rows), 0), _folded(c, node.kind, item, values)),
        )

    return c.names.let(kept, of)


def _of_none(c: Compiler, node: Aggregate) -> Sql:
    if node.default is not None:
        return c.value(node.default)
    if node.kind != "sum" or node.type == MONEY:
        return sql.null(node.type)
    return literal(0.0 if node.type == DOUBLE else 0, node.type)


def _folded(c: Compiler, kind: str, type_: Type, values: Sql) -> Sql:
    """`min`, `max` or `sum` of values that are all known."""
    if type_ == MONEY:
        return _folded_money(c, kind, values)
    if kind != "sum":
        return (exp.ArrayMin if kind == "min" else exp.ArrayMax)(this=sql.own(values))
    total = c.dialect.total(values, type_)
    return c.names.let(total, numbers.finite) if type_ == DOUBLE else total


def _folded_money(c: Compiler, kind: str, values: Sql) -> Sql:
    def of(v: Sql) -> Sql:
        minors, currencies = (c.names.transform(v, partial(sql.field, name=name)) for name in ("minor", "currency"))
        one = sql.compare("==", sql.size(exp.ArrayDistinct(this=sql.own(currencies))), 1)
        minor = sql.case((one, _folded(c, kind, INT, minors)))
        return c.struct({"minor": minor, "currency": exp.ArrayMin(this=currencies)})

    return c.names.let(values, of)
