"""Finds rules that count a consent, and do not ask whether another one was refused or withdrawn since."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.authoring.lint.subject import Remark, Subject, remark
from visitcheck.ir.nodes import Element, Exists, Expr, Fact, Field, ListCall
from visitcheck.ir.walk import base_list, distinct_nodes


def check_consents(subject: Subject) -> Iterator[Remark]:
    """Find conditions that hold because some consent was given, in rules that do not ask what was said last.

    A refusal or a withdrawal may stand in another record of the same kind and place.
    """
    for rule in subject.rules:
        if any(_asks_what_was_said_last(node) for node in distinct_nodes(*rule.conditions)):
            continue
        for condition in rule.checks_and_excuses:
            if any(_counts_one_given(node) for node in distinct_nodes(condition.expr)):
                message = "a consent counts here, also where another of its kind was refused or withdrawn since"
                help_ = "add the second half of the recipe: `consents.filter(..).lastRun(..) >= 1` (docs/language.md)"
                yield remark("lint-consent-standing", message, help_, condition.place, rule)


def _asks_what_was_said_last(node: Expr) -> bool:
    return isinstance(node, ListCall) and node.function == "lastRun" and is_of_consents(node.source)


def _counts_one_given(node: Expr) -> bool:
    """Whether a node asks if there is a consent that was given; its filters, too, may say so."""
    return isinstance(node, Exists) and is_of_consents(node.source) and any(map(_reads_given, distinct_nodes(node)))


def _reads_given(node: Expr) -> bool:
    return isinstance(node, Field) and node.name == "given" and isinstance(node.record, Element)


def is_of_consents(source: Expr) -> bool:
    """Whether a list is made from the consents of a visit."""
    source = base_list(source)
    return isinstance(source, Fact) and source.path == ("consents",)
