"""The timeline against the plan's engine asked at every time: partial evaluation changes no truth."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from one_rule import policy_with, rule
from slot_places import EXAMPLES

import visitcheck as vc
from policies import shipped_policy
from visitcheck.engines.python import NativeEngine
from visitcheck.facts import Visit, read_visit
from visitcheck.facts.types import HOUR, MINUTE
from visitcheck.gate.remedies.search import last_moment
from visitcheck.gate.slots import Timeline
from visitcheck.gate.slots.grid import Grid, MovedVisit
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.testing import visits

CALM = settings(deadline=None, suppress_health_check=list(HealthCheck))
ZONE = "Asia/Shanghai"


@cache
def plan_of(policy: str) -> Plan:
    return make_plan(shipped_policy(policy), "proposed")


@cache
def timeline_of(policy: str) -> Timeline:
    return Timeline(plan_of(policy))


@cache
def engine_of(policy: str) -> NativeEngine:
    return NativeEngine(plan_of(policy))


def differences(policy: str, visit: Visit, grid: Grid) -> list[tuple[int, str]]:
    """Times at which a condition's truth in the timeline is not that of the visit put there."""
    runs = list(timeline_of(policy).runs(MovedVisit(visit, ZONE), grid))
    assert [run.last for run in runs[:-1]] == [run.first for run in runs[1:]]
    assert (0, grid.size) == (runs[0].first, runs[-1].last)
    evaluate, moved, wrong = engine_of(policy).evaluate, MovedVisit(visit, ZONE), []
    for run in runs:
        for index in range(run.first, run.last):
            moved.move(grid.at(index))
            for position, truth in enumerate(evaluate(moved.visit)):
                if truth is not run.truths[position]:
                    wrong.append((index, str(plan_of(policy).conditions[position].origin)))
    return wrong


@pytest.mark.long
@pytest.mark.parametrize(
    ("policy", "example"),
    [
        ("base", "proposed-allowed.json"),
        ("base", "proposed-review.yaml"),
        ("cn", "cn/bank-credit-card.yaml"),
        ("cn", "cn/micro-loan.yaml"),
        ("cn", "cn/online-platform.yaml"),
    ],
)
def test_every_quarter_hour_of_a_fortnight_is_judged_as_by_the_engine(policy: str, example: str) -> None:
    registers = yaml.safe_load((EXAMPLES / "cn" / "registers.yaml").read_text(encoding="utf-8"))
    source = yaml.safe_load((EXAMPLES / example).read_text(encoding="utf-8"))
    visit = read_visit(source, registers=vc.Registers.read(registers) if policy == "cn" else None)
    start: Any = visit.visit.starts_at  # type: ignore[union-attr]

    assert [] == differences(policy, visit, Grid(start - 24 * HOUR, 15 * MINUTE, 1344))


@pytest.mark.long
@pytest.mark.parametrize("policy", ["base", "cn"])
def test_generated_visits_are_judged_as_by_the_engine(policy: str) -> None:
    """Missing facts, boundary times, empty and long lists, other zones, steps that divide nothing."""

    @given(
        visits(stage="proposed", facts=plan_of(policy).facts | {"visit.timezone", "visit.ends_at", "visit.date"}),
        st.integers(-20 * 24 * 60, 20 * 24 * 60),
        st.sampled_from([7 * MINUTE, HOUR, 5 * HOUR, 24 * HOUR]),
    )
    @settings(CALM, max_examples=40)
    def holds(visit: Visit, ahead: int, step: int) -> None:
        if visit.visit is None or visit.visit.starts_at is None:
            return
        start = visit.visit.starts_at + ahead * MINUTE
        assert [] == differences(policy, visit, Grid(start, step, 40))

    holds()


@cache
def elsewhere() -> tuple[Timeline, NativeEngine]:
    """A pack without a zone of its own: the visit's decides what is local."""
    checks = [
        'localDate(visit.starts_at) >= date("2026-03-08")',
        'localDate(visit.ends_at) <= date("2026-11-01")',
        "contacts.all(c, localDate(c.at) != localDate(visit.starts_at))",
        'localTime(visit.starts_at) >= "02:00"',
        '!overlapsDaily(visit.starts_at, visit.ends_at, "22:00", "08:00")',
    ]
    rules = [rule(f"r{number}", check) for number, check in enumerate(checks)]
    plan = make_plan(policy_with(rules, timezone=None), "proposed")
    return Timeline(plan), NativeEngine(plan)


@given(
    st.sampled_from(["America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Atlantic/Azores"]),
    st.sampled_from(["2026-03-07", "2026-03-28", "2026-10-03", "2026-10-24", "2026-10-31"]),
    st.integers(0, 3 * 24 * 60),
    st.sampled_from([7 * MINUTE, 30 * MINUTE, HOUR]),
)
@settings(CALM, max_examples=30)
def test_where_the_clock_changes(zone: str, day: str, ahead: int, step: int) -> None:
    """Days of 23, 23.5, 24.5 and 25 hours, in the visit's own zone."""
    times = {"starts_at": f"{day}T00:00:00Z", "ends_at": f"{day}T00:45:00Z", "timezone": zone}
    visit = read_visit({"visit": {"id": "V-1", "stage": "proposed", **times}, "contacts": [{"at": f"{day}T23:30:00Z"}]})
    start: Any = visit.visit.starts_at  # type: ignore[union-attr]
    grid = Grid(start + ahead * MINUTE, step, 60)
    timeline, engine = elsewhere()
    moved = MovedVisit(visit, None)
    for run in timeline.runs(MovedVisit(visit, None), grid):
        for index in range(run.first, run.last):
            moved.move(grid.at(index))
            assert engine.evaluate(moved.visit) == run.truths


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 9))
def test_the_last_moment_that_holds(limit: int, last: int, grain: int) -> None:
    """Of 0, grain, 2 grain, ... up to `last`: the last that is not above `limit`."""
    moment = last_moment(lambda moment: moment <= limit, 0, last, grain)

    assert min(limit, last) // grain * grain == moment


@given(st.integers(-100, 100), st.integers(1, 50), st.integers(1, 40), st.integers(-200, 3000))
def test_a_comparison_turns_only_where_the_grid_says(first: int, step: int, size: int, moment: int) -> None:
    grid = Grid(first, step, size)
    starts = [grid.at(index) for index in range(size)]
    turns = {
        index
        for index in range(1, size)
        for turned in (lambda start: start >= moment, lambda start: start > moment)
        if turned(starts[index]) != turned(starts[index - 1])
    }

    assert turns <= set(grid.around(moment))
