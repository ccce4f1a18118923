"""One function makes every finding, so that gate and audit agree on its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType

from visitcheck.engines.status import Outcome, Status, leads_to
from visitcheck.errors import Problem
from visitcheck.facts import Visit
from visitcheck.facts.doubts import Doubt
from visitcheck.gate.explain import Explanation, Read, deciding_tree, explain
from visitcheck.gate.margins import Margin, measure_margins
from visitcheck.gate.messages import fill_message
from visitcheck.ir.nodes import Expr, Value
from visitcheck.ir.plan import Plan, PlanRule, Truths
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy.model import Citation, Condition, Excuse, Text
from visitcheck.truth import Truth

_PLACE = re.compile(r"\[\d+\]")


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
class Support:
    """What supports a finding. `left_out` counts the list elements that decided as well and are not told of."""

    checks: tuple[CheckResult, ...]
    exceptions: tuple[CheckResult, ...]
    evidence: tuple[Read, ...]
    missing: tuple[str, ...]
    left_out: int = 0
    law_facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A rule's status on a visit with what supports it.

    `leads_to` is what this finding asks of the outcome. `evidence` holds the facts read where it was decided;
    `missing` what is wanting there. Of a suspected rule `open_exceptions` are the exceptions, by id, that may yet
    excuse it. `law_open` says that it binds only if its pack's law binds, and `law_facts` what would settle that.
    Checks, exceptions, evidence and what is missing are worked out when first asked for.
    """

    rule: str
    title: Text
    status: Status
    leads_to: Outcome
    message: Text
    remedy: Text | None
    cites: tuple[Citation, ...]
    find_support: Callable[[], Support] = field(repr=False, compare=False)
    open_exceptions: tuple[str, ...] = ()
    law_open: bool = False

    @cached_property
    def support(self) -> Support:
        """What supports it."""
        return self.find_support()

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """The rule's checks, with what each came to and by how much."""
        return self.support.checks

    @property
    def exceptions(self) -> tuple[CheckResult, ...]:
        """The rule's exceptions, with what each came to."""
        return self.support.exceptions

    @property
    def evidence(self) -> tuple[Read, ...]:
        """The facts read where it was decided; of a long list some, see `evidence_left_out`."""
        return self.support.evidence

    @property
    def evidence_left_out(self) -> int:
        """How many list elements decided as well and are left out of the evidence."""
        return self.support.left_out

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not known where it was decided, or does not say enough."""
        return self.support.missing

    @property
    def law_facts(self) -> tuple[str, ...]:
        """What would settle whether the pack's law binds, where that is open."""
        return self.support.law_facts


@dataclass(frozen=True, slots=True)
class DoubtFinding:
    """Facts of the visit that cannot well be true together; `evidence` has those read, with their places."""

    code: str
    facts: tuple[str, ...]
    text: Text
    help: str
    evidence: tuple[Read, ...]

    def problem(self) -> Problem:
        """Make the problem for which a proposal with this doubt is refused, at the first of its facts."""
        places = (read.fact for read in self.evidence)
        first = next((place for place in places if _PLACE.sub("[]", place) == self.facts[0]), self.facts[0])
        return Problem(self.code, f"{self.text.en} ({', '.join(self.facts)})", self.help, path=f"$.{first}")


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
    law_open = truths[rule.law] is None and status is not Status.NOT_APPLICABLE
    still_open = tuple(excuse.id for excuse, at in _excuses(rule) if truths[at] is not False)
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
        cites=_citations(rule, truths),
        find_support=partial(_find_support, plan, rule, status, truths, visit),
        open_exceptions=still_open if status is Status.SUSPECTED else (),
        law_open=law_open,
    )


