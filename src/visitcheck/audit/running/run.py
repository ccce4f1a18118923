"""The run of an audit: inputs to shards, shards to verdicts, and all of it to the output folder."""

from __future__ import annotations

import platform
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from visitcheck.audit.inputs import Inputs
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.progress import Phase, Progress
from visitcheck.audit.refusals import refuse_to_publish
from visitcheck.audit.running.duplicates import write_duplicate_ids
from visitcheck.audit.running.judging import make_shard_judge
from visitcheck.audit.running.outputs import count_rejects_by_code, join_parts, write_rejects
from visitcheck.audit.running.resume_key import file_labels, resume_key
from visitcheck.audit.running.run_folder import RunFolder, json_text, translate_failures
from visitcheck.audit.running.scope import AuditScope, audit_scope
from visitcheck.audit.running.shards import Shards, number_of_shards, write_shards
from visitcheck.audit.running.sql import open_session
from visitcheck.audit.running.summary_files import status_codes, sum_counts, summary_files
from visitcheck.audit.running.tallies import Counts
from visitcheck.audit.running.visit_doubts import write_doubts, write_visit_doubts
from visitcheck.ir.plan import make_plan
from visitcheck.policy import Policy

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class AuditRun:
    """One audit: of these inputs, by this policy, into this folder."""

    inputs: Inputs
    policy: Policy
    options: AuditOptions
    folder: RunFolder

    def run(self) -> None:
        """Do all of it, or with `resume` what a run that was broken off has left to do."""
        began = time.monotonic()
        options, place = self.options, self.folder
        count = options.shards or number_of_shards(self._row_count)
        settled = options.meaning() | {"shards": count, "columns": options.columns_digest()}
        key = resume_key(self.inputs.files, self.policy, settled)
        scope = audit_scope(make_plan(self.policy, "recorded"), self.inputs.fed, self.options)
        with (
            place.start_or_resume(
                key, resume=options.resume, restart=options.restart, replace=options.replace
            ) as resumed,
            translate_failures(place.folder),
        ):
            shards = Shards(place.path("rows"), count)
            labels = file_labels(tuple(file.path for file in self.inputs.files))
            with open_session(self.options, place.path("spill")) as con:
                self._shard_rows(con, place, scope, shards)
                self._judge_shards(con, place, scope, shards, labels)
                total = self._write_outputs(con, place, scope, shards, labels, key)
            place.write_json(self._run_facts(began, resumed, total), "output", "run.json")
            refuse_to_publish(place, self.inputs.files, options)
            place.publish(place.path("output"))

    @property
    def _row_count(self) -> int:
        return sum(file.rows or 0 for file in self.inputs.files if file.table == "visits")

    def _shard_rows(self, con: duckdb.DuckDBPyConnection, place: RunFolder, scope: AuditScope, shards: Shards) -> None:
        if place.read_json("rows.json") is not None:
            return
        report = self._progress_reporter("reading")
        report(0)
        used = write_shards(con, self.inputs.relation(con, scope.kept), scope, shards)
        with place.write_file("duplicates.parquet") as part:
            write_duplicate_ids(con, shards, part)
        with place.write_file("visit_doubts.parquet") as part:
            write_visit_doubts(con, scope, shards, place.path("duplicates.parquet"), part)
        place.write_json({"used": used}, "rows.json")
        report(self._row_count)

    def _judge_shards(
        self,
        con: duckdb.DuckDBPyConnection,
        place: RunFolder,
        scope: AuditScope,
        shards: Shards,
        labels: tuple[str, ...],
    ) -> None:
        left = [shard for shard in _used_shards(place) if place.read_json("judged", f"{shard:05}.json") is None]
        if not left:
            return
        judge = make_shard_judge(con, scope, self.options, shards, place, labels)
        report, done = self._progress_reporter("judging"), 0
        for bin_, shards_of_bin in groupby(left, shards.bin_of):
            with judge.open_bin(bin_) as rows:
                for shard in shards_of_bin:
                    report(done)
                    with (
                        place.write_file("parts", f"v{shard:05}") as verdicts,
                        place.write_file("parts", f"f{shard:05}") as findings,
                    ):
                        counts = judge.judge(rows, shard, verdicts, findings)
                    place.write_json(counts, "judged", f"{shard:05}.json")
                    done += counts["visits"]
        report(done)

    def _write_outputs(
        self,
        con: duckdb.DuckDBPyConnection,
        place: RunFolder,
        scope: AuditScope,
        shards: Shards,
        labels: tuple[str, ...],
        key: dict[str, Any],
    ) -> Counts:
        """Write all files but `run.json`; gives what was counted of the judged rows."""
        report = self._progress_reporter("writing")
        report(0)
        output = place.path("output")
        output.mkdir(exist_ok=True)
        used = _used_shards(place)
        about = {"visitcheck.policy": self.policy.digest, "visitcheck.status_codes": json_text(status_codes())}
        verdicts = join_parts((place.path("parts", f"v{one:05}") for one in used), output / "verdicts.parquet", about)
        findings = join_parts((place.path("parts", f"f{one:05}") for one in used), output / "findings.parquet", about)
        refused = output / "rejects.parquet"
        tables = write_rejects(con, shards, place.path("duplicates.parquet"), self.inputs.files, refused)
        rejects = count_rejects_by_code(con, refused)
        doubts = write_doubts(con, place.path("visit_doubts.parquet"), labels, output / "doubts.parquet")
        total = sum_counts([place.read_json("judged", f"{one:05}.json") for one in used])
        counts = {
            "rows": self._row_count,
            "verdicts": verdicts,
            "findings": findings,
            "rejects": tables.pop("visits", 0),
        }
        counts["rejects_of_other_tables"] = sum(tables.values())
        for name, content in summary_files(scope, self.inputs.files, key, counts, total, rejects, doubts).items():
            place.write_json(content, "output", name)
        report(self._row_count)
        return total

    def _run_facts(self, began: float, resumed: bool, total: Counts) -> dict[str, Any]:
        return {
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - began, 1),
            "resumed": resumed,
            "host": socket.gethostname(),
            "python": platform.python_version(),
            "inputs": [str(file.path.resolve()) for file in self.inputs.files],
            "memory": self.options.memory,
            "threads": self.options.threads,
            # Which rows are judged together may differ from run to run, and with them what is asked row by row.
            "truths": total["truths"],
        }

    def _progress_reporter(self, phase: Phase) -> Any:
        began = time.monotonic()
        return lambda done: self.options.watch(Progress(phase, done, self._row_count, time.monotonic() - began))


def _used_shards(place: RunFolder) -> list[int]:
    """The shards that have rows, in order."""
    used: list[int] = place.read_json("rows.json")["used"]
    return used
