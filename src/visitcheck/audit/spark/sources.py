"""Where rows come from: a DataFrame, or Parquet files that Spark reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from visitcheck.audit.inputs import InputFile, open_inputs
from visitcheck.audit.inputs.available_facts import facts_in_columns, unknown_columns
from visitcheck.audit.inputs.files import expand_paths, format_of
from visitcheck.audit.inputs.inputs import facts_besides_columns
from visitcheck.audit.inputs.raw_rows import RawType
from visitcheck.audit.spark.reading import connect_worker, raw_types
from visitcheck.engines.columns import FILE, ROW
from visitcheck.errors import InvalidInput, Problem
from visitcheck.facts import Registers, visit_model_with_extra, vocabulary_with_extra
from visitcheck.policy import Policy

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_GLOB = re.compile(r"([][{}*?\\])")


@dataclass(frozen=True)
class SparkSource:
    """Rows as frames with `FILE`, `ROW` and columns of the vocabulary.

    `numbered` says that `ROW` is a row's position in its file; else it only tells the rows apart, in their order, with
    the number of its partition from bit 33 on.
    """

    session: SparkSession
    frames: tuple[DataFrame, ...]
    files: tuple[InputFile, ...]
    fed: frozenset[str]
    numbered: bool


def frame_source(frame: DataFrame, policy: Policy, registers: Registers | None, as_of: datetime | None) -> SparkSource:
    """The rows of a DataFrame whose columns are named as the vocabulary's groups and lists.

    Raises `InvalidInput` for columns, or fields of them, that are no facts, and for types that Arrow lacks.
    """
    from pyspark.sql import functions as f

    root, _ = vocabulary_with_extra(policy.extra_facts)
    types = _column_types(frame)
    unknown = unknown_columns(types, visit_model_with_extra(policy.extra_facts))
    taken = [
        Problem("fact-unknown", f"`{name}` is the audit's own name") for name in (FILE, ROW) if name in frame.columns
    ]
    if unknown or taken:
        raise InvalidInput([*unknown, *taken])
    position = (f.lit(0).cast("int").alias(FILE), f.monotonically_increasing_id().alias(ROW))
    file = InputFile(Path("DataFrame"), "spark", 0, "", None)
    fed = facts_in_columns(types, root) | facts_besides_columns(registers, as_of)
    return SparkSource(frame.sparkSession, (frame.select(*position, "*"),), (file,), fed, numbered=False)


def file_source(
    session: SparkSession, paths: Sequence[Path], policy: Policy, registers: Registers | None, as_of: datetime | None
) -> SparkSource:
    """The rows of Parquet files that driver and workers find under the same path.

    The driver reads each file once, for its hash and to find broken ones. Raises `InvalidInput` for other formats.
    """
    others = [path for path in expand_paths(paths) if format_of(path) != "parquet"]
    if others:
        help_ = "write it as Parquet, or audit it with `--engine duckdb`"
        raise InvalidInput(
            [Problem("input-format", f"`{path}` is no Parquet file: Spark reads only those", help_) for path in others]
        )
    inputs = open_inputs(paths, policy=policy, registers=registers, as_of=as_of)
    sound = [(number, file) for number, file in enumerate(inputs.files) if file.problem is None]
    frames = tuple(_read_file(session, number, file) for number, file in sound)
    return SparkSource(session, frames, inputs.files, inputs.fed, numbered=True)


def _read_file(session: SparkSession, number: int, file: InputFile) -> DataFrame:
    from pyspark.errors import PySparkException
    from pyspark.sql import functions as f

    where = "file://" + _GLOB.sub(r"\\\1", str(file.path.resolve()))
    row = (f.col("_metadata.row_index") + 1).alias(ROW)
    try:
        frame = session.read.parquet(where)
        _column_types(frame)
        return frame.select(f.lit(number).cast("int").alias(FILE), row, "*")
    except PySparkException as error:
        reason = str(error).partition("\n")[0]
        help_ = "audit it with `--engine duckdb`"
        raise InvalidInput([Problem("input-format", f"Spark cannot read `{file.path}`: {reason}", help_)]) from error


def _column_types(frame: DataFrame) -> dict[str, RawType]:
    from pyspark.errors import PySparkException
    from pyspark.sql.pandas.types import to_arrow_schema

    try:
        empty = to_arrow_schema(frame.schema, timezone="UTC").empty_table()
    except PySparkException as error:
        message = f"a column has a type that Arrow lacks: {error}"
        raise InvalidInput([Problem("input-format", message, "cast it, or leave it out")]) from error
    with connect_worker() as con:
        return raw_types(con, empty)
