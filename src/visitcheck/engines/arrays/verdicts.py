"""Statuses and outcomes over masks: what `engines.status` and `engines.tally` say of one visit, in every row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visitcheck.engines.arrays.values import Bools, Masks
from visitcheck.engines.outcomes import ASSESSED_CODES, OUTCOME_CODES, STATUS_CODES, AssessedOutcome
from visitcheck.engines.status import Outcome, Status, leads_to, reads_uncollected
from visitcheck.engines.tally import ASKING, DECIDED, SHOWN
from visitcheck.ir.plan import Plan, PlanRule

Codes = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class ArrayVerdicts:
    """The verdicts on the rows of a chunk, as the codes of `engines.outcomes`.

    `statuses` has a line for each rule, `scopes` whether each applies. `assessed` are the rules that
    `tally.is_assessed` counts, `applicable` the binding ones that apply or may apply.
    """

    statuses: Codes
    scopes: Sequence[Masks]
    outcomes: Codes
    assessed_outcomes: Codes
    assessed: Counts
    applicable: Counts


class ArrayJudge:
    """Verdicts of one plan from the truths of its conditions, a mask for TRUE and one for FALSE.

    `never_known` are facts that no row gives, besides those that the policy declares never to collect.
    """

    def __init__(self, plan: Plan, *, never_known: Collection[str] = ()) -> None:
        self.plan = plan
        uncollected = plan.policy.never_collected | frozenset(never_known)
        self._never_known = tuple(
            reads_uncollected(plan, position, uncollected) for position in range(len(plan.conditions))
        )

    def verdicts(self, truths: Sequence[Masks]) -> ArrayVerdicts:
        """The verdicts on the rows whose truths these are; raises `ValueError` for more or fewer truths."""
        if len(truths) != len(self.plan.conditions):
            raise ValueError(f"{len(truths)} truths for {len(self.plan.conditions)} conditions")
        return _Verdicts(self.plan, self._never_known, truths).work_out()

    def assessed_outcomes(self, verdicts: ArrayVerdicts, truths: Sequence[Masks], among: Collection[int]) -> Codes:
        """What the facts show by some of the rules alone, named by position; doubts inside a visit count for all."""
        work = _Verdicts(self.plan, self._never_known, truths)
        assessed, _ = work.count_assessed(verdicts.statuses, among)
        return work.assessed_outcomes(verdicts.statuses, assessed, among)


class _Verdicts:
    """One chunk of truths."""

    def __init__(self, plan: Plan, never_known: Sequence[bool], truths: Sequence[Masks]) -> None:
        self._plan = plan
        self._never_known = never_known
        self._truths = truths
        self._count = len(truths[0].true) if truths else 0
        self._scopes: dict[tuple[int, ...], Masks] = {}

    def work_out(self) -> ArrayVerdicts:
        rules = self._plan.rules
        statuses = np.empty((len(rules), self._count), np.uint8)
        for line, rule in zip(statuses, rules, strict=True):
            line[:] = self._statuses(rule)
        everything = range(len(rules))
        assessed, applicable = self.count_assessed(statuses, everything)
        return ArrayVerdicts(
            statuses=statuses,
            scopes=[self._scope(rule) for rule in rules],
            outcomes=self._outcomes(statuses),
            assessed_outcomes=self.assessed_outcomes(statuses, assessed, everything),
            assessed=assessed,
            applicable=applicable,
        )

    def _scope(self, rule: PlanRule) -> Masks:
        """W: whether a rule applies."""
        scope = self._scopes.get(rule.scope)
        if scope is None:
            scope = self._scopes[rule.scope] = self._all_of(rule.scope)
        return scope

    def _all_of(self, positions: Sequence[int]) -> Masks:
        """Kleene's and of some conditions."""
        true, false = np.ones(self._count, np.bool_), np.zeros(self._count, np.bool_)
        for position in dict.fromkeys(positions):
            true = true & self._truths[position].true
            false = false | self._truths[position].false
        return Masks(true, false)

    def _statuses(self, rule: PlanRule) -> Codes:
        """The status of a rule in every row: the gravest first, each written over by what goes before it."""
        applies, holds = self._scope(rule), self._all_of(rule.checks)
        excused, none_excuses = np.zeros(self._count, np.bool_), np.ones(self._count, np.bool_)
        for position, weak in zip(rule.unless, rule.weak, strict=True):
            # A weak exception that is TRUE is none that is FALSE, and excuses nothing.
            none_excuses = none_excuses & self._truths[position].false
            if not weak:
                excused = excused | self._truths[position].true
        law = self._truths[rule.law]
        by_law_alone = ~law.true & ~law.false & self._truths[rule.in_force].true & self._truths[rule.when].true
        statuses = np.full(self._count, STATUS_CODES[Status.UNDETERMINED], np.uint8)
        self._mark_not_assessed(rule, statuses)
        statuses[holds.false & (applies.true | by_law_alone)] = STATUS_CODES[Status.SUSPECTED]
        statuses[holds.false & applies.true & none_excuses] = STATUS_CODES[Status.VIOLATED]
        statuses[excused] = STATUS_CODES[Status.EXCUSED]
        statuses[holds.true] = STATUS_CODES[Status.SATISFIED]
        statuses[applies.false] = STATUS_CODES[Status.NOT_APPLICABLE]
        return statuses

    def _mark_not_assessed(self, rule: PlanRule, statuses: Codes) -> None:
        """Mark the rows in which every condition that is UNKNOWN reads what is never collected."""
        positions = dict.fromkeys(rule.positions)
        others = [position for position in positions if not self._never_known[position]]
        if len(others) == len(positions):
            return
        known = np.ones(self._count, np.bool_)
        for position in others:
            known = known & self._truths[position].known
        statuses[known] = STATUS_CODES[Status.NOT_ASSESSED]

    def _outcomes(self, statuses: Codes) -> Codes:
        """The gravest that any rule or floor asks for."""
        denied, reviewed = np.zeros(self._count, np.bool_), np.zeros(self._count, np.bool_)
        for line, rule in zip(statuses, self._plan.rules, strict=True):
            denied |= _has_status(line, [each for each in ASKING if leads_to(rule, each) is Outcome.DENY])
            reviewed |= _has_status(line, [each for each in ASKING if leads_to(rule, each) is Outcome.REVIEW])
        reviewed |= self._floors(statuses)
        outcomes = np.full(self._count, OUTCOME_CODES[Outcome.REVIEW], np.uint8)
        outcomes[self._is_surely_binding() & ~reviewed] = OUTCOME_CODES[Outcome.ALLOW]
        outcomes[denied] = OUTCOME_CODES[Outcome.DENY]
        return outcomes

    def count_assessed(self, statuses: Codes, among: Collection[int]) -> tuple[Counts, Counts]:
        """How many binding rules among some are assessed, and how many apply or may."""
        assessed, applicable = np.zeros(self._count, np.int32), np.zeros(self._count, np.int32)
        for position in among:
            line, rule = statuses[position], self._plan.rules[position]
            if rule.effect != "note":
                decided = _has_status(line, DECIDED) & self._scope(rule).true
                assessed += decided | _has_status(line, [Status.SUSPECTED])
                applicable += line != STATUS_CODES[Status.NOT_APPLICABLE]
        return assessed, applicable

    def assessed_outcomes(self, statuses: Codes, assessed: Counts, among: Collection[int]) -> Codes:
        """What the facts show of each row by some rules: the least grave first, each written over by what is graver."""
        outcomes = np.full(self._count, ASSESSED_CODES[AssessedOutcome.NOT_ASSESSABLE], np.uint8)
        outcomes[assessed > 0] = ASSESSED_CODES[AssessedOutcome.NO_BREACH_FOUND]
        for _, position in self._plan.doubts:
            outcomes[self._truths[position].true] = ASSESSED_CODES[AssessedOutcome.IN_DOUBT]
        for at in among:
            line, rule = statuses[at], self._plan.rules[at]
            for (effect, status), shown in SHOWN.items():
                if effect == rule.effect:
                    graver = (line == STATUS_CODES[status]) & (outcomes > ASSESSED_CODES[shown])
                    outcomes[graver] = ASSESSED_CODES[shown]
        return outcomes

    def _is_surely_binding(self) -> Bools:
        """Whether some deny or review rule surely applies."""
        binding = np.zeros(self._count, np.bool_)
        for rule in self._plan.rules:
            if rule.effect != "note":
                binding |= self._scope(rule).true
        return binding

    def _floors(self, statuses: Codes) -> Bools:
        """What asks for a review whatever the rules ask for, as `tally.FLOORS` counts it."""
        asked = np.zeros(self._count, np.bool_)
        for line, rule in zip(statuses, self._plan.rules, strict=True):
            if rule.effect != "note":
                asked |= self._truths[rule.law].unknown & (line != STATUS_CODES[Status.NOT_APPLICABLE])
        for _, position in self._plan.doubts:
            asked |= self._truths[position].true
        for path, position in self._plan.protective:
            unread = self._truths[position].true
            for reader in self._plan.readers[path]:
                decided = _has_status(statuses[reader], DECIDED) & self._scope(self._plan.rules[reader]).true
                unread = unread & ~decided
            asked |= unread
        return asked


def _has_status(line: Codes, statuses: Collection[Status]) -> Bools:
    """In which rows a rule has one of these statuses."""
    mask = np.zeros(len(line), np.bool_)
    for status in statuses:
        mask |= line == STATUS_CODES[status]
    return mask


__all__ = ["ArrayJudge", "ArrayVerdicts"]
