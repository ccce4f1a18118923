"""Statuses and outcomes in SQL: the table of `engines.status` over columns of truths, in small whole numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.status import Outcome, Status, leads_to
from visitcheck.facts.types import BOOL
from visitcheck.ir.nodes import Const
from visitcheck.ir.plan import Plan, PlanRule

STATUS_CODES: dict[Status, int] = {status: code for code, status in enumerate(Status)}
"""How a status is written: its place in `Status`."""
OUTCOME_CODES: dict[Outcome, int] = {outcome: outcome.severity for outcome in Outcome}
"""How an outcome is written: its severity."""
_ALWAYS = Const(True, BOOL)
_ASKING = (Status.VIOLATED, Status.UNDETERMINED, Status.NOT_ASSESSED)


def truth_name(position: int) -> str:
    """The column of a condition's truth."""
    return f"c{position}"


def status_name(position: int) -> str:
    """The column of a rule's status."""
    return f"s{position}"


def status_expression(plan: Plan, rule: PlanRule, never_known: frozenset[str]) -> Sql:
    """The code of a rule's status, over the columns of truths.

    An undetermined rule is not assessed where a condition that is UNKNOWN reads a fact of `never_known`.
    """
    applies = sql.and_(_truth(position) for position in rule.scope)
    holds = sql.and_(_truth(check) for check in rule.checks)
    strong = [_truth(excuse) for excuse, weak in zip(rule.unless, rule.weak, strict=True) if not weak]
    violated = sql.and_([applies, sql.not_(holds), *(sql.not_(_truth(excuse)) for excuse in rule.unless)])
    open_ = [
        sql.is_null(_truth(position))
        for position in dict.fromkeys(rule.positions)
        if not plan.facts_of(position).isdisjoint(never_known)
    ]
    cases = [(sql.not_(applies), Status.NOT_APPLICABLE), (holds, Status.SATISFIED)]
    cases += [(sql.or_(strong), Status.EXCUSED)] if strong else []
    cases += [(violated, Status.VIOLATED)]
    cases += [(sql.or_(open_), Status.NOT_ASSESSED)] if open_ else []
    undetermined = _code(STATUS_CODES[Status.UNDETERMINED])
    if all(plan.conditions[position] == _ALWAYS for position in rule.scope) and not rule.unless:
        # Satisfied is 0 and violated 1: no CASE, which takes databases several times as long.
        unless_known = sql.case((sql.or_(open_), _code(STATUS_CODES[Status.NOT_ASSESSED])), default=undetermined)
        return sql.coalesce(
            sql.cast(sql.not_(holds), "tinyint"), sql.cast(unless_known if open_ else undetermined, "tinyint")
        )
    code = sql.case(*((test, _code(STATUS_CODES[status])) for test, status in cases), default=undetermined)
    return sql.cast(code, "tinyint")


def outcome_expression(plan: Plan, *, without: Collection[Status] = ()) -> Sql:
    """The code of a visit's outcome, over the columns of statuses; rules with a status of `without` passed over."""
    asking = [status for status in _ASKING if status not in without]
    cases: list[tuple[Sql, Sql]] = []
    for outcome in sorted(Outcome, reverse=True):
        if outcome is not Outcome.ALLOW:
            asked = list(_asked(plan, outcome, asking))
            cases += [(sql.or_(asked), _code(OUTCOME_CODES[outcome]))] if asked else []
    binding = [
        sql.compare("!=", sql.column(status_name(position)), STATUS_CODES[Status.NOT_APPLICABLE])
        for position, rule in enumerate(plan.rules)
        if rule.effect != "note"
    ]
    cases += [(sql.or_(binding), _code(OUTCOME_CODES[Outcome.ALLOW]))] if binding else []
    none_binds = _code(OUTCOME_CODES[Outcome.REVIEW])
    return sql.cast(sql.case(*cases, default=none_binds) if cases else none_binds, "tinyint")


def _asked(plan: Plan, outcome: Outcome, asking: list[Status]) -> Iterable[Sql]:
    """For each rule that can ask for an outcome, whether it does."""
    for position, rule in enumerate(plan.rules):
        codes: list[Sql] = [_code(STATUS_CODES[status]) for status in asking if leads_to(rule, status) is outcome]
        if codes:
            yield sql.one_of(sql.column(status_name(position)), codes)


def _truth(position: int) -> Sql:
    return sql.column(truth_name(position))


def _code(code: int) -> Sql:
    return sql.number(code)
