"""Rules counted by status and by what they ask for: the one fact from which the decision is inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

from visitcheck.engines.outcomes import Outcome, Status
from visitcheck.ir.plan import PlanRule
from visitcheck.policy.model import Effect

_SETTLED = (Status.SATISFIED, Status.EXCUSED, Status.NOT_APPLICABLE)
_ASKING = (Status.VIOLATED, Status.UNDETERMINED, Status.NOT_ASSESSED)
EFFECTS: tuple[Effect, ...] = get_args(Effect)
KINDS: tuple[str, ...] = (*map(str, _SETTLED), *(f"{status}_{effect}" for status in _ASKING for effect in EFFECTS))
"""What rules are counted by; each rule is of one kind."""
COUNTS: tuple[str, ...] = ("rules", "binding", *KINDS)
"""Every count: `rules` is all of them, `binding` the deny and review rules that apply or may apply."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rules there are of each kind (`COUNTS`), and the ids of the rules of each kind (`KINDS`).

    `violated_deny` counts rules whose violation denies; `undetermined_deny` those that deny while undetermined.
    """

    counts: Mapping[str, int]
    rules: Mapping[str, tuple[str, ...]]


def kind_of(rule: PlanRule, status: Status) -> str:
    """Return which of `KINDS` a rule with this status is of."""
    if status in _SETTLED:
        return str(status)
    return f"{status}_{rule.effect if status is Status.VIOLATED else rule.on_unknown}"


def tally_rules(rules: Sequence[PlanRule], statuses: Sequence[Status]) -> Tally:
    """Count the rules of a plan, for their statuses by position."""
    ids: dict[str, list[str]] = {name: [] for name in KINDS}
    binding = 0
    for rule, status in zip(rules, statuses, strict=True):
        ids[kind_of(rule, status)].append(rule.rule.id)
        binding += rule.effect != "note" and status is not Status.NOT_APPLICABLE
    counts = {"rules": len(rules), "binding": binding} | {name: len(of_kind) for name, of_kind in ids.items()}
    return Tally(MappingProxyType(counts), MappingProxyType({name: tuple(of_kind) for name, of_kind in ids.items()}))


def conclude(counts: Mapping[str, int], *, without: Sequence[Status] = ()) -> Outcome:
    """Return the outcome that follows from counts: the gravest that any rule asks for, `review` where no rule binds.

    Rules with a status of `without` are passed over.
    """
    asking = [status for status in _ASKING if status not in without]
    for effect, outcome in (("deny", Outcome.DENY), ("review", Outcome.REVIEW)):
        if any(counts[f"{status}_{effect}"] for status in asking):
            return outcome
    return Outcome.ALLOW if counts["binding"] else Outcome.REVIEW
