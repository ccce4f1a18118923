"""Finds rules that need few or none of something in the past, and never ask whether the past is all there."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.authoring.lint.subject import Remark, Subject, remark
from visitcheck.facts.groups.past import COMPLETE_SINCE
from visitcheck.ir.nodes import (
    And,
    Call,
    Choose,
    Compare,
    Exact,
    Exists,
    Expr,
    Fact,
    ForAll,
    ListCall,
    Not,
    Or,
    Size,
)
from visitcheck.ir.walk import base_list, distinct_nodes
from visitcheck.policy.model import Rule

_COUNTING = frozenset({"maxPerGroup"})
"""List functions that grow with their list."""


def check_histories(subject: Subject) -> Iterator[Remark]:
    """Find conditions that a short list of the past fulfils, in rules that do not ask `knownSince` of that list.

    A list of the past may be cut: then few entries prove nothing.
    """
    for rule in subject.rules:
        asked = _lists_known_to_be_complete(rule)
        for condition in rule.checks_and_excuses:
            for name in sorted(_lists_that_may_be_short(condition.expr, wanted=True) - asked):
                message = f"this holds when `{name}` has few entries or none, also where the list is not complete"
                help_ = f"add a check `knownSince({name}, ...)` from the start of the window on"
                yield remark("lint-known-since", message, help_, condition.place, rule)


def _lists_known_to_be_complete(rule: Rule) -> set[str]:
    lists = {since: name for name, since in COMPLETE_SINCE.items()}
    calls = (node for node in distinct_nodes(*rule.conditions) if isinstance(node, Call))
    facts = (call.args[0] for call in calls if call.function == "knownSince")
    return {lists[fact.path[-1]] for fact in facts if isinstance(fact, Fact) and fact.path[-1] in lists}


def _lists_that_may_be_short(node: Expr, *, wanted: bool) -> set[str]:
    """The lists of the past whose being short lets the condition come to `wanted`."""
    match node:
        case Not(operand=operand):
            return _lists_that_may_be_short(operand, wanted=not wanted)
        case And(parts=parts) | Or(parts=parts):
            return {name for part in parts for name in _lists_that_may_be_short(part, wanted=wanted)}
        case Choose(test=test, then=then, other=other):
            return {name for part in (test, then, other) for name in _lists_that_may_be_short(part, wanted=wanted)}
        case ForAll(source=source):
            return _lists_of_the_past(source) if wanted else set()
        case Exists(source=source):
            return set() if wanted else _lists_of_the_past(source)
        case Compare(op=op, left=left, right=right):
            small = {"<", "<="} if wanted else {">", ">="}
            large = {">", ">="} if wanted else {"<", "<="}
            equal = {"=="} if wanted else {"!="}
            lists = _counted_lists(left) if op in small | equal else set()
            return lists | (_counted_lists(right) if op in large | equal else set())
        case _:
            return set()


def _counted_lists(node: Expr) -> set[str]:
    match node:
        case Exact(operand=operand):
            return _counted_lists(operand)
        case Size(source=source):
            return _lists_of_the_past(source)
        case ListCall(function=function, source=source) if function in _COUNTING:
            return _lists_of_the_past(source)
        case _:
            return set()


def _lists_of_the_past(source: Expr) -> set[str]:
    source = base_list(source)
    return {source.path[0]} & set(COMPLETE_SINCE) if isinstance(source, Fact) and len(source.path) == 1 else set()
