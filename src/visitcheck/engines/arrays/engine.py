"""The engine itself: a plan's conditions over the rows of Arrow batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from visitcheck.engines.arrays.analysis import Analysis
from visitcheck.engines.arrays.by_native import NativeRows, rebuild_visits
from visitcheck.engines.arrays.evaluation import Evaluation
from visitcheck.engines.arrays.lists import TooManyElementsError
from visitcheck.engines.arrays.structs import open_chunk
from visitcheck.engines.arrays.tools import Tools, Work
from visitcheck.engines.arrays.values import Array, Bools, Masks, NoArrayFormError
from visitcheck.engines.sql.columns import arrow_schema, row_of
from visitcheck.errors import EngineFailure
from visitcheck.facts import Visit
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.ir.nodes import Expr
from visitcheck.ir.plan import Plan, Truths
from visitcheck.truth import Truth

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_ROWS = 16_384
"""Rows of a chunk: enough that work by arrays outweighs what each array costs, few enough to stay in the cache."""
_COMPLETENESS = "completeness"
_Half: TypeAlias = "tuple[Analysis, Tools]"


class ArrayEngine:
    """A plan over the canonical relation (`engines.sql.columns`) as Arrow has it, chunk by chunk, with numpy.

    Rows without `completeness` are asked `plan.conditions`, the others `plan.open_conditions`. What has no array form
    is asked of the native engine, row by row; `work` counts both. Not safe to share between threads.

    Needs the extra `audit`.
    """

    name = "arrays"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.work = Work()
        self._native = NativeRows(plan)
        self._closed = self._prepare(plan.conditions)
        self._root, _ = vocabulary_with_extra(plan.policy.extra_facts)

    @cached_property
    def _open(self) -> _Half:
        return self._prepare(self.plan.open_conditions)

    def _prepare(self, conditions: Sequence[Expr]) -> _Half:
        analysis = Analysis(conditions)
        return analysis, Tools(analysis.codes, work=self.work)

    def evaluate(self, visit: Visit) -> Truths:
        """Return the truth of each of `plan.conditions` for one visit (slow: arrays are for many)."""
        return self.evaluate_all([visit])[0]

    def evaluate_all(self, visits: Iterable[object]) -> list[Truths]:
        """Return the truths of many visits, in their order."""
        import pyarrow as pa

        rows = [row_of(visit, self._root) for visit in visits]
        table = pa.Table.from_pylist(rows, arrow_schema(self._root, position=False))
        columns = [python_truths(masks) for masks in self.judge_table(table)]
        return list(zip(*columns, strict=True)) if columns else [()] * len(rows)

    def judge_table(self, table: pa.Table) -> list[Masks]:
        """The truth of each of `plan.conditions` in every row of a table."""
        chunks = [self.judge(batch) for batch in chunks_of(table)]
        if not chunks:
            return [Masks(*_two_masks(0)) for _ in self.plan.conditions]
        return [_joined(each) for each in zip(*chunks, strict=True)]

    def judge(self, batch: pa.RecordBatch) -> list[Masks]:
        """The truth of each of `plan.conditions` in every row of a chunk.

        Raises `EngineFailure` for a batch that has no canonical schema.
        """
        going_on = _rows_with_completeness(batch)
        if not going_on.any():
            return self._judge_half(self._closed, self.plan.conditions, batch)
        if going_on.all():
            return self._judge_half(self._open, self.plan.open_conditions, batch)
        return self._judge_both(batch, going_on)

    def _judge_both(self, batch: pa.RecordBatch, going_on: Bools) -> list[Masks]:
        """Rows without lists that go on, and those with, each with what is asked of them."""
        import pyarrow as pa

        truths = [Masks(*_two_masks(batch.num_rows)) for _ in self.plan.conditions]
        for rows, half, conditions in (
            (~going_on, self._closed, self.plan.conditions),
            (going_on, self._open, self.plan.open_conditions),
        ):
            part = self._judge_half(half, conditions, batch.filter(pa.array(rows)))
            for whole, masks in zip(truths, part, strict=True):
                whole.true[rows], whole.false[rows] = masks.true, masks.false
        return truths

    def _judge_half(self, half: _Half, conditions: Sequence[Expr], batch: pa.RecordBatch) -> list[Masks]:
        import pyarrow as pa

        analysis, tools = half
        tools = tools.for_chunk()
        evaluation = Evaluation(analysis, open_chunk(batch, tools.codes), tools)
        truths: list[Masks] = []
        visits: list[Visit] = []
        try:
            for position, condition in enumerate(conditions):
                try:
                    truths.append(evaluation.condition(condition))
                    self.work.by_arrays += batch.num_rows
                except (NoArrayFormError, TooManyElementsError) as reason:
                    visits = visits or rebuild_visits(batch)
                    truths.append(self._ask_native(position, visits, reason))
        except pa.ArrowException as error:
            raise EngineFailure(f"Arrow broke: {error}") from error
        finally:
            evaluation.close()
        return truths

    def _ask_native(self, position: int, visits: list[Visit], reason: Exception) -> Masks:
        name = "too many elements" if isinstance(reason, TooManyElementsError) else str(reason)
        self.work.by_native[name] += len(visits)
        answers = self._native.truths(position, visits)
        return Masks(
            np.array([truth is True for truth in answers], np.bool_),
            np.array([truth is False for truth in answers], np.bool_),
        )


def chunks_of(table: pa.Table) -> Iterable[pa.RecordBatch]:
    """The rows of a table as chunks that are judged at a time."""
    return cast("Iterable[pa.RecordBatch]", table.combine_chunks().to_batches(max_chunksize=CHUNK_ROWS))


def python_truths(masks: Masks) -> list[Truth]:
    """Two masks as Python has truths."""
    return [truth if known else None for truth, known in zip(masks.true.tolist(), masks.known.tolist(), strict=True)]


def _rows_with_completeness(batch: pa.RecordBatch) -> Bools:
    place = batch.schema.get_field_index(_COMPLETENESS)
    if place < 0:
        return np.zeros(batch.num_rows, np.bool_)
    given: Array = batch.column(place).is_valid().to_numpy(zero_copy_only=False)
    return given


def _two_masks(count: int) -> tuple[Bools, Bools]:
    return np.zeros(count, np.bool_), np.zeros(count, np.bool_)


def _joined(masks: Sequence[Masks]) -> Masks:
    return Masks(np.concatenate([each.true for each in masks]), np.concatenate([each.false for each in masks]))
