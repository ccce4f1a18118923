"""Rows of typed Parquet files in the vocabulary, read and validated by columns.

What `canonical_rows` does as a query. Rows that are not surely right are given to the gate's reader.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
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

from visitcheck.audit.arrow_columns import is_known, list_column, list_lengths, record_column, record_parts, with_column
from visitcheck.audit.inputs.arrow_breaches import find_breaches
from visitcheck.audit.inputs.arrow_facts import is_list, is_readable, read_group, whole_in
from visitcheck.audit.inputs.canonical_rows import PROBLEMS_COLUMN, facts_worked_on
from visitcheck.audit.inputs.gate_reader import PROBLEMS, GateReader
from visitcheck.audit.inputs.raw_rows import RawType
from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.engines.arrays.values import Bools, Ints
from visitcheck.engines.columns import FILE, ROW, arrow_schema, arrow_type, fact_columns
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


class BatchedRows(ABC):
    """Rows that are read without a query of the database; `reader` is the gate's."""

    reader: GateReader

    @abstractmethod
    def batches(self, kept: Record | None = None) -> Iterator[pa.RecordBatch]:
        """All rows, with the facts `kept` (None: all)."""

    def queries(self, con: duckdb.DuckDBPyConnection, kept: Record | None = None) -> Iterator[str]:
        """The one query for all rows, which can be run once."""
        name = f"visitcheck_batches_{next(_numbers)}"
        schema = canonical_schema(kept or self.reader.root)
        con.register(name, pa.RecordBatchReader.from_batches(schema, self.batches(kept)))
        yield f"SELECT * FROM {name}"  # noqa: S608 - our own name


@dataclass(frozen=True)
class ArrowRows(BatchedRows):
    """Files that have the same columns, of the types `types`; each with its number."""

    files: Sequence[tuple[int, Path]]
    types: Mapping[str, RawType]
    reader: GateReader
    fed: frozenset[str]

    def batches(self, kept: Record | None = None) -> Iterator[pa.RecordBatch]:
        """All rows, with the facts `kept` (None: all)."""
        reading = ColumnReading(self.reader, self.types, kept or self.reader.root)
        for number, path in self.files:
            first = 1
            for batch in pq.ParquetFile(path).iter_batches(CHUNK_ROWS):
                file, row = np.full(batch.num_rows, number, np.int32), np.arange(first, first + batch.num_rows)
                yield reading.read(batch, pa.array(file), pa.array(row))
                first += batch.num_rows


def canonical_schema(root: Record) -> pa.Schema:
    """The columns of canonical rows with these facts, and their problems."""
    position = [pa.field(FILE, pa.int32()), pa.field(ROW, pa.int64())]
    facts = arrow_schema(root, position=False)
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
        reader = replace(self._reader, root=self._kept)
        answers = [reader.answer(row) for row in sent_rows(batch.take(pa.array(suspect)))]
        refused = [answer["problems"] or None for answer in answers]
        rows = with_column(rows, PROBLEMS_COLUMN, _with_values(rows.column(PROBLEMS_COLUMN), suspect, refused))
        read = [answer for answer in answers if not answer["problems"]]
        if not read:
            return rows
        places = suspect[[problems is None for problems in refused]]
        for name in fact_columns(self._kept):
            rows = with_column(rows, name, _with_values(rows.column(name), places, [answer[name] for answer in read]))
        return rows

    def _complete(self, groups: dict[str, pa.Array], size: int) -> None:
        """Fill in what follows from other facts: the moment of judging, and lists that are empty and go on."""
        if self._as_of is not None:
            visit = record_parts(groups["visit"])
            visit["as_of"] = pc.fill_null(visit["as_of"], self._as_of)
            groups["visit"] = record_column(visit, np.ones(size, np.bool_))
        for path in OPEN_LISTS:
            complete = self._at(groups, f"completeness.{path}.complete")
            if complete is None:
                continue
            goes_on = is_known(complete) & ~complete.fill_null(True).to_numpy(zero_copy_only=False)
            group, _, name = path.rpartition(".")
            if not group and name in groups:
                groups[name] = _with_empty_lists(groups[name], goes_on)
            elif group in groups and goes_on.any():
                parts = record_parts(groups[group])
                if name in parts:
                    known = is_known(groups[group]) | goes_on
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
        lacks: Bools = ~is_known(column)
        return lacks


def narrowed(column: pa.Array, fact: Type, kept: Type) -> pa.Array:
    """A canonical column with the facts that are kept alone."""
    if isinstance(fact, ListOf) and isinstance(kept, ListOf):
        if fact.item is kept.item or arrow_type(fact) == arrow_type(kept):
            return column
        return list_column(list_lengths(column), narrowed(column.flatten(), fact.item, kept.item), is_known(column))
    if not (isinstance(fact, Record) and isinstance(kept, Record)) or arrow_type(fact) == arrow_type(kept):
        return column
    parts = record_parts(column)
    return record_column(
        {name: narrowed(parts[name], fact.fields[name], type_) for name, type_ in kept.fields.items()},
        is_known(column),
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
        return [_given(names, row) if known else None for known, row in zip(is_known(column), rows, strict=True)]
    if is_list(type_):
        elements = iter(sent_values(column.flatten()))
        known, lengths = is_known(column), list_lengths(column)
        return [
            [next(elements) for _ in range(length)] if is_known else None
            for is_known, length in zip(known, lengths.tolist(), strict=True)
        ]
    write = _writer(type_)
    return [None if value is None else write(value) for value in _plain(column)]


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


def _with_empty_lists(lists: pa.Array, where: Bools) -> pa.Array:
    """The lists, empty where there is none and this holds."""
    known = is_known(lists)
    if not (where & ~known).any():
        return lists
    return list_column(list_lengths(lists), lists.flatten(), known | where)


def _with_values(column: pa.Array, places: Ints, values: Sequence[Any]) -> pa.Array:
    """The column with other values at some places."""
    taken: Ints = np.arange(len(column))
    taken[places] = len(column) + np.arange(len(places))
    return pa.concat_arrays([column, pa.array(values, column.type)]).take(pa.array(taken))


def _filled(column: pa.Array, value: int) -> Ints:
    filled: Ints = np.where(is_known(column), whole_in(column), value)
    return filled
