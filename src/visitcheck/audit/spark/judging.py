"""From canonical rows to judged ones: earlier visits by Spark, all that rules say by arrays on its workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from visitcheck.audit.inputs.canonical_rows import PROBLEMS_COLUMN
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import history_query
from visitcheck.audit.running.judged_rows import RowJudge
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.tables import verdict_columns
from visitcheck.audit.running.tallies import RowCounter, counts_json
from visitcheck.audit.spark.reading import RowsMapper
from visitcheck.audit.spark.sources import SparkSource
from visitcheck.audit.spark.sql import temp_view, translate_to_spark, union_frames
from visitcheck.engines.columns import FILE, ROW, status_name

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

KeepFrame: TypeAlias = "Callable[[DataFrame, str], DataFrame]"
"""Computes a frame once, and gives a frame that reads the result; the text names it."""
_FINDINGS = (
    "ARRAY<STRUCT<rule: STRING, status: STRING, effect: STRING, "
    "checks: ARRAY<STRING>, exceptions: ARRAY<STRING>, missing: ARRAY<STRING>>>"
)
"""The findings of a row, with the columns of `running.findings.finding_types`."""
_IDENTITY = {
    "visit_id": "STRING",
    "starts_at": "BIGINT",
    "debtor_id": "STRING",
    "place_kind": "STRING",
    "agency_id": "STRING",
    "collectors": "ARRAY<STRING>",
}
"""The columns of `JudgedRows.identity`, and the team's ids."""
_PARTITION_BITS = 33
"""Spark's `monotonically_increasing_id` has the number of the partition above these, the row's below."""


@dataclass(frozen=True)
class JudgedSource:
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


def judge_source(source: SparkSource, scope: AuditScope, options: AuditOptions, keep: KeepFrame) -> JudgedSource:
    """Judge all rows of a source."""
    read = RowsMapper(scope, options.registers, options.as_of, datetime.now(UTC))
    frames = [frame.mapInArrow(read, read.schema) for frame in source.frames]
    rows = keep(union_frames(frames) if frames else source.session.createDataFrame([], read.schema), "rows")
    if not source.numbered:
        rows = _number_rows(rows)
    sound = rows.where(f"{PROBLEMS_COLUMN} IS NULL")
    duplicates = keep(_find_duplicates(sound), "duplicates")
    single = sound.join(duplicates, sound["visit.id"] == duplicates["id"], "left_anti")
    judged = _judge_rows(_add_history(single, scope, options), scope)
    return JudgedSource(rows, duplicates, keep(judged, "judged"))


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


def _judge_rows(rows: DataFrame, scope: AuditScope) -> DataFrame:
    judge = JudgeMapper(scope)
    return rows.mapInArrow(judge, judge.schema)


@dataclass(frozen=True)
class JudgeMapper:
    """For `mapInArrow`: canonical rows to judged ones, each with its findings.

    The first row of each chunk has what the chunk adds to the summary, as JSON; add these up.
    """

    scope: AuditScope

    @property
    def schema(self) -> str:
        """What comes out, as Spark writes it."""
        columns = {FILE: "INT", ROW: "BIGINT"} | _IDENTITY | dict.fromkeys(("outcome", "assessed_outcome"), "STRING")
        columns |= dict.fromkeys(("rules_assessed", "rules_applicable"), "INT") | {"doubts": "ARRAY<STRING>"}
        columns |= {status_name(position): "TINYINT" for position in range(len(self.scope.plan.rules))}
        columns |= {"findings": _FINDINGS, "counts": "STRING"}
        return ", ".join(f"`{name}` {type_}" for name, type_ in columns.items())

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Judge the rows of one partition."""
        import pyarrow as pa

        judge = RowJudge.of_scope(self.scope)
        counter = RowCounter(judge)
        names = {rule.rule.id: status_name(position) for position, rule in enumerate(self.scope.plan.rules)}
        for rows in judge.judge_all(batches):
            position = {name: rows.rows.column(name) for name in (FILE, ROW)}
            verdicts = {names.get(name, name): each for name, each in verdict_columns(rows, self.scope).items()}
            counts = pa.array([counts_json(counter.count(rows)), *[None] * (len(rows) - 1)][: len(rows)], pa.string())
            more = {"findings": rows.findings_by_row(), "counts": counts}
            identity = rows.identity() | {"collectors": rows.collectors_by_row()}
            yield pa.record_batch(position | identity | verdicts | more)
