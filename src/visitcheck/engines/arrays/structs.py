"""Arrow's buffers as values, read when something first asks for them.

A chunk has the canonical schema (`engines.columns.arrow_schema`): values in their inside form, NULL for what is
missing at every level. Columns and fields that it lacks are missing in every row. Texts may come as dictionaries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.values import (
    ALL_UNKNOWN,
    NO,
    ZERO,
    Amounts,
    Array,
    Bools,
    Counts,
    Ints,
    Known,
    Masks,
    NoArrayFormError,
    Numbers,
    Objects,
    Plain,
    concatenate_plain,
    spread,
    spread_known,
    take_array,
    take_known,
    take_plain,
)
from visitcheck.facts.types import BOOL, COUNT, DOUBLE, INT, MONEY, STRING, WINDOWS, ListOf, Record, Type, Word

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """A record in every row: the one of `struct` at `index` (None: at the row itself). No struct: all missing."""

    struct: StructColumn | None
    index: Ints | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ListColumn:
    """A list in every row, as its elements one after the other: from `start` on, `length` of them.

    `is_flat` where the elements are those of all rows in their order, and no others.
    """

    start: Ints
    length: Ints
    known: Known
    element: Value
    total: int
    is_flat: bool


Value: TypeAlias = "Plain | Records | ListColumn"


class StructColumn:
    """A column of records, or the chunk itself: fields are read when they are first asked for."""

    def __init__(self, fields: dict[str, Any], count: int, known: Known, codes: TextCodes) -> None:
        self.count = count
        self.known = known
        self._arrays = fields
        self._codes = codes
        self._fields: dict[str, Value] = {}

    def field(self, name: str, type_: Type) -> Value:
        """The values of a field."""
        value = self._fields.get(name)
        if value is None:
            array = self._arrays.get(name)
            is_given = array is not None and array.null_count < len(array)
            value = self._fields[name] = read_array(array, type_, self._codes) if is_given else missing(type_)
        return value


def missing(type_: Type) -> Value:
    """What is UNKNOWN in every row."""
    if type_ == BOOL:
        return ALL_UNKNOWN
    if isinstance(type_, Record):
        return Records(None)
    if isinstance(type_, ListOf):
        return ListColumn(ZERO, ZERO, NO, missing(type_.item), 0, is_flat=True)
    if type_ == MONEY:
        return Amounts(ZERO, ZERO, NO)
    if type_ == COUNT:
        return Counts(ZERO, ZERO, NO)
    if type_ in WINDOWS:
        return Objects(ZERO - 1, ())
    return Numbers(np.zeros(1) if type_ == DOUBLE else ZERO, NO)


def is_text(type_: Type) -> bool:
    """Whether values of a type are codes."""
    return type_ == STRING or isinstance(type_, Word)


def open_chunk(batch: pa.RecordBatch, codes: TextCodes) -> StructColumn:
    """The chunk as a record whose fields are the groups of facts."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    return StructColumn(columns, batch.num_rows, None, codes)


def read_array(array: pa.Array, type_: Type, codes: TextCodes) -> Value:
    """The values of an Arrow array."""
    if isinstance(type_, ListOf):
        return _read_lists(array, type_, codes)
    if isinstance(type_, Record):
        return Records(_read_struct(array, codes))
    if type_ == MONEY:
        struct = _read_struct(array, codes)
        minor, currency = struct.field("minor", INT), struct.field("currency", STRING)
        if not isinstance(minor, Numbers) or not isinstance(currency, Numbers):
            raise TypeError("money is an amount and a currency")
        return Amounts(minor.values, currency.values, struct.known)
    if type_ == COUNT:
        return _read_counts(_read_struct(array, codes))
    known = _known(array)
    if type_ == BOOL:
        values = _bits(array, 1) if len(array) else np.zeros(0, np.bool_)
        return Masks(values if known is None else values & known, ~values if known is None else known & ~values)
    if is_text(type_):
        return _read_texts(array, known, codes)
    values = _numbers(array)
    wanted: Any = np.float64 if type_ == DOUBLE else np.int64
    return Numbers(values if values.dtype == wanted else values.astype(wanted), known)


def _known(array: pa.Array) -> Known:
    return None if array.null_count == 0 else _bits(array, 0)


