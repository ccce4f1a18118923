"""One function makes every finding, so that gate and audit agree on its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from visitcheck.concurrency import cached_property
from visitcheck.engines.status import Outcome, Status, leads_to
from visitcheck.engines.tally import scope_truth
from visitcheck.errors import Problem
from visitcheck.facts import Visit
from visitcheck.facts.doubts import Doubt
from visitcheck.facts.groups.elsewhere import Contradiction
from visitcheck.gate.explain import Explanation, Read, deciding_tree, explain
from visitcheck.gate.margins import Margin, measure_margins
from visitcheck.gate.messages import MessageFiller
from visitcheck.ir.nodes import Expr
from visitcheck.ir.plan import Plan, PlanRule, Truths
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy.model import Citation, Condition, Excuse, Message, Text
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


class Support:
    """What supports a finding, each part worked out when first asked for."""

    def __init__(
        self, deciding: DecidingReads, rule: PlanRule, status: Status, truths: Truths, reading: CachedInterpretation
    ) -> None:
        self._deciding = deciding
        self.rule = rule
        self._status = status
        self._truths = truths
        self._reading = reading

    def __getstate__(self) -> dict[str, object]:
        """Keep what supports the finding, and not what it was worked out from."""
        return {name: getattr(self, name) for name in ("checks", "exceptions", "_reads", "law_facts")}

    @cached_property
    def checks(self) -> tuple[CheckResult, ...]:
        """The rule's checks, with what each came to and by how much."""
        checks = zip(self.rule.rule.require, self.rule.checks, strict=True)
        return tuple(self._result(check.name, check.condition, at) for check, at in checks)

    @cached_property
    def exceptions(self) -> tuple[CheckResult, ...]:
        """The rule's exceptions, with what each came to."""
        return tuple(self._result(excuse.id, excuse.condition, at) for excuse, at in _excuses(self.rule))

    def _result(self, name: str, condition: Condition, at: int) -> CheckResult:
        return CheckResult(name, condition.text, self._truths[at], measure_margins(condition.expr, self._reading))

    @cached_property
    def _reads(self) -> tuple[tuple[Read, ...], int]:
        return _deciding_reads(self.rule, self._status, self._truths, self._deciding)

    @cached_property
    def evidence(self) -> tuple[Read, ...]:
        """The facts read where it was decided; of a long list some."""
        return tuple(read for read in self._reads[0] if read.value is not None)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What is not known where it was decided, or does not say enough."""
        return tuple(read.fact for read in self._reads[0] if read.missing)

    @property
    def left_out(self) -> int:
        """How many list elements decided as well and are left out of the evidence."""
        return self._reads[1]

    @cached_property
    def law_facts(self) -> tuple[str, ...]:
        """What would settle whether the pack's law binds, where that is open."""
        law = self.rule.law
        return self._deciding.facts_that_settle(law) if self._truths[law] is None else ()


class DecidingReads:
    """What decided the conditions of a plan on one visit, each worked out once: rules share conditions."""

    def __init__(self, plan: Plan, reading: CachedInterpretation) -> None:
        self._plan = plan
        self._reading = reading
        self._known: dict[int, tuple[tuple[Read, ...], int]] = {}
        self._settling: dict[int, tuple[str, ...]] = {}

    def of(self, position: int) -> tuple[tuple[Read, ...], int]:
        """The facts that decided the condition at `position`, and how many list elements that did are left out."""
        known = self._known.get(position)
        if known is None:
            tree = deciding_tree(self._plan.conditions[position], self._reading)
            known = self._known[position] = tuple(tree.deciding_reads()), tree.deciding_left_out()
        return known

    def facts_that_settle(self, position: int) -> tuple[str, ...]:
        """The facts for whose want a condition is open; all that it reads where none of them is missing."""
        known = self._settling.get(position)
        if known is None:
            missing = {read.fact for read in self.of(position)[0] if read.missing}
            facts = missing or {path.partition("[]")[0] for path in self._plan.facts_of(position)}
            known = self._settling[position] = tuple(sorted(facts))
        return known


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
    support: Support = field(repr=False, compare=False)
    open_exceptions: tuple[str, ...] = ()
    law_open: bool = False

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


