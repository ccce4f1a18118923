"""Shipped packs: the native engine and the interpreter find the same truths."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import shipped_policy
from strategies.visits import visits_for
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.facts import Visit
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.policy.model import STAGES, Stage
from visitcheck.testing import visits

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@cache
def plan_of(stage: Stage) -> Plan:
    return make_plan(shipped_policy("base"), stage)


@cache
def engines_of(stage: Stage) -> tuple[NativeEngine, ReferenceEngine]:
    return NativeEngine(plan_of(stage)), ReferenceEngine(plan_of(stage))


def agree(stage: Stage, visit: Visit) -> None:
    native, reference = engines_of(stage)

    assert native.evaluate(visit) == reference.evaluate(visit)


@pytest.mark.parametrize("stage", STAGES)
@settings(max_examples=12, deadline=None, suppress_health_check=_SLOW)
@given(st.data())
def test_valid_visits(stage: Stage, data: st.DataObject) -> None:
    """Visits as the gate reads them."""
    agree(stage, data.draw(visits(stage=stage)))


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
@settings(max_examples=12, deadline=None, suppress_health_check=_SLOW)
@given(st.data())
def test_visits_of_any_facts(stage: Stage, data: st.DataObject) -> None:
    """Visits that hold exactly what the rules read, in every combination."""
    agree(stage, data.draw(visits_for(plan_of(stage).conditions)))


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
@settings(max_examples=700, deadline=None, suppress_health_check=_SLOW)
@given(st.data())
def test_many_visits(stage: Stage, data: st.DataObject) -> None:
    """More of both."""
    agree(stage, data.draw(visits_for(plan_of(stage).conditions)))
    agree(stage, data.draw(visits(stage=stage)))
