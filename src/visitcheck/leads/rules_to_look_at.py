"""The rules of a policy that a kind of lead points to: those that read the facts it looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from visitcheck.facts.types import ListOf, Type
from visitcheck.facts.vocabulary import FACTS
from visitcheck.ir.nodes import Const, Expr, Param
from visitcheck.ir.plan import Plan, PlanRule
from visitcheck.ir.walk import distinct_nodes
from visitcheck.leads.lexicon import Concern, Kind


def rules_by_kind(plan: Plan, kinds: Iterable[Kind]) -> Mapping[str, tuple[str, ...]]:
    """For each kind of lead the ids of a plan's rules to look at, in their order."""
    asked = {rule.rule.id: tuple(_concerns_of(plan, rule)) for rule in plan.rules}
    return {
        kind.name: tuple(id_ for id_, concerns in asked.items() if any(_meets(kind, each) for each in concerns))
        for kind in kinds
    }


def _concerns_of(plan: Plan, rule: PlanRule) -> Iterator[Concern]:
    """The facts that a rule's own conditions read, each with the words of it that they ask for."""
    for position in (rule.when, *rule.checks, *rule.unless):
        words = dict(_words_asked(plan.conditions[position]))
        for fact in plan.facts_of(position):
            yield Concern(fact, words.get(fact, ()))


def _words_asked(condition: Expr) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words that a condition compares closed facts with, by fact."""
    words: dict[Type, set[str]] = {}
    for node in distinct_nodes(condition):
        if isinstance(node, Const):
            words.setdefault(node.type, set()).add(str(node.value))
        elif isinstance(node, Param) and isinstance(node.type, ListOf):
            lists = (each.value for each in node.values if isinstance(each.value, tuple))
            words.setdefault(node.type.item, set()).update(str(word) for each in lists for word in each)
    for path, fact in FACTS.items():
        if fact.type in words:
            yield path, tuple(sorted(words[fact.type]))


def _meets(kind: Kind, asked: Concern) -> bool:
    return any(
        each.fact == asked.fact and (not each.words or not set(each.words).isdisjoint(asked.words))
        for each in kind.looks_at
    )
