"""Rows of typed Parquet files in the vocabulary, read and validated by columns.

What `canonical_rows` does as a query. Rows that are not surely right are given to the gate's reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from visitcheck.audit.inputs.arrow_breaches import find_breaches
from visitcheck.audit.inputs.arrow_facts import (
    is_readable,
    known_in,
    list_column,
    list_lengths,
    read_group,
    record_column,
    whole_in,
)
from visitcheck.audit.inputs.canonical_rows import PROBLEMS_COLUMN, facts_worked_on
from visitcheck.audit.inputs.gate_reader import PROBLEMS, GateReader
from visitcheck.audit.inputs.raw_rows import RawType
from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.engines.arrays.values import Bools, Ints
from visitcheck.engines.columns import FILE, ROW, arrow_type, fact_columns
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.fields import shapes
from visitcheck.facts.times import read_timestamp
from visitcheck.facts.types import ListOf, Record, Type
from visitcheck.gate.selectors import REQUIRED

if TYPE_CHECKING:
    import duckdb

_numbers = count()
_EPOCH = datetime(1970, 1, 1)
_PARTS_OF_SECOND = {"ms": 3, "us": 6, "ns": 9}


def is_readable_by_columns(schema: pa.Schema, root: Record) -> bool:
    """Whether all columns are of types that are read here."""
    return len(set(schema.names)) == len(schema) and all(
        field.name in root.fields and is_readable(field.type, root.fields[field.name]) for field in schema
    )


@dataclass(frozen=True)
class ArrowRows:
    """Files that have the same columns, of the types `types`; each with its number."""

    files: Sequence[tuple[int, Path]]
    types: Mapping[str, RawType]
    reader: GateReader
    fed: frozenset[str]

    def queries(self, con: duckdb.DuckDBPyConnection, kept: Record | None = None) -> Iterator[str]:
        """The one query for all rows, which can be run once."""
        yield register_batches(con, canonical_schema(kept or self.reader.root), self.batches(kept))

    def batches(self, kept: Record | None = None) -> Iterator[pa.RecordBatch]:
        """All rows, with the facts `kept` (None: all)."""
        reading = ColumnReading(self.reader, self.types, kept or self.reader.root)
        for number, path in self.files:
            first = 1
            for batch in pq.ParquetFile(path).iter_batches(CHUNK_ROWS):
                file, row = np.full(batch.num_rows, number, np.int32), np.arange(first, first + batch.num_rows)
                yield reading.read(batch, pa.array(file), pa.array(row))
                first += batch.num_rows


def register_batches(con: duckdb.DuckDBPyConnection, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> str:
    """Make batches a table of `con` that can be read once, and return a query for it."""
    name = f"visitcheck_batches_{next(_numbers)}"
    con.register(name, pa.RecordBatchReader.from_batches(schema, batches))
    return f"SELECT * FROM {name}"  # noqa: S608 - our own name


def canonical_schema(root: Record) -> pa.Schema:
    """The columns of canonical rows with these facts, and their problems."""
    facts = [pa.field(name, arrow_type(type_)) for name, type_ in fact_columns(root).items()]
    position = [pa.field(FILE, pa.int32()), pa.field(ROW, pa.int64())]
    return pa.schema([*position, *facts, pa.field(PROBLEMS_COLUMN, arrow_type(PROBLEMS))])


class ColumnReading:
    """Reads batches whose columns are of these types, with the facts `kept`."""

    def __init__(self, reader: GateReader, types: Mapping[str, RawType], kept: Record) -> None:
        root = reader.root
        # Of what nobody keeps only that is worked on which has to be validated.
        made = root if kept is root else facts_worked_on(types, replace(reader, root=kept), root)
        self._reader = reader
        self._columns = fact_columns(made)
        self._kept = kept
        self._shapes = shapes(reader.model)
        self._schema = canonical_schema(kept)
        self._as_of = None if reader.as_of is None else read_timestamp(reader.as_of)
        self._now = read_timestamp(reader.now)

    def read(self, batch: pa.RecordBatch, file: pa.Array, row: pa.Array) -> pa.RecordBatch:
        """The canonical rows of a batch, which are at these places."""
        size = batch.num_rows
        bad: Bools = np.zeros(size, np.bool_)
        groups: dict[str, pa.Array] = {}
        for name, fact in self._columns.items():
            if name in batch.schema.names:
                groups[name], is_bad = read_group(batch.column(name), self._shapes[name], fact)
                bad |= is_bad
            else:
                groups[name] = pa.nulls(size, arrow_type(fact))
        self._complete(groups, size)
        suspect = np.flatnonzero(bad | self._suspicions(groups, batch.schema.names))
        own = {
            name: narrowed(groups[name], self._columns[name], type_) for name, type_ in fact_columns(self._kept).items()
        }
        problems = pa.nulls(size, self._schema.field(PROBLEMS_COLUMN).type)
        rows = pa.record_batch({FILE: file, ROW: row, **own, PROBLEMS_COLUMN: problems}, self._schema)
        return self._ask_gate(rows, batch, suspect) if len(suspect) else rows

    def _ask_gate(self, rows: pa.RecordBatch, batch: pa.RecordBatch, suspect: Ints) -> pa.RecordBatch:
        """The rows, those suspected with what the gate reads, or says is wrong."""
        sent = sent_rows(batch.take(pa.array(suspect)))
        reader = replace(self._reader, root=self._kept)
        answers = [reader.answer(row) for row in sent]
        nothing = rows.schema.field(PROBLEMS_COLUMN).type
        refused = [answer["problems"] or None for answer in answers]
        problems = pa.array(refused, nothing)
        read = [at for at, answer in enumerate(answers) if not answer["problems"]]
        place: Ints = np.arange(rows.num_rows)
        place[suspect[read]] = rows.num_rows + np.arange(len(read))
        of_gate = [answers[at] for at in read]
        columns = {}
        for name in rows.schema.names:
            column = rows.column(name)
            if name == PROBLEMS_COLUMN:
                taken = np.full(rows.num_rows, -1)
                taken[suspect] = np.arange(len(suspect))
                columns[name] = problems.take(pa.array(taken, mask=taken < 0))
            elif read and name not in (FILE, ROW):
                more = pa.array([answer[name] for answer in of_gate], column.type)
                columns[name] = pa.concat_arrays([column, more]).take(pa.array(place))
            else:
                columns[name] = column
        return pa.record_batch(columns, rows.schema)

    def _complete(self, groups: dict[str, pa.Array], size: int) -> None:
        """Fill in what follows from other facts: the moment of judging, and lists that are empty and go on."""
        if self._as_of is not None:
            visit = _parts_of(groups["visit"])
            visit["as_of"] = pc.fill_null(visit["as_of"], self._as_of)
            groups["visit"] = record_column(visit, np.ones(size, np.bool_))
        for path in OPEN_LISTS:
            complete = self._at(groups, f"completeness.{path}.complete")
            if complete is None:
                continue
            goes_on = known_in(complete) & ~complete.fill_null(True).to_numpy(zero_copy_only=False)
            group, _, name = path.rpartition(".")
            if not group and name in groups:
                groups[name] = _with_empty_lists(groups[name], goes_on)
            elif group in groups and goes_on.any():
                parts = _parts_of(groups[group])
                if name in parts:
                    known = known_in(groups[group]) | goes_on
                    groups[group] = record_column(parts | {name: _with_empty_lists(parts[name], goes_on)}, known)

    def _suspicions(self, groups: Mapping[str, pa.Array], given: Sequence[str]) -> Bools:
        """Which rows break a constraint, or lack what every visit must have."""
        as_of = self._at(groups, "visit.as_of")
        size = len(next(iter(groups.values())))
        latest = np.full(size, self._now) if as_of is None else _filled(as_of, self._now)
        suspect: Bools = np.zeros(size, np.bool_)
        for name, fact in self._columns.items():
            if name in given and self._shapes[name].record is not None:
                # Whatever the row says of when it is judged, no recorded visit is later than the run.
                bounded = as_of is not None or name == "visit"
                suspect |= find_breaches(groups[name], self._shapes[name], fact, latest, has_as_of=bounded)
        for path in REQUIRED:
            suspect |= self._lacks(groups, path)
        suspect |= self._lacks(groups, "visit.starts_at") & self._lacks(groups, "visit.date")
        for path in OPEN_LISTS:
            complete = self._at(groups, f"completeness.{path}.complete")
            if complete is not None:
                said: Bools = complete.fill_null(False).to_numpy(zero_copy_only=False)
                suspect |= said if self._at(groups, path) is None else said & self._lacks(groups, path)
        return suspect

    def _at(self, groups: Mapping[str, pa.Array], path: str) -> pa.Array | None:
        """The values of a fact outside lists; None where it is not worked on."""
        group, *names = path.split(".")
        column = groups.get(group)
        for name in names:
            if column is None or column.type.get_field_index(name) < 0:
                return None
            column = pc.struct_field(column, [name])
        return column

    def _lacks(self, groups: Mapping[str, pa.Array], path: str) -> Bools:
        column = self._at(groups, path)
        assert column is not None  # noqa: S101 - `facts_worked_on` has what every visit must have
        lacks: Bools = ~known_in(column)
        return lacks


def narrowed(column: pa.Array, fact: Type, kept: Type) -> pa.Array:
    """A canonical column with the facts that are kept alone."""
    if isinstance(fact, ListOf) and isinstance(kept, ListOf):
        if fact.item is kept.item or arrow_type(fact) == arrow_type(kept):
            return column
        return list_column(list_lengths(column), narrowed(column.flatten(), fact.item, kept.item), known_in(column))
    if not (isinstance(fact, Record) and isinstance(kept, Record)) or arrow_type(fact) == arrow_type(kept):
        return column
    parts = _parts_of(column)
    return record_column(
        {name: narrowed(parts[name], fact.fields[name], type_) for name, type_ in kept.fields.items()},
        known_in(column),
    )


def sent_rows(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """Rows as a caller would send them to the gate: values as JSON has them, and no key for what is missing."""
    columns = [sent_values(column) for column in batch.columns]
    return [_given(batch.schema.names, row) for row in zip(*columns, strict=True)]


def sent_values(column: pa.Array) -> list[Any]:
    """The values of a column as JSON has them."""
    type_ = column.type
    if pa.types.is_struct(type_):
        parts = [sent_values(part) for part in column.flatten()]
        names = [field.name for field in type_]
        rows = zip(*parts, strict=True)
        return [_given(names, row) if known else None for known, row in zip(known_in(column), rows, strict=True)]
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        elements = iter(sent_values(column.flatten()))
        known, lengths = known_in(column), list_lengths(column)
        return [
            [next(elements) for _ in range(length)] if is_known else None
            for is_known, length in zip(known, lengths.tolist(), strict=True)
        ]
    return [None if value is None else write(value) for value in _plain(column) for write in (_writer(type_),)]


def _given(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _plain(column: pa.Array) -> list[Any]:
    """Moments as numbers: Arrow has more of them than Python."""
    of_time = pa.types.is_timestamp(column.type)
    values: list[Any] = (column.cast(pa.int64()) if of_time else column).to_pylist()
    return values


def _writer(type_: pa.DataType) -> Callable[[Any], Any]:
    if pa.types.is_timestamp(type_):
        return lambda value: _moment_text(value, type_.unit)
    if pa.types.is_decimal(type_):
        return lambda value: value if type_.scale > 0 else int(value)
    if pa.types.is_floating(type_):
        return lambda value: Decimal(repr(value)) if math.isfinite(value) else value
    if pa.types.is_date(type_) or pa.types.is_time(type_):
        return lambda value: value.isoformat()
    return lambda value: value


def _moment_text(value: int, unit: str) -> str:
    """RFC 3339, as far as years have four digits; of what is later or earlier its number and unit."""
    if unit == "ns" and value % 1_000 == 0:
        value, unit = value // 1_000, "us"
    digits = _PARTS_OF_SECOND[unit]
    seconds, part = divmod(value, 10**digits)
    try:
        whole = (_EPOCH + timedelta(seconds=seconds)).isoformat()
    except OverflowError:
        return f"{value} {unit}"
    return f"{whole}.{part:0{digits}}Z"


def _parts_of(column: pa.Array) -> dict[str, pa.Array]:
    return {field.name: part for field, part in zip(column.type, column.flatten(), strict=True)}


def _with_empty_lists(lists: pa.Array, where: Bools) -> pa.Array:
    """The lists, empty where there is none and this holds."""
    known = known_in(lists)
    if not (where & ~known).any():
        return lists
    return list_column(list_lengths(lists), lists.flatten(), known | where)


def _filled(column: pa.Array, value: int) -> Ints:
    filled: Ints = np.where(known_in(column), whole_in(column), value)
    return filled
