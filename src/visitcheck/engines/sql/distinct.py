"""Equal values once, of elements that are in or maybe in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql import lists
from visitcheck.engines.sql.build import E
from visitcheck.facts.types import Type
from visitcheck.ir.nodes import Distinct

if TYPE_CHECKING:
    from visitcheck.engines.sql.compiler import Compiler


def size(c: Compiler, node: Distinct) -> dict[str, E]:
    """How many `rows` there are, counted without building the list of what is in."""
    found = lists.settled(c, lists.members(c, node.source))
    held = found.held

    def values(test: Callable[[E], E] | None) -> E:
        kept = found.items if test is None else c.names.filter(found.items, test)
        known = c.names.filter(c.names.transform(kept, found.value), t.known)
        return t.size(exp.ArrayDistinct(this=known))

    def unknown(test: Callable[[E], E] | None) -> E:
        def nameless(e: E) -> E:
            return t.and_([*([test(e)] if test else []), t.is_null(found.value(e))])

        return c.names.count(found.items, nameless)

    every = None if held is None else (lambda e: lists.maybe(held(e)))
    something = t.case((t.compare(">", unknown(held), 0), t.number(1)), default=t.number(0))
    return {
        "low": c.names.let(
            values(held), lambda low: t.case((t.compare(">", low, 0), low), (t.compare("==", low, 0), something))
        ),
        "high": t.add(values(every), unknown(every)),
    }


def rows(c: Compiler, found: E, item: Type) -> E:
    """Equal values once: in where any element with the value is.

    Of elements with UNKNOWN values all are maybe in, but that one is surely there when nothing else is.
    """

    def of(r: E) -> E:
        known = c.names.filter(r, lambda e: t.known(t.field(e, lists.VALUE)))
        sure = c.names.transform(
            c.names.filter(known, lambda e: t.field(e, lists.HELD)), lambda e: t.field(e, lists.VALUE)
        )
        every = c.dialect.distinct(c.names.transform(known, lambda e: t.field(e, lists.VALUE)))
        return c.names.lets([sure, every], lambda s, v: _rows(c, r, item, s, v))

    return c.names.let(found, of)


def _rows(c: Compiler, members: E, item: Type, sure: E, values: E) -> E:
    def held(found: E) -> E:
        return t.case((t.contains(sure, found), t.true()))

    known = c.names.transform(values, lambda v: t.struct({lists.HELD: held(v), lists.VALUE: v}))
    unknown = c.names.filter(members, lambda e: t.is_null(t.field(e, lists.VALUE)))
    something = t.and_(
        [
            t.compare("==", t.size(sure), 0),
            t.compare(">", c.names.count(unknown, lambda e: t.field(e, lists.HELD)), 0),
        ]
    )

    count = t.size(unknown)
    numbered = c.names.filter(t.series(t.number(0), count), lambda n: t.compare(">", n, 0))

    def nameless(n: E) -> E:
        surely = t.case((t.and_([t.compare("==", n, 1), something]), t.true()))
        return t.struct({lists.HELD: surely, lists.VALUE: t.unknown(item)})

    return c.dialect.joined(known, c.names.transform(numbered, nameless))
