"""Statuses and outcomes in SQL: what `engines.status` and `engines.tally` say, over columns, in small whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce

from visitcheck.engines.columns import status_name, truth_name
from visitcheck.engines.outcomes import ASSESSED_CODES, OUTCOME_CODES, STATUS_CODES, AssessedOutcome
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.status import Outcome, Status, leads_to, reads_uncollected
from visitcheck.engines.tally import ASKING, DECIDED, SHOWN
from visitcheck.facts.types import BOOL
from visitcheck.ir.nodes import Const
from visitcheck.ir.plan import Plan, PlanRule

ASSESSED, APPLICABLE = "rules_assessed", "rules_applicable"
"""The columns of how many binding rules are assessed, and of how many apply or may."""
_ALWAYS = Const(True, BOOL)


def status_expression(plan: Plan, rule: PlanRule, never_known: frozenset[str]) -> Sql:
    """The code of a rule's status, over the columns of truths.

    An undetermined rule is not assessed where every condition that is UNKNOWN reads a fact of `never_known`, none of
    them a selector.
    """
    applies = scope_expression(plan, rule)
    holds = sql.and_(map(_truth, rule.checks))
    excuses = [_truth(excuse) for excuse in rule.unless]
    strong = [truth for truth, weak in zip(excuses, rule.weak, strict=True) if not weak]
    # Where it is not FALSE that the rule applies, this is all of it but the law.
    applies_by_law = sql.and_(_scope_truths(plan, (rule.in_force, rule.when)))
    undetermined = _undetermined_code(plan, rule, never_known)
    if not _scope_positions(plan, rule.scope) and not rule.unless:
        # Satisfied is 0 and violated 1: no CASE, which takes databases several times as long.
        return sql.coalesce(sql.cast(sql.not_(holds), "tinyint"), sql.cast(undetermined, "tinyint"))
    cases = [(sql.not_(applies), Status.NOT_APPLICABLE), (holds, Status.SATISFIED)]
    cases += [(sql.or_(strong), Status.EXCUSED)] if strong else []
    # A weak exception that is TRUE is none that is FALSE, and so leaves what it leaves when UNKNOWN.
    cases += [(sql.and_([applies, sql.not_(holds), *map(sql.not_, excuses)]), Status.VIOLATED)]
    cases += [(sql.and_([applies_by_law, sql.not_(holds)]), Status.SUSPECTED)]
    code = sql.case(*((test, _code(status)) for test, status in cases), default=undetermined)
    return sql.cast(code, "tinyint")


def scope_expression(plan: Plan, rule: PlanRule) -> Sql:
    """W: whether a rule applies, over the columns of truths."""
    return sql.and_(_scope_truths(plan, rule.scope))


def _scope_truths(plan: Plan, positions: Iterable[int]) -> list[Sql]:
    return list(map(_truth, _scope_positions(plan, positions)))


def _scope_positions(plan: Plan, positions: Iterable[int]) -> tuple[int, ...]:
    """Each of the positions once, without those of conditions that always hold."""
    return tuple(position for position in dict.fromkeys(positions) if plan.conditions[position] != _ALWAYS)


def _undetermined_code(plan: Plan, rule: PlanRule, never_known: frozenset[str]) -> Sql:
    """The code of a rule that is undetermined: whether it is not assessed."""
    positions = dict.fromkeys(rule.positions)
    others = [position for position in positions if not reads_uncollected(plan, position, never_known)]
    if len(others) == len(positions):
        return _code(Status.UNDETERMINED)
    are_known = sql.and_(sql.is_known(_truth(position)) for position in others)
    return sql.case((are_known, _code(Status.NOT_ASSESSED)), default=_code(Status.UNDETERMINED))


def assessed_expression(plan: Plan) -> Sql:
    """How many binding rules are assessed, over the columns of truths and of statuses."""
    tests = []
    for position, rule in enumerate(plan.rules):
        if rule.effect != "note":
            suspected = _has_status(position, [Status.SUSPECTED])
            tests.append(sql.or_([suspected, _surely_decides(plan, position)]))
    return _count_true(tests)


def applicable_expression(plan: Plan) -> Sql:
    """How many binding rules apply or may, over the columns of statuses."""
    return _count_true(
        sql.not_(_has_status(position, [Status.NOT_APPLICABLE]))
        for position, rule in enumerate(plan.rules)
        if rule.effect != "note"
    )


def assessed_outcome_expression(plan: Plan) -> Sql:
    """The code of what the facts show, over the columns of truths and of statuses, and `ASSESSED`."""
    tests: dict[AssessedOutcome, list[Sql]] = {outcome: [] for outcome in AssessedOutcome}
    for position, rule in enumerate(plan.rules):
        for (effect, status), shown in SHOWN.items():
            if effect == rule.effect:
                tests[shown].append(_has_status(position, [status]))
    tests[AssessedOutcome.IN_DOUBT] = [_truth(position) for _, position in plan.doubts]
    tests[AssessedOutcome.NO_BREACH_FOUND] = [sql.compare(">", sql.column(ASSESSED), 0)]
    cases = [(sql.or_(each), sql.number(ASSESSED_CODES[outcome])) for outcome, each in tests.items() if each]
    default = sql.number(ASSESSED_CODES[AssessedOutcome.NOT_ASSESSABLE])
    return sql.cast(sql.case(*cases, default=default), "tinyint")


def _count_true(tests: Iterable[Sql]) -> Sql:
    """How many of these tests, none of which is UNKNOWN, are TRUE."""
    ones = [sql.cast(test, "int") for test in tests] or [sql.number(0)]
    while len(ones) > 1:  # halved, so that it is not nested as deeply as there are rules
        ones = [reduce(sql.add, ones[at : at + 2]) for at in range(0, len(ones), 2)]
    return sql.cast(ones[0], "int")


def outcome_expression(plan: Plan) -> Sql:
    """The code of a visit's outcome, over the columns of truths and of statuses."""
    denies = list(_asked(plan, Outcome.DENY))
    reviews = [*_asked(plan, Outcome.REVIEW), *_floors(plan)]
    cases = [(sql.or_(denies), _outcome(Outcome.DENY))] if denies else []
    cases += [(sql.or_(reviews), _outcome(Outcome.REVIEW))] if reviews else []
    cases += [(_is_surely_binding(plan), _outcome(Outcome.ALLOW))]
    return sql.cast(sql.case(*cases, default=_outcome(Outcome.REVIEW)), "tinyint")


