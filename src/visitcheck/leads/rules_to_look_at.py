"""The rules of a policy that a kind of lead points to: those that read the facts it looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from visitcheck.facts.vocabulary import FACTS
from visitcheck.ir.nodes import Const, Expr
from visitcheck.ir.plan import Plan, PlanRule, make_plan
from visitcheck.ir.walk import distinct_nodes
from visitcheck.leads.lexicon import Concern, Kind
from visitcheck.policy import Policy


def rules_by_kind(policy: Policy, kinds: Iterable[Kind]) -> Mapping[str, tuple[str, ...]]:
    """For each kind of lead the ids of the policy's rules for recorded visits to look at, in their order."""
    plan = make_plan(policy, "recorded")
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
    constants = [node for node in distinct_nodes(condition) if isinstance(node, Const)]
    for path, fact in FACTS.items():
        words = tuple(sorted({str(each.value) for each in constants if each.type == fact.type}))
        if words:
            yield path, words


def _meets(kind: Kind, asked: Concern) -> bool:
    return any(
        each.fact == asked.fact and (not each.words or not set(each.words).isdisjoint(asked.words))
        for each in kind.looks_at
    )
