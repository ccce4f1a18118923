"""Columns of Arrow batches as numpy has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
