"""Canonical rows to judged ones, by columns: truths, verdicts and findings, on one machine and on Spark's workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from visitcheck.audit.arrow_columns import column_of, is_known, list_column, whole_numbers
from visitcheck.audit.running.findings import OPEN, FindingColumns, finding_types, has_status
from visitcheck.audit.running.scope import AuditScope
from visitcheck.concurrency import cached_property
from visitcheck.engines.arrays import ArrayEngine
from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.engines.arrays.values import Array, Bools, Masks
from visitcheck.engines.arrays.verdicts import ArrayJudge, ArrayVerdicts, Codes
from visitcheck.engines.outcomes import ASSESSED_CODES, AssessedOutcome
from visitcheck.facts.types import DAY

if TYPE_CHECKING:
    import pyarrow as pa

_IDENTITY = {
    "visit_id": "visit.id",
    "starts_at": "visit.starts_at",
    "debtor_id": "debtor.id",
    "place_kind": "place.kind",
    "agency_id": "agency.id",
}
"""What results say of a visit, and where rows have it."""


@dataclass(frozen=True, eq=False)
class JudgedRows:
    """What became of the rows of a chunk.

    `rows` are the canonical rows; `truths` those of the plan's conditions, `lacks` where each fact of
    `FindingColumns.lackable` is missing; `findings` are by row, `at`, and rule; `visit_doubts` are rows by the code of
    a doubt between visits.
    """

    rows: pa.RecordBatch
    truths: Sequence[Masks]
    lacks: Sequence[Masks]
    verdicts: ArrayVerdicts
    findings: pa.Table
    visit_doubts: Mapping[str, Bools] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def column(self, fact: str) -> pa.Array:
        """The values of a fact outside lists, in every row."""
        return column_of(self.rows, fact)

    def identity(self) -> dict[str, pa.Array]:
        """What results say of each visit."""
        return {name: self.column(fact) for name, fact in _IDENTITY.items()}

    def findings_by_row(self) -> pa.Array:
        """For each row the list of its findings, in the order of rules."""
        counts = np.bincount(self.findings["at"].to_numpy(), minlength=len(self))
        own = self.findings.select(finding_types()).to_struct_array().combine_chunks()
        return list_column(counts, own)

    def days(self) -> pa.Array:
        """The day of each visit, in UTC, as days since 1970."""
        import pyarrow as pa
        import pyarrow.compute as pc

        dates, starts = self.column("visit.date"), self.column("visit.starts_at")
        of_starts = pa.array(whole_numbers(starts) // DAY, mask=~is_known(starts))
        return pc.coalesce(of_starts, dates)

    def collectors(self) -> tuple[pa.Array, Array]:
        """The ids of team members, flat, and the row of each."""
        import pyarrow.compute as pc

        team = self.rows.column("team")
        return pc.struct_field(team.flatten(), ["id"]), pc.list_parent_indices(team).to_numpy()

    def collectors_by_row(self) -> pa.Array:
        """For each row the ids of its team members, in the order of the team; without those that have none."""
        ids, at = self.collectors()
        counts = np.bincount(at[is_known(ids)], minlength=len(self))
        return list_column(counts, ids.drop_null())

    def is_open(self) -> Bools:
        """Which rows have a suspected or undetermined rule."""
        is_open: Bools = np.logical_or.reduce(has_status(self.verdicts.statuses, OPEN), axis=0)
        return is_open

    @cached_property
    def doubted(self) -> Bools:
        """Which visits are in a doubt between visits."""
        doubted: Bools = np.zeros(len(self), np.bool_)
        for own in self.visit_doubts.values():
            doubted = doubted | own
        return doubted

    @cached_property
    def assessed_outcomes(self) -> Codes:
        """What the facts show of each visit."""
        return self.in_doubt_at_least(self.verdicts.assessed_outcomes)

    def in_doubt_at_least(self, outcomes: Codes) -> Codes:
        """Assessed outcomes, in doubt where nothing graver is shown and a doubt between visits is."""
        in_doubt = np.uint8(ASSESSED_CODES[AssessedOutcome.IN_DOUBT])
        # The gravest has the least code.
        shown: Codes = np.where(self.doubted, np.minimum(outcomes, in_doubt), outcomes)
        return shown


@dataclass(frozen=True)
class RowJudge:
    """Judges canonical rows with the facts that a scope keeps.

    The engine is asked, after the conditions of the plan, what findings may call missing.
    """

    scope: AuditScope
    engine: ArrayEngine
    judge: ArrayJudge
    finder: FindingColumns

    @classmethod
    def of_scope(cls, scope: AuditScope) -> RowJudge:
        """Make the judge of a run."""
        finder = FindingColumns(scope)
        asked = tuple(finder.lackable.values())
        reads = (*scope.plan.reads, *(frozenset[str]() for _ in asked))
        engine = ArrayEngine(replace(scope.plan, conditions=(*scope.plan.conditions, *asked), reads=reads))
        return cls(scope, engine, ArrayJudge(scope.plan, never_known=scope.never_known), finder)

    def take_work(self) -> dict[str, Any]:
        """How many truths were found over arrays since this was last asked, and how many row by row, by what for."""
        work = {"by_arrays": self.engine.work.by_arrays, "by_native": dict(self.engine.work.by_native)}
        self.engine.work.reset()
        return work

    def judge_all(self, batches: Iterable[pa.RecordBatch]) -> Iterator[JudgedRows]:
        """Judge rows, chunk by chunk."""
        for batch in batches:
            for start in range(0, batch.num_rows, CHUNK_ROWS):
                yield self.judge_chunk(batch.slice(start, CHUNK_ROWS))

    def judge_chunk(self, batch: pa.RecordBatch) -> JudgedRows:
        """Judge the rows of a chunk."""
        answers = self.engine.judge(batch)
        size = len(self.scope.plan.conditions)
        truths, lacks = answers[:size], answers[size:]
        verdicts = self.judge.verdicts(truths)
        findings = self.finder.findings(truths, verdicts.statuses, lacks)
        return JudgedRows(batch, truths, lacks, verdicts, findings)
