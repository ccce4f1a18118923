"""Which facts a run needs of each row, and the types of what is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from visitcheck.audit.options import AuditOptions
from visitcheck.facts.types import ListOf, Record, Type
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.ir.plan import Plan

# What verdicts, history and summaries read besides the rules.
_ALWAYS = frozenset(
    {
        "visit.id",
        "visit.stage",
        "visit.starts_at",
        "visit.ends_at",
        "visit.date",
        "visit.timezone",
        "debtor.id",
        "place.kind",
        "agency.id",
        "agency.involved",
        "team[].id",
        "met[].role",
        "history.visits_since",
    }
)


@dataclass(frozen=True)
class AuditScope:
    """The plan of a run with the facts it keeps of each row, and those that no row gives."""

    plan: Plan
    root: Record
    fed: frozenset[str]
    kept: Record
    never_known: frozenset[str]


def audit_scope(plan: Plan, fed: frozenset[str], options: AuditOptions) -> AuditScope:
    """The scope of a plan over inputs that feed these facts."""
    root, facts = vocabulary_with_extra(plan.policy.extra_facts)
    wanted = _ALWAYS | plan.facts | plan.policy.selectors
    if options.history == "derive":
        fed |= {path for path in facts if path == "earlier_visits" or path.startswith("earlier_visits[].")}
        fed |= {"history", "history.visits_since"} if options.history_since is not None else set()
        wanted |= {path for path in facts if path.startswith("earlier_visits[].")}
    if options.history == "none":
        fed -= {path for path in fed if path.startswith("earlier_visits")}
    if "visit.starts_at" in fed:  # which the date follows from
        fed |= {"visit.date"}
    if options.as_of is not None:
        fed |= {"visit", "visit.as_of"}
    return AuditScope(plan, root, fed, _pruned(root, wanted, ""), frozenset(plan.facts - fed))


def _pruned(record: Record, wanted: Collection[str], prefix: str) -> Record:
    fields: dict[str, Type] = {}
    for field, type_ in record.fields.items():
        listed = isinstance(type_, ListOf)
        item: Any = type_.item if isinstance(type_, ListOf) else type_
        here = f"{prefix}{field}"
        if isinstance(item, Record):
            below = f"{here}[]." if listed else f"{here}."
            part = _pruned(item, wanted, below)
            if not part.fields and here in wanted:  # only how many there are matters; a record needs a field
                part = Record(item.name, dict(list(item.fields.items())[:1]))
            if part.fields:
                fields[field] = ListOf(part) if listed else part
        elif here in wanted:
            fields[field] = type_
    return Record(record.name, fields)
