"""What the first pass keeps of each visit in memory: whose it is, when it was, and what earlier visits say of it.

Ids are compared by 128 bits of BLAKE2b, under which no two texts are known or expected to be alike; rows have the
numbers that they have in the store, from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from visitcheck.audit.arrow_columns import column_of, is_known, whole_numbers
from visitcheck.engines.arrays.values import Array, Bools, Ints
from visitcheck.engines.columns import arrow_type, fact_columns, record_fields
from visitcheck.facts.types import DAY, HOUR, ListOf, Record, Type

if TYPE_CHECKING:
    import pyarrow as pa

FARTHEST_EAST = 14 * HOUR
"""A date begins first where clocks are this far ahead."""
_NOTHING = bytes(16)


def _digests(texts: pa.Array) -> Array:
    """Two words of 64 bits for each text; zeros for what is not known."""
    parts = [
        _NOTHING if text is None else blake2b(text.encode(), digest_size=16).digest() for text in texts.to_pylist()
    ]
    words: Array = np.frombuffer(b"".join(parts), np.uint64).reshape(-1, 2)
    return words


class VisitOrder:
    """Gathers batch by batch what tells visits apart and puts a debtor's in order."""

    def __init__(self, kept: Record, *, derives: bool) -> None:
        listed = fact_columns(kept).get("earlier_visits")
        self._item = listed.item if derives and isinstance(listed, ListOf) else None
        self._ids: list[Array] = []
        self._debtors: list[Array] = []
        self._keys: list[Ints] = []
        self._visits: list[pa.RecordBatch] = []

    def add(self, rows: pa.RecordBatch) -> None:
        """Take in the next rows."""
        ids = column_of(rows, "visit.id")
        self._ids.append(_digests(ids))
        if self._item is not None:
            self._debtors.append(_digests(column_of(rows, "debtor.id")))
            starts, dates = column_of(rows, "visit.starts_at"), column_of(rows, "visit.date")
            first = whole_numbers(dates) * DAY - FARTHEST_EAST
            self._keys.append(np.where(is_known(starts), whole_numbers(starts), first))
            self._visits.append(_copied(_as_earlier_visits(rows, self._item)))

    def repeated(self) -> Ints:
        """The rows whose visit's id another row has, too, in order."""
        digests = _joined(self._ids)
        order = np.lexsort((digests[:, 1], digests[:, 0]))
        alike = _same_lines(digests[order[1:]], digests[order[:-1]])
        repeated: Ints = np.unique(np.concatenate((order[1:][alike], order[:-1][alike])))
        return repeated

    def first_of_each(self, rows: Ints) -> Ints:
        """For each of some rows, in order, the first row with its visit's id."""
        digests = _joined(self._ids)[rows]
        _, first, places = np.unique(digests, axis=0, return_index=True, return_inverse=True)
        return rows[first[places.reshape(-1)]]

    def timeline(self, without: Ints) -> DebtorTimeline | None:
        """Put each debtor's visits in order, leaving out some rows; None where earlier visits are not derived."""
        if self._item is None:
            return None
        schema = item_schema(self._item)
        debtors, keys = _joined(self._debtors), np.concatenate([np.zeros(0, np.int64), *self._keys])
        order = np.lexsort((keys, debtors[:, 1], debtors[:, 0]))
        if len(without):
            order = order[~np.isin(order, without)]
        self._settle_ties(order, debtors, keys)
        is_first = np.ones(len(order), np.bool_)
        is_first[1:] = ~_same_lines(debtors[order[1:]], debtors[order[:-1]]) | ~_is_there(debtors[order[1:]])
        begins = np.flatnonzero(is_first)
        first = np.repeat(begins, np.diff(np.append(begins, len(order))))
        place, begin = np.full(len(keys), -1, np.int64), np.full(len(keys), -1, np.int64)
        place[order], begin[order] = np.arange(len(order)), first
        return DebtorTimeline(place, begin, self._in_order(order, schema))

    def _settle_ties(self, order: Ints, debtors: Array, keys: Ints) -> None:
        """Visits of a debtor at the same moment are in the order of their ids."""
        same = (keys[order[1:]] == keys[order[:-1]]) & _same_lines(debtors[order[1:]], debtors[order[:-1]])
        same &= _is_there(debtors[order[1:]])
        if not same.any():
            return
        import pyarrow as pa

        texts = pa.chunked_array([visits.column("id") for visits in self._visits])
        edges = np.flatnonzero(np.diff(np.concatenate(([False], same, [False])).astype(np.int8)))
        for begin, end in edges.reshape(-1, 2).tolist():
            rows = order[begin : end + 1]
            ids = texts.take(pa.array(rows)).to_pylist()
            order[begin : end + 1] = rows[sorted(range(len(rows)), key=lambda at: (ids[at], rows[at]))]

    def _in_order(self, order: Ints, schema: pa.Schema) -> pa.RecordBatch:
        import pyarrow as pa

        table = pa.Table.from_batches(self._visits, schema).unify_dictionaries()
        self._visits.clear()
        # Column by column, so that one is there twice at a time, not all.
        columns = []
        for name in table.column_names:
            columns.append(table[name].take(pa.array(order)).combine_chunks())
            table = table.drop_columns(name)
        return pa.record_batch(columns, schema)


