"""Statuses and outcomes in SQL and over arrays: for every combination of truths what `engines.status` says."""

# ruff: noqa: S608 - the queries are made of constants of these tests

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import numpy as np
import pytest
from sqlglot import exp

from visitcheck.engines.arrays.values import Masks
from visitcheck.engines.arrays.verdicts import ArrayJudge
from visitcheck.engines.outcomes import ASSESSED_CODES, OUTCOME_CODES, STATUS_CODES
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.verdicts import (
    ASSESSED,
    applicable_expression,
    assessed_expression,
    assessed_outcome_expression,
    outcome_expression,
    status_expression,
    status_name,
    truth_name,
)
from visitcheck.engines.status import Judge, Outcome, Status
from visitcheck.facts.types import BOOL
from visitcheck.ir.nodes import Const, Fact
from visitcheck.ir.plan import Plan, PlanRule

TRUTHS = (True, False, None)
EFFECTS = ("deny", "review", "note")
EXCUSES = ((), (False,), (True,), (True, False), (False, False))


def plan(
    *rules: PlanRule,
    size: int,
    never: frozenset[str] = frozenset(),
    selectors: frozenset[str] = frozenset(),
    always: tuple[int, ...] = (),
    doubts: tuple[int, ...] = (),
    protective: tuple[tuple[str, int], ...] = (),
) -> Plan:
    """A plan whose condition n reads `fact{n}`; those at `always` hold always."""
    policy = cast("Any", SimpleNamespace(never_collected=never, selectors=selectors))
    reads = tuple(frozenset({f"fact{n}"}) for n in range(size))
    conditions = tuple(Const(True, BOOL) if n in always else Fact((f"fact{n}",), BOOL) for n in range(size))
    named = tuple((cast("Any", SimpleNamespace(code=f"doubt-{position}")), position) for position in doubts)
    return Plan(policy, "recorded", conditions, rules, reads, named, protective)


def rule(
    checks: int,
    weak: tuple[bool, ...] = (),
    scope: tuple[int, int, int] = (0, 0, 0),
    first: int = 1,
    effect: str = "deny",
    on_unknown: str = "review",
) -> PlanRule:
    """A rule whose law, in-force and `when` stand at `scope`, its checks and exceptions from `first` on."""
    at = itertools.count(first)
    law, in_force, when = scope
    return PlanRule(
        rule=cast("Any", SimpleNamespace(id=f"p/r{first}")),
        law=law,
        in_force=in_force,
        when=when,
        checks=tuple(itertools.islice(at, checks)),
        unless=tuple(itertools.islice(at, len(weak))),
        weak=weak,
        effect=cast("Any", effect),
        on_unknown=cast("Any", on_unknown),
    )


def answers_of_duckdb(plan_: Plan) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """For every combination of truths: the truths, and what DuckDB makes of them."""
    names = [truth_name(n) for n in range(len(plan_.conditions))]
    possible = [(True,) if condition == Const(True, BOOL) else TRUTHS for condition in plan_.conditions]
    rows = list(itertools.product(*possible))
    values = ", ".join("(" + ", ".join("NULL" if v is None else str(v) for v in row) + ")" for row in rows)
    typed = ", ".join(f"CAST({name} AS BOOLEAN) AS {name}" for name in names)
    statuses = [status_expression(plan_, one, plan_.policy.never_collected) for one in plan_.rules]
    counts = exp.Alias(this=assessed_expression(plan_), alias=ASSESSED).sql("duckdb")
    others = outcome_expression(plan_), assessed_outcome_expression(plan_), applicable_expression(plan_)
    inner = f"SELECT {typed} FROM (VALUES {values}) v({', '.join(names)})"
    judged = f"SELECT *, {_columns(statuses)} FROM ({inner})"
    query = f"SELECT *, {_columns(list(others), 'o')} FROM (SELECT *, {counts} FROM ({judged}))"
    return [(row[: len(names)], row[len(names) :]) for row in duckdb.sql(query).fetchall()]


def _columns(values: list[Sql], prefix: str = "s") -> str:
    assert status_name(3) == "s3"
    return ", ".join(exp.Alias(this=v, alias=f"{prefix}{n}").sql("duckdb") for n, v in enumerate(values))


def assert_agreement(plan_: Plan) -> set[Status]:
    """Holds what DuckDB and arrays answer against the verdicts; gives the statuses that came up."""
    judge = Judge(plan_)
    statuses: set[Status] = set()
    by_duckdb = answers_of_duckdb(plan_)
    by_arrays = answers_of_arrays(plan_, [truths for truths, _ in by_duckdb])
    for (truths, answer), of_arrays in zip(by_duckdb, by_arrays, strict=True):
        verdict = judge.verdict(truths)
        codes = [STATUS_CODES[status] for status in verdict.statuses]
        tally = verdict.tally
        assessed = [tally.counts["assessed"], OUTCOME_CODES[verdict.outcome], ASSESSED_CODES[tally.assessed_outcome]]
        expected = [*codes, *assessed, tally.counts["binding"]]
        assert list(answer) == expected, truths
        assert of_arrays == expected, truths
        statuses |= set(verdict.statuses)
    return statuses


