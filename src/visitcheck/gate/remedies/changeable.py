"""Which facts of a proposal can still be changed, and which are as they are.

A remedy may change a fact of an open class only. Of the other classes it may say at most that a missing fact has yet to
be found out. `keep_changeable` holds every search to that: what would change anything else is not tried. Facts that are
known at the door or after the visit are of class `door`, whatever their group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias, get_args

from visitcheck.facts import Visit
from visitcheck.facts.fields import FactModel
from visitcheck.facts.vocabulary import FACTS
from visitcheck.gate.remedies.actions import Action
from visitcheck.gate.remedies.edits import Edit, value_at, vocabulary_path

OpenClass: TypeAlias = Literal["promise", "preparation", "arrangement", "team", "place", "target"]
"""Promises of the team, preparation, notices and agreements and consents to come, who goes, where, and to whom."""
FixedClass: TypeAlias = Literal["time", "identity", "past", "person", "case", "order", "door"]
"""When (another time is `Gate.next_slot`'s matter), which visit this is, what has happened, what people are, the debt
with its lender and agency, wishes and orders that protect the debtor, and what only the visit can show."""
FactClass: TypeAlias = OpenClass | FixedClass
OPEN: frozenset[str] = frozenset(get_args(OpenClass))

_OF_GROUP: dict[str, FactClass] = {
    "place": "place",
    "team": "team",
    "lender": "case",
    "agency": "case",
    "debtor": "person",
    "debt": "case",
    "verification": "preparation",
    "preparation": "preparation",
    "contacts": "past",
    "notices": "arrangement",
    "appointment": "arrangement",
    "consents": "arrangement",
    "wishes": "order",
    "plan": "promise",
    "earlier_visits": "past",
    "complaints": "past",
    "history": "past",
    "evasion": "past",
    "completeness": "past",
    "contradictions": "past",
    "extra": "case",
}
_OF_FACT: dict[str, FactClass] = {
    "visit": "identity",
    "visit.id": "identity",
    "visit.case_id": "identity",
    "visit.stage": "identity",
    # To say that the visit is for something else would change a word and not the visit.
    "visit.purpose": "identity",
    "visit.target": "target",
    "visit.starts_at": "time",
    "visit.ends_at": "time",
    "visit.date": "time",
    "visit.timezone": "time",
    "visit.as_of": "time",
    "visit.requested_by_debtor": "past",
    # The debtor can still be told of these.
    "agency.outsourcing_notified": "arrangement",
    "agency.outsourcing_notified_at": "arrangement",
    "debt.assignment_notified": "arrangement",
    "debt.assignment_notified_at": "arrangement",
}


def class_of(path: str) -> FactClass:
    """Classify a fact of the vocabulary, list elements as `notices[].about`; raises `KeyError` for anything else."""
    info = FACTS.get(path)
    if info is not None and info.known != "before":
        return "door"
    return _OF_FACT[path] if path in _OF_FACT else _OF_GROUP[path.split(".")[0].removesuffix("[]")]


def is_open(path: str) -> bool:
    """Tell whether a fact can still be changed before the visit."""
    return class_of(path) in OPEN


def keep_changeable(actions: Iterable[Action], visit: Visit, moment: int) -> Iterator[Action]:
    """Keep the actions that change nothing but open facts of this visit when done at a moment.

    Of an `establish` action the facts may be of any class, but have to be missing.
    """
    for action in actions:
        edits = action.edits(visit, moment)
        if action.kind == "establish":
            # That a list goes on is no fact of the visit: to find out the rest of it changes none.
            allowed = all(edit.path[0] == "completeness" or value_at(visit, edit.path) is None for edit in edits)
        else:
            allowed = all(is_open(path) for edit in edits for path in stated_facts(edit))
        if allowed:
            yield action


def stated_facts(edit: Edit) -> Iterator[str]:
    """List the facts, by path in the vocabulary, that an edit gives a value: of a record each that it holds."""
    path = vocabulary_path(edit.path)
    if not isinstance(edit.value, FactModel):
        yield path
        return
    for name, value in edit.value:
        if value is not None:
            yield f"{path}.{name}"
