"""The first pass of a run: every row read once, sound ones to the store, the others to the rejects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from errno import ENOENT
from functools import partial
from os import strerror
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from visitcheck.audit.arrow_columns import column_of, is_known, with_column
from visitcheck.audit.inputs.arrow_rows import canonical_schema
from visitcheck.audit.inputs.canonical_rows import PROBLEMS_COLUMN
from visitcheck.audit.inputs.gate_reader import PROBLEMS
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running import row_store
from visitcheck.audit.running.arrow_files import read_arrow
from visitcheck.audit.running.history import derives_history
from visitcheck.audit.running.row_store import RowStore
from visitcheck.audit.running.run_folder import RunFolder
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.sql import fact_column, quote_name, quote_text
from visitcheck.audit.running.visit_doubts import groups_to_compare, write_visit_doubts
from visitcheck.audit.running.visit_order import DebtorTimeline, VisitOrder
from visitcheck.engines.arrays.values import Ints
from visitcheck.engines.columns import FILE, ROW, arrow_type, fact_columns
from visitcheck.engines.sql.columns import duckdb_type
from visitcheck.errors import Problem

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

NOT_RECORDED = Problem("not-recorded", "an audit judges recorded visits", path="$.visit.stage")
"""Why an audit rejects a proposal."""
_WHOSE = ("visit.id", "debtor.id")
"""What results say of a row that is rejected, where it could be read."""
_READ = "rows.json"
"""Written when all rows are read."""


@dataclass(frozen=True)
class RejectedRows:
    """Files of rows that are rejected: `refused` as they were read, `repeated` for an id that others have, too."""

    refused: Path
    repeated: Path


@dataclass(frozen=True)
class ReadRows:
    """What the first pass leaves in the folder of a run for the second."""

    place: RunFolder
    scope: AuditScope
    options: AuditOptions

    @property
    def store(self) -> RowStore:
        """The rows that can be judged; those of `left_out` are among them."""
        read = self.place.read_json(_READ)
        return RowStore(self.place.path("rows"), row_store.ROWS_A_RANGE if read is None else read["rows_a_range"])

    @property
    def rejected(self) -> RejectedRows:
        """The rows that cannot."""
        return RejectedRows(self.place.path("refused.parquet"), self.place.path("repeated.parquet"))

    @property
    def visit_doubts(self) -> Path:
        """The doubts between visits."""
        return self.place.path("visit_doubts.parquet")

    @property
    def ranges(self) -> int | None:
        """How many ranges of rows there are; None until all rows are read."""
        read = self.place.read_json(_READ)
        return None if read is None else int(read["ranges"])

    def kept_ranges(self) -> int:
        """Tell how many ranges of rows were read; raises `FileNotFoundError` where that is there no longer."""
        ranges = self.ranges
        if ranges is None:
            raise FileNotFoundError(ENOENT, strerror(ENOENT), str(self.place.path(_READ)))
        return ranges

    def read(self, con: duckdb.DuckDBPyConnection, batches: Iterable[pa.RecordBatch]) -> None:
        """Read every canonical row of the input; `con` compares visits."""
        store = self.store
        order = VisitOrder(self.scope.kept, derives=derives_history(self.scope.kept, self.options))
        whole = canonical_schema(self.scope.kept)
        schema = whole.remove(whole.get_field_index(PROBLEMS_COLUMN))
        with self.place.write_file("refused.parquet") as path:
            sound = _sound_rows(map(refuse_proposals, batches), path, order)
            ranges = store.write(sound, schema, partial(self.place.write_file, "rows"))
        repeated = order.repeated()
        with self.place.write_file("repeated.parquet") as path:
            self._write_repeated(repeated, order.first_of_each(repeated), path)
        self._write_timeline(order.timeline(repeated), repeated)
        with self.place.write_file("visit_doubts.parquet") as path:
            write_visit_doubts(con, self.scope, self.options, self._rows_to_compare(ranges, repeated), path)
        self.place.write_json({"ranges": ranges, "rows_a_range": store.rows_a_range}, _READ)

    def left_out(self) -> Ints:
        """The numbers of rows in the store that are not judged, in order."""
        numbers: Ints = np.load(self.place.path("left_out.npy"))
        return numbers

    def timeline(self) -> DebtorTimeline | None:
        """Every debtor's visits in order; None where earlier visits are not derived."""
        import pyarrow as pa

        if not self.place.path("timeline.arrow").exists():
            return None
        visits = read_arrow(self.place.path("timeline.arrow")).combine_chunks()
        place, begin = np.load(self.place.path("places.npy"), mmap_mode="r")
        [batch] = visits.to_batches() or [pa.RecordBatch.from_pylist([], visits.schema)]
        return DebtorTimeline(place, begin, batch)

    def _write_timeline(self, timeline: DebtorTimeline | None, left_out: Ints) -> None:
        import pyarrow as pa

        with self.place.write_file("left_out.npy") as path, path.open("wb") as file:
            np.save(file, left_out)
        if timeline is None:
            return
        with self.place.write_file("places.npy") as path, path.open("wb") as file:
            np.save(file, np.stack([timeline.place, timeline.begin]))
        with (
            self.place.write_file("timeline.arrow") as path,
            pa.ipc.new_file(path, timeline.visits.schema) as writer,
        ):
            writer.write_batch(timeline.visits)

    def _write_repeated(self, rows: Ints, first: Ints, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        files, numbers, ids, debtors = self._identities(rows)
        of_first = pa.array(np.searchsorted(rows, first))
        columns = {FILE: files, ROW: numbers, "visit_id": ids, "debtor_id": debtors}
        columns |= {"first_file": files.take(of_first), "first_row": numbers.take(of_first)}
        pq.write_table(pa.table(columns), path)

    def _identities(self, rows: Ints) -> tuple[pa.Array, ...]:
        """The file, row, visit's id and debtor's id of some rows of the store, given in order."""
        import pyarrow as pa

        parts = [[pa.array([], type_)] for type_ in (pa.int32(), pa.int64(), pa.string(), pa.string())]
        for number, own in self._by_range(rows):
            for batch, held in self.numbered_chunks(number, np.zeros(0, np.int64), [FILE, ROW, "visit", "debtor"]):
                places = pa.array(np.flatnonzero(np.isin(held, own)))
                columns = (*map(batch.column, (FILE, ROW)), *(column_of(batch, fact) for fact in _WHOSE))
                for part, column in zip(parts, columns, strict=True):
                    part.append(column.take(places))
        return tuple(map(pa.concat_arrays, parts))

    def _by_range(self, rows: Ints) -> Iterator[tuple[int, Ints]]:
        """Rows by the range that they are in."""
        ranges = self.store.ranges_of(rows)
        for number in np.unique(ranges).tolist():
            yield number, rows[ranges == number]

    def numbered_chunks(
        self, number: int, left_out: Ints, columns: Sequence[str] | None = None
    ) -> Iterator[tuple[pa.RecordBatch, Ints]]:
        """The chunks of a range without the rows left out, and the numbers of their rows in the store."""
        import pyarrow as pa

        for first, rows in self.store.chunks(number, columns):
            numbers = np.arange(first, first + rows.num_rows)
            out = left_out[np.searchsorted(left_out, first) : np.searchsorted(left_out, first + rows.num_rows)]
            if not len(out):
                yield rows, numbers
                continue
            kept = np.ones(rows.num_rows, np.bool_)
            kept[out - first] = False
            yield rows.filter(pa.array(kept)), numbers[kept]

    def _rows_to_compare(self, ranges: int, left_out: Ints) -> pa.RecordBatchReader:
        """All rows that are judged, with what doubts between visits look at."""
        import pyarrow as pa

        schema = pa.schema(
            [field for field in self.store.schema() if field.name in {FILE, ROW, *groups_to_compare(self.scope)}]
        )
        chunks = (rows for number in range(ranges) for rows, _ in self.numbered_chunks(number, left_out, schema.names))
        return pa.RecordBatchReader.from_batches(schema, chunks)


def narrowed_rows(relation: str, scope: AuditScope) -> str:
    """Select the rows of `relation` with only the facts that the run needs; proposals get a problem."""
    fields = ", ".join(f"'{key}': {quote_text(value)}" for key, value in reject_fields(NOT_RECORDED).items())
    proposed = f"[{{{fields}}}]"
    problems = f"coalesce(__problems, CASE WHEN {fact_column('visit.stage')} = 'proposed' THEN {proposed} END)"
    facts = ", ".join(
        f"{quote_name(column)}::{duckdb_type(type_)} AS {quote_name(column)}"
        for column, type_ in fact_columns(scope.kept).items()
    )
    columns = f"{quote_name(FILE)}, {quote_name(ROW)}, {facts}"
    return f"SELECT {columns}, ({problems})::{duckdb_type(PROBLEMS)} AS __problems FROM ({relation})"


def reject_fields(problem: Problem) -> dict[str, str]:
    """A problem as tables of rejects hold it: code, path, and message with its help."""
    message = f"{problem.message}; {problem.help}" if problem.help else problem.message
    return {"code": problem.code, "path": problem.path or "$", "message": message}


def _sound_rows(batches: Iterable[pa.RecordBatch], refused: Path, order: VisitOrder) -> Iterator[pa.RecordBatch]:
    """The rows without problems, which `order` takes in; the others are written to a file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {FILE: pa.int32(), ROW: pa.int64(), "visit_id": pa.string(), "debtor_id": pa.string()}
    types |= {"problems": arrow_type(PROBLEMS)}
    with pq.ParquetWriter(refused, pa.schema(types)) as writer:
        for batch in batches:
            problems = batch.column(PROBLEMS_COLUMN)
            if problems.null_count < batch.num_rows:
                has_problems = problems.is_valid()
                bad = batch.filter(has_problems)
                whose = (column_of(bad, fact) for fact in _WHOSE)
                columns = (*map(bad.column, (FILE, ROW)), *whose, bad.column(PROBLEMS_COLUMN))
                writer.write_batch(
                    pa.record_batch(
                        [each.cast(type_) for each, type_ in zip(columns, types.values(), strict=True)], writer.schema
                    )
                )
                batch = batch.filter(problems.is_null())
            sound = batch.drop_columns([PROBLEMS_COLUMN])
            order.add(sound)
            yield sound


def refuse_proposals(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The rows, those of proposals with a problem where they have none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    proposed = pc.equal(column_of(rows, "visit.stage"), "proposed")
    if not pc.any(proposed).as_py():
        return rows
    problems = rows.column(PROBLEMS_COLUMN)
    refused = pa.array([[reject_fields(NOT_RECORDED)]], problems.type)
    places = np.arange(len(problems))
    places[proposed.fill_null(False).to_numpy(zero_copy_only=False) & ~is_known(problems)] = -1
    filled = pa.concat_arrays([refused, problems]).take(pa.array(places + 1))
    return with_column(rows, PROBLEMS_COLUMN, filled)
