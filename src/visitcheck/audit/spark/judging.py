"""From canonical rows to judged ones, in Spark SQL: repeated ids, earlier visits, truths, statuses, outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from visitcheck.audit.inputs.canonical_rows import PROBLEMS_COLUMN
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.findings import missing_facts
from visitcheck.audit.running.history import history_query
from visitcheck.audit.running.judging import evaluate_relation
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.spark.reading import RowsMapper
from visitcheck.audit.spark.sources import SparkSource
from visitcheck.audit.spark.sql import temp_view, translate_to_spark, union_frames
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.sql import SqlEngine
from visitcheck.engines.sql.zones import check_zones, zones_of
from visitcheck.facts.zones import zone_names

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

KeepFrame: TypeAlias = "Callable[[DataFrame, str], DataFrame]"
"""Computes a frame once, and gives a frame that reads the result; the text names it."""
_PARTITION_BITS = 33
"""Spark's `monotonically_increasing_id` has the number of the partition above these, the row's below."""


@dataclass(frozen=True)
class JudgedRows:
    """`rows` with `__problems`, the ids that several of them have, and the judged rows without either."""

    rows: DataFrame
    duplicates: DataFrame
    judged: DataFrame

    @property
    def sound(self) -> DataFrame:
        """Rows that could be read, those with repeated ids among them."""
        return self.rows.where(f"{PROBLEMS_COLUMN} IS NULL")

    @property
    def refused(self) -> DataFrame:
        """Rows that could not."""
        return self.rows.where(f"{PROBLEMS_COLUMN} IS NOT NULL")


def judge_source(source: SparkSource, scope: AuditScope, options: AuditOptions, keep: KeepFrame) -> JudgedRows:
    """Judge all rows of a source.

    Raises `UnsupportedByEngine` for rules that Spark cannot express, and `EngineFailure` where its zone data
    differs from the pinned for a zone in use.
    """
    read = RowsMapper(scope, options.registers, options.as_of, datetime.now(UTC))
    frames = [frame.mapInArrow(read, read.schema) for frame in source.frames]
    rows = keep(union_frames(frames) if frames else source.session.createDataFrame([], read.schema), "rows")
    if not source.numbered:
        rows = _number_rows(rows)
    sound = rows.where(f"{PROBLEMS_COLUMN} IS NULL")
    duplicates = keep(_find_duplicates(sound), "duplicates")
    single = sound.join(duplicates, sound["visit.id"] == duplicates["id"], "left_anti")
    judged = _evaluate_rows(source.session, _add_history(single, scope, options), scope)
    return JudgedRows(rows, duplicates, keep(judged, "judged"))


def _number_rows(rows: DataFrame) -> DataFrame:
    """Give the rows their position in the frame, from 1."""
    from pyspark.sql import functions as f

    partition = f.shiftright(ROW, _PARTITION_BITS)
    sizes = sorted(rows.groupBy(partition.alias("partition")).count().collect())
    starts, before = [], 0
    for number, size in sizes:
        starts.append((number, before))
        before += size
    offsets = rows.sparkSession.createDataFrame(starts, "partition BIGINT, start BIGINT")
    within = f.col(ROW).bitwiseAND((1 << _PARTITION_BITS) - 1)
    placed = rows.join(f.broadcast(offsets), partition == f.col("partition"))
    return placed.withColumn(ROW, within + f.col("start") + 1).drop("partition", "start")


def _find_duplicates(rows: DataFrame) -> DataFrame:
    """Find each visit id that several rows have, with the first of them."""
    from pyspark.sql import functions as f

    first = f.min(f.struct(f.col(FILE).alias("f"), f.col(ROW).alias("r"))).alias("first")
    counted = rows.groupBy(f.col("visit.id").alias("id")).agg(first, f.count(f.lit(1)).alias("rows"))
    return counted.where("rows > 1").drop("rows")


def _add_history(rows: DataFrame, scope: AuditScope, options: AuditOptions) -> DataFrame:
    with temp_view(rows) as name:
        return rows.sparkSession.sql(translate_to_spark(history_query(name, scope.kept, options)))


def _evaluate_rows(session: SparkSession, rows: DataFrame, scope: AuditScope) -> DataFrame:
    zones_in_rows = {row[0] for row in rows.select("visit.timezone").distinct().collect()}
    zones = zones_in_rows & zone_names()
    check_zones(zones | zones_of(scope.plan), "spark", lambda query: session.sql(query).collect())
    engine = SqlEngine(scope.plan, "spark", zones=zones, never_known=scope.never_known, may_go_on=scope.may_go_on)
    with temp_view(rows) as name:
        return session.sql(evaluate_relation(engine, name, [f"{missing_facts(scope)} AS lacks"]))
