"""The results of an audit on Spark, as DataFrames."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitcheck.audit.result import AuditResult

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class SparkAudit:
    """The tables of `docs/audit.md` as DataFrames, with the summary and the manifest.

    Of an audit that was not written, the judged rows are held by Spark until `close`.
    """

    verdicts: DataFrame = field(repr=False)
    findings: DataFrame = field(repr=False)
    rejects: DataFrame = field(repr=False)
    summary: dict[str, Any] = field(repr=False)
    manifest: dict[str, Any]
    kept: tuple[DataFrame, ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, session: SparkSession, folder: Path) -> SparkAudit:
        """An audit that was written to a folder."""
        result = AuditResult(folder)
        where = "file://" + str(folder.absolute())
        tables = ("verdicts", "findings", "rejects")
        verdicts, findings, rejects = (session.read.parquet(f"{where}/{name}.parquet") for name in tables)
        return cls(verdicts, findings, rejects, result.summary, result.manifest)

    def close(self) -> None:
        """Release what Spark holds; the DataFrames are then computed again where they are used."""
        for frame in self.kept:
            frame.unpersist()
