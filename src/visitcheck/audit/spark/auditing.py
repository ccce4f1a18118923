"""An audit on Spark: its verdicts, findings and counts, written where a folder is named."""

from __future__ import annotations

import dataclasses
import json
import platform
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitcheck.audit.hashed_ids import describe_hashes, hash_ids
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.refusals import refuse_to_publish, refuse_unreadable
from visitcheck.audit.running.resume_key import file_labels, resume_key
from visitcheck.audit.running.run_folder import RunFolder, translate_failures
from visitcheck.audit.running.scope import AuditScope, audit_scope
from visitcheck.audit.running.summary_files import sum_counts, summary_files
from visitcheck.audit.spark import tables
from visitcheck.audit.spark.judging import JudgedSource, KeepFrame, judge_source
from visitcheck.audit.spark.result import SparkAudit
from visitcheck.audit.spark.session import check_session, translate_spark_failures
from visitcheck.audit.spark.sources import SparkSource, file_source, frame_source
from visitcheck.ir.plan import make_plan
from visitcheck.policy import Policy

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TIMESTAMPS = "spark.sql.parquet.outputTimestampType"


@dataclass(frozen=True)
class SparkRun:
    """One audit on Spark."""

    policy: Policy
    options: AuditOptions

    def audit_frame(self, frame: DataFrame, out: Path | None) -> SparkAudit:
        """Audit a DataFrame; without `out` nothing is written."""
        check_session(frame.sparkSession)
        source = frame_source(frame, self.policy, self.options.registers, self.options.as_of)
        with translate_spark_failures():
            if out is None:
                if self.options.hash_key is not None:
                    raise TypeError("audit() of a DataFrame hashes ids where it writes: it needs `out`")
                return self._audit_in_memory(source)
            return self._audit_to_folder(source, out)

    def audit_files(self, session: SparkSession, paths: Sequence[Path], out: Path) -> SparkAudit:
        """Audit Parquet files."""
        check_session(session)
        source = file_source(session, paths, self.policy, self.options.registers, self.options.as_of)
        refuse_unreadable(source.files, self.options)
        with translate_spark_failures():
            return self._audit_to_folder(source, out)

    def _audit_in_memory(self, source: SparkSource) -> SparkAudit:
        kept: list[DataFrame] = []

        def keep(frame: DataFrame, _: str) -> DataFrame:
            kept.append(frame.persist())
            return kept[-1]

        scope = self._scope(source)
        judged = judge_source(source, scope, self.options, keep)
        verdicts, findings, rejects = self._tables(judged, scope, source)
        files = self._summary_files(source, scope, judged, (verdicts, findings, rejects))
        return SparkAudit(verdicts, findings, rejects, files["summary.json"], files["manifest.json"], tuple(kept))

    def _audit_to_folder(self, source: SparkSource, out: Path) -> SparkAudit:
        began = time.monotonic()
        place = RunFolder(out.absolute())
        session, output = source.session, place.path("output")
        restart, replace = self.options.restart, self.options.replace
        with (
            place.start_or_resume(self._key(source), resume=False, restart=restart, replace=replace),
            place.notice_loss(),
            translate_failures(place.folder),
        ):
            keep = _keep_on_disk(session, place)
            scope = self._scope(source)
            judged = judge_source(source, scope, self.options, keep)
            named = zip(("verdicts", "findings", "rejects"), self._tables(judged, scope, source), strict=True)
            written = tuple(keep(frame, f"output/{name}.parquet") for name, frame in named)
            for name, content in self._summary_files(source, scope, judged, written).items():
                place.write_json(content, "output", name)
            place.write_json(_run_facts(began, source), "output", "run.json")
            if self.options.hash_key is not None:
                hash_ids(output, self.options.hash_key)
            refuse_to_publish(place, source.files, self.options)
            place.publish(output)
        return SparkAudit.read(session, out)

    def _scope(self, source: SparkSource) -> AuditScope:
        # Remarks are not read here, so they need not travel.
        return audit_scope(make_plan(self.policy, "recorded"), source.fed, replace(self.options, leads=False))

    def _key(self, source: SparkSource) -> dict[str, Any]:
        key = resume_key(source.files, self.policy, self.options.meaning() | {"engine": "spark"})
        if self.options.hash_key is not None:
            key["ids"] = describe_hashes(self.options.hash_key)
        key["versions"]["pyspark"] = version("pyspark")
        key["versions"]["spark"] = source.session.version
        return key

    def _tables(
        self, judged: JudgedSource, scope: AuditScope, source: SparkSource
    ) -> tuple[DataFrame, DataFrame, DataFrame]:
        labels = file_labels(tuple(file.path for file in source.files))
        return (
            tables.verdicts_table(judged.judged, scope, labels),
            tables.findings_table(judged.judged, labels),
            tables.rejects_table(judged, source.files, labels),
        )

    def _summary_files(
        self, source: SparkSource, scope: AuditScope, judged: JudgedSource, frames: Sequence[DataFrame]
    ) -> dict[str, Any]:
        verdicts, findings, rejects = frames
        counted = judged.judged.where("counts IS NOT NULL").select("counts").toLocalIterator()
        total = sum_counts(json.loads(row[0]) for row in counted)
        by_code = dict(sorted((row[0], row[1]) for row in rejects.groupBy("code").count().collect()))
        files = source.files if source.numbered else (dataclasses.replace(source.files[0], rows=judged.rows.count()),)
        counts = {
            "rows": sum(file.rows or 0 for file in files),
            "verdicts": verdicts.count(),
            "findings": findings.count(),
            "rejects": rejects.count(),
            "rejects_of_other_tables": 0,
        }
        key = self._key(dataclasses.replace(source, files=files))
        return summary_files(scope, files, key, counts, total, by_code)


def _keep_on_disk(session: SparkSession, place: RunFolder) -> KeepFrame:
    def keep(frame: DataFrame, name: str) -> DataFrame:
        target = "file://" + str(place.path(*name.split("/")))
        with _utc_timestamps(session):
            frame.write.mode("overwrite").parquet(target, compression="zstd")
        return session.read.schema(frame.schema).parquet(target)

    return keep


@contextmanager
def _utc_timestamps(session: SparkSession) -> Iterator[None]:
    """Timestamps as other programs read them, not in the form of old Hive, which has no zone."""
    before = session.conf.get(_TIMESTAMPS, "INT96")
    session.conf.set(_TIMESTAMPS, "TIMESTAMP_MICROS")
    try:
        yield
    finally:
        session.conf.set(_TIMESTAMPS, before)


def _run_facts(began: float, source: SparkSource) -> dict[str, Any]:
    return {
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began, 1),
        "host": socket.gethostname(),
        "python": platform.python_version(),
        "master": source.session.conf.get("spark.master", ""),
        "inputs": [str(file.path.resolve()) for file in source.files if source.numbered],
    }
