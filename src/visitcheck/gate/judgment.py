"""The gate's answer on one visit: outcome, and on demand why, with the articles of law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Self, TypeAlias, cast

from visitcheck.concurrency import cached_property
from visitcheck.engines.status import Outcome, Status, Verdict, leads_to
from visitcheck.engines.tally import scope_truth
from visitcheck.errors import Problem
from visitcheck.facts import Visit
from visitcheck.gate.engine_pair import ENGINE_PROBLEMS, EnginePair
from visitcheck.gate.findings import (
    DoubtFinding,
    Finding,
    FindingMaker,
    RuleExplanation,
    explain_rule,
    make_doubt,
)
from visitcheck.gate.messages import display_zone
from visitcheck.gate.remedies.model import Remedies
from visitcheck.gate.selectors import open_law_problems
from visitcheck.ir.plan import LaterRule, Plan, Truths
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy.model import Citation, Policy, Relaxation, Rule, Stage, Text
from visitcheck.truth import Truth

_FINDINGS = (Status.VIOLATED, Status.SUSPECTED, Status.UNDETERMINED, Status.NOT_ASSESSED, Status.EXCUSED)
_OPEN = (Status.SUSPECTED, Status.UNDETERMINED, Status.NOT_ASSESSED)
AsOfSource: TypeAlias = Literal["visit", "clock"]


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """The status of one rule of the policy on this visit."""

    rule: str
    title: Text
    status: Status


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that is missing and could change the outcome, with the rules that ask for it."""

    fact: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoorDuty:
    """A duty that begins at the door: a rule for the recorded visit that this proposal will meet."""

    rule: str
    title: Text
    remedy: Text | None
    cites: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """From the statuses of the rules to the outcome.

    `counts` are the rules by what they ask for (`engines.tally.COUNTS`; `undetermined_review` counts the
    undetermined rules that ask for a review) and the floors, `behind` has what is behind them: ids of rules, codes of
    doubts, paths of facts. `answers` is the outcome that each engine concluded from its own counts: None where it
    broke. durable-rules infers it from one fact that holds the counts.
    """

    counts: Mapping[str, int]
    behind: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Outcome | None]

    def __reduce__(self) -> tuple[Any, ...]:
        return _load_trail, (dict(self.counts), dict(self.behind), dict(self.answers))


def _load_trail(*parts: dict[str, Any]) -> Trail:
    return Trail(*map(MappingProxyType, parts))


