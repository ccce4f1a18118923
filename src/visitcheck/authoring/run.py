"""Runs rule cases on engines and lists what differs from what they expect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from visitcheck.authoring.cases import Case, CaseFile, Expectation
from visitcheck.authoring.paths import nearest_node
from visitcheck.engines.available import EngineType, engine_types
from visitcheck.engines.contract import Engine
from visitcheck.engines.status import Judge, Outcome, Status
from visitcheck.engines.tally import ASKING, scope_truth
from visitcheck.errors import InvalidVisit, Place, Problem, VisitcheckError
from visitcheck.facts import Visit, read_visit, visit_model_with_extra
from visitcheck.ir.plan import PlanRule, Truths, make_plan
from visitcheck.policy.model import STAGES, Policy
from visitcheck.truth import TRUTH_WORDS, Truth

ENGINES: tuple[EngineType, ...] = engine_types()
"""What cases run on: every engine that is installed."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What an engine made of one rule: its status, and the truth of each part by its name."""

    rule: str
    status: Status
    applies: Truth
    checks: tuple[tuple[str, Truth], ...]
    unless: tuple[tuple[str, Truth], ...]

    def parts(self) -> str:
        """The truths in words, such as `applies TRUE; told TRUE; exact-time FALSE`."""
        named = (
            ("applies", self.applies),
            *self.checks,
            *((f"unless {name}", truth) for name, truth in self.unless),
        )
        return "; ".join(f"{name} {TRUTH_WORDS[truth]}" for name, truth in named)


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that was not met."""

    about: str
    """The rule's full id, or `outcome`."""
    expected: str
    found: str
    detail: str
    place: Place | None

    def __str__(self) -> str:
        tail = f" ({self.detail})" if self.detail else ""
        return f"{self.about}: expected {self.expected}, found {self.found}{tail}"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case on one engine."""

    case: Case
    engine: str
    rules: tuple[RuleResult, ...]
    """The rules under test, in the order of `case.expect`."""
    outcome: Outcome | None
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    """What keeps the case from running: its visit, or a rule that does not exist."""
    visit: Visit | None = None
    """The visit as it was read, where the case ran."""

    @property
    def passed(self) -> bool:
        """Whether the case ran and everything came out as expected."""
        return not self.differences and not self.problems


def run_cases(
    policy: Policy,
    cases: CaseFile | Iterable[Case],
    *,
    engines: Sequence[EngineType] | None = None,
) -> tuple[CaseResult, ...]:
    """Run every case on every engine, case by case. Nothing is raised for a case that fails or cannot run."""
    runner = _Runner(policy, ENGINES if engines is None else engines)
    listed = cases.cases if isinstance(cases, CaseFile) else cases
    return tuple(result for case in listed for result in runner.results(case))


class _Runner:
    """Plans and engines of one policy, made once for all cases."""

    def __init__(self, policy: Policy, engines: Sequence[EngineType]) -> None:
        self.policy = policy
        self.rules = {rule.id for rule in policy.rules}
        self.model = visit_model_with_extra(policy.extra_facts)
        plans = {stage: make_plan(policy, stage) for stage in STAGES}
        self.judges = {stage: Judge(plan) for stage, plan in plans.items()}
        self.engines = {stage: [make(plan) for make in engines] for stage, plan in plans.items()}

    def results(self, case: Case) -> Iterable[CaseResult]:
        problems = [*self.unknown_rules(case)]
        visit = self.visit(case, problems)
        for engine in self.engines[case.stage]:
            if problems or visit is None:
                yield CaseResult(case, engine.name, (), None, (), tuple(problems))
            else:
                yield self.result(case, engine, visit)

    def result(self, case: Case, engine: Engine, visit: Visit) -> CaseResult:
        try:
            truths = engine.evaluate(visit)
        except VisitcheckError as error:
            broken = Difference("engine", "an answer", type(error).__name__, str(error), case.place)
            return CaseResult(case, engine.name, (), None, (broken,), (), visit)
        judge = self.judges[case.stage]
        verdict = judge.verdict(truths)
        statuses = {
            rule.rule.id: (rule, status) for rule, status in zip(judge.plan.rules, verdict.statuses, strict=True)
        }
        rule_results = []
        differences = []
        for expected in case.expect:
            here = _rule_result(expected.full_id(case.pack), statuses, truths)
            rule_results.append(here)
            differences += _compare(expected, here)
        if case.whole:
            named = {each.rule for each in rule_results}
            others = ((rule, each) for rule, (_, each) in statuses.items() if each in _FINDINGS and rule not in named)
            for rule, each in others:
                parts = _rule_result(rule, statuses, truths).parts()
                differences.append(Difference(rule, "no finding", each, parts, case.place))
        if case.outcome not in (None, verdict.outcome):
            why = ", ".join(f"{rule} {status}" for rule, (_, status) in statuses.items() if status in ASKING)
            differences.append(Difference("outcome", str(case.outcome), verdict.outcome, why, case.outcome_place))
        return CaseResult(case, engine.name, tuple(rule_results), verdict.outcome, tuple(differences), (), visit)

    def unknown_rules(self, case: Case) -> Iterable[Problem]:
        for expected in case.expect:
            rule = expected.full_id(case.pack)
            if rule not in self.rules:
                known = ", ".join(sorted(known for known in self.rules if known.startswith(f"{case.pack}/")))
                yield Problem("case-rule", f"the policy has no rule `{rule}`", f"there are: {known}", expected.place)

    def visit(self, case: Case, problems: list[Problem]) -> Visit | None:
        try:
            return read_visit(case.facts(), model=self.model, registers=case.registers)
        except InvalidVisit as error:
            problems += (_with_place(case, problem) for problem in error.problems)
            return None


_FINDINGS = (*ASKING, Status.EXCUSED)


def _with_place(case: Case, problem: Problem) -> Problem:
    """A problem of the visit with the place in the case file where the value was written."""
    node = nearest_node(case.visit, problem.path or "")
    return Problem(problem.code, f"{case.note}: {problem.message}", problem.help, node.place(), problem.path)


def _rule_result(rule: str, statuses: dict[str, tuple[PlanRule, Status]], truths: Truths) -> RuleResult:
    """The rule's part of the answer; a rule that is not for this stage does not apply."""
    if rule not in statuses:
        return RuleResult(rule, Status.NOT_APPLICABLE, False, (), ())
    planned, status = statuses[rule]
    checks = zip(planned.rule.require, planned.checks, strict=True)
    excuses = zip(planned.rule.unless, planned.unless, strict=True)
    return RuleResult(
        rule,
        status,
        scope_truth(planned, truths),
        tuple((check.name, truths[position]) for check, position in checks),
        tuple((excuse.id, truths[position]) for excuse, position in excuses),
    )


def _compare(expected: Expectation, actual: RuleResult) -> list[Difference]:
    if actual.status is expected.status:
        return []
    return [Difference(actual.rule, expected.status, actual.status, actual.parts(), expected.place)]
