"""The audit's tables as DataFrames, with the columns of its Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visitcheck.audit.inputs import InputFile
from visitcheck.audit.inputs.canonical_rows import PROBLEMS_COLUMN
from visitcheck.audit.inputs.gate_reader import PROBLEMS
from visitcheck.audit.running.findings import finding_types
from visitcheck.audit.running.reading import reject_fields
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.spark.judging import JudgedSource
from visitcheck.audit.spark.sql import union_frames
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.sql.columns import spark_type

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession


def verdicts_table(judged: DataFrame, scope: AuditScope, labels: tuple[str, ...]) -> DataFrame:
    """A row for each visit: what identifies it, outcomes as words, counts, codes of doubts, a code for each rule."""
    from pyspark.sql import functions as f

    codes = [f.col(f"s{n}").alias(rule.rule.id) for n, rule in enumerate(scope.plan.rules)]
    own = ("outcome", "assessed_outcome", "rules_assessed", "rules_applicable", "doubts")
    position = (_pick_word(labels, f.col(FILE)).alias("file"), f.col(ROW).alias("row"))
    visit = (f.timestamp_micros("starts_at").alias("starts_at"), "debtor_id", "place_kind", "agency_id", "collectors")
    return judged.sortWithinPartitions(FILE, ROW).select("visit_id", *position, *visit, *own, *codes)


def findings_table(judged: DataFrame, labels: tuple[str, ...]) -> DataFrame:
    """A row for each rule that a visit violated, was excused from, or left open for a fact of its own."""
    from pyspark.sql import functions as f

    position = (_pick_word(labels, f.col(FILE)).alias("file"), f.col(ROW).alias("row"))
    own = [f.col(f"finding.{name}").alias(name) for name in finding_types()]
    starts_at = f.timestamp_micros("starts_at").alias("starts_at")
    visit = (starts_at, "debtor_id", "place_kind", "agency_id")
    each = judged.sortWithinPartitions(FILE, ROW).withColumn("finding", f.explode("findings"))
    return each.select("visit_id", *position, *own, *visit)


def rejects_table(judged: JudgedSource, files: tuple[InputFile, ...], labels: tuple[str, ...]) -> DataFrame:
    """A row for each row that could not be judged, with its problems."""
    from pyspark.sql import functions as f

    refused = judged.refused.select(
        FILE,
        ROW,
        f.col("visit.id").alias("visit_id"),
        f.col("debtor.id").alias("debtor_id"),
        f.col(PROBLEMS_COLUMN).alias("problems"),
    )
    parts = [refused, _duplicate_rejects(judged, labels), *_refused_file_rejects(judged.rows.sparkSession, files)]
    first = f.col("problems")[0]
    return (
        union_frames(parts)
        .sortWithinPartitions(FILE, ROW)
        .select(
            _pick_word(labels, f.col(FILE)).alias("file"),
            f.lit("visits").alias("table"),
            f.col(ROW).alias("row"),
            "visit_id",
            "debtor_id",
            *(first[part].alias(part) for part in ("code", "path", "message")),
            "problems",
        )
    )


def _duplicate_rejects(judged: JudgedSource, labels: tuple[str, ...]) -> DataFrame:
    """The rows with an id that others have, too."""
    from pyspark.sql import functions as f

    rows = judged.sound.select(FILE, ROW, f.col("visit.id").alias("visit_id"), f.col("debtor.id").alias("debtor_id"))
    joined = rows.join(judged.duplicates, f.col("visit_id") == f.col("id"))
    row, file = f.col("first.r").cast("string"), _pick_word(labels, f.col("first.f"))
    message = f.concat(f.lit("`visit.id` is that of row "), row, f.lit(" of "), file, f.lit(", too"))
    return joined.select(
        FILE, ROW, "visit_id", "debtor_id", _problems_column(f.lit("duplicate-visit-id"), f.lit("$.visit.id"), message)
    )


def _refused_file_rejects(session: SparkSession, files: tuple[InputFile, ...]) -> list[DataFrame]:
    """The rows of files that were refused as a whole, each with the file's problem."""
    from pyspark.sql import functions as f

    parts = []
    for number, file in enumerate(files):
        if file.problem is not None and file.rows:
            problems = _problems_column(*map(f.lit, reject_fields(file.problem).values()))
            position = (f.lit(number).cast("int").alias(FILE), f.col("id").alias(ROW))
            rows = session.range(1, file.rows + 1)
            whose = [f.lit(None).cast("string").alias(name) for name in ("visit_id", "debtor_id")]
            parts.append(rows.select(*position, *whose, problems))
    return parts


def _problems_column(code: Column, path: Column, message: Column) -> Column:
    from pyspark.sql import functions as f

    problem = f.struct(code.alias("code"), path.alias("path"), message.alias("message"))
    return f.array(problem).cast(spark_type(PROBLEMS)).alias("problems")


def _pick_word(words: tuple[str, ...], position: Column) -> Any:
    """The word at a position, from 0."""
    from pyspark.sql import functions as f

    return f.get(f.array(*map(f.lit, words)), position)
