"""The queries of a run in Spark's dialect."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame


def translate_to_spark(query: str) -> str:
    """Translate a query from DuckDB's dialect to Spark's. It may only use what both have and sqlglot says alike."""
    from sqlglot import ErrorLevel, parse_one

    return parse_one(query, dialect="duckdb").sql("spark", unsupported_level=ErrorLevel.RAISE)


@contextmanager
def temp_view(frame: DataFrame) -> Iterator[str]:
    """Name the frame in queries for as long as the block runs."""
    name = f"visitcheck_{uuid4().hex}"
    frame.createOrReplaceTempView(name)
    try:
        yield name
    finally:
        frame.sparkSession.catalog.dropTempView(name)


def union_frames(frames: Iterable[DataFrame]) -> DataFrame:
    """All rows of frames with the same columns."""
    rows, *rest = frames
    for frame in rest:
        rows = rows.unionByName(frame)
    return rows
