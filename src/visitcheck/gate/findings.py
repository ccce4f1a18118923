"""One function makes every finding, so that gate and audit agree on its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from visitcheck.engines.status import Outcome, Status, leads_to
from visitcheck.facts import Visit
from visitcheck.gate.explain import Explanation, Read, explain
from visitcheck.gate.margins import Margin, measure_margins
from visitcheck.gate.messages import fill_message
from visitcheck.ir.plan import Plan, PlanRule, Truths
from visitcheck.policy.model import Citation, Text
from visitcheck.truth import Truth


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One named check of a rule, or the condition of one of its exceptions, and what it came to.

    `margins` say by how much it passed or failed, where it compares with a threshold.
    """

    name: str
    text: str
    truth: Truth
    margins: tuple[Margin, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's status on a visit with what supports it.

    `leads_to` is what this finding asks of the outcome. `evidence` holds the facts read where it was decided;
    `missing` those that are not known there.
    """

    rule: str
    title: Text
    status: Status
    leads_to: Outcome
    message: Text
    remedy: Text | None
    checks: tuple[CheckResult, ...]
    exceptions: tuple[CheckResult, ...]
    evidence: tuple[Read, ...]
    missing: tuple[str, ...]
    cites: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """The full tree of one rule on one visit: every condition with truth and values read.

    `margins` has those of each check, by its name.
    """

    rule: str
    title: Text
    status: Status
    applies: Explanation
    checks: tuple[tuple[str, Explanation], ...]
    exceptions: tuple[tuple[str, Explanation], ...]
    cites: tuple[Citation, ...]
    margins: Mapping[str, tuple[Margin, ...]]


def make_finding(plan: Plan, position: int, status: Status, truths: Truths, visit: Visit, zone: str | None) -> Finding:
    """Make the finding on the rule at `position` in the plan, its texts with times in `zone`."""
    rule = plan.rules[position]
    tree = explain_rule(rule, status, visit)
    reads = _deciding_reads(tree)
    return Finding(
        rule=rule.rule.id,
        title=rule.rule.title,
        status=status,
        leads_to=leads_to(rule, status),
        message=fill_message(rule.rule.message, visit, zone),
        # Where an exception holds there is nothing to mend.
        remedy=fill_message(rule.rule.remedy, visit, zone)
        if rule.rule.remedy and status is not Status.EXCUSED
        else None,
        checks=tuple(
            CheckResult(check.name, check.condition.text, truths[at], tree.margins[check.name])
            for check, at in zip(rule.rule.require, rule.checks, strict=True)
        ),
        exceptions=tuple(
            CheckResult(excuse.id, excuse.condition.text, truths[at], measure_margins(excuse.condition.expr, visit))
            for excuse, at in zip(rule.rule.unless, rule.unless, strict=True)
        ),
        evidence=tuple(read for read in reads if read.value is not None),
        missing=tuple(read.fact for read in reads if read.value is None),
        cites=_citations(rule, truths),
    )


def _citations(rule: PlanRule, truths: Truths) -> tuple[Citation, ...]:
    """Collect the rule's citations, and those of the exceptions that hold."""
    holding = (excuse.cites for excuse, at in zip(rule.rule.unless, rule.unless, strict=True) if truths[at])
    return (*rule.rule.cites, *(cite for cites in holding for cite in cites))


def explain_rule(rule: PlanRule, status: Status, visit: Visit) -> RuleExplanation:
    """Make the tree of every condition of a rule, with the margins of its checks."""
    return RuleExplanation(
        rule=rule.rule.id,
        title=rule.rule.title,
        status=status,
        applies=explain(rule.rule.application, visit),
        checks=tuple((check.name, explain(check.condition.expr, visit)) for check in rule.rule.require),
        exceptions=tuple((excuse.id, explain(excuse.condition.expr, visit)) for excuse in rule.rule.unless),
        cites=rule.rule.cites,
        margins=MappingProxyType(
            {check.name: measure_margins(check.condition.expr, visit) for check in rule.rule.require}
        ),
    )


def _deciding_reads(tree: RuleExplanation) -> list[Read]:
    """Collect the facts that decided, each once: those of the conditions that kept the rule from being satisfied."""
    conditions = [explanation for _, explanation in tree.checks if explanation.value is not True]
    if tree.applies.value is None:
        conditions.insert(0, tree.applies)
    if tree.status is not Status.VIOLATED:
        wanted = True if tree.status is Status.EXCUSED else None
        # What excuses or might excuse comes first: it explains why this is no violation.
        conditions[:0] = [explanation for _, explanation in tree.exceptions if explanation.value is wanted]
    reads: dict[str, Read] = {}
    for condition in conditions:
        for read in condition.deciding_reads():
            reads.setdefault(read.fact, read)
    return list(reads.values())