class FindingMaker:
    """Makes the findings on one visit, which share their texts and what is read of the visit."""

    def __init__(self, plan: Plan, reading: CachedInterpretation, zone: str | None) -> None:
        self.reading = reading
        self.deciding = DecidingReads(plan, reading)
        self._plan = plan
        self._filler = MessageFiller(reading, zone)

    def fill(self, message: Message | None) -> Text | None:
        """Fill in a message or a remedy from the visit."""
        return None if message is None else self._filler.fill(message)

    def make(self, position: int, status: Status, truths: Truths) -> Finding:
        """Make the finding on the rule at `position` in the plan."""
        rule = self._plan.rules[position]
        of_rule = rule.rule
        return Finding(
            rule=of_rule.id,
            title=of_rule.title,
            status=status,
            leads_to=leads_to(rule, status),
            message=self._filler.fill(of_rule.message),
            # Where an exception holds there is nothing to mend.
            remedy=None if status is Status.EXCUSED else self.fill(of_rule.remedy),
            cites=_citations(rule, truths),
            support=Support(self.deciding, rule, status, truths, self.reading),
            open_exceptions=_open_exceptions(rule, truths) if status is Status.SUSPECTED else (),
            law_open=truths[rule.law] is None and status is not Status.NOT_APPLICABLE,
        )


def _open_exceptions(rule: PlanRule, truths: Truths) -> tuple[str, ...]:
    return tuple(excuse.id for excuse, at in _excuses(rule) if truths[at] is not False)


def make_doubt(doubt: Doubt, condition: Expr, visit: Visit) -> DoubtFinding:
    """What is said of a doubt whose condition is TRUE on this visit."""
    reads = {read.fact: read for read in deciding_tree(condition, CachedInterpretation(visit)).deciding_reads()}
    text = Text(en=doubt.en, zh=doubt.zh)
    if doubt.contradiction is None:
        return DoubtFinding(doubt.code, doubt.facts, text, doubt.help, tuple(reads.values()))
    # Told in words: what the record says is no fact of the visit any more, which is judged by what is said elsewhere.
    told = [each for each in visit.contradictions or () if each.kind == doubt.contradiction]
    facts = tuple(dict.fromkeys(each.path or "contradictions" for each in told))
    en, zh = ([_say_contradiction(each, *words) for each in told[:_TOLD]] for words in _SAID)
    if len(told) > _TOLD:
        en.append(f"{len(told) - _TOLD} more")
        zh.append(f"另有 {len(told) - _TOLD} 项")
    text = Text(en=f"{doubt.en.rstrip('.')}: {'; '.join(en)}.", zh=f"{doubt.zh.rstrip('。')}：{'；'.join(zh)}。")
    return DoubtFinding(doubt.code, facts, text, doubt.help, ())


_TOLD = 5
_SAID = (("the record says", "elsewhere"), ("记录为", "另处为"))


def _say_contradiction(each: Contradiction, record: str, elsewhere: str) -> str:
    values = ((record, each.stated), (elsewhere, each.elsewhere))
    said = ", ".join(f"{words} {value}" for words, value in values if value is not None)
    name = f"`{each.path or 'contradictions'}`" + (f" ({each.id})" if each.id is not None else "")
    return f"{name}: {said}" if said else name


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
        applies=explain(rule.rule.application, reading),
        checks=tuple((check.name, explain(check.condition.expr, reading)) for check in rule.rule.require),
        exceptions=tuple((excuse.id, explain(excuse.condition.expr, reading)) for excuse in rule.rule.unless),
        cites=rule.rule.cites,
        margins=MappingProxyType(
            {check.name: measure_margins(check.condition.expr, reading) for check in rule.rule.require}
        ),
    )


def _deciding_reads(
    rule: PlanRule, status: Status, truths: Truths, deciding: DecidingReads
) -> tuple[tuple[Read, ...], int]:
    """Collect the facts that decided, each once: those of the conditions that kept the rule from being satisfied.

    Beside them comes how many list elements that decided are left out.
    """
    positions: list[int] = []
    if status is not Status.VIOLATED:
        # What excuses or might excuse comes first: it explains why this is no violation. A weak one that holds might.
        wanted = (True,) if status is Status.EXCUSED else (None, True)
        positions += [at for at in rule.unless if truths[at] in wanted]
    if scope_truth(rule, truths) is None:
        positions += [at for at in (rule.in_force, rule.law, rule.when) if truths[at] is None]
    positions += [at for at in rule.checks if truths[at] is not True]
    reads: dict[str, Read] = {}
    left_out = 0
    for position in positions:
        of_condition, more = deciding.of(position)
        left_out += more
        for read in of_condition:
            reads.setdefault(read.fact, read)
    return tuple(reads.values()), left_out
