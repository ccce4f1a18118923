"""The durable engine gives the interpreter's answer: on the cases, on generated visits, for generated conditions."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.durable.durable_checks import agree, base_plan
from strategies.expressions import conditions, usual_conditions
from strategies.visits import visits_for
from visitcheck.authoring import as_text, find_cases, read_cases, run_cases
from visitcheck.engines.durable import DurableEngine
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.facts import Visit, read_visit
from visitcheck.policy import load_policy
from visitcheck.policy.model import STAGES, Stage
from visitcheck.testing import visit_mappings

CASE_FILES = find_cases(Path(__file__).resolve().parents[3] / "rules" / "base")
_GENERATED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@cache
def engine(stage: Stage) -> DurableEngine:
    return DurableEngine(base_plan(stage))


@pytest.mark.parametrize("path", CASE_FILES, ids=lambda path: path.name.removesuffix(".cases.yaml"))
def test_every_case_comes_out_as_expected(path: Path) -> None:
    file = read_cases(path)

    results = run_cases(load_policy(*file.policy), file, engines=[DurableEngine])

    assert results
    assert all(result.passed for result in results), as_text(results)


@pytest.mark.parametrize("stage", STAGES)
def test_generated_visits_have_the_references_truths(stage: Stage) -> None:
    plan = base_plan(stage)
    reference = ReferenceEngine(plan)

    @settings(max_examples=40, deadline=None, suppress_health_check=_GENERATED)
    @given(visit_mappings(stage, facts=plan.facts))
    def check(mapping: dict[str, object]) -> None:
        visit: Visit = read_visit(mapping)
        assert engine(stage).evaluate(visit) == reference.evaluate(visit)

    check()


@settings(max_examples=40, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_usual_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    found = data.draw(usual_conditions())
    agree(found, *(data.draw(visits_for(found)) for _ in range(3)))


@settings(max_examples=80, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_generated_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    found = data.draw(conditions(depth=3))
    agree(found, *(data.draw(visits_for(found)) for _ in range(3)))


@pytest.mark.long
@settings(max_examples=2_000, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_many_deep_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    found = data.draw(conditions(most=5, depth=5))
    agree(found, *(data.draw(visits_for(found)) for _ in range(4)))


def test_engines_of_both_stages_can_be_closed() -> None:
    for stage in STAGES:
        with closing(DurableEngine(base_plan(stage))) as made:
            assert made.rule_sets >= 1
