"""The engine itself: a plan's conditions over the rows of Arrow batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from visitcheck.concurrency import cached_property
from visitcheck.engines.arrays.analysis import Analysis
from visitcheck.engines.arrays.by_native import NativeRows, rebuild_visits
from visitcheck.engines.arrays.evaluation import Evaluation
from visitcheck.engines.arrays.lists import TooManyElementsError
from visitcheck.engines.arrays.structs import open_chunk
from visitcheck.engines.arrays.tools import Tools, Work
from visitcheck.engines.arrays.values import Array, Bools, Masks, NoArrayFormError
from visitcheck.engines.columns import arrow_schema, row_of
from visitcheck.errors import EngineFailure
from visitcheck.facts import Visit
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.ir.facts_read import facts_read
from visitcheck.ir.nodes import Expr
from visitcheck.ir.plan import Plan, Truths
from visitcheck.truth import Truth

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_ROWS = 16_384
"""Rows of a chunk: enough that work by arrays outweighs what each array costs, few enough to stay in the cache."""
_COMPLETENESS = "completeness"
_MOST_PREPARED = 32
"""Sets of lists that go on for which conditions are kept."""


class ArrayEngine:
    """A plan over the canonical relation (`engines.columns`) as Arrow has it, chunk by chunk, with numpy.

    Rows are asked `plan.conditions`; those with `completeness`, where they read a list that goes on in the chunk,
    `plan.open_conditions`. What has no array form is asked of the native engine, row by row; `work` counts both. Not
    safe to share between threads.

    Needs the extra `audit`.
    """

    name = "arrays"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.work = Work()
        self._native = NativeRows(plan)
        self._prepared: dict[frozenset[str], _Prepared] = {}
        self._prepare(frozenset())
        self._root, _ = vocabulary_with_extra(plan.policy.extra_facts)

    def _prepare(self, going_on: frozenset[str]) -> _Prepared:
        """The conditions for rows in which these lists may go on, made when the first such rows come."""
        prepared = self._prepared.get(going_on)
        if prepared is None:
            conditions = self.plan.conditions
            if going_on:
                pairs = zip(conditions, self.plan.open_conditions, self._lists_read, strict=True)
                conditions = tuple(closed if reads.isdisjoint(going_on) else open_ for closed, open_, reads in pairs)
            analysis = Analysis(conditions)
            if len(self._prepared) > _MOST_PREPARED:
                self._prepared.clear()
            prepared = self._prepared[going_on] = _Prepared(analysis, Tools(analysis.codes, work=self.work))
        return prepared

    @cached_property
    def _lists_read(self) -> tuple[frozenset[str], ...]:
        """For each condition the lists that it reads, or elements of them."""
        return tuple(
            frozenset(fact.partition("[]")[0] for fact in facts_read(condition)) for condition in self.plan.conditions
        )

    @property
    def schema(self) -> pa.Schema:
        """The columns that the engine reads, where a chunk has them."""
        return arrow_schema(self._root, position=False)

    def evaluate(self, visit: Visit) -> Truths:
        """Return the truth of each of `plan.conditions` for one visit (slow: arrays are for many)."""
        return self.evaluate_all([visit])[0]

    def evaluate_all(self, visits: Iterable[object]) -> list[Truths]:
        """Return the truths of many visits, in their order."""
        import pyarrow as pa

        rows = [row_of(visit, self._root) for visit in visits]
        table = pa.Table.from_pylist(rows, self.schema)
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
        given = _rows_with_completeness(batch)
        if not given.any() or given.all():
            return self._judge_alike(batch)
        return self._judge_apart(batch, given)

    def _judge_apart(self, batch: pa.RecordBatch, given: Bools) -> list[Masks]:
        """Rows that say nothing of how complete their lists are, and those that do, each with what is asked of them."""
        import pyarrow as pa

        truths = [Masks(*_two_masks(batch.num_rows)) for _ in self.plan.conditions]
        for rows in (~given, given):
            for whole, masks in zip(truths, self._judge_alike(batch.filter(pa.array(rows))), strict=True):
                whole.true[rows], whole.false[rows] = masks.true, masks.false
        return truths

    def _judge_alike(self, batch: pa.RecordBatch) -> list[Masks]:
        import pyarrow as pa

        prepared = self._prepare(_lists_going_on(batch))
        chunk = _Chunk(prepared, batch)
        try:
            conditions = enumerate(prepared.analysis.conditions)
            return [self._judge_condition(chunk, position, each) for position, each in conditions]
        except pa.ArrowException as error:
            raise EngineFailure(f"Arrow broke: {error}") from error
        finally:
            chunk.close()

    def _judge_condition(self, chunk: _Chunk, position: int, condition: Expr) -> Masks:
        try:
            masks = chunk.evaluation.condition(condition)
        except NoArrayFormError as reason:
            return self._ask_native(chunk, position, str(reason))
        except TooManyElementsError:
            if chunk.batch.num_rows == 1:
                return self._ask_native(chunk, position, "too many elements")
            return _joined([self._judge_piece(piece, position, condition) for piece in chunk.halves()])
        self.work.by_arrays += chunk.batch.num_rows
        return masks

    def _judge_piece(self, piece: _Chunk, position: int, condition: Expr) -> Masks:
        try:
            return self._judge_condition(piece, position, condition)
        finally:
            piece.close()

    def _ask_native(self, chunk: _Chunk, position: int, name: str) -> Masks:
        self.work.by_native[name] += chunk.batch.num_rows
        answers = self._native.truths(position, chunk.visits)
        return Masks(
            np.array([truth is True for truth in answers], np.bool_),
            np.array([truth is False for truth in answers], np.bool_),
        )


class _Prepared(NamedTuple):
    """Conditions and what evaluates them."""

    analysis: Analysis
    tools: Tools


class _Chunk:
    """A batch being judged: over arrays, and as visits where the native engine is asked."""

    def __init__(self, prepared: _Prepared, batch: pa.RecordBatch) -> None:
        self._prepared = prepared
        self.batch = batch
        tools = prepared.tools.for_chunk()
        self.evaluation = Evaluation(prepared.analysis, open_chunk(batch, tools.codes), tools)

    @cached_property
    def visits(self) -> list[Visit]:
        """The rows as visits."""
        return rebuild_visits(self.batch)

    def halves(self) -> Iterator[_Chunk]:
        """The first and the second half of the rows."""
        middle = self.batch.num_rows // 2
        for start, count in ((0, middle), (middle, self.batch.num_rows - middle)):
            yield _Chunk(self._prepared, self.batch.slice(start, count))

    def close(self) -> None:
        """Let go of what was worked out."""
        self.evaluation.close()


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


def _lists_going_on(batch: pa.RecordBatch) -> frozenset[str]:
    """The lists that go on in some row of a chunk."""
    place = batch.schema.get_field_index(_COMPLETENESS)
    if place < 0 or batch.column(place).null_count == batch.num_rows:
        return frozenset()
    about = batch.column(place)
    return frozenset(path for path in OPEN_LISTS if _is_anywhere_false(about, (*path.split("."), "complete")))


def _is_anywhere_false(array: pa.Array, path: tuple[str, ...]) -> bool:
    """Whether a fact below a column is FALSE in some row."""
    import pyarrow as pa

    for name in path:
        if not pa.types.is_struct(array.type) or array.type.get_field_index(name) < 0:
            return False
        array = array.flatten()[array.type.get_field_index(name)]
    return bool(array.false_count) if pa.types.is_boolean(array.type) else False


def _two_masks(count: int) -> tuple[Bools, Bools]:
    return np.zeros(count, np.bool_), np.zeros(count, np.bool_)


def _joined(masks: Sequence[Masks]) -> Masks:
    return Masks(np.concatenate([each.true for each in masks]), np.concatenate([each.false for each in masks]))
