"""What the cases of a pack show of its rules, and what they leave unshown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from visitcheck.authoring.run import CaseResult, Found
from visitcheck.engines.status import Status
from visitcheck.policy.model import Policy, Rule

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
    shown: dict[str, list[tuple[str, Found]]] = defaultdict(list)
    for result in results:
        if result.passed:
            for found in result.found:
                shown[found.rule].append((result.case.stage, found))
    rules = (rule for rule in policy.rules if pack is None or rule.id.rpartition("/")[0] == pack)
    return tuple(Gap(rule.id, missing) for rule in rules for missing in _missing(rule, shown[rule.id]))


def _missing(rule: Rule, shown: list[tuple[str, Found]]) -> Iterable[str]:
    statuses = {found.status for _, found in shown}
    wanted = _ALWAYS if rule.when is None else (*_ALWAYS, Status.NOT_APPLICABLE)
    yield from (status for status in wanted if status not in statuses)
    stages = {stage for stage, _ in shown}
    yield from (f"at the stage `{stage}`" for stage in rule.stages if stage not in stages)
    for check in rule.require:
        if not any(
            found.status is Status.VIOLATED and (check.name, False) in found.checks for _, found in shown
        ):
            yield f"violated by its check `{check.name}`"
    for excuse in rule.unless:
        status = Status.UNDETERMINED if excuse.weak else Status.EXCUSED
        if not any(found.status is status and (excuse.id, True) in found.unless for _, found in shown):
            yield f"{status} by its exception `{excuse.id}`"