def _find_support(plan: Plan, rule: PlanRule, status: Status, truths: Truths, visit: Visit) -> Support:
    """Look up what supports a finding; the conditions of a rule share much, so they are read together."""
    reading = CachedInterpretation(visit)

    def result(name: str, condition: Condition, at: int) -> CheckResult:
        return CheckResult(name, condition.text, truths[at], measure_margins(condition.expr, visit, reading))

    checks = zip(rule.rule.require, rule.checks, strict=True)
    reads, left_out = _deciding_reads(rule, status, visit, reading)
    return Support(
        checks=tuple(result(check.name, check.condition, at) for check, at in checks),
        exceptions=tuple(result(excuse.id, excuse.condition, at) for excuse, at in _excuses(rule)),
        evidence=tuple(read for read in reads if read.value is not None),
        missing=tuple(read.fact for read in reads if read.missing),
        left_out=left_out,
        law_facts=facts_that_settle(plan, rule.law, visit) if truths[rule.law] is None else (),
    )


def make_doubt(doubt: Doubt, condition: Expr, visit: Visit) -> DoubtFinding:
    """What is said of a doubt whose condition is TRUE on this visit."""
    reads = {read.fact: read for read in deciding_tree(condition, visit, CachedInterpretation(visit)).deciding_reads()}
    text = Text(en=doubt.en, zh=doubt.zh)
    return DoubtFinding(doubt.code, doubt.facts, text, doubt.help, tuple(reads.values()))


def facts_that_settle(plan: Plan, position: int, visit: Visit) -> tuple[str, ...]:
    """The facts for whose want the condition at `position` is open; all that it reads where none of them is missing."""
    tree = deciding_tree(plan.conditions[position], visit, CachedInterpretation(visit))
    missing = {read.fact for read in tree.deciding_reads() if read.missing}
    return tuple(sorted(missing or {path.partition("[]")[0] for path in plan.facts_of(position)}))


def _excuses(rule: PlanRule) -> Iterator[tuple[Excuse, int]]:
    yield from zip(rule.rule.unless, rule.unless, strict=True)


def _citations(rule: PlanRule, truths: Truths) -> tuple[Citation, ...]:
    """Collect the rule's citations, and those of the exceptions that hold."""
    holding = (excuse.cites for excuse, at in _excuses(rule) if truths[at])
    return (*rule.rule.cites, *(cite for cites in holding for cite in cites))


def explain_rule(rule: PlanRule, status: Status, visit: Visit) -> RuleExplanation:
    """Make the tree of every condition of a rule, with the margins of its checks."""
    reading = CachedInterpretation(visit)
    return RuleExplanation(
        rule=rule.rule.id,
        title=rule.rule.title,
        status=status,
        applies=explain(rule.rule.application, visit, reading),
        checks=tuple((check.name, explain(check.condition.expr, visit, reading)) for check in rule.rule.require),
        exceptions=tuple((excuse.id, explain(excuse.condition.expr, visit, reading)) for excuse in rule.rule.unless),
        cites=rule.rule.cites,
        margins=MappingProxyType(
            {check.name: measure_margins(check.condition.expr, visit, reading) for check in rule.rule.require}
        ),
    )


def _deciding_reads(
    rule: PlanRule, status: Status, visit: Visit, reading: CachedInterpretation
) -> tuple[tuple[Read, ...], int]:
    """Collect the facts that decided, each once: those of the conditions that kept the rule from being satisfied.

    Beside them comes how many list elements that decided are left out.
    """

    def value(expr: Expr) -> Value:
        return reading.interpret(expr, {})

    conditions: list[Expr] = []
    if status is not Status.VIOLATED:
        # What excuses or might excuse comes first: it explains why this is no violation. A weak one that holds might.
        wanted = (True,) if status is Status.EXCUSED else (None, True)
        exceptions = (excuse.condition.expr for excuse in rule.rule.unless)
        conditions += [expr for expr in exceptions if value(expr) in wanted]
    if value(rule.rule.application) is None:
        conditions.append(rule.rule.application)
    conditions += [check.condition.expr for check in rule.rule.require if value(check.condition.expr) is not True]
    reads: dict[str, Read] = {}
    left_out = 0
    for condition in conditions:
        tree = deciding_tree(condition, visit, reading)
        left_out += tree.deciding_left_out()
        for read in tree.deciding_reads():
            reads.setdefault(read.fact, read)
    return tuple(reads.values()), left_out
