"""Expressions over rows by the array engine, as the inside values that the interpreter gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from visitcheck.engines.arrays.analysis import Analysis
from visitcheck.engines.arrays.evaluation import Evaluation
from visitcheck.engines.arrays.python_values import python_values
from visitcheck.engines.arrays.structs import open_chunk
from visitcheck.engines.arrays.tools import Tools
from visitcheck.ir.nodes import Expr


def values_over(nodes: Sequence[Expr], table: pa.Table) -> list[list[Any]]:
    """For each expression its value in every row of a table."""
    [batch] = table.combine_chunks().to_batches()
    analysis = Analysis(nodes)
    tools = Tools(analysis.codes).for_chunk()
    evaluation = Evaluation(analysis, open_chunk(batch, tools.codes), tools)
    values: list[list[Any]] = []
    for node in nodes:
        value: Any = evaluation.value(node)
        values.append(python_values(value, node.type, batch.num_rows, tools.codes))
    evaluation.close()
    return values


def repeated(table: pa.Table, least: int) -> pa.Table:
    """The rows again and again, until there are so many: arrays take other ways with many rows than with few."""
    return pa.concat_tables([table] * -(-least // table.num_rows))