def _bits(array: pa.Array, place: int) -> Bools:
    """The bits of a buffer of an array: 0 says what is valid, 1 holds truths."""
    buffer = array.buffers()[place]
    start, offset = divmod(array.offset, 8)
    packed = np.frombuffer(buffer, np.uint8)[start : start + (offset + len(array) + 7) // 8]
    return np.unpackbits(packed, count=offset + len(array), bitorder="little")[offset:].view(np.bool_)


def _numbers(array: pa.Array) -> Array:
    """Values as numpy has them; where they are missing, whatever the buffer holds."""
    if not len(array):
        return np.zeros(0, array.type.to_pandas_dtype())
    dtype: Any = np.dtype(array.type.to_pandas_dtype())
    return np.frombuffer(array.buffers()[1], dtype, len(array), array.offset * dtype.itemsize)


def _read_struct(array: pa.Array, codes: TextCodes) -> StructColumn:
    # `flatten` gives fields without the values that a missing record may still hold.
    fields = dict(zip((field.name for field in array.type), array.flatten(), strict=True))
    return StructColumn(fields, len(array), _known(array), codes)


def _read_counts(struct: StructColumn) -> Counts:
    """Counts, each with two ends; one that is missing is open."""
    low, high = struct.field("low", INT), struct.field("high", INT)
    if not isinstance(low, Numbers) or not isinstance(high, Numbers):
        raise TypeError("a count has two ends")
    no_low, no_high = (None if end.known is None else ~end.known for end in (low, high))
    return Counts(low.values, high.values, struct.known, no_low, no_high)


def _read_texts(array: pa.Array, known: Known, codes: TextCodes) -> Numbers:
    import pyarrow as pa

    encoded = array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()
    if encoded.dictionary.null_count:
        encoded = encoded.dictionary_decode().dictionary_encode()
    places = _numbers(encoded.indices)
    if not len(encoded.dictionary):
        return Numbers(np.zeros(len(places), np.int64), known)
    if known is not None:
        # Where a text is missing its place may be anything, in range or not.
        places = np.where(known, places, 0)
    # A dictionary may hold the texts of a whole file: only those of this chunk get codes.
    used = np.zeros(len(encoded.dictionary), np.bool_)
    used[places] = True
    here = np.flatnonzero(used)
    table = np.zeros(len(used), np.int64)
    table[here] = codes.encode(encoded.dictionary.take(pa.array(here)).to_numpy(zero_copy_only=False).tolist())
    return Numbers(table[places], known)


def _read_lists(array: pa.Array, type_: ListOf, codes: TextCodes) -> ListColumn:
    known = _known(array)
    offsets: Ints = array.offsets.to_numpy().astype(np.int64)
    start, length = offsets[:-1], np.diff(offsets)
    first, last = (int(offsets[0]), int(offsets[-1])) if len(offsets) else (0, 0)
    elements = array.values.slice(first, last - first)
    start = start - first
    total = last - first
    if known is not None:
        # Where a list is missing its elements may be there all the same.
        length = np.where(known, length, 0)
    is_flat = int(length.sum()) == total
    return ListColumn(start, length, known, read_array(elements, type_.item, codes), total, is_flat)


def field_of(records: Records, name: str, type_: Type) -> Value:
    """A field of a record in every row."""
    if records.struct is None:
        return missing(type_)
    return take(records.struct.field(name, type_), records.index)


def take(value: Value, index: Ints | None) -> Value:
    """The values at some rows; all of them where `index` is None."""
    if index is None:
        return value
    if isinstance(value, Records):
        if value.struct is None:
            return value
        return Records(value.struct, index if value.index is None else value.index[index])
    if isinstance(value, ListColumn):
        length, start = take_array(value.length, index), take_array(value.start, index)
        return ListColumn(start, length, take_known(value.known, index), value.element, value.total, is_flat=False)
    return take_plain(value, index)


def known_rows(value: Value, count: int) -> Array:
    """Where a value is given, row by row."""
    if isinstance(value, Masks):
        return spread(value.known, count)
    if isinstance(value, Objects):
        return spread(value.places >= 0, count)
    if not isinstance(value, Records):
        return spread_known(value.known, count)
    if value.struct is None:
        return np.zeros(count, np.bool_)
    known = value.struct.known
    if known is not None and value.index is not None:
        known = known[value.index]
    return spread_known(known, count)


def concatenate(a: Value, b: Value, sizes: tuple[int, int]) -> Value:
    """The values of some rows, and after them those of others."""
    if isinstance(a, Records) and isinstance(b, Records):
        if 0 in sizes:
            return a if sizes[0] else b
        if a.struct is not b.struct or a.struct is None:
            raise NoArrayFormError("a choice between lists of records of two facts")
        rows = [np.arange(size) if each.index is None else each.index for each, size in ((a, sizes[0]), (b, sizes[1]))]
        return Records(a.struct, np.concatenate(rows))
    if isinstance(a, Records | ListColumn) or isinstance(b, Records | ListColumn):
        raise NoArrayFormError("a choice between lists of lists")
    return concatenate_plain(a, b, sizes)
