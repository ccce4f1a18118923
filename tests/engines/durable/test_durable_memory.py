"""Inferences that durable-rules made twice are remembered, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engines.durable.durable_checks import base_plan
from visitcheck.engines.durable import DurableEngine
from visitcheck.engines.durable.memory import Memory
from visitcheck.engines.outcomes import Outcome
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.engines.tally import COUNTS
from visitcheck.errors import EngineFailure
from visitcheck.facts import Visit

FAR_TOO_MANY = 5_000


@pytest.fixture
def engine() -> Iterator[DurableEngine]:
    made = DurableEngine(base_plan())
    yield made
    made.close()


@pytest.fixture
def asked(engine: DurableEngine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rule sets that were asked, by position; the one that decides comes last."""
    asked: list[int] = []

    def count(position: int, run: Any) -> Any:
        return lambda values: asked.append(position) or run(values)

    for position, each in enumerate(engine._all):
        monkeypatch.setattr(each, "run", count(position, each.run))
    return asked


def test_equal_features_are_inferred_from_twice(engine: DurableEngine, asked: list[int]) -> None:
    expected, every_set = ReferenceEngine(base_plan()).evaluate(Visit()), list(range(engine.rule_sets))
    for _ in range(5):
        assert engine.evaluate(Visit()) == expected
    assert asked == every_set * 2

    engine.forget()
    assert engine.evaluate(Visit()) == expected
    assert asked == every_set * 3


def test_only_rule_sets_with_other_features_are_asked(engine: DurableEngine, asked: list[int]) -> None:
    values: list[int | None] = [None] * engine.features
    for _ in range(2):
        engine.truths(values)
    asked.clear()
    feature = engine._sets[-1].features[-1]
    readers = [position for position, each in enumerate(engine._sets) if feature in each.features]
    engine.truths([*values[:feature], engine.domains[feature][0], *values[feature + 1 :]])

    assert asked == readers
    assert len(readers) < engine.rule_sets


def test_equal_counts_are_concluded_from_twice(engine: DurableEngine, asked: list[int]) -> None:
    counts = dict.fromkeys(COUNTS, 0) | {"rules": 1, "satisfied": 1, "binding": 1, "surely_binding": 1}
    assert [engine.conclude(counts) for _ in range(4)] == [Outcome.ALLOW] * 4
    assert asked == [engine.rule_sets] * 2
    assert engine.conclude(counts | {"surely_binding": 0}) is Outcome.REVIEW


def test_what_went_wrong_once_is_not_kept(engine: DurableEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ReferenceEngine(base_plan()).evaluate(Visit())
    with monkeypatch.context() as patch:
        patch.setattr(engine._sets[0], "run", lambda values: {engine.patterns_of_sets[0][0][0]})
        assert engine.evaluate(Visit()) != expected
    with pytest.raises(EngineFailure, match="one thing, and then another"):
        engine.evaluate(Visit())
    assert [engine.evaluate(Visit()) for _ in range(3)] == [expected] * 3


def test_a_closed_engine_remembers_nothing(engine: DurableEngine) -> None:
    counts = dict.fromkeys(COUNTS, 0)
    for _ in range(3):
        engine.evaluate(Visit())
        engine.conclude(counts)
    engine.close()
    with pytest.raises(EngineFailure, match="closed"):
        engine.evaluate(Visit())
    with pytest.raises(EngineFailure, match="closed"):
        engine.conclude(counts)


def test_a_memory_does_not_grow_without_end() -> None:
    memory = Memory[tuple[bool, ...]](range(100))
    for number in range(FAR_TOO_MANY):
        for _ in range(2):
            memory.keep((number,), (True,))
        memory.keep((-number - 1,), (False,))
    kept = len(memory._certain) + len(memory._seen_once)
    assert 100 < kept < 1_000
    assert memory.recall((FAR_TOO_MANY - 1,)) == (True,)
    assert memory.recall((-1,)) is None
