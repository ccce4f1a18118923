"""The interpreter, native, DuckDB and Spark give the same truth for every condition of every visit."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import pytest
from hypothesis import strategies as st

from engines.sql.agreement import compare, drawn, plan_of, sayable, truths_alone, truths_in
from strategies.expressions import conditions, usual_conditions
from strategies.visits import visits_for
from visitcheck.ir.nodes import Expr
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.policy import load_policy
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
    return make_plan(load_policy(policy), stage)


def recorded(plan: Plan, count: int, start: int = 0) -> list[Any]:
    """Valid visits, and as many of any facts whatever."""
    stage, anyhow = plan.stage, visits_for(plan.conditions)
    return drawn(visits(stage=stage), count, start) + drawn(anyhow, count, start)


@pytest.mark.parametrize("kind", ["usual", "nested"])
def test_duckdb_on_generated_conditions(kind: str) -> None:
    plan, sample = generated(kind, 25, 1)

    assert compare(plan, sample, lambda: truths_in("duckdb", plan, sample)) > 1_000
    assert compare(plan, sample, lambda: truths_alone(plan, sample)) > 1_000


@pytest.mark.parametrize("stage", STAGES)
def test_duckdb_on_the_shipped_packs(stage: Stage) -> None:
    plan = shipped(stage)
    sample = recorded(plan, 20)

    assert compare(plan, sample, lambda: truths_in("duckdb", plan, sample)) > 1_000


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
    sample = recorded(plan, 40, 3)

    assert compare(plan, sample, lambda: truths_in("spark", plan, sample)) > 1_000
