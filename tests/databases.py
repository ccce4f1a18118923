"""DuckDB and Spark for tests: rows in, the values of SQL expressions out."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
import pytest
from sqlglot import exp

from visitcheck.engines.columns import arrow_type, plain
from visitcheck.engines.sql.dialects import DIALECTS
from visitcheck.facts.types import COUNT, MONEY, ListOf, Money, Type
from visitcheck.truth import NO_END, Count

Answers: TypeAlias = list[tuple[Any, ...]]
Ask: TypeAlias = Callable[[exp.Expr, Mapping[str, pa.Table]], Answers]
"""A query and the tables it reads, in; its rows, in the order of their first column, which is left out."""


def ask_duckdb(query: exp.Expr, tables: Mapping[str, pa.Table]) -> Answers:
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    for name, table in tables.items():
        connection.register(name, table)
    return _sorted(connection.execute(DIALECTS["duckdb"].print(query)).fetchall())


def ask_spark(query: exp.Expr, tables: Mapping[str, pa.Table]) -> Answers:
    session = spark()
    for name, table in tables.items():
        session.createDataFrame(table).createOrReplaceTempView(name)
    rows = session.sql(DIALECTS["spark"].print(query)).collect()
    return _sorted([tuple(_unrow(value) for value in row) for row in rows])


def _sorted(rows: Answers) -> Answers:
    return [row[1:] for row in sorted(rows, key=lambda row: row[0])]


def _unrow(value: Any) -> Any:
    if hasattr(value, "asDict"):
        return {name: _unrow(part) for name, part in value.asDict().items()}
    return [_unrow(each) for each in value] if isinstance(value, list) else value


@cache
def spark() -> Any:
    """One session for all tests; skips where there is no pyspark or no Java."""
    if os.environ.get("VISITCHECK_NO_SPARK"):
        pytest.skip("VISITCHECK_NO_SPARK is set")
    pyspark = pytest.importorskip("pyspark.sql", reason="pyspark is not installed (extra `spark`)")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("no Java: Spark needs a JDK 17 or later")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # of the workers
    builder = pyspark.SparkSession.builder.master("local[2]").appName("visitcheck tests")
    options = {
        "spark.driver.memory": "4g",  # plans of conditions for lists that go on outgrow Spark's 1 GB
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.log.level": "ERROR",
    }
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


ASK: dict[str, Ask] = {"duckdb": ask_duckdb, "spark": ask_spark}
BOTH = [pytest.param("duckdb"), pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.long])]
"""For `parametrize`: each database by name."""


def table_of(columns: Mapping[str, Type], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows of inside values as an Arrow table, numbered by its first column, `n_`."""
    arrays = [pa.array(range(len(rows)), pa.int64())]
    arrays += [
        pa.array([plain(row[place], type_) for row in rows], arrow_type(type_))
        for place, type_ in enumerate(columns.values())
    ]
    return pa.table(arrays, names=["n_", *columns])


def from_sql(value: Any, type_: Type) -> Any:
    """What a database answered, in the inside form."""
    if value is None:
        return None
    if type_ == COUNT:
        low, high = value["low"], value["high"]
        return Count(-NO_END if low is None else low, NO_END if high is None else high)
    if type_ == MONEY:
        return Money(value["minor"], value["currency"])
    if isinstance(type_, ListOf):
        return tuple(from_sql(each, type_.item) for each in value)
    return value