def answers_of_arrays(plan_: Plan, rows: list[tuple[Any, ...]]) -> list[list[int]]:
    """What arrays make of combinations of truths, each a row."""
    columns = [
        Masks(np.array([row[place] is True for row in rows]), np.array([row[place] is False for row in rows]))
        for place in range(len(plan_.conditions))
    ]
    verdicts = ArrayJudge(plan_).verdicts(columns)
    lines = [verdicts.statuses, verdicts.assessed, verdicts.outcomes, verdicts.assessed_outcomes, verdicts.applicable]
    answers: list[list[int]] = np.vstack(lines).T.tolist()
    return answers


@pytest.mark.parametrize("never", [frozenset(), frozenset({"fact1"}), frozenset({"fact0", "fact2"})], ids=len)
@pytest.mark.parametrize("weak", EXCUSES, ids=str)
@pytest.mark.parametrize("checks", [1, 2])
def test_one_rule(checks: int, weak: tuple[bool, ...], never: frozenset[str]) -> None:
    """Every combination of truths of W, checks and exceptions, strong and weak."""
    statuses = assert_agreement(plan(rule(checks, weak), size=1 + checks + len(weak), never=never))

    assert statuses >= {Status.VIOLATED, Status.SATISFIED, Status.NOT_APPLICABLE}
    assert (Status.SUSPECTED in statuses) == bool(weak)
    assert (Status.EXCUSED in statuses) == (False in weak)
    assert (Status.NOT_ASSESSED in statuses) == bool(never)


@pytest.mark.parametrize("never", [frozenset(), frozenset({"fact0", "fact1", "fact2", "fact3"})], ids=len)
@pytest.mark.parametrize("weak", [(), (False,), (True,)], ids=str)
@pytest.mark.parametrize("always", [(), (0,), (0, 1), (1, 2), (0, 1, 2)], ids=str)
def test_law_in_force_and_when(always: tuple[int, ...], weak: tuple[bool, ...], never: frozenset[str]) -> None:
    """
    An open law alone leaves a rule suspected that is not met, an open date or `when` leaves it undetermined.
    """
    assert_agreement(plan(rule(1, weak, (0, 1, 2), 3), size=4 + len(weak), never=never, always=always))


def test_what_chooses_the_law_is_never_assessed_away() -> None:
    """
    A selector that is never collected leaves a rule undetermined.
    """
    facts = frozenset({"fact0", "fact1"})
    alike = {"size": 2, "never": facts}

    assert Status.NOT_ASSESSED in assert_agreement(plan(rule(1), **alike))  # type: ignore[arg-type]
    assert Status.NOT_ASSESSED not in assert_agreement(plan(rule(1), selectors=facts, **alike))  # type: ignore[arg-type]


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("on_unknown", EFFECTS)
def test_suspected_rules_ask_for_a_review_at_least(effect: str, on_unknown: str) -> None:
    """Each effect with each `on_unknown`, for a rule with an exception."""
    assert_agreement(plan(rule(1, (False,), (0, 1, 1), 2, effect, on_unknown), size=4, always=(1,)))


@pytest.mark.long
@pytest.mark.parametrize("effects", list(itertools.product(EFFECTS, EFFECTS, ("review", "note"), ("deny", "note"))))
def test_two_rules(effects: tuple[str, ...]) -> None:
    """Two rules, of one law or of two, one of them with an exception."""
    first = rule(1, (), (0, 0, 0), 2, effects[0], effects[2])
    for law in (0, 1):
        second = rule(1, (False,), (law, 1, 1), 3, effects[1], effects[3])
        assert_agreement(plan(first, second, size=5, never=frozenset({"fact2"})))


@pytest.mark.parametrize("effect", EFFECTS)
def test_doubts_ask_for_a_review(effect: str) -> None:
    """
    Where a doubt is there, nothing is allowed; where it is UNKNOWN, it is not there.
    """
    plan_ = plan(rule(1, effect=effect), size=4, doubts=(2, 3))

    assert_agreement(plan_)
    outcomes = {truths: outcome for truths, (_, _, outcome, _, _) in answers_of_duckdb(plan_)}
    if effect == "deny":
        assert outcomes[True, True, None, False] == OUTCOME_CODES[Outcome.ALLOW]
        assert outcomes[True, True, None, True] == OUTCOME_CODES[Outcome.REVIEW]


@pytest.mark.long
@pytest.mark.parametrize("always", [(), (0,), (0, 1)], ids=str)
@pytest.mark.parametrize("effect", ["deny", "note"])
def test_protective_facts_are_read_by_a_rule_that_is_decided(effect: str, always: tuple[int, ...]) -> None:
    """
    A fact that speaks against the visit asks for a review, unless a rule reads it, surely applies and is decided.
    """
    rules = rule(1, (), (0, 1, 1), 2, effect), rule(1, (False,), (0, 0, 0), 3)
    protective = (("fact2", 5), ("fact4", 5), ("fact9", 5))

    for each in protective:
        assert_agreement(plan(*rules, size=6, always=always, protective=(each,)))
    assert_agreement(plan(*rules, size=6, always=always, protective=protective, doubts=(4,)))


def test_codes_are_apart_and_small() -> None:
    """A status keeps its code for good: `suspected` came last."""
    assert sorted(STATUS_CODES.values()) == list(range(len(Status)))
    assert STATUS_CODES[Status.SUSPECTED] == 6
    assert [OUTCOME_CODES[o] for o in sorted(Outcome)] == [0, 1, 2]


def test_arrays_of_the_wrong_number_are_refused() -> None:
    """
    Masks that do not fit the plan are an error, never a verdict.
    """
    with pytest.raises(ValueError, match="0 truths for 2 conditions"):
        ArrayJudge(plan(rule(1), size=2)).verdicts([])
