"""The interpreter, native, DuckDB and Spark give the same truth for every condition of every visit."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import pytest
from hypothesis import strategies as st

from engines.sql.agreement import (
    compare,
    drawn,
    expected,
    plan_of,
    sayable,
    truths_alone,
    truths_in,
)
from policies import shipped_policy
from strategies.expressions import conditions, usual_conditions
from strategies.visits import visits_for
from visitcheck.engines.sql import SqlEngine
from visitcheck.ir.nodes import Expr
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.policy.model import STAGES, Stage
from visitcheck.testing import visits


@st.composite
def _with_visits(draw: st.DrawFn, lists: st.SearchStrategy[tuple[Expr, ...]], count: int) -> Any:
    drawn_ = draw(lists)
    return drawn_, [draw(visits_for(drawn_)) for _ in range(count)]


def generated(kind: str, count: int, start: int) -> tuple[Plan, list[Any]]:
    """Conditions of many examples together, and the visits drawn for them."""
    strategy = usual_conditions() if kind == "usual" else conditions(depth=3 if kind == "nested" else 5)
    examples = drawn(_with_visits(strategy, 3), count, start)
    asked = dict.fromkeys(one for listed, _ in examples for one in listed if sayable(one))
    return plan_of(list(asked)), [visit for _, drawn_visits in examples for visit in drawn_visits]


@cache
def shipped(stage: Stage, policy: str = "base") -> Plan:
    return make_plan(shipped_policy(policy), stage)


def recorded(plan: Plan, count: int, start: int = 0) -> list[Any]:
    """Valid visits, and as many of any facts whatever, of which lists may go on."""
    valid = drawn(visits(stage=plan.stage, min_facts=20), count, start)
    return valid + drawn(visits_for(plan.conditions), count, start)


def going_on(stage: Stage, count: int, start: int) -> list[Any]:
    """Valid visits that say something of how complete their lists are."""
    return drawn(visits(stage=stage, min_facts=20).filter(lambda each: each.completeness is not None), count, start)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["usual", "nested"])
def test_duckdb_on_generated_conditions(kind: str) -> None:
    plan, sample = generated(kind, 25, 1)

    assert compare(plan, sample, lambda: truths_in("duckdb", plan, sample)) > 1_000
    assert compare(plan, sample, lambda: truths_alone(plan, sample)) > 1_000


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_duckdb_on_the_shipped_packs(stage: Stage) -> None:
    plan = shipped(stage)
    sample = recorded(plan, 20)

    assert compare(plan, sample, lambda: truths_in("duckdb", plan, sample)) > 1_000


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_lists_that_go_on_leave_truths_open(stage: Stage) -> None:
    """
    What DuckDB makes of lists that go on is what the reference makes of their rests, and no small part of it.
    """
    plan = shipped(stage)
    sample = going_on(stage, 15, 11)
    closed = [visit.model_copy(update={"completeness": None}) for visit in sample]

    open_truths, closed_truths = expected(plan, sample), truths_in("duckdb", plan, closed, complete_lists=True)

    assert compare(plan, sample, lambda: truths_in("duckdb", plan, sample)) > 1_000
    assert compare(plan, closed, lambda: closed_truths) > 1_000
    opened = sum(a is not b for x, y in zip(open_truths, closed_truths, strict=True) for a, b in zip(x, y, strict=True))
    assert opened > 20


@pytest.mark.long
def test_without_completeness_conditions_are_as_they_were_written() -> None:
    """
    A table without that column costs nothing more: the query reads none of it, and answers the same.
    """
    plan = shipped("recorded")
    sample = [visit.model_copy(update={"completeness": None}) for visit in drawn(visits(stage="recorded"), 10, 5)]

    assert truths_in("duckdb", plan, sample) == truths_in("duckdb", plan, sample, complete_lists=True)
    for complete_lists in (True, False):
        engine = SqlEngine(plan, "duckdb", complete_lists=complete_lists)
        assert ("completeness" in engine.dialect.print(engine.judge("visits"))) is not complete_lists


@pytest.mark.long
@pytest.mark.parametrize("start", range(2))
@pytest.mark.parametrize("kind", ["usual", "nested", "deep"])
def test_duckdb_on_many_generated_conditions(kind: str, start: int) -> None:
    plan, sample = generated(kind, 60, 100 + start)

    count = compare(plan, sample, lambda: truths_in("duckdb", plan, sample))

    print(f"{count} truths of {kind} conditions agreed")


@pytest.mark.long
@pytest.mark.parametrize(("policy", "visits"), [("base", 400), ("cn", 150)])
def test_duckdb_on_100_000_visits_and_checks(policy: str, visits: int) -> None:
    total = 0
    for plan in (shipped(stage, policy) for stage in STAGES):
        sample = recorded(plan, visits, 7)
        total += compare(plan, sample, partial(truths_in, "duckdb", plan, sample))

    print(f"{total} visit-check comparisons of the policy {policy} agreed")
    assert total >= 100_000


@pytest.mark.long
@pytest.mark.parametrize(("policy", "count"), [("base", 200), ("cn", 100)])
def test_duckdb_on_many_lists_that_go_on(policy: str, count: int) -> None:
    total = 0
    for plan in (shipped(stage, policy) for stage in STAGES):
        sample = going_on(plan.stage, count, 13)
        total += compare(plan, sample, partial(truths_in, "duckdb", plan, sample))

    print(f"{total} truths of visits with lists that go on agreed for the policy {policy}")
    assert total >= 20_000


@pytest.mark.long
@pytest.mark.spark
@pytest.mark.parametrize("kind", ["usual", "nested"])
def test_spark_on_generated_conditions(kind: str) -> None:
    plan, sample = generated(kind, 12, 1)

    assert compare(plan, sample, lambda: truths_in("spark", plan, sample)) > 300


@pytest.mark.long
@pytest.mark.spark
@pytest.mark.parametrize("policy", ["base", "cn"])
@pytest.mark.parametrize("stage", STAGES)
def test_spark_on_the_shipped_packs(stage: Stage, policy: str) -> None:
    plan = shipped(stage, policy)
    sample = recorded(plan, 30, 3) + going_on(stage, 10, 17)

    assert compare(plan, sample, lambda: truths_in("spark", plan, sample)) > 1_000
