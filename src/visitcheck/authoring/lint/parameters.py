"""Finds parameters that nobody reads, and days on which a rule finds no value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from visitcheck.authoring.lint.subject import Check, Remark, Subject, own_id, remark
from visitcheck.facts.times import date_text
from visitcheck.ir.nodes import DatedValue, Expr, Param
from visitcheck.ir.walk import distinct_nodes
from visitcheck.policy.model import Message, Placeholder, Policy, Rule


def make_unused_check(policies: Iterable[Policy]) -> Check:
    """Make a check for parameters that no rule of `policies` reads: further packs may read them too."""
    read = {(node.name, node.values) for policy in policies for rule in policy.rules for node in _parameters_read(rule)}

    def check(subject: Subject) -> Iterator[Remark]:
        for parameter in subject.policy.parameters.values():
            pack, _, name = parameter.id.rpartition("/")
            if pack == subject.pack and (name, parameter.values) not in read:
                message = f"no rule reads `params.{name}`"
                yield remark("lint-parameter-unused", message, "take it out, or use it", parameter.place)

    return check


def check_gaps(subject: Subject) -> Iterator[Remark]:
    """Find days on which a rule is in force and a parameter that decides it has no value, so it stays undecided."""
    for rule in subject.rules:
        seen: set[str] = set()
        for node in _parameters_read(rule, deciding=True):
            if node.name in seen:
                continue
            seen.add(node.name)
            day = _first_gap(node.values, rule)
            if day is not None:
                message = f"`params.{node.name}` has no value on {day}, when `{own_id(rule)}` is in force"
                help_ = "give it a value for that time, or end the rule with its values (`effective`)"
                yield remark("lint-parameter-gap", message, help_, rule.place, rule)


def _first_gap(values: tuple[DatedValue, ...], rule: Rule) -> str | None:
    """In words, a day of the rule's time without a value; None where there is none."""
    covers = _coverage_test(values)
    if rule.effective_from is None:
        if not any(value.start is None for value in values):
            first = min(value.start for value in values if value.start is not None)
            return f"days before {date_text(first)}"
    elif not covers(rule.effective_from):
        return date_text(rule.effective_from)
    for value in values:
        end = value.end
        if end is None or covers(end) or (rule.effective_until is not None and end >= rule.effective_until):
            continue
        if rule.effective_from is None or end > rule.effective_from:
            return date_text(end)
    return None


def _coverage_test(values: tuple[DatedValue, ...]) -> Callable[[int], bool]:
    return lambda day: any((v.start is None or v.start <= day) and (v.end is None or day < v.end) for v in values)


def _parameters_read(rule: Rule, *, deciding: bool = False) -> Iterator[Param]:
    shown = () if deciding else (*_message_values(rule.message), *_message_values(rule.remedy))
    nodes = distinct_nodes(*rule.conditions, *shown)
    return (node for node in nodes if isinstance(node, Param))


def _message_values(message: Message | None) -> tuple[Expr, ...]:
    pieces = () if message is None else (*message.en, *message.zh)
    return tuple(piece.expr for piece in pieces if isinstance(piece, Placeholder))
