"""Columns of Arrow batches as numpy has them, lists and records taken apart and put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from visitcheck.engines.arrays.values import Bools, Ints

if TYPE_CHECKING:
    import pyarrow as pa


def column_of(rows: pa.RecordBatch, fact: str) -> pa.Array:
    """The values of a fact outside lists."""
    import pyarrow.compute as pc

    group, *names = fact.split(".")
    column = rows.column(group)
    return pc.struct_field(column, names) if names else column


def is_known(column: pa.Array) -> Bools:
    """Where a column has a value."""
    known: Bools = column.is_valid().to_numpy(zero_copy_only=False)
    return known


def whole_numbers(column: pa.Array) -> Ints:
    """The values of a column of whole numbers, 0 for those not known."""
    values: Ints = column.fill_null(0).to_numpy()
    return values


def with_column(rows: pa.RecordBatch, name: str, column: pa.Array) -> pa.RecordBatch:
    """The rows with another column of this name."""
    import pyarrow as pa

    return pa.record_batch({each: rows.column(each) for each in rows.schema.names} | {name: column})


def list_lengths(column: pa.Array) -> Ints:
    """How many elements each list has, none where there is no list."""
    import pyarrow.compute as pc

    lengths: Ints = pc.fill_null(pc.list_value_length(column), 0).to_numpy().astype(np.int64)
    return lengths


def list_column(lengths: Ints, elements: pa.Array, known: Bools | None = None) -> pa.Array:
    """Lists of these lengths; NULL where they are not known."""
    import pyarrow as pa

    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    mask = None if known is None else pa.array(~known)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), elements, mask=mask)


def record_parts(column: pa.Array) -> dict[str, pa.Array]:
    """The fields of records by name, without the values that a missing record may still hold."""
    return {field.name: part for field, part in zip(column.type, column.flatten(), strict=True)}


def record_column(parts: Mapping[str, pa.Array], known: Bools) -> pa.Array:
    """Records of these parts; NULL where they are not known."""
    import pyarrow as pa

    fields = [pa.field(name, part.type) for name, part in parts.items()]
    return pa.StructArray.from_arrays([*parts.values()], fields=fields, mask=pa.array(~known))
