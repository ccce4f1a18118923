"""Statuses and an outcome from the truths that an engine gives: written once, for all engines.

The table of `statuses` is the one of the language's documentation (`docs/language.md`, "Rules").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from visitcheck.engines.outcomes import Outcome, Status
from visitcheck.engines.tally import Tally, conclude, tally_rules
from visitcheck.ir.plan import Plan, PlanRule, Truths
from visitcheck.policy.model import Effect
from visitcheck.truth import Truth, and_

_MEMO_SIZE = 4096
_MEMO_TRUTHS = 2**18
"""Truths in a memo, at most: verdicts of a policy with thousands of rules are large."""


_LEADS_TO: dict[Effect, Outcome] = {"note": Outcome.ALLOW, "review": Outcome.REVIEW, "deny": Outcome.DENY}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The statuses of all rules of a plan, by position, and what they add up to.

    `assessable` is the outcome without the rules that are `not_assessed`.
    """

    statuses: tuple[Status, ...]
    tally: Tally
    outcome: Outcome
    assessable: Outcome

    @property
    def no_rule_applies(self) -> bool:
        """Whether no deny or review rule applies, so that the policy cannot vouch for the visit."""
        return not self.tally.counts["binding"]


def status_of(rule: PlanRule, truths: Sequence[Truth]) -> Status:
    """Return the status of one rule from the truths of its conditions."""
    applies = truths[rule.applies]
    if applies is False:
        return Status.NOT_APPLICABLE
    holds = and_(truths[check] for check in rule.checks)
    if holds is True:
        return Status.SATISFIED
    excuses = [truths[excuse] for excuse in rule.unless]
    if any(truth is True and not weak for truth, weak in zip(excuses, rule.weak, strict=True)):
        return Status.EXCUSED
    if applies is True and holds is False and all(truth is False for truth in excuses):
        return Status.VIOLATED
    return Status.UNDETERMINED


def leads_to(rule: PlanRule, status: Status) -> Outcome:
    """Return what a rule with this status asks for. A rule not assessed asks for what an undetermined one does."""
    if status is Status.VIOLATED:
        return _LEADS_TO[rule.effect]
    if status in (Status.UNDETERMINED, Status.NOT_ASSESSED):
        return _LEADS_TO[rule.on_unknown]
    return Outcome.ALLOW


class Judge:
    """Verdicts of one plan. Visits that give the same truths share a verdict, which is worked out once.

    Safe to share between threads: a verdict depends on the truths alone, so a race only works it out twice.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._memo: dict[Truths, Verdict] = {}
        self._memo_size = min(_MEMO_SIZE, 1 + _MEMO_TRUTHS // (1 + len(plan.conditions)))
        self._never_known = tuple(self._is_never_known(position) for position in range(len(plan.conditions)))

    def _is_never_known(self, position: int) -> bool:
        return not self.plan.facts_of(position).isdisjoint(self.plan.policy.never_collected)

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
        open_ = (position for position in rule.positions if truths[position] is None)
        return Status.NOT_ASSESSED if any(self._never_known[position] for position in open_) else status

    def _work_out(self, truths: Truths) -> Verdict:
        if len(truths) != len(self.plan.conditions):
            raise ValueError(f"{len(truths)} truths for {len(self.plan.conditions)} conditions")
        rules = self.plan.rules
        statuses = tuple(self._status(rule, truths) for rule in rules)
        tally = tally_rules(rules, statuses)
        return Verdict(
            statuses=statuses,
            tally=tally,
            outcome=conclude(tally.counts),
            assessable=conclude(tally.counts, without=(Status.NOT_ASSESSED,)),
        )


__all__ = ["Judge", "Outcome", "Status", "Verdict", "leads_to", "status_of"]
