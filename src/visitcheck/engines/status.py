"""From the truths an engine found to statuses and an outcome: written once, for all engines.

The table of `statuses` is the one of the language's documentation (`docs/language.md`, "Rules").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from visitcheck.plan import Plan, PlanRule, Truths
from visitcheck.policy.model import Effect
from visitcheck.truth import Truth, and_

_MEMO_SIZE = 4096


class Status(StrEnum):
    """What became of one rule on one visit."""

    SATISFIED = "satisfied"
    VIOLATED = "violated"
    UNDETERMINED = "undetermined"
    EXCUSED = "excused"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASSESSED = "not_assessed"


class Outcome(StrEnum):
    """The answer on a visit, ordered from free to barred: `allow < review < deny`."""

    ALLOW = "allow"
    REVIEW = "review"
    DENY = "deny"

    @property
    def severity(self) -> int:
        """0 for allow, 1 for review, 2 for deny."""
        return _SEVERITIES[self]

    def __lt__(self, other: object) -> bool:
        return self.severity < other.severity if isinstance(other, Outcome) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.severity <= other.severity if isinstance(other, Outcome) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.severity > other.severity if isinstance(other, Outcome) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.severity >= other.severity if isinstance(other, Outcome) else NotImplemented


_SEVERITIES = {Outcome.ALLOW: 0, Outcome.REVIEW: 1, Outcome.DENY: 2}
_LEADS_TO: dict[Effect, Outcome] = {"note": Outcome.ALLOW, "review": Outcome.REVIEW, "deny": Outcome.DENY}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The statuses of all rules of a plan, by position, and what they add up to.

    `assessable` is the outcome without the rules that are `not_assessed`.
    """

    statuses: tuple[Status, ...]
    outcome: Outcome
    assessable: Outcome
    no_rule_applies: bool


def status(rule: PlanRule, truths: Sequence[Truth]) -> Status:
    """The status of one rule from the truths of its conditions."""
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
    """What a rule with this status asks for. A rule not assessed asks for what an undetermined one does."""
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
        self._never_known = tuple(self._uncollected(position) for position in range(len(plan.conditions)))

    def _uncollected(self, position: int) -> bool:
        return not self.plan.facts_of(position).isdisjoint(self.plan.policy.never_collected)

    def verdict(self, truths: Truths) -> Verdict:
        """The verdict on a visit for which an engine found these truths, one for each condition."""
        found = self._memo.get(truths)
        if found is None:
            found = self._work_out(truths)
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            self._memo[truths] = found
        return found

    def _status(self, rule: PlanRule, truths: Truths) -> Status:
        found = status(rule, truths)
        if found is not Status.UNDETERMINED:
            return found
        open_ = (position for position in (rule.applies, *rule.checks, *rule.unless) if truths[position] is None)
        return Status.NOT_ASSESSED if any(self._never_known[position] for position in open_) else found

    def _work_out(self, truths: Truths) -> Verdict:
        if len(truths) != len(self.plan.conditions):
            raise ValueError(f"{len(truths)} truths for {len(self.plan.conditions)} conditions")
        rules = self.plan.rules
        found = tuple(self._status(rule, truths) for rule in rules)
        binding = [
            (rule, status)
            for rule, status in zip(rules, found, strict=True)
            if rule.effect != "note" and status is not Status.NOT_APPLICABLE
        ]
        none_applies = not binding
        floor = Outcome.REVIEW if none_applies else Outcome.ALLOW
        asked = [(leads_to(rule, status), status) for rule, status in zip(rules, found, strict=True)]
        return Verdict(
            statuses=found,
            outcome=max([floor, *(outcome for outcome, _ in asked)]),
            assessable=max([floor, *(o for o, status in asked if status is not Status.NOT_ASSESSED)]),
            no_rule_applies=none_applies,
        )
