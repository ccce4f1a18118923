"""The local date by which a rule is in force, and the condition that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visitcheck.documents.parts import Part
from visitcheck.errors import Problem
from visitcheck.facts.types import BOOL, DATE, STRING, TIMESTAMP
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.ir.nodes import And, Call, Compare, Const, Expr, Fact
from visitcheck.policy.model import Condition
from visitcheck.suggest import did_you_mean

_ALWAYS = Const(True, BOOL)
DATING = ("visit.starts_at", "visit.date")
"""Facts of which one must be given: the start of a visit, or its local date where the time is lost."""


def zone_of(timezone: str | None) -> Expr:
    """A pack's zone, or the visit's own where the pack names none."""
    return Fact(("visit", "timezone"), STRING) if timezone is None else Const(timezone, STRING)


def visit_date(zone: Expr) -> Expr:
    """The local date of the visit's start, or `visit.date` where the time is lost."""
    start, date = (tuple(path.split(".")) for path in DATING)
    local = Call("localDate", (Fact(start, TIMESTAMP), zone), DATE)
    return Call("firstKnown", (local, Fact(date, DATE)), DATE)


def rule_date(part: Part, zone: Expr, facts: Mapping[str, FactInfo], problems: list[Problem]) -> Expr:
    """The date that `dated_by` asks for, else the visit's."""
    named = part.scalar("dated_by")
    if named is None:
        return visit_date(zone)
    fact = facts.get(named.text)
    if fact is None or "[]" in named.text:
        dates = [path for path, info in facts.items() if info.type in (TIMESTAMP, DATE) and "[]" not in path]
        message = f"there is no single fact `{named.text}`"
        help_ = did_you_mean(named.text, dates, "`visitcheck schema visit` lists all facts")
        problems.append(Problem("no-such-fact", message, help_, named.place()))
        return visit_date(zone)
    node = Fact(tuple(named.text.split(".")), fact.type)
    if fact.type == DATE:
        return node
    if fact.type != TIMESTAMP:
        message = f"`{named.text}` is a {fact.type}"
        help_ = "`dated_by` names a timestamp or a date"
        problems.append(Problem("dated-by-type", message, help_, named.place()))
        return visit_date(zone)
    return Call("localDate", (node, zone), DATE)


def application(in_force: Expr, *conditions: Condition | None) -> Expr:
    """In force and all of the conditions, without the parts that say nothing."""
    parts: list[Expr] = []
    if in_force != _ALWAYS:
        parts.extend(in_force.parts if isinstance(in_force, And) else (in_force,))
    return _all([*parts, *(each.expr for each in conditions if each is not None)])


def in_force(date: Expr, start: int | None, end: int | None) -> Expr:
    """Whether a date lies from `start` up to, not including, `end` (days since 1970; None: no bound)."""
    return _all(list(_bounds(date, start, end)))


def _all(parts: list[Expr]) -> Expr:
    if not parts:
        return _ALWAYS
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _bounds(date: Expr, start: int | None, end: int | None) -> Iterator[Expr]:
    if start is not None:
        yield Compare(">=", date, Const(start, DATE))
    if end is not None:
        yield Compare("<", date, Const(end, DATE))
