"""Conditions without an array form: asked of the native engine, row by row, of visits rebuilt from the chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from visitcheck.engines.python import NativeEngine
from visitcheck.facts import Visit
from visitcheck.facts.types import Money
from visitcheck.ir.plan import Plan
from visitcheck.truth import Truth

if TYPE_CHECKING:
    import pyarrow as pa

_MONEY = {"minor", "currency"}


class _RowRecord:
    """A record of a row: facts by name, None for those that the chunk lacks."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.__dict__.update(facts)

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)
        return


class NativeRows:
    """Single conditions of a plan as functions of a row, each made when it is first asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._engines: dict[int, NativeEngine] = {}

    def truths(self, position: int, visits: Sequence[Visit]) -> list[Truth]:
        """The truths of the condition at `position`, visit by visit."""
        engine = self._engines.get(position)
        if engine is None:
            alone = replace(
                self._plan,
                conditions=(self._plan.conditions[position],),
                rules=(),
                reads=(self._plan.reads[position],),
                doubts=(),
                protective=(),
            )
            engine = self._engines[position] = NativeEngine(alone)
        return [engine.evaluate(visit)[0] for visit in visits]


def rebuild_visits(batch: pa.RecordBatch) -> list[Visit]:
    """The visits of a chunk, as far as its columns go."""
    return [
        cast("Visit", _RowRecord({name: _rebuild(value) for name, value in row.items()})) for row in batch.to_pylist()
    ]


def _rebuild(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_rebuild, value))
    if not isinstance(value, dict):
        return value
    if value.keys() == _MONEY:
        return Money(**value)
    return _RowRecord({name: _rebuild(each) for name, each in value.items()})
