"""Rules counted by status and by what they ask for: the one fact from which the decision is inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args

from visitcheck.engines.outcomes import AssessedOutcome, Outcome, Status
from visitcheck.ir.plan import Plan, PlanRule, Truths
from visitcheck.policy.model import Effect
from visitcheck.truth import Truth, and_

SETTLED = (Status.SATISFIED, Status.EXCUSED, Status.NOT_APPLICABLE)
ASKING = (Status.VIOLATED, Status.SUSPECTED, Status.UNDETERMINED, Status.NOT_ASSESSED)
"""The statuses that ask for something; with `SETTLED` all there are."""
DECIDED = (Status.SATISFIED, Status.EXCUSED, Status.VIOLATED)
"""The statuses of a rule that has read what the visit says of it."""
SHOWN: Mapping[tuple[Effect, Status], AssessedOutcome] = MappingProxyType(
    {
        ("deny", Status.VIOLATED): AssessedOutcome.BREACH,
        ("deny", Status.SUSPECTED): AssessedOutcome.SUSPECTED,
        ("review", Status.VIOLATED): AssessedOutcome.TO_REVIEW,
        ("review", Status.SUSPECTED): AssessedOutcome.TO_REVIEW,
    }
)
"""What a rule that is not met shows of a visit, by its effect and status."""
EFFECTS: tuple[Effect, ...] = get_args(Effect)
KINDS: tuple[str, ...] = (*map(str, SETTLED), *(f"{status}_{effect}" for status in ASKING for effect in EFFECTS))
"""What rules are counted by; each rule is of one kind."""
_GRAVITY = {outcome: position for position, outcome in enumerate(AssessedOutcome)}
FLOORS: tuple[str, ...] = ("open_law", "no_law", "doubts", "unread_protective")
"""What asks for at least a review, whatever the rules ask for.

`open_law`: binding rules of which it is open whether their law binds at all. `no_law`: 1 where the policy holds no law
of the place. `doubts`: facts that contradict each other. `unread_protective`: facts that speak against the visit and
that no rule reads which is decided.
"""
COUNTS: tuple[str, ...] = ("rules", "binding", "surely_binding", "assessed", *FLOORS, *KINDS)
"""Every count: `rules` is all of them, `binding` the deny and review rules that apply or may apply, `surely_binding`
those that apply, `assessed` those of which the facts show something (`is_assessed`)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How much there is of each of `COUNTS`, and what is behind it: ids of rules, codes of doubts, paths of facts.

    `violated_deny` counts rules whose violation denies; `undetermined_deny` those that deny while undetermined.
    """

    counts: Mapping[str, int]
    behind: Mapping[str, tuple[str, ...]]
    assessed_outcome: AssessedOutcome
    """What the facts show, whatever is not said."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _load, (dict(self.counts), dict(self.behind), self.assessed_outcome)


def _load(counts: dict[str, int], behind: dict[str, tuple[str, ...]], assessed: AssessedOutcome) -> Tally:
    return Tally(MappingProxyType(counts), MappingProxyType(behind), assessed)


def scope_truth(rule: PlanRule, truths: Sequence[Truth]) -> Truth:
    """W: whether a rule applies, from the truths of all conditions."""
    return and_(truths[position] for position in rule.scope)


def is_assessed(status: Status, applies: Truth) -> bool:
    """Whether a binding rule was assessed: it is decided and surely applies, or it is suspected."""
    return status is Status.SUSPECTED or (status in DECIDED and applies is True)


def asked_effect(rule: PlanRule, status: Status) -> Effect:
    """What a rule with this status asks for, where it asks for anything."""
    if status is Status.VIOLATED:
        return rule.effect
    if status is Status.SUSPECTED and rule.on_unknown == "note" and rule.effect != "note":
        return "review"
    return rule.on_unknown


def kind_of(rule: PlanRule, status: Status) -> str:
    """Return which of `KINDS` a rule with this status is of."""
    return str(status) if status in SETTLED else f"{status}_{asked_effect(rule, status)}"


def tally_rules(plan: Plan, statuses: Sequence[Status], truths: Truths) -> Tally:
    """Count the rules of a plan, for their statuses and the truths of its conditions, both by position."""
    behind: dict[str, list[str]] = {name: [] for name in (*FLOORS, *KINDS)}
    shown: list[AssessedOutcome] = []
    binding = surely_binding = assessed = 0
    for rule, status in zip(plan.rules, statuses, strict=True):
        behind[kind_of(rule, status)].append(rule.rule.id)
        if rule.effect != "note" and status is not Status.NOT_APPLICABLE:
            binding += 1
            applies = scope_truth(rule, truths)
            surely_binding += applies is True
            assessed += is_assessed(status, applies)
            if (rule.effect, status) in SHOWN:
                shown.append(SHOWN[rule.effect, status])
            if truths[rule.law] is None:
                behind["open_law"].append(rule.rule.id)
    behind["doubts"] = [doubt.code for doubt, position in plan.doubts if truths[position] is True]
    behind["unread_protective"] = _unread(plan, statuses, truths)
    counts = {"rules": len(plan.rules), "binding": binding, "surely_binding": surely_binding, "assessed": assessed}
    counts |= {name: len(entries) for name, entries in behind.items()}
    return Tally(
        MappingProxyType(counts),
        MappingProxyType({name: tuple(each) for name, each in behind.items()}),
        _assess(shown, counts),
    )


def _assess(shown: Sequence[AssessedOutcome], counts: Mapping[str, int]) -> AssessedOutcome:
    """The gravest that is shown; a doubt is graver than nothing found, for then somebody wrote what is not so."""
    if shown:
        return min(shown, key=_GRAVITY.__getitem__)
    if counts["doubts"]:
        return AssessedOutcome.IN_DOUBT
    return AssessedOutcome.NO_BREACH_FOUND if counts["assessed"] else AssessedOutcome.NOT_ASSESSABLE


def _unread(plan: Plan, statuses: Sequence[Status], truths: Truths) -> list[str]:
    """The facts that speak against the visit and that no rule reads which surely applies and is decided."""

    def is_read(path: str) -> bool:
        return any(
            statuses[position] in DECIDED and scope_truth(plan.rules[position], truths) is True
            for position in plan.readers[path]
        )

    return [path for path, position in plan.protective if truths[position] is True and not is_read(path)]


def conclude(counts: Mapping[str, int]) -> Outcome:
    """Return the outcome that follows from counts: the gravest that any rule or floor asks for.

    `review` also where no deny or review rule surely applies.
    """
    if any(counts[f"{status}_deny"] for status in ASKING):
        return Outcome.DENY
    if any(counts[f"{status}_review"] for status in ASKING) or any(counts[floor] for floor in FLOORS):
        return Outcome.REVIEW
    return Outcome.ALLOW if counts["surely_binding"] else Outcome.REVIEW
