"""Statuses and an outcome from the truths that an engine gives: written once, for all engines.

The table of `statuses` is the one of the language's documentation (`docs/language.md`, "Rules").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from visitcheck.engines.outcomes import Outcome, Status
from visitcheck.engines.tally import SETTLED, Tally, asked_effect, conclude, scope_truth, tally_rules
from visitcheck.ir.plan import Plan, PlanRule, Truths
from visitcheck.policy.model import Effect
from visitcheck.truth import Truth, and_, or_

_MEMO_SIZE = 4096
_MEMO_TRUTHS = 2**18
"""Truths in a memo, at most: verdicts of a policy with thousands of rules are large."""


_LEADS_TO: dict[Effect, Outcome] = {"note": Outcome.ALLOW, "review": Outcome.REVIEW, "deny": Outcome.DENY}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The statuses of all rules of a plan, by position, and what they add up to.

    `no_rule_applies` says that no deny or review
    rule surely applies, so that the policy cannot vouch for the visit; `has_doubts` that facts contradict each other.
    """

    statuses: tuple[Status, ...]
    tally: Tally
    outcome: Outcome
    no_rule_applies: bool
    has_doubts: bool


def status_of(rule: PlanRule, truths: Sequence[Truth]) -> Status:
    """Return the status of one rule from the truths of its conditions."""
    applies = scope_truth(rule, truths)
    if applies is False:
        return Status.NOT_APPLICABLE
    holds = and_(truths[check] for check in rule.checks)
    if holds is True:
        return Status.SATISFIED
    excused = or_(_excuse_truth(truths[excuse], weak) for excuse, weak in zip(rule.unless, rule.weak, strict=True))
    if excused is True:
        return Status.EXCUSED
    if holds is None or not (applies or _is_open_by_law_alone(rule, truths)):
        return Status.UNDETERMINED
    return Status.VIOLATED if applies and excused is False else Status.SUSPECTED


def _excuse_truth(truth: Truth, weak: bool) -> Truth:
    """An exception whose reading is weak may excuse, but never does."""
    return None if weak and truth is True else truth


def _is_open_by_law_alone(rule: PlanRule, truths: Sequence[Truth]) -> bool:
    return truths[rule.law] is None and truths[rule.in_force] is True and truths[rule.when] is True


def leads_to(rule: PlanRule, status: Status) -> Outcome:
    """Return what a rule with this status asks for. A rule not assessed asks for what an undetermined one does.

    A suspected rule asks for what an undetermined one does, but a deny or review rule for a review at least.
    """
    return Outcome.ALLOW if status in SETTLED else _LEADS_TO[asked_effect(rule, status)]


def reads_uncollected(plan: Plan, position: int, uncollected: frozenset[str]) -> bool:
    """Whether a condition reads facts that are never collected, none of which is a selector.

    Where such a condition is UNKNOWN, no more is to be had of the visit; but what chooses the law has to be asked.
    """
    facts = plan.facts_of(position) & uncollected
    return bool(facts) and facts.isdisjoint(plan.policy.selectors)


class Judge:
    """Verdicts of one plan. Visits that give the same truths share a verdict, which is worked out once.

    Safe to share between threads: a verdict depends on the truths alone, so a race only works it out twice.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._memo: dict[Truths, Verdict] = {}
        self._memo_size = min(_MEMO_SIZE, 1 + _MEMO_TRUTHS // (1 + len(plan.conditions)))
        uncollected = plan.policy.never_collected
        self._never_known = tuple(
            reads_uncollected(plan, position, uncollected) for position in range(len(plan.conditions))
        )

    def verdict(self, truths: Truths) -> Verdict:
        """Return the verdict on a visit for which an engine gave these truths, one for each condition.

        Raises `ValueError` for more or fewer truths.
        """
        verdict = self._memo.get(truths)
        if verdict is None:
            verdict = self._work_out(truths)
            if len(self._memo) >= self._memo_size:
                self._memo.clear()
            self._memo[truths] = verdict
        return verdict

    def _status(self, rule: PlanRule, truths: Truths) -> Status:
        status = status_of(rule, truths)
        if status is not Status.UNDETERMINED:
            return status
        still_open = [position for position in rule.positions if truths[position] is None]
        return Status.NOT_ASSESSED if all(self._never_known[position] for position in still_open) else status

    def _work_out(self, truths: Truths) -> Verdict:
        if len(truths) != len(self.plan.conditions):
            raise ValueError(f"{len(truths)} truths for {len(self.plan.conditions)} conditions")
        rules = self.plan.rules
        statuses = tuple(self._status(rule, truths) for rule in rules)
        tally = tally_rules(self.plan, statuses, truths)
        return Verdict(
            statuses=statuses,
            tally=tally,
            outcome=conclude(tally.counts),
            no_rule_applies=not tally.counts["surely_binding"],
            has_doubts=tally.counts["doubts"] > 0,
        )


__all__ = ["Judge", "Outcome", "Status", "Verdict", "leads_to", "reads_uncollected", "status_of"]
