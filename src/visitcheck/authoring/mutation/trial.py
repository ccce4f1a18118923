"""Tries mutants on the cases of their rule: a case that no longer comes out as expected has noticed one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from visitcheck.authoring.accepted import Accepted, Survivor
from visitcheck.authoring.mutation.mutants import Mutant, applies_mutants, mutants_of
from visitcheck.authoring.run import CaseResult
from visitcheck.engines.status import Judge, Status
from visitcheck.facts import Visit
from visitcheck.ir.facts_read import facts_read
from visitcheck.ir.nodes import Expr
from visitcheck.ir.plan import Plan, PlanRule
from visitcheck.language.interpreter import interpret
from visitcheck.policy.model import Policy, Rule, Stage
from visitcheck.truth import Truth


@dataclass(frozen=True, slots=True)
class Mutation:
    """What became of a pack's mutants. `stale` are explanations of mutants that are noticed, or not made."""

    pack: str
    noticed: tuple[Mutant, ...]
    survivors: tuple[tuple[Mutant, str | None], ...]
    """Mutants that no case notices, each with why that is so, where the pack explains it."""
    stale: tuple[Survivor, ...]

    @property
    def made(self) -> int:
        """How many mutants there are."""
        return len(self.noticed) + len(self.survivors)

    @property
    def unexplained(self) -> tuple[Mutant, ...]:
        """The mutants that nobody notices or explains."""
        return tuple(mutant for mutant, why in self.survivors if why is None)

    @property
    def complete(self) -> bool:
        """Whether every mutant is noticed or explained, and no explanation is stale."""
        return not self.unexplained and not self.stale


def mutate(policy: Policy, results: Iterable[CaseResult], pack: str, accepted: Accepted | None = None) -> Mutation:
    """Try every mutant of the rules of `pack` on the cases, among the passing `results`, that name its rule."""
    rules = tuple(rule for rule in policy.rules if rule.id.rpartition("/")[0] == pack)
    passed = [result for result in results if result.passed]
    trials = {rule.id: _Trial(policy, rule, passed) for rule in rules}
    judged = [(mutant, trials[rule.id].notices(mutant.changed)) for rule in rules for mutant in mutants_of(rule)]
    for mutant, changed in applies_mutants(pack, rules):
        judged.append((mutant, any(trials[rule.id].notices(rule) for rule in changed)))
    return _match_explanations(pack, judged, accepted.survivors if accepted is not None else ())


def _match_explanations(pack: str, judged: list[tuple[Mutant, bool]], explanations: tuple[Survivor, ...]) -> Mutation:
    reasons = {(each.rule, each.mutant): each for each in explanations}
    used: set[tuple[str, str]] = set()
    survivors = []
    for mutant, is_noticed in judged:
        if not is_noticed:
            key = (mutant.rule.removeprefix(f"{pack}/"), mutant.text)
            used.add(key)
            survivors.append((mutant, reasons[key].why if key in reasons else None))
    return Mutation(
        pack=pack,
        noticed=tuple(mutant for mutant, is_noticed in judged if is_noticed),
        survivors=tuple(survivors),
        stale=tuple(each for key, each in reasons.items() if key not in used),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A visit with the status it must have, and what the rule's conditions come to on it."""

    stage: Stage
    visit: Visit
    status: Status
    truths: tuple[Truth, ...]


class _Trial:
    """The cases of one rule, ready to be asked about mutants of it."""

    def __init__(self, policy: Policy, rule: Rule, passed: list[CaseResult]) -> None:
        self._policy = policy
        self._conditions = rule.conditions
        cases = self._cases(rule, passed)
        # A case of another policy may expect what its own parameters ask for: it says nothing of this rule.
        self._seen = [seen for seen in cases if self._status(rule, seen, seen.truths) is seen.status]

    def _cases(self, rule: Rule, passed: list[CaseResult]) -> Iterator[_Seen]:
        results = {id(result.case): result for result in passed}.values()
        for result in results:
            expected = [rule_result.status for rule_result in result.rules if rule_result.rule == rule.id]
            if expected and result.visit is not None and result.case.stage in rule.stages:
                truths = tuple(_truth_of(condition, result.visit) for condition in self._conditions)
                yield _Seen(result.case.stage, result.visit, expected[0], truths)

    def notices(self, changed: Rule) -> bool:
        """Whether the changed rule has another status on any case."""
        conditions = changed.conditions
        known = {id(condition): at for at, condition in enumerate(self._conditions)}
        for seen in self._seen:
            truths = tuple(
                seen.truths[known[id(condition)]] if id(condition) in known else _truth_of(condition, seen.visit)
                for condition in conditions
            )
            if self._status(changed, seen, truths) is not seen.status:
                return True
        return False

    def _status(self, rule: Rule, seen: _Seen, truths: tuple[Truth, ...]) -> Status:
        return Judge(_plan_of_rule(self._policy, rule, seen.stage)).verdict(truths).statuses[0]


def _truth_of(condition: Expr, visit: Visit) -> Truth:
    return cast("Truth", interpret(condition, visit))


def _plan_of_rule(policy: Policy, rule: Rule, stage: Stage) -> Plan:
    """A plan of this rule alone, each condition at a place of its own."""
    conditions = rule.conditions
    checks = range(3, 3 + len(rule.require))
    planned = PlanRule(
        rule=rule,
        law=0,
        in_force=1,
        when=2,
        checks=tuple(checks),
        unless=tuple(range(checks.stop, len(conditions))),
        weak=tuple(excuse.weak for excuse in rule.unless),
        effect=rule.effect,
        on_unknown=rule.on_unknown,
    )
    reads = tuple(facts_read(condition) if policy.never_collected else frozenset[str]() for condition in conditions)
    return Plan(policy, stage, conditions, (planned,), reads)
