"""Doubts and protective facts as typed conditions: what a policy asks of every visit, whatever its rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from visitcheck.facts.doubts import DOUBTS
from visitcheck.facts.types import BOOL, ListOf, Record
from visitcheck.facts.vocabulary import ROOT, FactInfo
from visitcheck.ir.nodes import Compare, Const, Exists, Expr, Fact, Or
from visitcheck.policy.model import DoubtCondition, ProtectiveFact
from visitcheck.policy.rules import visit_date, zone_of


@cache
def doubt_conditions() -> tuple[DoubtCondition, ...]:
    """Every doubt with its condition; local times are those of `visit.timezone`."""
    from visitcheck.language import Scope, compile_condition

    zone = zone_of(None)
    scope = Scope(facts=readable(ROOT), zone=zone, date=visit_date(zone), allow_has=False)
    return tuple(DoubtCondition(doubt, compile_condition(doubt.condition, scope)) for doubt in DOUBTS)


def readable(root: Record) -> Record:
    """The facts that conditions may read: all but `completeness`, which says what lists are and not what happened."""
    return Record(root.name, {name: type_ for name, type_ in root.fields.items() if name != "completeness"})


def protective_facts(facts: Mapping[str, FactInfo]) -> tuple[ProtectiveFact, ...]:
    """Every fact that may speak against a visit, with when it does."""
    return tuple(ProtectiveFact(info.path, _speaks(info), info.state) for info in facts.values() if info.protective)


def _speaks(info: FactInfo) -> Expr:
    fact = Fact(tuple(info.path.split(".")), info.type)
    if isinstance(info.type, ListOf):
        return Exists(fact, 0, Const(True, BOOL))
    if isinstance(info.protective, tuple):
        parts = tuple(Compare("==", fact, Const(word, info.type)) for word in info.protective)
        return parts[0] if len(parts) == 1 else Or(parts)
    if info.state is not None:
        return Compare("==", fact, fact)  # TRUE where it is given, else UNKNOWN: the state may be stated all the same
    return fact


__all__ = ["doubt_conditions", "protective_facts", "readable"]
