"""What the cases of a pack show of its rules as wholes, and what they leave unshown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from visitcheck.authoring.coverage.atoms import possible_truths
from visitcheck.authoring.run import CaseResult, RuleResult
from visitcheck.engines.status import Status
from visitcheck.policy.model import Policy, Rule, Stage

_ALWAYS = (Status.SATISFIED, Status.VIOLATED, Status.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something about a rule that no passing case shows."""

    rule: str
    missing: str

    def __str__(self) -> str:
        return f"{self.rule}: no case shows it {self.missing}"


def coverage_gaps(
    policy: Policy, results: Iterable[CaseResult], *, pack: str | None = None
) -> tuple[Gap, ...]:
    """What the passing cases leave unshown of the rules of `pack` (all rules without one).

    Each rule is to be shown satisfied, violated and undetermined, and not applicable where it has a `when`;
    in each of its stages; violated by each of its checks; and excused by each exception (undetermined by
    those that are too weak to excuse).
    """
    shown: dict[str, list[tuple[Stage, RuleResult]]] = defaultdict(list)
    for result in results:
        if result.passed:
            for rule_result in result.rules:
                shown[rule_result.rule].append((result.case.stage, rule_result))
    rules = (rule for rule in policy.rules if pack is None or rule.id.rpartition("/")[0] == pack)
    return tuple(
        Gap(rule.id, _gap_text(part, outcome))
        for rule in rules
        for part, outcome, is_shown in outcomes_of(rule, shown[rule.id])
        if not is_shown
    )


def outcomes_of(rule: Rule, shown: list[tuple[Stage, RuleResult]]) -> Iterator[tuple[str | None, str, bool]]:
    """What cases are to show of a rule: the part that brings it about, the outcome, and whether they do."""
    statuses = {rule_result.status for _, rule_result in shown}
    wanted = _ALWAYS if rule.when is None else (*_ALWAYS, Status.NOT_APPLICABLE)
    yield from ((None, status.value, status in statuses) for status in wanted)
    stages = {stage for stage, _ in shown}
    yield from ((None, f"stage {stage}", stage in stages) for stage in rule.stages)
    for check in rule.require:
        if False not in possible_truths(check.condition.expr):
            continue
        violated = any(each.status is Status.VIOLATED and (check.name, False) in each.checks for _, each in shown)
        yield f"check {check.name}", Status.VIOLATED.value, violated
    for excuse in rule.unless:
        status = Status.UNDETERMINED if excuse.weak else Status.EXCUSED
        excused = any(each.status is status and (excuse.id, True) in each.unless for _, each in shown)
        yield f"unless {excuse.id}", status.value, excused


def _gap_text(part: str | None, outcome: str) -> str:
    if part is None:
        return f"at the stage `{outcome.removeprefix('stage ')}`" if outcome.startswith("stage ") else outcome
    kind, _, name = part.partition(" ")
    return f"{outcome} by its {'check' if kind == 'check' else 'exception'} `{name}`"
