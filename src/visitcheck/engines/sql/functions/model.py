"""What a writer of a function is, and what several of them need."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql.build import E
from visitcheck.engines.sql.fixed_offset_zones import steady
from visitcheck.engines.sql.names import simple
from visitcheck.facts.types import TIMESTAMP_MAX, TIMESTAMP_MIN
from visitcheck.facts.zones import zone_names
from visitcheck.ir.nodes import Call, Const, Expr, ListCall

if TYPE_CHECKING:
    from visitcheck.engines.sql.compiler import Compiler

Writer: TypeAlias = "Callable[[Compiler, Call], E]"
ListWriter: TypeAlias = "Callable[[Compiler, ListCall], E]"


def plainly(write: Callable[..., E]) -> Writer:
    """A writer of a function whose value is NULL for a NULL argument by itself."""
    return lambda c, call: write(*(c.value(arg) for arg in call.args))


def zone(c: Compiler, node: Expr, body: Callable[[E], E]) -> E:
    """`body` with the name of a zone that the database has, or NULL."""
    if isinstance(node, Const):
        return body(t.text(node.value) if node.value in zone_names() else t.unknown(node.type))
    found = c.value(node)
    if c.zones is None:
        return c.names.let(found, body)
    usable = [t.text(name) for name in sorted(c.zones)] or [t.unknown(node.type)]
    return c.names.let(t.case((t.in_(found, usable), found)), body)


def local(c: Compiler, at: E, name: E, body: Callable[[E], E]) -> E:
    """`body` with what a clock shows at a moment; NULL outside the years 1-9999."""
    if name == t.text("UTC"):
        return c.names.let(at, body)

    def fits(reading: E) -> E:
        return c.names.let(t.case((t.between(reading, TIMESTAMP_MIN, TIMESTAMP_MAX), reading)), body)

    return c.names.let(_reading(c, at, name), fits)


def _reading(c: Compiler, at: E, name: E) -> E:
    """A clock's reading; a sum where the zone is known to have kept one offset since, which is far quicker."""
    kept = steady(name.name) if isinstance(name, exp.Literal) else None
    reading = c.dialect.reading(at, name)
    if kept is None or not simple(at):
        return reading
    since, offset = kept
    return t.case((t.compare(">=", at, since), t.add(at, offset)), default=reading)