def _asked(plan: Plan, outcome: Outcome) -> Iterable[Sql]:
    """For each rule that can ask for an outcome, whether it does."""
    for position, rule in enumerate(plan.rules):
        statuses = [status for status in ASKING if leads_to(rule, status) is outcome]
        if statuses:
            yield _has_status(position, statuses)


def _is_surely_binding(plan: Plan) -> Sql:
    """Whether some deny or review rule surely applies."""
    scopes = dict.fromkeys(_scope_positions(plan, rule.scope) for rule in plan.rules if rule.effect != "note")
    return sql.or_(sql.and_(map(_truth, positions)) for positions in scopes)


def _floors(plan: Plan) -> Iterator[Sql]:
    """What asks for a review whatever the rules ask for, each as `tally.FLOORS` counts it."""
    yield from _open_laws(plan)
    yield from (_truth(position) for _, position in plan.doubts)
    for path, position in plan.protective:
        readers = [_surely_decides(plan, reader) for reader in plan.readers[path]]
        yield sql.and_([_truth(position), *([sql.not_(sql.or_(readers))] if readers else [])])


def _open_laws(plan: Plan) -> Iterator[Sql]:
    """For each law, whether it is open whether it binds while a binding rule of it may apply."""
    by_law: dict[int, list[Sql]] = {}
    for position, rule in enumerate(plan.rules):
        if rule.effect != "note" and plan.conditions[rule.law] != _ALWAYS:
            may_apply = sql.not_(_has_status(position, [Status.NOT_APPLICABLE]))
            by_law.setdefault(rule.law, []).append(may_apply)
    for law, may_apply_any in by_law.items():
        yield sql.and_([sql.is_null(_truth(law)), sql.or_(may_apply_any)])


def _surely_decides(plan: Plan, position: int) -> Sql:
    """Whether a rule surely applies and is decided; never UNKNOWN."""
    scope = [sql.is_surely(truth) for truth in _scope_truths(plan, plan.rules[position].scope)]
    return sql.and_([_has_status(position, DECIDED), *scope])


def _has_status(position: int, statuses: Iterable[Status]) -> Sql:
    return sql.one_of(sql.column(status_name(position)), list(map(_code, statuses)))


def _truth(position: int) -> Sql:
    return sql.column(truth_name(position))


def _code(status: Status) -> Sql:
    return sql.number(STATUS_CODES[status])


def _outcome(outcome: Outcome) -> Sql:
    return sql.number(OUTCOME_CODES[outcome])
