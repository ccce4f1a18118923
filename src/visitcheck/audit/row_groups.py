"""Rows in groups of one size, whatever the parts in which they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def regroup_rows(tables: Iterable[pa.Table], size: int, schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows of tables in groups of `size`, but for the last; one group without rows where there are none."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    number, is_first = 0, True
    for whole in tables:
        table = whole
        while number + table.num_rows >= size:
            fits = size - number
            yield pa.concat_tables([*waiting, table.slice(0, fits)])
            table, waiting, number, is_first = table.slice(fits), [], 0, False
        waiting.append(table)
        number += table.num_rows
    if number or is_first:
        yield pa.concat_tables(waiting) if waiting else schema.empty_table()
