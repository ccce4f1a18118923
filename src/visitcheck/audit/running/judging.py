"""The second pass of a run: one range of rows at a time, to verdicts, findings and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visitcheck.audit.arrow_columns import with_column
from visitcheck.audit.running.arrow_files import write_arrow
from visitcheck.audit.running.derived_history import DerivedHistory
from visitcheck.audit.running.judged_rows import JudgedRows, RowJudge
from visitcheck.audit.running.reading import ReadRows
from visitcheck.audit.running.remarks import RemarkLeads, reads_alone
from visitcheck.audit.running.tables import findings_of, verdicts_of
from visitcheck.audit.running.tallies import Counts, RowCounter, add_counts
from visitcheck.audit.running.visit_doubts import DoubtedVisits
from visitcheck.engines.arrays.values import Ints
from visitcheck.engines.columns import FILE, ROW

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class RangeJudge:
    """Judges ranges of the rows that the first pass left; the plan is compiled once."""

    rows: ReadRows
    labels: tuple[str, ...]
    judge: RowJudge
    counter: RowCounter
    left_out: Ints
    history: DerivedHistory | None
    doubted: DoubtedVisits
    remarks: RemarkLeads | None

    @classmethod
    def of_rows(cls, rows: ReadRows, labels: tuple[str, ...]) -> RangeJudge:
        """Make the judge of a run."""
        judge = RowJudge.of_scope(rows.scope)
        timeline = rows.timeline()
        history = None if timeline is None else DerivedHistory(rows.scope.kept, rows.options, timeline)
        doubted = DoubtedVisits(rows.visit_doubts)
        remarks = None if reads_alone(rows.options) else RemarkLeads.of_scope(rows.scope, rows.options)
        return cls(rows, labels, judge, RowCounter(judge), rows.left_out(), history, doubted, remarks)

    def keep_range(self, number: int, is_wanted: Callable[[], bool] = lambda: True) -> int:
        """Judge a range and keep what it came to, if it is still wanted; returns the number of its visits."""
        counts = self._judge_range(number, is_wanted)
        if is_wanted():
            self.rows.place.write_json(counts, *checkpoint(number))
        return int(counts["visits"])

    def _judge_range(self, number: int, is_wanted: Callable[[], bool]) -> Counts:
        """Write the verdicts and findings of a range, in the order of its rows; returns its counts."""
        import pyarrow as pa

        verdicts, findings, counts = [], [], Counts()
        for judged in self._judged(number):
            verdicts.append(verdicts_of(judged, self.rows.scope, self.labels))
            findings.append(findings_of(judged, self.labels))
            counts = add_counts(counts, self.counter.count(judged))
        place = self.rows.place
        if not is_wanted():
            return counts
        if self.remarks is not None:
            write_leads(self.rows, self.remarks, self.labels, number)
        for name, tables in (("v", verdicts), ("f", findings)):
            with place.write_file("parts", f"{name}{number:06}.arrow") as path:
                write_arrow(pa.concat_tables(tables), path)
        return counts | {"truths": self.judge.take_work()}

    def _judged(self, number: int) -> Iterator[JudgedRows]:
        for rows, numbers in self.rows.numbered_chunks(number, self.left_out):
            for piece in self._with_history(rows, numbers):
                judged = self.judge.judge_chunk(piece)
                yield replace(judged, visit_doubts=self.doubted.among(piece))

    def _with_history(self, rows: pa.RecordBatch, numbers: Ints) -> Iterator[pa.RecordBatch]:
        """The rows with earlier visits as the options say, few enough at a time."""
        if self.history is not None:
            yield from self.history.pieces(rows, numbers)
        elif self.rows.options.history == "none":
            yield without_earlier_visits(rows)
        else:
            yield rows


def write_leads(rows: ReadRows, remarks: RemarkLeads, labels: tuple[str, ...], number: int) -> None:
    """Write the leads in the remarks of a range, in the order of its rows."""
    import pyarrow as pa

    columns = [FILE, ROW, "visit", *dict.fromkeys(fact.partition(".")[0] for fact in remarks.facts)]
    chunks = rows.numbered_chunks(number, rows.left_out(), columns)
    with rows.place.write_file(*leads_part(number)) as path:
        write_arrow(pa.concat_tables([remarks.leads_of(chunk, labels) for chunk, _ in chunks]), path)


def leads_part(number: int) -> tuple[str, str]:
    """The name of the file with the leads of a range."""
    return "parts", f"l{number:06}.arrow"


def checkpoint(number: int) -> tuple[str, str]:
    """The name of what a range came to, written when its parts are."""
    return "judged", f"{number:06}.json"


def without_earlier_visits(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The rows, in none of which anything is said of earlier visits."""
    import pyarrow as pa

    if "earlier_visits" not in rows.schema.names:
        return rows
    return with_column(rows, "earlier_visits", pa.nulls(rows.num_rows, rows.schema.field("earlier_visits").type))
