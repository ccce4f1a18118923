"""Statuses and outcomes: the table that every engine's truths go through."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from visitcheck.engines.status import Judge, Outcome, Status, leads_to, status_of
from visitcheck.ir.plan import Plan, PlanRule
from visitcheck.truth import Truth

T, F, U = True, False, None

# W, checks, exceptions (each with whether its reading is weak), status
TABLE: list[tuple[Truth, list[Truth], list[tuple[Truth, bool]], str]] = [
    (F, [F], [], "not_applicable"),
    (F, [U], [(T, False)], "not_applicable"),
    (T, [T], [], "satisfied"),
    (U, [T, T], [], "satisfied"),
    (T, [T, U], [], "undetermined"),
    (T, [F], [], "violated"),
    (T, [U, F], [], "violated"),
    (U, [F], [], "undetermined"),
    (T, [F], [(F, False)], "violated"),
    (T, [F], [(U, False)], "undetermined"),
    (T, [F], [(T, False)], "excused"),
    (T, [U], [(T, False)], "excused"),
    (U, [F], [(T, False)], "excused"),
    (T, [F], [(T, True)], "undetermined"),
    (T, [F], [(T, True), (T, False)], "excused"),
    (T, [F], [(F, True), (F, False)], "violated"),
    (T, [T], [(T, False)], "satisfied"),
]


def plan_rule(checks: int, weak: list[bool], effect: str = "deny", on_unknown: str = "review") -> PlanRule:
    """A rule whose W, checks and exceptions stand at positions 0, 1.. of the truths."""
    positions = range(1, 1 + checks)
    excuses = range(1 + checks, 1 + checks + len(weak))
    return PlanRule(
        rule=cast("Any", SimpleNamespace(id="p/r")),
        applies=0,
        checks=tuple(positions),
        unless=tuple(excuses),
        weak=tuple(weak),
        effect=cast("Any", effect),
        on_unknown=cast("Any", on_unknown),
    )


@pytest.mark.parametrize(("applies", "checks", "excuses", "expected"), TABLE)
def test_the_table_of_statuses(
    applies: Truth, checks: list[Truth], excuses: list[tuple[Truth, bool]], expected: str
) -> None:
    """Each row of the language's table of statuses."""
    rule = plan_rule(len(checks), [weak for _, weak in excuses])

    assert status_of(rule, (applies, *checks, *(truth for truth, _ in excuses))) == expected


def judge(*rules: PlanRule, never_collected: frozenset[str] = frozenset(), reads: tuple[str, ...] = ()) -> Judge:
    """A judge over rules that share positions 0, 1, ... of the truths."""
    size = 1 + max(max((*rule.checks, *rule.unless)) for rule in rules) if rules else 0
    policy = cast("Any", SimpleNamespace(never_collected=never_collected))
    read_by_condition = tuple(frozenset(reads[at : at + 1]) for at in range(size))
    return Judge(Plan(policy, "proposed", cast("Any", (None,) * size), rules, read_by_condition))


def test_outcome_is_the_worst_of_all_rules() -> None:
    """One violated deny rule outweighs any number of satisfied ones."""
    both = judge(plan_rule(1, [], effect="review"), plan_rule(1, [], effect="deny"))

    assert Outcome.DENY is both.verdict((T, F)).outcome
    assert Outcome.ALLOW is both.verdict((T, T)).outcome
    assert Outcome.REVIEW is both.verdict((T, U)).outcome


def test_a_note_never_bars_a_visit() -> None:
    """A violated note rule is a finding, and no more; alone it is no rule that could vouch for a visit."""
    noted = judge(plan_rule(1, [], effect="note", on_unknown="note"), plan_rule(1, [], effect="deny"))

    assert Outcome.ALLOW is leads_to(noted.plan.rules[0], Status.VIOLATED)
    assert noted.verdict((F, F)).no_rule_applies


def test_no_rule_applies_is_a_review() -> None:
    """A policy none of whose rules applies says nothing in favour of a visit."""
    verdict = judge(plan_rule(1, [])).verdict((F, T))

    assert (Outcome.REVIEW, True) == (verdict.outcome, verdict.no_rule_applies)
    assert Outcome.REVIEW is judge().verdict(()).outcome


def test_a_fact_never_collected_is_not_assessed_but_still_no_pass() -> None:
    """Not assessed asks what undetermined asks; the assessable outcome leaves it out."""
    rule = plan_rule(1, [])
    verdict = judge(rule, never_collected=frozenset({"team"}), reads=("", "team")).verdict((T, U))

    assert (Status.NOT_ASSESSED,) == verdict.statuses
    assert (Outcome.REVIEW, Outcome.ALLOW) == (verdict.outcome, verdict.assessable)


def test_truths_of_the_wrong_number_are_refused() -> None:
    """A vector that does not fit the plan is an error, never a verdict."""
    with pytest.raises(ValueError, match="3 truths for 2 conditions"):
        judge(plan_rule(1, [])).verdict((T, T, T))


def test_outcomes_are_ordered() -> None:
    """`allow < review < deny`, whatever their letters say."""
    assert [Outcome.ALLOW, Outcome.REVIEW, Outcome.DENY] == sorted(Outcome, reverse=False)
    assert Outcome.ALLOW < Outcome.REVIEW <= Outcome.REVIEW < Outcome.DENY
    assert Outcome.DENY > Outcome.ALLOW
    assert Outcome.DENY >= Outcome.DENY
