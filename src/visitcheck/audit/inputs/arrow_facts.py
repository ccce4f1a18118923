"""Groups, lists and facts from Arrow columns of typed files, by columns.

What `fact_groups` and `fact_values` say in SQL, for the types that files mostly have. A value is either read rightly or
`bad`: its row is then shown to the gate, which says what is wrong or reads it after all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visitcheck.audit.arrow_columns import is_known, list_column, list_lengths, record_column, record_parts
from visitcheck.audit.inputs.arrow_texts import is_wrong_text
from visitcheck.engines.arrays.values import Bools, Ints
from visitcheck.engines.columns import arrow_type
from visitcheck.facts.constraints import Range
from visitcheck.facts.fields import FactModel, FieldShape, Reading, Scalars, Sum, shapes
from visitcheck.facts.numbers import read_minor_units
from visitcheck.facts.scalars import BadValueError
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DATE_MAX,
    DATE_MIN,
    DOUBLE,
    INT,
    INT_MAX,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
    ListOf,
    Record,
    Type,
)

_MILLISECOND = 1_000
_CENTS = 100
_SURE_DOUBLE = 10**12
"""Below it a double is the nearest to one sum at most."""


def is_readable(type_: pa.DataType, fact: Type) -> bool:
    """Whether columns of this type are read here; of no other is anything known."""
    if pa.types.is_null(type_):
        return True
    if isinstance(fact, ListOf):
        if is_list(type_):
            return is_readable(type_.value_type, fact.item)
    elif isinstance(fact, Record) and pa.types.is_struct(type_):
        parts = {field.name: field.type for field in type_}
        known = (is_readable(part, fact.fields[name]) for name, part in parts.items() if name in fact.fields)
        return len(parts) == type_.num_fields > 0 and parts.keys() <= fact.fields.keys() and all(known)
    return _is_plain(type_)


def read_group(column: pa.Array, shape: FieldShape, fact: Type) -> tuple[pa.Array, Bools]:
    """The canonical column of a group, list or fact, and which of its values are bad."""
    if pa.types.is_null(column.type) or column.null_count == len(column):
        return pa.nulls(len(column), arrow_type(fact)), np.zeros(len(column), np.bool_)
    if isinstance(fact, ListOf):
        if is_list(column.type):
            return _read_list(column, shape, fact)
    elif isinstance(fact, Record):
        if pa.types.is_struct(column.type) and shape.record is not None:
            return _read_record(column, shape.record, fact)
    else:
        values = _read_value(column, shape, fact)
        if values is not None:
            return values
    return pa.nulls(len(column), arrow_type(fact)), is_known(column)


def whole_in(column: pa.Array) -> Ints:
    """The whole numbers of a column; where there is none, any."""
    values: Ints = np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column)]
    return values


def whole_column(values: Ints, known: Bools) -> pa.Array:
    """Whole numbers, where they are known."""
    return pa.array(values, pa.int64(), mask=~known)


def parents_of(lengths: Ints) -> Ints:
    """The list that each element is in."""
    parents: Ints = np.repeat(np.arange(len(lengths)), lengths)
    return parents


def any_of(elements: Bools, parents: Ints, size: int) -> Bools:
    """Which of `size` lists have an element for which this holds."""
    lists: Bools = np.zeros(size, np.bool_)
    lists[parents[elements]] = True
    return lists


def is_list(type_: pa.DataType) -> bool:
    """Whether columns of this type hold lists."""
    return bool(pa.types.is_list(type_) or pa.types.is_large_list(type_))


def _is_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))


def _is_plain(type_: pa.DataType) -> bool:
    if pa.types.is_timestamp(type_):
        return type_.tz is not None and type_.unit in ("ms", "us", "ns")
    if pa.types.is_time(type_):
        return type_.unit in ("ms", "us")
    if pa.types.is_integer(type_):
        return not pa.types.is_uint64(type_)
    checks = (_is_text, pa.types.is_boolean, pa.types.is_float64, pa.types.is_decimal128, pa.types.is_date32)
    return any(is_one(type_) for is_one in checks)


def _read_record(column: pa.Array, model: type[FactModel], fact: Record) -> tuple[pa.Array, Bools]:
    given = record_parts(column)
    values, bad = {}, np.zeros(len(column), np.bool_)
    for name, type_ in fact.fields.items():
        part = given.get(name)
        if part is None:
            values[name] = pa.nulls(len(column), arrow_type(type_))
            continue
        values[name], is_bad = read_group(part, shapes(model)[name], type_)
        bad |= is_bad
    for name, type_ in fact.fields.items():
        if type_ == MONEY and name in given:
            values[name] = _with_currency(values[name], values["currency"])
    return record_column(values, is_known(column)), bad


def _with_currency(hundredths: pa.Array, currency: pa.Array) -> pa.Array:
    """Sums; one without its currency is refused (`Needs`), and stays visible here so that it can be."""
    if not pa.types.is_integer(hundredths.type):  # none is given
        return hundredths
    return record_column({"minor": hundredths, "currency": currency}, is_known(hundredths))


def _read_list(column: pa.Array, shape: FieldShape, fact: ListOf) -> tuple[pa.Array, Bools]:
    assert shape.listed is not None  # noqa: S101 - as `vocabulary` makes it
    lengths, given = list_lengths(column), column.flatten()
    bad: Bools = lengths > shape.listed.longest
    values, is_bad = read_group(given, shape, fact.item)
    if given.null_count:
        is_bad = is_bad | ~is_known(given)
    if is_bad.any():
        bad = bad | any_of(is_bad, parents_of(lengths), len(column))
    return list_column(lengths, values, is_known(column)), bad


def _read_value(column: pa.Array, shape: FieldShape, fact: Type) -> tuple[pa.Array, Bools] | None:
    """A fact's values, of money its hundredths; None for a type of which it has none."""
    type_ = column.type
    never: Bools = np.zeros(len(column), np.bool_)
    if _is_text(type_):
        texts = column if pa.types.is_string(type_) else column.cast(pa.string())
        if shape.scalar is None or fact == STRING:
            return texts, is_wrong_text(texts, shape)
        return _read_texts(texts, shape.scalar)
    if fact == BOOL and pa.types.is_boolean(type_):
        return column, never
    if fact == DOUBLE and pa.types.is_integer(type_):
        column = column.cast(pa.float64(), safe=False)
        return column, _is_wrong_double(column, shape)
    if fact == DOUBLE and pa.types.is_float64(type_):
        return column, _is_wrong_double(column, shape)
    numbers = _whole_numbers(column, shape, fact)
    if numbers is None:
        return None
    known = is_known(column)
    values, is_right = numbers
    return whole_column(values, known & is_right), known & ~is_right