@dataclass(frozen=True)
class DebtorTimeline:
    """Every debtor's visits in order: `visits`, as elements of `earlier_visits`, debtor by debtor.

    `place` is where each row's visit stands there, `begin` where those of its debtor begin; -1 for rows left out.
    """

    place: Ints
    begin: Ints
    visits: pa.RecordBatch


def _same_lines(left: Array, right: Array) -> Bools:
    same: Bools = (left[:, 0] == right[:, 0]) & (left[:, 1] == right[:, 1])
    return same


def _is_there(digests: Array) -> Bools:
    there: Bools = (digests[:, 0] != 0) | (digests[:, 1] != 0)
    return there


def _joined(parts: list[Array]) -> Array:
    return np.concatenate([np.zeros((0, 2), np.uint64), *parts])


def _copied(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The rows in memory of their own: columns of a batch that a database made keep all of the batch alive."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_batch(rows)
    return pa.ipc.open_stream(sink.getvalue()).read_next_batch()


def _as_earlier_visits(rows: pa.RecordBatch, item: Type) -> pa.RecordBatch:
    """What a row says of its visit, as later visits have it among theirs; words and names as dictionaries."""
    import pyarrow as pa
    import pyarrow.compute as pc

    involved = column_of(rows, "agency.involved")
    met = rows.column("met")
    roles = pc.equal(pc.struct_field(met.flatten(), ["role"]), "debtor").fill_null(False)
    met_debtor = np.zeros(rows.num_rows, np.bool_)
    met_debtor[pc.list_parent_indices(met).filter(roles).to_numpy()] = True
    columns = {
        "id": column_of(rows, "visit.id"),
        "starts_at": column_of(rows, "visit.starts_at"),
        "ends_at": column_of(rows, "visit.ends_at"),
        "date": column_of(rows, "visit.date"),
        "by": pc.if_else(involved, "agency", "lender"),
        "agency_id": column_of(rows, "agency.id"),
        "place_kind": column_of(rows, "place.kind"),
        "outcome": pc.if_else(pa.array(met_debtor), "met", pa.scalar(None, pa.string())),
    }
    schema = item_schema(item)
    return pa.record_batch([columns[name].cast(schema.field(name).type) for name in schema.names], schema)


def item_schema(item: Type) -> pa.Schema:
    """The columns of `DebtorTimeline.visits`: what an earlier visit says that can be derived."""
    import pyarrow as pa

    fields = record_fields(item) or {}
    types = {name: arrow_type(fields[name]) for name in DERIVED if name in fields}
    return pa.schema(
        {name: pa.dictionary(pa.int32(), type_) if name in _REPEATING else type_ for name, type_ in types.items()}
    )


DERIVED = ("id", "starts_at", "ends_at", "date", "by", "agency_id", "place_kind", "outcome")
"""What is derived of an earlier visit."""
_REPEATING = frozenset({"by", "agency_id", "place_kind", "outcome"})
