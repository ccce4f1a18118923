"""What a writer of a function is, and what several of them need."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.context import Context, is_simple
from visitcheck.engines.sql.fixed_offset_zones import fixed_offset
from visitcheck.facts.types import TIMESTAMP_MAX, TIMESTAMP_MIN
from visitcheck.facts.zones import zone_names
from visitcheck.ir.nodes import Call, Const, Expr, ListCall

Writer: TypeAlias = "Callable[[Context, Call], Sql]"
ListWriter: TypeAlias = "Callable[[Context, ListCall], Sql]"


def plainly(write: Callable[..., Sql]) -> Writer:
    """A writer of a function whose value is NULL for a NULL argument by itself."""
    return lambda c, call: write(*(c.value(arg) for arg in call.args))


def zone(c: Context, node: Expr, body: Callable[[Sql], Sql]) -> Sql:
    """`body` with the name of a zone that the database has, or NULL."""
    if isinstance(node, Const):
        return body(sql.text(node.value) if node.value in zone_names() else sql.null(node.type))
    zone_name = c.value(node)
    if c.zones is None:
        return c.names.let(zone_name, body)
    usable = [sql.text(name) for name in sorted(c.zones)] or [sql.null(node.type)]
    return c.names.let(sql.case((sql.in_(zone_name, usable), zone_name)), body)


def local(c: Context, at: Sql, name: Sql, body: Callable[[Sql], Sql]) -> Sql:
    """`body` with what a clock shows at a moment; NULL outside the years 1-9999."""
    if name == sql.text("UTC"):
        return c.names.let(at, body)

    def fits(reading: Sql) -> Sql:
        return c.names.let(sql.case((sql.between(reading, TIMESTAMP_MIN, TIMESTAMP_MAX), reading)), body)

    return c.names.let(_reading(c, at, name), fits)


def _reading(c: Context, at: Sql, name: Sql) -> Sql:
    """A clock's reading; a sum where the zone is known to have kept one offset since, which is far quicker."""
    kept = fixed_offset(name.name) if isinstance(name, exp.Literal) else None
    reading = c.dialect.reading(at, name)
    if kept is None or not is_simple(at):
        return reading
    since, offset = kept
    return sql.case((sql.compare(">=", at, since), sql.add(at, offset)), default=reading)
