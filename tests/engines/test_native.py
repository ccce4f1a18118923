"""The native engine gives the interpreter's answer, for every expression and every visit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies.expressions import conditions
from strategies.visits import visits_for

from visitcheck.engines.native.compiler import Compiler
from visitcheck.language.interpreter import interpret
from visitcheck.language.nodes import Expr

_GENERATED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def compiled(found: tuple[Expr, ...]) -> Any:
    """The function for some conditions, and its source for messages."""
    compiler = Compiler()
    source = compiler.function(found, {})
    namespace = dict(compiler.constants.namespace)
    exec(compile(source, "<test>", "exec"), namespace)  # noqa: S102
    return namespace["evaluate"], source


def agree(found: tuple[Expr, ...], visit: Any) -> None:
    evaluate, source = compiled(found)
    expected = tuple(interpret(condition, visit) for condition in found)
    answers = evaluate(visit)
    assert [(answer, type(answer)) for answer in answers] == [(truth, type(truth)) for truth in expected], (
        source
    )


@settings(max_examples=300, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_generated_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    found = data.draw(conditions(depth=3))
    for _ in range(3):
        agree(found, data.draw(visits_for(found)))


@pytest.mark.long
@settings(max_examples=20_000, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_many_deep_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    found = data.draw(conditions(most=5, depth=5))
    for _ in range(4):
        agree(found, data.draw(visits_for(found)))
