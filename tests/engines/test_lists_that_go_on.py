"""Lists that go on: engines say what the reference says, and no refinement of a visit takes a truth back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from policies import shipped_policy
from strategies.refinements import Refinement, refinements
from visitcheck.engines.arrays import ArrayEngine
from visitcheck.engines.available import engine_types
from visitcheck.engines.contract import Engine
from visitcheck.facts import Visit
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.ir.nodes import Has
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.ir.walk import distinct_nodes
from visitcheck.policy.model import STAGES, Stage
from visitcheck.testing import visits

_SLOW = list(HealthCheck)


@cache
def plan_of(policy: str, stage: Stage) -> Plan:
    return make_plan(shipped_policy(policy), stage)


@contextmanager
def engines_for(plan: Plan) -> Iterator[list[Engine]]:
    """The reference first, then every other engine."""
    engines: list[Engine] = [make(plan) for make in (*engine_types(), ArrayEngine)]
    assert [engine.name for engine in engines] == ["reference", "native", "durable", "arrays"]
    yield engines
    for engine in engines:
        getattr(engine, "close", lambda: None)()


def goes_on(visit: Visit) -> bool:
    """Whether any list of a visit goes on."""
    facts: Any = visit.to_dict().get("completeness", {})
    abouts = (facts.get(path) or facts.get(path.split(".")[0], {}).get(path.split(".")[-1]) for path in OPEN_LISTS)
    return any(isinstance(about, dict) and about.get("complete") is False for about in abouts)


def count_agreeing_truths(plan: Plan, examples: int) -> Counter[str]:
    """Hold the other engines against the reference, condition by condition, on generated visits."""
    counts: Counter[str] = Counter()

    @settings(max_examples=examples, deadline=None, suppress_health_check=_SLOW, phases=[Phase.generate, Phase.reuse])
    @given(visits(stage=plan.stage, min_facts=20).filter(goes_on))
    def check(visit: Visit) -> None:
        with_rests = reference.evaluate(visit)
        for engine in others:
            for position, (expected, truth) in enumerate(zip(with_rests, engine.evaluate(visit), strict=True)):
                assert truth is expected, (engine.name, plan.owners(position))
                counts["compared"] += 1
        without = reference.evaluate(visit.model_copy(update={"completeness": None}))
        counts["opened"] += sum(a is not b for a, b in zip(with_rests, without, strict=True))

    with engines_for(plan) as (reference, *others):
        check()
    return counts


def count_refined_truths(plan: Plan, examples: int) -> Counter[str]:
    """On every engine no refinement turns a truth into its opposite, nor TRUE or FALSE into UNKNOWN.

    `has()` is no question about what happened but about what is recorded: it may change.
    """
    free = [not any(isinstance(node, Has) for node in distinct_nodes(each)) for each in plan.conditions]
    counts: Counter[str] = Counter()

    @settings(max_examples=examples, deadline=None, suppress_health_check=_SLOW, phases=[Phase.generate, Phase.reuse])
    @given(refinements(stage=plan.stage))
    def check(refinement: Refinement) -> None:
        for engine in engines:
            pairs = zip(engine.evaluate(refinement.visit), engine.evaluate(refinement.refined), free, strict=True)
            for position, (before, after, monotone) in enumerate(pairs):
                if monotone:
                    assert before in (None, after), (engine.name, plan.owners(position), refinement.steps)
                    counts["compared"] += 1
                    counts["decided"] += before is not after
        counts.update(refinement.steps)

    with engines_for(plan) as engines:
        check()
    return counts


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_engines_say_what_the_reference_finds_at_rests(stage: Stage) -> None:
    counts = count_agreeing_truths(plan_of("base", stage), examples=6)

    assert counts["compared"] >= 600
    assert counts["opened"] > 0


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_no_refinement_takes_a_truth_back(stage: Stage) -> None:
    counts = count_refined_truths(plan_of("base", stage), examples=6)

    assert counts["compared"] >= 600
    assert counts["decided"] > 0


@pytest.mark.long
def test_a_hundred_thousand_truths_agree() -> None:
    counts: Counter[str] = Counter()
    for policy, examples in (("base", 60), ("cn", 90)):
        for stage in STAGES:
            counts += count_agreeing_truths(plan_of(policy, stage), examples)

    print(f"{counts['compared']:,} truths compared, {counts['opened']:,} of them open because lists go on")
    assert counts["compared"] >= 100_000
    assert counts["opened"] >= 2_000


@pytest.mark.long
def test_no_refinement_takes_one_of_a_hundred_thousand_truths_back() -> None:
    counts: Counter[str] = Counter()
    for policy, examples in (("base", 50), ("cn", 60)):
        for stage in STAGES:
            counts += count_refined_truths(plan_of(policy, stage), examples)

    print(f"{counts['compared']:,} truths before and after, {counts['decided']:,} decided by what was added: {counts}")
    assert counts["compared"] >= 100_000
    assert counts["decided"] >= 1_000
    assert all(counts[step] for step in ("add element", "add word", "complete", "fill in fact", "fill in list"))
