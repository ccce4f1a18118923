"""Measures the coverage of a pack: every outcome that its cases could show, and whether they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from visitcheck.authoring.accepted import Accepted, Unshown
from visitcheck.authoring.coverage.observe import ConditionShown, possible_truths
from visitcheck.authoring.run import CaseResult, RuleResult
from visitcheck.authoring.source_spans import conditions_of, one_line
from visitcheck.engines.status import Status
from visitcheck.ir.nodes import Not
from visitcheck.policy.model import Policy, Rule, Stage
from visitcheck.truth import TRUTH_WORDS

_ALWAYS = (Status.SATISFIED, Status.VIOLATED, Status.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something about a rule that no passing case shows."""

    rule: str
    missing: str

    def __str__(self) -> str:
        return f"{self.rule}: no case shows it {self.missing}"


def coverage_gaps(policy: Policy, results: Iterable[CaseResult], *, pack: str | None = None) -> tuple[Gap, ...]:
    """List what the passing cases leave unshown of the rules of `pack` (of all rules without one).

    Each rule is to be shown satisfied, violated and undetermined, and not applicable where it has a `when`;
    in each of its stages; violated by each of its checks; and excused by each exception (suspected by
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
        status = Status.SUSPECTED if excuse.weak else Status.EXCUSED
        excused = any(each.status is status and (excuse.id, True) in each.unless for _, each in shown)
        yield f"unless {excuse.id}", status.value, excused


def _gap_text(part: str | None, outcome: str) -> str:
    if part is None:
        return f"at the stage `{outcome.removeprefix('stage ')}`" if outcome.startswith("stage ") else outcome
    kind, _, name = part.partition(" ")
    return f"{outcome} by its {'check' if kind == 'check' else 'exception'} `{name}`"


DECIDES = "decides"


@dataclass(frozen=True, slots=True)
class Item:
    """One outcome: of a whole rule (no `part`), of one of its conditions, or of an atomic condition in it."""

    rule: str
    part: str | None
    condition: str | None
    outcome: str
    """A status, `stage NAME`, a truth, or `decides`: turning the atom turned its condition."""
    shown: bool
    accepted: str | None = None
    """Why no case shows it, where the pack's file of what is accepted says so."""

    def __str__(self) -> str:
        where = [self.rule, *(each for each in (self.part, self.condition) if each is not None)]
        return f"{' > '.join(where)}: no case shows {self.outcome}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """All outcomes of a pack's rules. `stale` are acceptances of what is shown after all, or does not exist."""

    pack: str
    items: tuple[Item, ...]
    stale: tuple[Unshown, ...]

    @property
    def missing(self) -> tuple[Item, ...]:
        """What no case shows and nobody has accepted."""
        return tuple(item for item in self.items if not item.shown and item.accepted is None)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, and no acceptance is stale."""
        return not self.missing and not self.stale

    @property
    def shown(self) -> int:
        """How many outcomes the cases show."""
        return sum(item.shown for item in self.items)

    @property
    def reachable(self) -> int:
        """How many outcomes the cases are to show: all but the accepted ones."""
        return sum(item.shown or item.accepted is None for item in self.items)


def measure(policy: Policy, results: Iterable[CaseResult], pack: str, accepted: Accepted | None = None) -> Coverage:
    """Measure what the passing cases among `results` show of the rules of `pack`: the same on every engine."""
    passed = [result for result in results if result.passed]
    items = [
        item
        for rule in policy.rules
        if rule.id.rpartition("/")[0] == pack
        for item in (*_rule_items(rule, passed), *_condition_items(rule, passed))
    ]
    items += _applies_items(policy, passed, pack)
    return _accept_items(pack, items, accepted.unshown if accepted is not None else ())


def _rule_items(rule: Rule, passed: list[CaseResult]) -> Iterator[Item]:
    shown = [(result.case.stage, each) for result in passed for each in result.rules if each.rule == rule.id]
    for part, outcome, is_shown in outcomes_of(rule, shown):
        yield Item(rule.id, part, None, outcome, is_shown)


def _condition_items(rule: Rule, passed: list[CaseResult]) -> Iterator[Item]:
    visits = _results_about(passed, {rule.id})
    visits = [result for result in visits if result.case.stage in rule.stages]
    for part, condition in conditions_of(rule):
        yield from _observed_items(rule.id, part, ConditionShown(condition), visits)


def _applies_items(policy: Policy, passed: list[CaseResult], pack: str) -> Iterator[Item]:
    """The pack's own `applies`, once for all of its rules; it is never UNKNOWN, for what it reads must be given."""
    rules = [rule for rule in policy.rules if rule.id.rpartition("/")[0] == pack and rule.applies is not None]
    for rule in rules[:1]:
        if rule.applies is not None:
            visits = _results_about(passed, {each.id for each in rules})
            items = _observed_items(pack, "applies", ConditionShown(rule.applies.expr), visits)
            yield from (item for item in items if item.outcome != TRUTH_WORDS[None])


def _results_about(passed: list[CaseResult], rules: set[str]) -> list[CaseResult]:
    """One result for each case that is about any of `rules`: what it shows is the same on every engine."""
    about = [result for result in passed if rules & {each.rule for each in result.rules}]
    return list({id(result.case): result for result in about}.values())


def _observed_items(rule: str, part: str, shown: ConditionShown, results: list[CaseResult]) -> Iterator[Item]:
    for result in results:
        if result.visit is not None:
            shown.look(result.visit)
    yield from (Item(rule, part, None, TRUTH_WORDS[truth], truth in shown.truths) for truth in shown.possible)
    bare = shown.condition.operand if isinstance(shown.condition, Not) else shown.condition
    for atom in shown.atoms:
        # A condition that is one atom, or denies one, shows what the atom shows: its items are there already.
        if any(node is bare for node in atom.atom.nodes):
            continue
        yield from (Item(rule, part, atom.text, TRUTH_WORDS[truth], truth in atom.truths) for truth in atom.possible)
        yield Item(rule, part, atom.text, DECIDES, atom.decides)


def _accept_items(pack: str, items: list[Item], unshown: Iterable[Unshown]) -> Coverage:
    reasons = {(each.rule, each.part, each.condition, word): each for each in unshown for word in each.outcomes}
    used: set[tuple[str, str | None, str | None, str]] = set()
    accounted = []
    for item in items:
        own = item.rule.removeprefix(f"{pack}/")
        key = (own, item.part, None if item.condition is None else one_line(item.condition), item.outcome)
        if not item.shown and key in reasons:
            used.add(key)
            item = replace(item, accepted=reasons[key].why)
        accounted.append(item)
    stale = {id(each): each for key, each in reasons.items() if key not in used}
    return Coverage(pack, tuple(accounted), tuple(stale.values()))