def _is_wrong_double(column: pa.Array, shape: FieldShape) -> Bools:
    """Which numbers are not finite, or outside the range of the fact where it has one."""
    right = pc.is_finite(column)
    for limits in shape.constraints:
        if isinstance(limits, Range):
            within = pc.and_(pc.greater_equal(column, limits.low), pc.less_equal(column, limits.high))
            right = pc.and_(right, within)
    is_wrong: Bools = ~pc.fill_null(right, True).to_numpy(zero_copy_only=False)
    return is_wrong


def _read_texts(texts: pa.Array, scalar: Scalars) -> tuple[pa.Array, Bools] | None:
    """What texts say, each different one read as the gate reads it; None for facts that have no text form."""
    if not isinstance(scalar, Reading | Sum):
        return None
    read = scalar.read if isinstance(scalar, Reading) else _read_sum
    different = pc.dictionary_encode(texts)
    values = pa.array([_value_or_none(read, text) for text in different.dictionary.to_pylist()], pa.int64())
    column = values.take(different.indices)
    return column, is_known(texts) & ~is_known(column)


def _value_or_none(read: Callable[[object], object], text: str) -> object:
    try:
        return read(text)
    except BadValueError:
        return None


def _read_sum(text: object) -> int | None:
    minor = read_minor_units(text)
    return minor if minor >= 0 else None


def _whole_numbers(column: pa.Array, shape: FieldShape, fact: Type) -> tuple[Ints, Bools] | None:
    """The values of facts that are whole numbers inside, and which of them are right; None for other types."""
    type_ = column.type
    if fact == TIMESTAMP and pa.types.is_timestamp(type_):
        return _microseconds(whole_in(column), type_.unit)
    if fact == TIME_OF_DAY and pa.types.is_time(type_):
        values = whole_in(column.cast(pa.time64("us")))
        return values, np.ones(len(values), np.bool_)
    if fact == DATE and pa.types.is_date32(type_):
        days = whole_in(column.cast(pa.int32()).cast(pa.int64()))
        return days, (days >= DATE_MIN) & (days <= DATE_MAX)
    if fact == MONEY and pa.types.is_decimal128(type_):
        return _hundredths_of_decimals(column)
    if fact == MONEY and pa.types.is_float64(type_):
        return _hundredths_of_doubles(column)
    if fact in (INT, MONEY) and pa.types.is_integer(type_):
        values = whole_in(column.cast(pa.int64()))
        if fact == MONEY:
            return values * _CENTS, (values >= 0) & (values <= INT_MAX // _CENTS)
        limits = next(one for one in shape.constraints if isinstance(one, Range))
        return values, (values >= limits.low) & (values <= limits.high)
    return None


def _microseconds(values: Ints, unit: str) -> tuple[Ints, Bools]:
    right: Bools
    if unit == "ns":
        right = values % _MILLISECOND == 0
        values = values // _MILLISECOND
        return values, right & (values >= TIMESTAMP_MIN) & (values <= TIMESTAMP_MAX)
    if unit == "ms":
        right = (values >= TIMESTAMP_MIN // _MILLISECOND) & (values <= TIMESTAMP_MAX // _MILLISECOND)
        return values * _MILLISECOND, right
    right = (values >= TIMESTAMP_MIN) & (values <= TIMESTAMP_MAX)
    return values, right


def _hundredths_of_decimals(column: pa.Array) -> tuple[Ints, Bools]:
    words = np.frombuffer(column.buffers()[1], np.int64).reshape(-1, 2)[column.offset : column.offset + len(column)]
    low, high = words[:, 0], words[:, 1]
    right: Bools = (high == 0) & (low >= 0)  # neither less than 0 nor of more than 64 bits
    scale = column.type.scale
    if scale > 2:
        whole = 10 ** min(scale - 2, 18)
        right = right & (low % whole == 0) & (scale <= 20)
        return low // whole, right
    more = 10 ** min(2 - scale, 18)
    right = right & (low <= INT_MAX // more) & (scale >= -16)
    return low * more, right


def _hundredths_of_doubles(column: pa.Array) -> tuple[Ints, Bools]:
    """A double stands for the shortest decimal that reads back as it: right where that has at most two decimals."""
    values = pc.fill_null(column, 0.0).to_numpy(zero_copy_only=False)
    sure = (values >= 0) & (values < _SURE_DOUBLE)  # not what is no number
    hundredths: Ints = np.rint(np.where(sure, values, 0.0) * _CENTS).astype(np.int64)
    right: Bools = sure & (hundredths / _CENTS == values)
    return hundredths, right
