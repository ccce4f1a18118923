"""The interpreter and arrays give the same truth for every condition of every visit, many visits at once."""

from __future__ import annotations

from functools import partial

import pytest

from engines.sql.agreement import compare, drawn, expected, plan_of
from engines.sql.test_sql_agreement import generated, going_on, recorded, shipped
from policies import shipped_policy
from strategies.expressions import conditions
from strategies.visits import visits_for
from visitcheck.engines.arrays import ArrayEngine
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.policy.model import STAGES, Stage
from visitcheck.testing import visits
from visitcheck.truth import Truth


def truths_of(plan: Plan, sample: list[object], *, times: int = 1) -> list[tuple[Truth, ...]]:
    """What arrays answer, where every visit comes again and again; all these answers are the same."""
    answers = ArrayEngine(plan).evaluate_all(sample * times)
    first = answers[: len(sample)]
    assert answers == first * times
    return first


@pytest.mark.long
@pytest.mark.parametrize("kind", ["usual", "nested"])
def test_generated_conditions(kind: str) -> None:
    """Few rows, and so many that dear parts are asked of some of them only."""
    plan, sample = generated(kind, 25, 1)

    assert compare(plan, sample, lambda: truths_of(plan, sample)) > 1_000
    assert compare(plan, sample, lambda: truths_of(plan, sample, times=8)) > 1_000


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_the_shipped_packs(stage: Stage) -> None:
    """Valid visits and any facts whatever; with lists that go on in some of the rows, in all, and in none."""
    plan = shipped(stage)
    sample = recorded(plan, 6)
    open_ = going_on(stage, 5, 11)
    closed = [visit.model_copy(update={"completeness": None}) for visit in open_]

    for rows in (sample + open_, open_, closed):
        assert compare(plan, rows, partial(truths_of, plan, rows)) > 300
    opened = sum(
        a is not b
        for x, y in zip(expected(plan, open_), truths_of(plan, closed), strict=True)
        for a, b in zip(x, y, strict=True)
    )
    assert opened  # the sample has rows that going on matters to


@pytest.mark.long
@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("kind", ["usual", "nested", "deep"])
def test_many_generated_conditions(kind: str, start: int) -> None:
    plan, sample = generated(kind, 60, 100 + start)

    count = compare(plan, sample, lambda: truths_of(plan, sample, times=2))

    print(f"{count} truths of {kind} conditions agreed")


@pytest.mark.long
def test_conditions_of_one_visit_each() -> None:
    """Conditions by themselves, over visits that were drawn for them: nothing is shared with others."""
    total = 0
    for (condition, *_), *_rest in [(each,) for each in drawn(conditions(depth=4), 150, 5)]:
        plan = plan_of([condition])
        sample = drawn(visits_for([condition]), 6, 6)
        total += compare(plan, sample, partial(truths_of, plan, sample))

    assert total >= 800


@pytest.mark.long
@pytest.mark.parametrize(("policy", "count"), [("base", 260), ("cn", 110)])
def test_100_000_truths(policy: str, count: int) -> None:
    """Half of the visits valid, half of any facts, and a third more of which lists go on."""
    total = 0
    for stage in STAGES:
        plan = make_plan(shipped_policy(policy), stage)
        sample = (
            recorded(plan, count // 2, 7) + drawn(visits(stage=stage), count // 2, 8) + going_on(stage, count // 3, 9)
        )
        engine = ArrayEngine(plan)
        total += compare(plan, sample, lambda engine=engine, sample=sample: engine.evaluate_all(sample))
        assert not engine.work.by_native

    print(f"{total} truths of the policy {policy} agreed")
    assert total >= 100_000
