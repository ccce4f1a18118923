"""The run of an audit: all rows read, then judged range by range, and the tables to the output folder."""

from __future__ import annotations

import platform
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from visitcheck.audit.hashed_ids import describe_hashes, hash_ids
from visitcheck.audit.inputs import Inputs
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.progress import Phase, Progress
from visitcheck.audit.refusals import refuse_to_publish
from visitcheck.audit.running.judging import RangeJudge, checkpoint, leads_part, write_leads
from visitcheck.audit.running.outputs import count_rejects_by_code, join_parts, write_rejects
from visitcheck.audit.running.reading import ReadRows
from visitcheck.audit.running.remarks import RemarkLeads, count_leads, kinds_of, leads_digest, reads_alone
from visitcheck.audit.running.resume_key import file_labels, resume_key, run_id
from visitcheck.audit.running.run_folder import RunFolder, json_text, translate_failures
from visitcheck.audit.running.scope import audit_scope
from visitcheck.audit.running.sql import open_session
from visitcheck.audit.running.statuses import StatusTable
from visitcheck.audit.running.summary_files import status_codes, sum_counts, summary_files
from visitcheck.audit.running.tallies import Counts
from visitcheck.audit.running.visit_doubts import write_doubts
from visitcheck.audit.running.worker import JudgingTask
from visitcheck.audit.running.workers import count_workers, judge_with_workers
from visitcheck.ir.plan import make_plan
from visitcheck.leads.rules_to_look_at import rules_by_kind
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
        settled = options.meaning() | {
            "columns": options.columns_digest(),
            "max_speed_kmh": float(options.max_speed_kmh),
        }
        scope = audit_scope(make_plan(self.policy, "recorded"), self.inputs.fed, self.options)
        key = resume_key(self.inputs.files, self.policy, settled)
        if options.hash_key is not None:
            key["ids"] = describe_hashes(options.hash_key)
        if (read_for_leads := leads_digest(options, scope.remarks)) is not None:
            key["leads"] = read_for_leads
        with (
            place.start_or_resume(
                key, resume=options.resume, restart=options.restart, replace=options.replace
            ) as resumed,
            place.notice_loss(),
            translate_failures(place.folder),
        ):
            rows = ReadRows(place, scope, self.options)
            with open_session(self.options, place.path("spill")) as con:
                self._read_rows(con, rows)
                self._judge_ranges(rows)
                self._read_remarks_alone(rows)
                total = self._write_outputs(con, rows, key)
            place.write_json(self._run_facts(began, resumed, total), "output", "run.json")
            if options.hash_key is not None:
                hash_ids(place.path("output"), options.hash_key)
            refuse_to_publish(place, self.inputs.files, options)
            place.publish(place.path("output"))

    @property
    def _row_count(self) -> int:
        return sum(file.rows or 0 for file in self.inputs.files if file.table == "visits")

    @property
    def _labels(self) -> tuple[str, ...]:
        return file_labels(tuple(file.path for file in self.inputs.files))

    def _read_rows(self, con: duckdb.DuckDBPyConnection, rows: ReadRows) -> None:
        if rows.ranges is None:
            report = self._progress_reporter("reading")
            report(0)
            rows.read(con, self.inputs.read(con, rows.scope.kept))
            report(self._row_count)

    def _judge_ranges(self, rows: ReadRows) -> None:
        place = rows.place
        left = [number for number in range(rows.kept_ranges()) if place.read_json(*checkpoint(number)) is None]
        if not left:
            return
        report, done = self._progress_reporter("judging"), 0

        def judged(visits: int) -> None:
            nonlocal done
            done += visits
            report(done)

        report(0)
        workers = count_workers(self.options, len(left))
        if workers > 1:
            judge_with_workers(JudgingTask.of_rows(rows, self._labels), left, workers, judged)
            return
        judge = RangeJudge.of_rows(rows, self._labels)
        for number in left:
            judged(judge.keep_range(number))

    def _read_remarks_alone(self, rows: ReadRows) -> None:
        """Read remarks by somebody's own function, in this process."""
        remarks = RemarkLeads.of_scope(rows.scope, self.options) if reads_alone(self.options) else None
        if remarks is not None:
            for number in range(rows.ranges or 0):
                if not rows.place.path(*leads_part(number)).exists():
                    write_leads(rows, remarks, self._labels, number)

    def _write_leads(self, con: duckdb.DuckDBPyConnection, rows: ReadRows) -> dict[str, Any] | None:
        """Write `leads.parquet`; gives what the summary says of it, None where remarks are not to be read."""
        if self.options.leads is False:
            return None
        place, scope = rows.place, rows.scope
        if not scope.remarks:
            return {"facts": [], "kinds": {}}
        target = place.path("output", "leads.parquet")
        parts = (place.path(*leads_part(number)) for number in range(rows.ranges or 0))
        join_parts(parts, target, {"visitcheck.policy": self.policy.digest})
        kinds = kinds_of(self.options)
        counts = count_leads(con, target, kinds, rules_by_kind(scope.plan, kinds.values()))
        return {"facts": list(scope.remarks), "kinds": counts}

    def _write_outputs(self, con: duckdb.DuckDBPyConnection, rows: ReadRows, key: dict[str, Any]) -> Counts:
        """Write all files but `run.json`; gives what was counted of the judged rows."""
        report = self._progress_reporter("writing")
        report(0)
        place = rows.place
        output = place.path("output")
        output.mkdir(exist_ok=True)
        about = {"visitcheck.policy": self.policy.digest, "visitcheck.status_codes": json_text(status_codes())}
        numbers = range(rows.kept_ranges())
        verdicts, findings = (
            join_parts(
                (place.path("parts", f"{name[0]}{at:06}.arrow") for at in numbers), output / f"{name}.parquet", about
            )
            for name in ("verdicts", "findings")
        )
        if self.options.statuses:
            table = StatusTable.of_plan(rows.scope.plan, self.policy.digest, run_id(key))
            table.write(output / "verdicts.parquet", output / "statuses.parquet")
        refused = output / "rejects.parquet"
        tables = write_rejects(con, rows.rejected, self.inputs.files, refused)
        rejects = count_rejects_by_code(con, refused)
        doubts = write_doubts(con, rows.visit_doubts, self._labels, output / "doubts.parquet")
        total = sum_counts(place.read_json(*checkpoint(number)) for number in numbers)
        counts = {
            "rows": self._row_count,
            "verdicts": verdicts,
            "findings": findings,
            "rejects": tables.pop("visits", 0),
        }
        counts["rejects_of_other_tables"] = sum(tables.values())
        files = summary_files(rows.scope, self.inputs.files, key, counts, total, rejects, doubts)
        if (leads := self._write_leads(con, rows)) is not None:
            files["summary.json"]["leads"] = leads
        for name, content in files.items():
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
