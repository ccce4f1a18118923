"""Equal values once, of elements that are in or maybe in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql import lists
from visitcheck.engines.sql.build import Sql
from visitcheck.facts.types import Type
from visitcheck.ir.nodes import Distinct

if TYPE_CHECKING:
    from visitcheck.engines.sql.compiler import Compiler


def size(c: Compiler, node: Distinct) -> dict[str, Sql]:
    """How many `rows` there are, counted without building the list of what is in."""
    found = lists.settled(c, lists.members(c, node.source))
    held = found.held

    def values(test: Callable[[Sql], Sql] | None) -> Sql:
        kept = found.items if test is None else c.names.filter(found.items, test)
        known = c.names.filter(c.names.transform(kept, found.value), sql.is_known)
        return sql.size(exp.ArrayDistinct(this=known))

    def unknown(test: Callable[[Sql], Sql] | None) -> Sql:
        def nameless(e: Sql) -> Sql:
            return sql.and_([*([test(e)] if test else []), sql.is_null(found.value(e))])

        return c.names.count(found.items, nameless)

    every = None if held is None else (lambda e: lists.maybe(held(e)))
    something = sql.case((sql.compare(">", unknown(held), 0), sql.number(1)), default=sql.number(0))
    return {
        "low": c.names.let(
            values(held), lambda low: sql.case((sql.compare(">", low, 0), low), (sql.compare("==", low, 0), something))
        ),
        "high": sql.add(values(every), unknown(every)),
    }


def rows(c: Compiler, found: Sql, item: Type) -> Sql:
    """Equal values once: in where any element with the value is.

    Of elements with UNKNOWN values all are maybe in, but that one is surely there when nothing else is.
    """

    def of(r: Sql) -> Sql:
        known = c.names.filter(r, lambda e: sql.is_known(sql.field(e, lists.VALUE)))
        sure = c.names.transform(
            c.names.filter(known, lambda e: sql.field(e, lists.HELD)), lambda e: sql.field(e, lists.VALUE)
        )
        every = c.dialect.distinct(c.names.transform(known, lambda e: sql.field(e, lists.VALUE)))
        return c.names.lets([sure, every], lambda s, v: _rows(c, r, item, s, v))

    return c.names.let(found, of)


def _rows(c: Compiler, members: Sql, item: Type, sure: Sql, values: Sql) -> Sql:
    def held(found: Sql) -> Sql:
        return sql.case((sql.contains(sure, found), sql.true()))

    known = c.names.transform(values, lambda v: sql.struct({lists.HELD: held(v), lists.VALUE: v}))
    unknown = c.names.filter(members, lambda e: sql.is_null(sql.field(e, lists.VALUE)))
    something = sql.and_(
        [
            sql.compare("==", sql.size(sure), 0),
            sql.compare(">", c.names.count(unknown, lambda e: sql.field(e, lists.HELD)), 0),
        ]
    )

    count = sql.size(unknown)
    numbered = c.names.filter(sql.series(sql.number(0), count), lambda n: sql.compare(">", n, 0))

    def nameless(n: Sql) -> Sql:
        surely = sql.case((sql.and_([sql.compare("==", n, 1), something]), sql.true()))
        return sql.struct({lists.HELD: surely, lists.VALUE: sql.null(item)})

    return c.dialect.joined(known, c.names.transform(numbered, nameless))
