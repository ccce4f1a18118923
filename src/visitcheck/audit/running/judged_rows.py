"""Rows judged by arrays, chunk by chunk: what results keep of them, with statuses, outcomes and findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visitcheck.audit.running.findings import OPEN, FindingColumns, finding_types, has_status
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.sql import fact_column, quote_name
from visitcheck.engines.arrays import ArrayEngine
from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.engines.arrays.values import Masks
from visitcheck.engines.arrays.verdicts import ArrayJudge, Codes
from visitcheck.engines.columns import FILE, ROW, fact_columns, status_name, truth_name
from visitcheck.facts.types import DAY

if TYPE_CHECKING:
    import pyarrow as pa

JUDGED = "shard_judged"
"""The table of judged rows, in queries."""
RESULT_COLUMNS = {
    "visit_id": "STRING",
    "starts_at": "BIGINT",
    "debtor_id": "STRING",
    "place_kind": "STRING",
    "agency_id": "STRING",
    "day": "BIGINT",
    "zone": "STRING",
    "collectors": "ARRAY<STRING>",
}
"""What results keep of a row besides its place, as Spark has the types."""
_KEPT = (FILE, ROW, *RESULT_COLUMNS)


def rows_to_judge(rows: str, scope: AuditScope) -> str:
    """A query for what results keep of canonical rows, and for the facts that rules read; Spark has its forms, too."""
    day = f"coalesce({fact_column('visit.starts_at')} // {DAY}, {fact_column('visit.date')})"
    results = (
        fact_column("visit.id"),
        fact_column("visit.starts_at"),
        fact_column("debtor.id"),
        fact_column("place.kind"),
        fact_column("agency.id"),
        day,
        fact_column("visit.timezone"),
        "list_transform(team, lambda one: one.id)",
    )
    named = [f"{value} AS {name}" for value, name in zip(results, RESULT_COLUMNS, strict=True)]
    facts = map(quote_name, fact_columns(scope.kept))
    return f"SELECT {quote_name(FILE)}, {quote_name(ROW)}, {', '.join((*named, *facts))} FROM {rows}"


class JudgedRows(NamedTuple):
    """What became of the rows of a chunk.

    `judged` has a row for each: what results keep, a truth `c0`, `c1`... for each condition, a status `s0`, `s1`... for
    each rule, both outcomes, of how many rules, and what a row with a suspected or undetermined rule `lacks` (NULL in
    others). `findings` are by row, `at`, and rule.
    """

    judged: pa.Table
    findings: pa.Table

    def findings_of_visits(self) -> pa.Table:
        """The findings with what results keep of the visit."""
        visits = self.judged.select(_KEPT).take(self.findings["at"])
        for name in self.findings.column_names[1:]:
            visits = visits.append_column(name, self.findings[name])
        return visits

    def findings_by_row(self) -> pa.Array:
        """For each row the list of its findings, in the order of rules."""
        import pyarrow as pa

        counts = np.bincount(self.findings["at"].to_numpy(), minlength=self.judged.num_rows)
        offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        own = self.findings.select(finding_types()).to_struct_array().combine_chunks()
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), own)


@dataclass(frozen=True)
class RowJudge:
    """Judges rows as `rows_to_judge` gives them.

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
        import pyarrow as pa

        answers = self.engine.judge(batch)
        size = len(self.scope.plan.conditions)
        truths, lacks = answers[:size], answers[size:]
        verdicts = self.judge.verdicts(truths)
        columns = {name: batch.column(name) for name in _KEPT}
        for position, masks in enumerate(truths):
            columns[truth_name(position)] = pa.array(masks.true, mask=masks.unknown)
        for position, statuses in enumerate(verdicts.statuses):
            columns[status_name(position)] = pa.array(statuses.view("i1"))
        columns["outcome"] = pa.array(verdicts.outcomes.view("i1"))
        columns["assessed_outcome"] = pa.array(verdicts.assessed_outcomes.view("i1"))
        columns["rules_assessed"] = pa.array(verdicts.assessed)
        columns["rules_applicable"] = pa.array(verdicts.applicable)
        columns["lacks"] = self._lacks(verdicts.statuses, lacks)
        return JudgedRows(pa.table(columns), self.finder.findings(truths, verdicts.statuses, lacks))

    def _lacks(self, statuses: Codes, lacks: Sequence[Masks]) -> pa.Array:
        """What each row with a suspected or undetermined rule lacks of the facts that rules read; else NULL."""
        import pyarrow as pa

        is_open = has_status(statuses, OPEN).any(axis=0)
        names = self.finder.missing_names(lacks, np.flatnonzero(is_open))
        return names.take(pa.array(np.cumsum(is_open) - 1, mask=~is_open))
