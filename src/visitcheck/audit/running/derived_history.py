"""Earlier visits of a chunk of rows, as ranges of their debtors' visits in order.

What it makes of a row is what `history.history_query` makes of it, by columns: only rows that give earlier visits of
their own are united with the derived ones by the query.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visitcheck.audit.arrow_columns import (
    column_of,
    is_known,
    list_column,
    list_lengths,
    record_column,
    record_parts,
    with_column,
)
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import MOST_EARLIER_VISITS, says_completeness, united_query
from visitcheck.audit.running.visit_order import DebtorTimeline
from visitcheck.concurrency import cached_property
from visitcheck.engines.arrays.values import Bools, Ints
from visitcheck.engines.columns import arrow_type, fact_columns, record_fields
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts.times import read_timestamp
from visitcheck.facts.types import ListOf, Record

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_MOST_ELEMENTS = 500_000
"""Earlier visits that are worked on at a time: some 100 MB."""
_ROWS = "rows_with_earlier_visits"


@dataclass(frozen=True)
class DerivedHistory:
    """Gives rows their earlier visits; not safe to share between threads."""

    kept: Record
    options: AuditOptions
    timeline: DebtorTimeline

    def pieces(self, rows: pa.RecordBatch, numbers: Ints) -> Iterator[pa.RecordBatch]:
        """Give rows, which have these numbers in the store, their earlier visits: few enough at a time."""
        upto = np.cumsum(self._counts(numbers))
        start = 0
        while start < len(numbers):
            before = upto[start - 1] if start else 0
            stop = max(start + 1, int(np.searchsorted(upto, before + _MOST_ELEMENTS, side="right")))
            yield self._give(rows.slice(start, stop - start), numbers[start:stop])
            start = stop
        if not len(numbers):
            yield self._give(rows, numbers)

    def _counts(self, numbers: Ints) -> Ints:
        """How many earlier visits each row is given, at most."""
        place, begin = self.timeline.place[numbers], self.timeline.begin[numbers]
        counts: Ints = np.minimum(place - begin, MOST_EARLIER_VISITS)
        return counts

    def _give(self, rows: pa.RecordBatch, numbers: Ints) -> pa.RecordBatch:
        import pyarrow as pa

        derives = is_known(column_of(rows, "debtor.id")) & is_known(column_of(rows, "visit.starts_at"))
        earlier = self._earlier_visits(numbers, derives)
        gives = is_known(rows.column("earlier_visits"))
        if not gives.any():
            return self._derive(rows, numbers, derives, earlier)
        nth = pa.array(self.timeline.place[numbers] - self.timeline.begin[numbers] + 1)
        whole = pa.table(rows).append_column("__derives", pa.array(derives))
        whole = whole.append_column("__earlier", earlier.cast(self._listed)).append_column("__nth", nth)
        own = pa.array(gives)
        united = self._unite(whole.filter(own), rows.schema)
        alone = self._derive(
            rows.filter(pa.array(~gives)), numbers[~gives], derives[~gives], earlier.filter(pa.array(~gives))
        )
        both = pa.concat_tables([united, pa.Table.from_batches([alone]).cast(rows.schema)]).combine_chunks()
        order = np.argsort(np.concatenate((np.flatnonzero(gives), np.flatnonzero(~gives))), kind="stable")
        return both.take(pa.array(order)).combine_chunks().to_batches()[0]

    def _unite(self, rows: pa.Table, schema: pa.Schema) -> pa.Table:
        self._con.register(_ROWS, rows)
        united = self._con.sql(united_query(_ROWS, self.kept, self.options)).to_arrow_table()
        self._con.unregister(_ROWS)
        return united.select(schema.names).cast(schema)

    @cached_property
    def _con(self) -> duckdb.DuckDBPyConnection:
        con = connect_duckdb()
        con.execute("SET threads = 1")
        return con

    @cached_property
    def _listed(self) -> pa.DataType:
        return arrow_type(fact_columns(self.kept)["earlier_visits"])

    def _earlier_visits(self, numbers: Ints, derives: Bools) -> pa.Array:
        """The derived earlier visits of rows, NULL for those that can have none derived."""
        import pyarrow as pa

        counts = np.where(derives, self._counts(numbers), 0)
        offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        begins = self.timeline.place[numbers] - counts
        flat = np.arange(offsets[-1]) + np.repeat(begins - offsets[:-1], counts)
        visits = self.timeline.visits.take(pa.array(flat))
        listed = fact_columns(self.kept)["earlier_visits"]
        fields = record_fields(listed.item) if isinstance(listed, ListOf) else None
        columns = {
            name: visits.column(name) if name in visits.schema.names else pa.nulls(len(flat), arrow_type(type_))
            for name, type_ in (fields or {}).items()
        }
        elements = pa.StructArray.from_arrays(list(columns.values()), names=list(columns))
        return list_column(counts, elements, derives)

    def _derive(self, rows: pa.RecordBatch, numbers: Ints, derives: Bools, earlier: pa.Array) -> pa.RecordBatch:
        """Give rows that have no earlier visits of their own those derived, and say what is known of them."""
        rows = with_column(rows, "earlier_visits", _without_times(earlier, rows))
        columns = fact_columns(self.kept)
        if self.options.history_since is None and says_completeness(columns):
            since = column_of(rows, "history.visits_since")
            rows = with_column(rows, "completeness", _going_on(rows.column("completeness"), derives & ~is_known(since)))
        return self._with_since(rows, numbers, derives)

    def _with_since(self, rows: pa.RecordBatch, numbers: Ints, derives: Bools) -> pa.RecordBatch:
        """Say from when earlier visits are complete: later where the earliest were left out."""
        import pyarrow as pa
        import pyarrow.compute as pc

        places, begins = self.timeline.place[numbers], self.timeline.begin[numbers]
        is_cut = derives & (places - begins > MOST_EARLIER_VISITS)
        if self.options.history_since is None and not is_cut.any():
            return rows
        since = column_of(rows, "history.visits_since")
        if self.options.history_since is not None:
            since = pc.if_else(pa.array(derives), since.fill_null(read_timestamp(self.options.history_since)), since)
        starts = self.timeline.visits.column("starts_at").take(
            pa.array(np.where(is_cut, places - MOST_EARLIER_VISITS, 0))
        )
        since = pc.if_else(pa.array(is_cut), pc.max_element_wise(since, starts), since)
        history = rows.column("history")
        known = is_known(history) | derives
        return with_column(rows, "history", _with_fields(history, known, visits_since=since))


def _without_times(earlier: pa.Array, rows: pa.RecordBatch) -> pa.Array:
    """Earlier visits of rows, without times where they are those of the row: it may be one visit, recorded twice."""
    import pyarrow.compute as pc

    elements = earlier.flatten()
    names = ("starts_at", "ends_at")
    if not all(elements.type.get_field_index(name) >= 0 for name in names):
        return earlier
    row = pc.list_parent_indices(earlier)
    pairs = (pc.equal(pc.struct_field(elements, [name]), column_of(rows, f"visit.{name}").take(row)) for name in names)
    same = pc.fill_null(pc.and_(*pairs), False)
    if not pc.any(same).as_py():
        return earlier
    nothing = {name: pc.if_else(same, None, pc.struct_field(elements, [name])) for name in names}
    changed = _with_fields(elements, is_known(elements), **nothing)
    return list_column(list_lengths(earlier), changed, is_known(earlier))


def _going_on(completeness: pa.Array, going_on: Bools) -> pa.Array:
    """What rows say of their lists, with earlier visits that go on in some."""
    import pyarrow as pa
    import pyarrow.compute as pc

    about = pc.struct_field(completeness, ["earlier_visits"])
    complete = pc.if_else(pa.array(going_on), False, pc.struct_field(about, ["complete"]))
    about = _with_fields(about, is_known(about) | going_on, complete=complete)
    return _with_fields(completeness, is_known(completeness) | going_on, earlier_visits=about)


def _with_fields(records: pa.Array, known: Bools, **new: pa.Array) -> pa.Array:
    """Records with some fields as new ones; those not `known` are NULL."""
    return record_column({name: new.get(name, part) for name, part in record_parts(records).items()}, known)
