"""Finds conditions that decide nothing, say something twice, or are written the hard way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from visitcheck.authoring.lint.reasoning import truths
from visitcheck.authoring.lint.subject import Remark, Subject, own_id, remark
from visitcheck.authoring.source_spans import conditions_of, place_of, site_of, text_of
from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.errors import Place
from visitcheck.ir.binders import find_nested_macros
from visitcheck.ir.nodes import And, Call, Expr, Node, Or
from visitcheck.ir.walk import distinct_nodes, walk
from visitcheck.policy.model import Rule

_NAMED = {
    "getFullYear": "localDate",
    "getMonth": "monthOf",
    "getDate": "localDate",
    "getDayOfMonth": "localDate",
    "getDayOfYear": "localDate",
    "getDayOfWeek": "weekday",
    "getHours": "localTime",
    "getMinutes": "localTime",
    "getSeconds": "localTime",
    "getMilliseconds": "localTime",
}
"""Accessors of timestamps that count from 0 or from 1 as CEL has it, and functions whose names say what they give."""


def check_reach(subject: Subject) -> Iterator[Remark]:
    """Rules that never apply or never fail, exceptions that never excuse."""
    for rule in subject.rules:
        if True not in truths(rule.application):
            message = f"`{own_id(rule)}` can never apply: its conditions contradict each other"
            yield remark("lint-never-applies", message, "look at `applies`, `when` and `effective`", rule.place, rule)
        if all(False not in truths(check.condition.expr) for check in rule.require):
            message = f"`{own_id(rule)}` can never be violated: none of its checks is ever FALSE"
            yield remark("lint-never-fails", message, "ask for something that may fail", rule.place, rule)
        for excuse in rule.unless:
            if True not in truths(excuse.condition.expr):
                message = f"the exception `{excuse.id}` can never excuse"
                help_ = "its conditions contradict each other"
                yield remark("lint-never-excuses", message, help_, excuse.condition.place, rule)


def check_repetition(subject: Subject) -> Iterator[Remark]:
    """Find conditions that are written twice where once says as much."""
    for rule in subject.rules:
        seen: dict[Expr, str] = {}
        for name, condition in conditions_of(rule):
            if condition in seen and not name.startswith("unless"):
                message = f"`{name}` asks the same as `{seen[condition]}`"
                yield remark("lint-condition-twice", message, "take one of them out", rule.place, rule)
            seen.setdefault(condition, name)
        yield from _repeated_parts(rule)
    yield from _repeated_rules(subject)


def _repeated_parts(rule: Rule) -> Iterator[Remark]:
    for node in distinct_nodes(*(condition for _, condition in conditions_of(rule))):
        if isinstance(node, And | Or) and len(set(node.parts)) < len(node.parts):
            part = next(part for at, part in enumerate(node.parts) if part in node.parts[:at])
            message = f"`{_text(part)}` is written twice in one condition"
            yield remark("lint-condition-twice", message, "take one of them out", _place(rule, node), rule)


def _repeated_rules(subject: Subject) -> Iterator[Remark]:
    seen: dict[object, str] = {}
    for rule in subject.rules:
        checks = frozenset(check.condition.expr for check in rule.require)
        excuses = frozenset(excuse.condition.expr for excuse in rule.unless)
        meaning = (rule.stages, rule.application, checks, excuses)
        if meaning in seen:
            message = f"`{own_id(rule)}` asks the same as `{seen[meaning]}`"
            yield remark("lint-rule-twice", message, "keep one rule and cite both sources in it", rule.place, rule)
        seen.setdefault(meaning, own_id(rule))


def check_style(subject: Subject) -> Iterator[Remark]:
    """Find CEL's accessors where a function's name says more, and macros over one list inside each other."""
    for rule in subject.rules:
        deciding = tuple(condition for _, condition in conditions_of(rule))
        for node in distinct_nodes(*deciding):
            if isinstance(node, Call) and node.function in _NAMED and len(node.args) > 1:
                help_ = f"write `{_NAMED[node.function]}`, whose numbering needs no looking up"
                message = f"`{node.function}` counts as CEL does"
                yield remark("lint-cel-accessor", message, help_, _place(rule, node), rule)
        nested = {id(node): node for condition in deciding for node in find_nested_macros(condition, levels=2)}
        # What a nested macro goes over is said with it.
        inside = {id(below) for node in nested.values() for below in walk(node.source)}
        for inner in (node for key, node in nested.items() if key not in inside):
            message = f"`{_text(inner)}` goes over a list inside a macro over the same list: quadratic time"
            help_ = "use `maxPerGroup`, `lastRun` or `covers`, or look for the element first with `let`"
            yield remark("lint-list-nested", message, help_, _place(rule, inner), rule)


def check_lets(subject: Subject) -> Iterator[Remark]:
    """Find names under `let` that neither a condition nor a message uses."""
    for rule, written in subject.written_rules():
        lets = written.get("let")
        if not isinstance(lets, YamlMapping):
            continue
        for key, value in lets.entries:
            texts = [text for text in _texts(written) if text is not value and text is not key]
            if not any(re.search(rf"\b{re.escape(key.text)}\b", text.text) for text in texts):
                message = f"nothing uses `{key.text}`"
                yield remark("lint-let-unused", message, "take it out, or use it", key.place(), rule)


def _texts(node: YamlNode) -> Iterator[YamlScalar]:
    if isinstance(node, YamlScalar):
        yield node
    elif isinstance(node, YamlSequence):
        for item in node.items:
            yield from _texts(item)
    else:
        for _, value in node.entries:
            yield from _texts(value)


def _text(node: Node) -> str:
    return "this" if node.origin is None else text_of(site_of(node.origin))


def _place(rule: Rule, node: Node) -> Place:
    return rule.place if node.origin is None else place_of(rule, site_of(node.origin))
