"""The gate's answer on one visit: outcome, and on demand why, with the articles of law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from visitcheck.engines.status import Outcome, Status, Verdict, leads_to
from visitcheck.errors import Problem
from visitcheck.facts import Visit
from visitcheck.gate.engine_pair import EnginePair
from visitcheck.gate.findings import Finding, RuleExplanation, explain_rule, make_finding
from visitcheck.gate.messages import display_zone, fill_message
from visitcheck.gate.remedies.model import Remedies
from visitcheck.ir.plan import Plan, Truths
from visitcheck.language.interpreter import interpret
from visitcheck.policy.model import Citation, Policy, Relaxation, Rule, Stage, Text

_FINDINGS = (Status.VIOLATED, Status.UNDETERMINED, Status.NOT_ASSESSED, Status.EXCUSED)


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
    undetermined rules that ask for a review), `rules` the ids behind them, `answers` the outcome that each engine
    concluded from its own counts: None where it broke. durable-rules infers it from one fact that holds the counts.
    """

    counts: Mapping[str, int]
    rules: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Outcome | None]


class Judgment:
    """What the policy says of one visit. Only `allowed` lets a visit go ahead.

    The outcome is there at once; everything that explains it is worked out when first asked for.
    """

    __slots__ = (
        "__dict__",
        "_answers",
        "_engine_pair",
        "_truths",
        "engines",
        "outcome",
        "plan",
        "problems",
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
    ) -> None:
        self.plan = plan
        self.visit = visit
        self.verdict = verdict
        self.outcome: Outcome = verdict.outcome if outcome is None else outcome
        self.engines = engines
        self._answers = answers
        self.problems = problems
        self._truths = truths
        self._engine_pair = engine_pair

    @property
    def allowed(self) -> bool:
        """Whether the visit may go ahead (proposed), or was compliant (recorded): True for `allow` alone."""
        return self.outcome is Outcome.ALLOW

    @property
    def policy(self) -> Policy:
        """The policy that was asked."""
        return self.plan.policy

    @property
    def policy_digest(self) -> str:
        """The digest of the policy's meaning."""
        return self.policy.digest

    @property
    def relaxations(self) -> tuple[Relaxation, ...]:
        """Where the policy loosens another pack."""
        return self.policy.relaxations

    @property
    def visit_id(self) -> str:
        """The visit's id."""
        return "" if self.visit.visit is None else str(self.visit.visit.id)

    @property
    def stage(self) -> Stage:
        """`proposed` or `recorded`."""
        return self.plan.stage

    @property
    def as_of(self) -> int | None:
        """The moment of judging, in microseconds since 1970 UTC; None where the record gives none."""
        return None if self.visit.visit is None else self.visit.visit.as_of

    @cached_property
    def zone(self) -> str | None:
        """The zone in which times are shown: the visit's own, else that of the first pack that names one."""
        return display_zone(self.policy, self.visit)

    @cached_property
    def rules(self) -> tuple[RuleStatus, ...]:
        """The status of every rule of the policy; rules for the other stage are not applicable."""
        statuses = {rule.rule.id: status for rule, status in zip(self.plan.rules, self.verdict.statuses, strict=True)}
        return tuple(
            RuleStatus(rule.id, rule.title, statuses.get(rule.id, Status.NOT_APPLICABLE)) for rule in self.policy.rules
        )

    @cached_property
    def trail(self) -> Trail:
        """How the outcome was reached: the rules counted by status and effect, and what each engine concluded."""
        answers = self._answers or dict.fromkeys(self.engines, self.verdict.outcome)
        tally = self.verdict.tally
        return Trail(tally.counts, tally.behind, MappingProxyType(dict(answers)))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Violated, undetermined, not assessed and excused rules: the gravest first, then as in the policy."""
        findings = [self._finding(position) for position, status in self._statuses() if status in _FINDINGS]
        order = {status: rank for rank, status in enumerate(_FINDINGS)}
        return tuple(sorted(findings, key=lambda finding: (-finding.leads_to.severity, order[finding.status])))

    def _statuses(self) -> Iterator[tuple[int, Status]]:
        yield from enumerate(self.verdict.statuses)

    def _finding(self, position: int) -> Finding:
        return make_finding(self.plan, position, self.verdict.statuses[position], self._truths, self.visit, self.zone)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """The missing facts that could change the outcome, each with the rules that ask for it."""
        firm = max(
            (finding.leads_to for finding in self.findings if finding.status is Status.VIOLATED),
            default=Outcome.ALLOW,
        )
        asked: dict[str, list[str]] = {}
        for finding in self.findings:
            if finding.status in (Status.UNDETERMINED, Status.NOT_ASSESSED) and self._could_reach(finding) > firm:
                for fact in finding.missing:
                    asked.setdefault(fact, []).append(finding.rule)
        return tuple(Need(fact, tuple(rules)) for fact, rules in sorted(asked.items()))

    def _could_reach(self, finding: Finding) -> Outcome:
        rule = next(rule for rule in self.plan.rules if rule.rule.id == finding.rule)
        return max(leads_to(rule, Status.VIOLATED), leads_to(rule, Status.UNDETERMINED))

    @cached_property
    def remedies(self) -> Remedies:
        """For a proposal that is not allowed: the least that would make it lawful, and what nothing settles.

        Worked out when first asked for, which takes hundreds of evaluations; see `docs/remedies.md`.
        """
        if self.allowed or self.problems or self.stage != "proposed" or self.as_of is None:
            return Remedies(self.outcome, (), ())  # nothing to mend, or nothing that an unsure engine can settle
        from visitcheck.gate.remedies.search import find_remedies

        return find_remedies(self.plan, self.visit, self.zone, self._engine_pair)

    @cached_property
    def conditions(self) -> tuple[DoorDuty, ...]:
        """For a proposal: the duties that begin at the door, from the rules for recorded visits."""
        if self.stage != "proposed":
            return ()
        return tuple(
            DoorDuty(rule.id, rule.title, self._remedy(rule), rule.cites)
            for rule in self.policy.rules
            if rule.stages == ("recorded",) and rule.effect != "note" and self._will_apply(rule)
        )

    def _remedy(self, rule: Rule) -> Text | None:
        return None if rule.remedy is None else fill_message(rule.remedy, self.visit, self.zone)

    def _will_apply(self, rule: Rule) -> bool:
        return interpret(rule.application, self.visit) is not False

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