class Judgment:
    """What the policy says of one visit. Only `allowed` lets a visit go ahead.

    The outcome is there at once; everything that explains it is worked out when first asked for.

    It can be copied and pickled. A pickle holds all that was judged, and not the policy: `policy`, `explain`, what is
    said to one reader, and remedies that were not asked for before, raise `LookupError` on a decision that was
    unpickled.
    """

    __slots__ = (
        "__dict__",
        "_answers",
        "_engine_pair",
        "_plan",
        "_problems",
        "_truths",
        "by_clock",
        "engines",
        "outcome",
        "verdict",
        "visit",
    )

    def __init__(
        self,
        plan: Plan,
        visit: Visit,
        verdict: Verdict,
        truths: Truths,
        *,
        engines: tuple[str, ...],
        outcome: Outcome | None = None,
        answers: Mapping[str, Outcome | None] | None = None,
        problems: tuple[Problem, ...] = (),
        engine_pair: EnginePair | None = None,
        by_clock: bool = False,
    ) -> None:
        self._plan: Plan | None = plan
        self.visit = visit
        self.verdict = verdict
        self.outcome: Outcome = verdict.outcome if outcome is None else outcome
        self.engines = engines
        self._answers = answers
        self._problems = problems
        self.by_clock = by_clock
        self._truths = truths
        self._engine_pair = engine_pair

    @property
    def allowed(self) -> bool:
        """Whether the visit may go ahead (proposed), or was compliant (recorded): True for `allow` alone."""
        return self.outcome is Outcome.ALLOW

    def __copy__(self) -> Self:
        return self  # nothing in it changes

    def __deepcopy__(self, _: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {name: getattr(self, name) for name in _JUDGED}
        kept |= {name: self.__dict__[name] for name in ("remedies",) if name in self.__dict__}
        slots = {name: getattr(self, name) for name in ("visit", "verdict", "outcome", "engines", "by_clock")}
        return _load, (type(self), slots, kept)

    @property
    def plan(self) -> Plan:
        """The policy's rules for visits of this stage; raises `LookupError` on a decision that was unpickled."""
        if self._plan is None:
            raise LookupError(
                f"a decision that was unpickled does not hold the policy (digest {self.policy_digest}): ask the gate"
            )
        return self._plan

    @property
    def policy(self) -> Policy:
        """The policy that was asked."""
        return self.plan.policy

    @cached_property
    def policy_name(self) -> str:
        """The policy's name."""
        return self.policy.name

    @cached_property
    def pack_versions(self) -> dict[str, str]:
        """The version of each pack of the policy, by its id."""
        return {pack.id: pack.version for pack in self.policy.packs}

    @cached_property
    def policy_digest(self) -> str:
        """The digest of the policy's meaning."""
        return self.policy.digest

    @cached_property
    def relaxations(self) -> tuple[Relaxation, ...]:
        """Where the policy loosens another pack."""
        return self.policy.relaxations

    @property
    def visit_id(self) -> str:
        """The visit's id."""
        return "" if self.visit.visit is None else str(self.visit.visit.id)

    @cached_property
    def stage(self) -> Stage:
        """`proposed` or `recorded`."""
        return self.plan.stage

    @property
    def as_of(self) -> int | None:
        """The moment of judging, in microseconds since 1970 UTC; None where the record gives none."""
        return None if self.visit.visit is None else self.visit.visit.as_of

    @property
    def as_of_source(self) -> AsOfSource | None:
        """Who gave the moment of judging: `visit` (also where it was given beside it), or the gate's own `clock`."""
        if self.as_of is None:
            return None
        return "clock" if self.by_clock else "visit"

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What kept the gate from a plain answer, also the facts for whose want it is open which laws bind."""
        if not self.verdict.tally.counts["open_law"]:
            return self._problems
        return (*self._problems, *open_law_problems(self._open_laws))

    @cached_property
    def _open_laws(self) -> dict[str, tuple[str, ...]]:
        """For each fact that would settle whether laws bind, the binding rules of which that is open."""
        open_rules = set(self.trail.behind["open_law"])
        by_fact: dict[str, list[str]] = {}
        for rule in self.plan.rules:
            if rule.rule.id in open_rules:
                for fact in self._maker.deciding.facts_that_settle(rule.law):
                    by_fact.setdefault(fact, []).append(rule.rule.id)
        return {fact: tuple(rules) for fact, rules in sorted(by_fact.items())}

    @cached_property
    def zone(self) -> str | None:
        """The zone in which times are shown: the visit's own, else that of the first pack that names one."""
        return display_zone(self.policy, self.visit)

    @cached_property
    def rules(self) -> tuple[RuleStatus, ...]:
        """The status of every rule of the policy; rules for the other stage are not applicable."""
        return tuple(RuleStatus(rule.id, rule.title, status) for rule, status in self._status_of_each)

    @cached_property
    def status_words(self) -> dict[str, str]:
        """The word for the status of each of `rules`, by rule id."""
        return {rule.id: str(status) for rule, status in self._status_of_each}

    @property
    def _status_of_each(self) -> Iterator[tuple[Rule, Status]]:
        statuses = self.verdict.statuses
        for rule, position in self.plan.policy_positions:
            yield rule, Status.NOT_APPLICABLE if position is None else statuses[position]

    @cached_property
    def trail(self) -> Trail:
        """How the outcome was reached: the rules counted by status and effect, and what each engine concluded."""
        answers = self._answers or dict.fromkeys(self.engines, self.verdict.outcome)
        tally = self.verdict.tally
        return Trail(tally.counts, tally.behind, MappingProxyType(dict(answers)))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Violated, suspected, undetermined, not assessed and excused rules, the gravest first, as in the policy."""
        findings = [self._finding(position) for position, status in self._statuses() if status in _FINDINGS]
        order = {status: rank for rank, status in enumerate(_FINDINGS)}
        return tuple(sorted(findings, key=lambda finding: (-finding.leads_to.severity, order[finding.status])))

    def _statuses(self) -> Iterator[tuple[int, Status]]:
        yield from enumerate(self.verdict.statuses)

    def _finding(self, position: int) -> Finding:
        return self._maker.make(position, self.verdict.statuses[position], self._truths)

    @cached_property
    def _maker(self) -> FindingMaker:
        """What findings, needs and duties share of the visit."""
        return FindingMaker(self.plan, CachedInterpretation(self.visit, self.plan.looks), self.zone)

    @cached_property
    def doubts(self) -> tuple[DoubtFinding, ...]:
        """Facts of the visit that cannot well be true together. Only a recorded visit is judged with one."""
        return tuple(
            make_doubt(doubt, self.plan.conditions[position], self.visit)
            for doubt, position in self.plan.doubts
            if self._truths[position] is True
        )

    @property
    def unread(self) -> tuple[str, ...]:
        """The facts that speak against the visit and that no rule reads which applies and is decided."""
        return self.trail.behind["unread_protective"]

    @cached_property
    def not_stated(self) -> tuple[str, ...]:
        """The facts that would speak against a visit and of which nothing is said, or not all."""
        return tuple(
            path for path, at in self.plan.protective if path not in self.plan.states and self._truth(at) is None
        )

    @cached_property
    def _engines_failed(self) -> bool:
        return any(problem.code in ENGINE_PROBLEMS for problem in self._problems)

    def _truth(self, position: int) -> Truth:
        """The truth of a condition, also where the engines gave none on which to rely."""
        if self._engines_failed:
            return cast("Truth", self._maker.reading.interpret(self.plan.conditions[position], {}))
        return self._truths[position]

    @cached_property
    def kept_if_it_applies(self) -> int:
        """How many satisfied rules are kept only if they apply, which is open."""
        return sum(
            status is Status.SATISFIED and scope_truth(self.plan.rules[position], self._truths) is None
            for position, status in self._statuses()
        )

    @cached_property
    def silent_rules(self) -> frozenset[str]:
        """The rules that ask for nothing and are open where `not_stated` says all there is to say."""
        readers = {position for path in self.not_stated for position in self.plan.readers[path]}
        return frozenset(
            self.plan.rules[position].rule.id
            for position, status in self._statuses()
            if position in readers
            and status is Status.UNDETERMINED
            and leads_to(self.plan.rules[position], status) is Outcome.ALLOW
        )

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """The missing facts that could change the outcome, each with the rules that ask for it."""
        firm = max(
            (finding.leads_to for finding in self.findings if finding.status is Status.VIOLATED),
            default=Outcome.ALLOW,
        )
        asked: dict[str, list[str]] = {}
        for finding in self.findings:
            if finding.status in _OPEN and self._could_reach(finding) > firm:
                for fact in dict.fromkeys((*finding.missing, *finding.law_facts)):
                    asked.setdefault(fact, []).append(finding.rule)
        if firm < Outcome.REVIEW and self.verdict.tally.counts["open_law"]:
            for fact, rules in self._open_laws.items():
                known = asked.setdefault(fact, [])
                known.extend(rule for rule in rules if rule not in known)
        return tuple(Need(fact, tuple(rules)) for fact, rules in sorted(asked.items()))

    def _could_reach(self, finding: Finding) -> Outcome:
        return max(leads_to(finding.support.rule, Status.VIOLATED), finding.leads_to)

    @cached_property
    def remedies(self) -> Remedies:
        """For a proposal that is not allowed: the least that would make it lawful, and what nothing settles.

        Worked out when first asked for, which takes hundreds of evaluations; see `docs/remedies.md`.
        """
        if self.allowed or self._problems or self.stage != "proposed" or self.as_of is None:
            return Remedies(self.outcome, (), ())  # nothing to mend, or nothing that an unsure engine can settle
        from visitcheck.gate.remedies.search import find_remedies

        return find_remedies(self.plan, self.visit, self.zone, self._engine_pair)

    @cached_property
    def conditions(self) -> tuple[DoorDuty, ...]:
        """For a proposal: the duties that begin at the door, from the rules for recorded visits."""
        return tuple(DoorDuty(rule.id, rule.title, self._maker.fill(rule.remedy), rule.cites) for rule in self._at_door)

    @cached_property
    def door_rules(self) -> tuple[str, ...]:
        """The ids of the rules behind `conditions`."""
        return tuple(rule.id for rule in self._at_door)

    @cached_property
    def _at_door(self) -> tuple[Rule, ...]:
        if self.stage != "proposed":
            return ()
        later_truths: dict[int, object] = {}  # the rules of a pack share most of what they ask

        def may_apply(later: LaterRule) -> bool:
            for position in later.known:
                if self._truth(position) is False:
                    return False
            for position in later.further:
                if position not in later_truths:
                    part = self.plan.later_conditions[position]
                    later_truths[position] = self._maker.reading.interpret(part, {})
                if later_truths[position] is False:
                    return False
            return True

        return tuple(each.rule for each in self.plan.later_rules if each.rule.effect != "note" and may_apply(each))

    def explain(self, rule_id: str | None = None) -> tuple[RuleExplanation, ...]:
        """Explain each rule of this stage (or one, by full id) by its tree: conditions, truths, values read.

        Raises `KeyError` for an id that is not a rule of this stage.
        """
        trees = tuple(
            explain_rule(rule, status, self.visit)
            for rule, status in zip(self.plan.rules, self.verdict.statuses, strict=True)
            if rule_id in (None, rule.rule.id)
        )
        if rule_id is not None and not trees:
            raise KeyError(rule_id)
        return trees


_JUDGED = (
    "policy_name",
    "pack_versions",
    "policy_digest",
    "relaxations",
    "stage",
    "problems",
    "zone",
    "rules",
    "status_words",
    "trail",
    "findings",
    "doubts",
    "not_stated",
    "kept_if_it_applies",
    "silent_rules",
    "needs",
    "conditions",
    "door_rules",
)
"""What a pickle holds: each worked out when it is made, and found again in place of working it out."""


def _load(kind: type[Judgment], slots: dict[str, Any], kept: dict[str, Any]) -> Judgment:
    judgment = kind.__new__(kind)
    for name, value in slots.items():
        setattr(judgment, name, value)
    judgment._plan = judgment._engine_pair = None
    judgment._problems = kept["problems"]
    judgment.__dict__.update(kept)
    return judgment
