"""Finds consents that excuse from a duty and stand in `require`, as one more alternative beside what is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.authoring.lint.consents import is_of_consents
from visitcheck.authoring.lint.subject import Remark, Subject, remark
from visitcheck.ir.nodes import And, Compare, Const, Exists, Expr, Fact, ListCall, Not, Or, Size
from visitcheck.ir.walk import walk


def check_excuses(subject: Subject) -> Iterator[Remark]:
    """Find checks that hold where something else is so, or where somebody consented to the contrary.

    With the consent in `unless` a rule that is broken while only the consent is open is suspected, and named with what
    would excuse it; as an alternative in `require` it leaves the rule undetermined.
    """
    for rule in subject.rules:
        for check in rule.require:
            if any(_excuses(choice) for choice in _choices(check.condition.expr)):
                message = "a consent is one alternative of what is asked for, so it is an excuse"
                help_ = "move it to `unless`, with its own citation; what the rule does not apply to belongs in `when`"
                yield remark("lint-excuse-in-require", message, help_, check.condition.place, rule)


def _choices(node: Expr) -> Iterator[Or]:
    """The alternatives that a check offers, outside of lists."""
    if isinstance(node, Or):
        yield node
    if isinstance(node, And):
        for part in node.parts:
            yield from _choices(part)


def _excuses(choice: Or) -> bool:
    consents = [part for part in choice.parts if _asks_for_consent(part)]
    return bool(consents) and not all(part in consents or _is_guard(part) for part in choice.parts)


def _asks_for_consent(node: Expr) -> bool:
    return any(is_of_consents(each.source) for each in walk(node) if isinstance(each, Exists | ListCall))


def _is_guard(node: Expr) -> bool:
    """Whether an alternative only says that there is nothing to consent to: a fact that is false, or an empty list."""
    match node:
        case Not(operand=Fact()):
            return True
        case Compare(op="==", left=Size(), right=Const(value=0)):
            return True
        case Compare(op="!=", left=Fact(), right=Const()):
            return True
        case _:
            return False
