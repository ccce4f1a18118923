"""Makes the mutants of a rule: the rule with one small change each, wherever a `let` put the changed piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from visitcheck.authoring.mutation.changes import Kind, NodeChange, changes_of, membership_changes
from visitcheck.authoring.source_spans import conditions_of, is_membership, place_of, site_of, text_of
from visitcheck.errors import Place
from visitcheck.facts.types import DATE
from visitcheck.ir.nodes import Compare, Exists, Expr, Or, Param
from visitcheck.ir.walk import children, rebuild
from visitcheck.language.printer import constant
from visitcheck.policy.model import Check, Condition, Excuse, Rule
from visitcheck.policy.rules import application, in_force

Key: TypeAlias = tuple[object, ...]
"""What all copies of one written node have in common; all readings of one parameter are one."""


def changes_in(*conditions: Expr) -> Iterator[tuple[Key, str, NodeChange]]:
    """Every change of every piece written in the conditions: which nodes it is for, and the text around it."""
    seen: set[Key] = set()
    for condition in conditions:
        for node, around in _changeable_nodes(condition, ""):
            key = key_of(node)
            if key is None or key in seen:
                continue
            seen.add(key)
            changes = membership_changes(node) if isinstance(node, Or) and is_membership(node) else changes_of(node)
            text = f"params.{node.name}" if isinstance(node, Param) else around
            yield from ((key, change.around or text, change) for change in changes)


def key_of(node: Expr) -> Key | None:
    """The key of a node; None for one that nobody wrote."""
    if isinstance(node, Param):
        return ("param", node.name)
    return None if node.origin is None else (type(node), *site_of(node.origin))


def rewrite_nodes(condition: Expr, key: Key, apply: Callable[[Expr], Expr]) -> Expr:
    """Apply a change to every node of this key; gives the condition itself if there is none."""
    return rebuild(condition, lambda node: apply(node) if key_of(node) == key else None)


def _changeable_nodes(node: Expr, around: str) -> Iterator[tuple[Expr, str]]:
    """The nodes that can be changed, each with the smallest written piece that says enough about it."""
    own = text_of(site_of(node.origin)) if node.origin is not None else around
    below = tuple(children(node))
    if is_membership(node):
        if isinstance(node, Or):
            yield node, own
            below = (cast("Compare", node.parts[0]).left,)
        else:
            exists = cast("Exists", node)
            below = (exists.source, cast("Compare", exists.body).right)
    elif isinstance(node, Param):
        yield node, own
        return
    else:
        # A bare constant says too little: what it stands in says which one it is.
        yield node, own if below else around or own
    for child in below:
        yield from _changeable_nodes(child, own)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one change. `text` names the change, such as `n.at < x.at: < becomes <=`."""

    rule: str
    kind: Kind
    text: str
    changed: Rule
    place: Place

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}: {self.text}"


def mutants_of(rule: Rule) -> Iterator[Mutant]:
    """The mutants of what the rule itself says; what its pack's `applies` says is left to `applies_mutants`."""
    for key, around, change in changes_in(*(condition for _, condition in conditions_of(rule))):
        changed = _rewrite_conditions(rule, _make_rewriter(key, change.apply))
        yield Mutant(rule.id, change.kind, f"{around}: {change.text}", changed, _place(rule, key))
    yield from _date_mutants(rule)
    for excuse in rule.unless:
        changed = replace(rule, unless=tuple(each for each in rule.unless if each is not excuse))
        yield Mutant(rule.id, "exception", f"unless {excuse.id}: removed", changed, excuse.condition.place)


def applies_mutants(pack: str, rules: tuple[Rule, ...]) -> Iterator[tuple[Mutant, tuple[Rule, ...]]]:
    """The mutants of a pack's `applies`: each changes all rules of the pack at once."""
    first = next((rule for rule in rules if rule.applies is not None), None)
    if first is None or first.applies is None:
        return
    for key, around, change in changes_in(first.applies.expr):
        rewriter = _make_rewriter(key, change.apply)
        changed = tuple(_rewrite_applies(rule, rewriter) for rule in rules)
        yield Mutant(pack, change.kind, f"{around}: {change.text}", first, first.applies.place), changed


def _make_rewriter(key: Key, apply: Callable[[Expr], Expr]) -> Callable[[Condition], Condition]:
    def rewrite(condition: Condition) -> Condition:
        expr = rewrite_nodes(condition.expr, key, apply)
        return condition if expr is condition.expr else replace(condition, expr=expr)

    return rewrite


def _rewrite_conditions(rule: Rule, rewrite: Callable[[Condition], Condition]) -> Rule:
    when = None if rule.when is None else rewrite(rule.when)
    return replace(
        rule,
        when=when,
        application=rule.application if when is rule.when else _application(rule, rule.applies, when),
        require=tuple(Check(each.name, rewrite(each.condition)) for each in rule.require),
        unless=tuple(Excuse(each.id, rewrite(each.condition), each.cites, each.weak) for each in rule.unless),
    )


def _rewrite_applies(rule: Rule, rewrite: Callable[[Condition], Condition]) -> Rule:
    applies = None if rule.applies is None else rewrite(rule.applies)
    return replace(rule, applies=applies, application=_application(rule, applies, rule.when))


def _application(rule: Rule, applies: Condition | None, when: Condition | None) -> Expr:
    return application(rule.in_force, applies, when)


def _date_mutants(rule: Rule) -> Iterator[Mutant]:
    start, end = rule.effective_from, rule.effective_until
    for day in _days_beside(start):
        yield _date_mutant(rule, f"from: {constant(start, DATE)} becomes {constant(day, DATE)}", day, end)
    for day in _days_beside(end):
        yield _date_mutant(rule, f"until: {constant(end, DATE)} becomes {constant(day, DATE)}", start, day)


def _date_mutant(rule: Rule, text: str, start: int | None, end: int | None) -> Mutant:
    period = in_force(rule.date, start, end)
    expr = application(period, rule.applies, rule.when)
    changed = replace(rule, effective_from=start, effective_until=end, application=expr, in_force=period)
    return Mutant(rule.id, "date", f"effective {text}", changed, rule.place)


def _days_beside(day: int | None) -> tuple[int, ...]:
    return () if day is None else (day - 1, day + 1)


def _place(rule: Rule, key: Key) -> Place:
    return rule.place if key[0] == "param" else place_of(rule, (str(key[1]), 0, 0))
