"""The native engine gives the interpreter's answer, for every expression and every visit."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.native_checks import assert_native_agrees
from strategies.expressions import conditions, usual_conditions
from strategies.visits import visits_for

_GENERATED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.mark.long
@settings(max_examples=250, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_usual_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    drawn = data.draw(usual_conditions())
    for _ in range(4):
        assert_native_agrees(drawn, data.draw(visits_for(drawn)))


@settings(max_examples=100, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_generated_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    drawn = data.draw(conditions(depth=3))
    for _ in range(3):
        assert_native_agrees(drawn, data.draw(visits_for(drawn)))


@pytest.mark.long
@settings(max_examples=1_500, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_many_deep_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    drawn = data.draw(conditions(most=5, depth=5))
    for _ in range(4):
        assert_native_agrees(drawn, data.draw(visits_for(drawn)))
