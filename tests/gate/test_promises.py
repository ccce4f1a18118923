"""What must always hold of a decision, on generated visits."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import visitcheck as vc
from policies import shipped_policy
from visitcheck.engines.python import NativeEngine
from visitcheck.facts import read_visit
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.policy import STAGES
from visitcheck.testing import visit_mappings

POLICY = shipped_policy("base")
GATE = vc.Gate(POLICY, clock=lambda: datetime(2026, 3, 1, tzinfo=UTC))
PLANS: dict[str, Plan] = {stage: make_plan(POLICY, stage) for stage in STAGES}
ENGINES = {stage: NativeEngine(plan) for stage, plan in PLANS.items()}
CALM = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
)


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where a fact can be taken away: each key of each mapping (an element of a list is not a fact)."""
    paths: list[tuple[str | int, ...]] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            paths += [(*path, key), *_leaves(inner, (*path, key))]
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            paths += _leaves(inner, (*path, index))
    return paths


def _without(value: Any, path: tuple[str | int, ...]) -> Any:
    rest = copy.deepcopy(value)
    inner = rest
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return rest


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_filling_in_a_fact_never_turns_an_answer_round(stage: str) -> None:
    """Unknown is monotone: what a condition says without a fact it still says with it."""
    plan = PLANS[stage]
    evaluate = ENGINES[stage].evaluate

    @given(st.data())
    @settings(CALM, max_examples=40)
    def holds(data: st.DataObject) -> None:
        fuller = data.draw(visit_mappings(stage=stage, facts=plan.facts))
        paths = [path for path in _leaves(fuller) if path not in (("visit",), ("visit", "stage"))]
        if not paths:
            return
        known = evaluate(read_visit(fuller))
        for path in data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=4)):
            try:
                visit = read_visit(_without(fuller, path))
            except vc.InvalidVisit:  # a time without its state, an amount without its currency
                continue
            for at, (less, more) in enumerate(zip(evaluate(visit), known, strict=True)):
                assert less is None or less is more, (path, plan.conditions[at])

    holds()


_KEYS = ["visit", "id", "stage", "starts_at", "place", "kind", "contacts", "at", "$and", "__class__", "plan", "debt"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(_JSON)
@settings(CALM, max_examples=150)
def test_whatever_goes_in_is_refused_or_not_allowed(source: Any) -> None:
    """Nothing made up by chance is ever allowed: it is refused as no visit, or not allowed."""
    try:
        decision = GATE.check(source)
    except vc.InvalidVisit:
        return
    assert not decision.allowed


@given(st.data())
@settings(CALM, max_examples=40)
def test_a_decision_can_always_be_told(data: st.DataObject) -> None:
    """Findings, trees, JSON and text come out for any visit, twice the same; the outcome is the findings' worst."""
    stage = data.draw(st.sampled_from(STAGES))
    mapping = data.draw(visit_mappings(stage=stage, facts=PLANS[stage].facts | {"visit.id", "visit.starts_at"}))
    try:
        decision = GATE.check(mapping)
    except vc.InvalidVisit:
        return
    worst = max([finding.leads_to for finding in decision.findings], default=vc.Outcome.ALLOW)

    assert worst <= decision.outcome
    assert worst == decision.outcome or decision.problems
    assert decision.to_json() == GATE.check(mapping).to_json()
    assert decision.render("zh")
    for rule in decision.explain():
        for name, tree in rule.checks:
            finding = next((each for each in decision.findings if each.rule == rule.rule), None)
            if finding is not None:
                assert tree.truth is next(check.truth for check in finding.checks if check.name == name)
