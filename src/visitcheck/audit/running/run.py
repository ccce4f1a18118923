"""The run: inputs to shards, shards to verdicts, and all of it to the output folder."""

from __future__ import annotations

import platform
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitcheck.audit.inputs import Inputs
from visitcheck.audit.running.duplicates import find_duplicates
from visitcheck.audit.running.judging import shard_judge
from visitcheck.audit.running.outputs import joined, rejects_by_code, write_rejects
from visitcheck.audit.running.progress import Phase, Progress, Watcher
from visitcheck.audit.running.resume_key import file_labels, run_key
from visitcheck.audit.running.run_folder import Workplace, failures, json_text
from visitcheck.audit.running.scope import Scope, scope_of
from visitcheck.audit.running.settings import Settings
from visitcheck.audit.running.shards import Shards, number_of_shards, partition
from visitcheck.audit.running.sql import session
from visitcheck.audit.running.summary import summed
from visitcheck.audit.running.summary_files import closing_files, status_codes
from visitcheck.ir.plan import make_plan
from visitcheck.policy import Policy

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Run:
    """One audit: of these inputs, by this policy, into this folder."""

    inputs: Inputs
    policy: Policy
    settings: Settings
    out: Path
    options: dict[str, Any]
    """Further options that the output hangs on, as JSON values: digests of a mapping and of registers."""
    watch: Watcher = lambda _: None

    def run(self, *, resume: bool = False, restart: bool = False, replace: bool = False) -> None:
        """Does it all, or what a run that was broken off has left to do."""
        began = time.monotonic()
        place = Workplace(self.out)
        count = self.settings.shards or number_of_shards(self._rows)
        key = run_key(self.inputs.files, self.policy, self.settings, count, self.options)
        scope = scope_of(make_plan(self.policy, "recorded"), self.inputs.fed, self.settings)
        with place.begun(key, resume=resume, restart=restart, replace=replace) as resumed, failures(place.folder):
            shards = Shards(place.path("rows"), count)
            labels = file_labels(tuple(file.path for file in self.inputs.files))
            with session(self.settings, place.path("spill")) as con:
                self._shard(con, place, scope, shards)
                self._judge(con, place, scope, shards, labels)
                self._write(con, place, scope, shards, labels, key)
            place.write_json(self._about_run(began, resumed), "output", "run.json")
            place.publish(place.path("output"))

    @property
    def _rows(self) -> int:
        return sum(file.rows or 0 for file in self.inputs.files if file.table == "visits")

    def _shard(self, con: duckdb.DuckDBPyConnection, place: Workplace, scope: Scope, shards: Shards) -> None:
        if place.read_json("rows.json") is not None:
            return
        tell = self._teller("reading")
        tell(0)
        used = partition(con, self.inputs.relation(con, scope.kept), scope, shards)
        with place.writing("duplicates.parquet") as part:
            find_duplicates(con, shards, part)
        place.write_json({"used": used}, "rows.json")
        tell(self._rows)

    def _judge(
        self, con: duckdb.DuckDBPyConnection, place: Workplace, scope: Scope, shards: Shards, labels: tuple[str, ...]
    ) -> None:
        left = [shard for shard in _used(place) if place.read_json("judged", f"{shard:05}.json") is None]
        if not left:
            return
        judge = shard_judge(con, scope, self.settings, shards, place.path("duplicates.parquet"), labels)
        tell, done = self._teller("judging"), 0
        for bin_, together in groupby(left, shards.bin_of):
            with judge.opened(bin_) as rows:
                for shard in together:
                    tell(done)
                    with place.writing("parts", f"v{shard:05}") as one, place.writing("parts", f"f{shard:05}") as other:
                        counts = judge.judge(rows, shard, one, other)
                    place.write_json(counts, "judged", f"{shard:05}.json")
                    done += counts["visits"]
        tell(done)

    def _write(
        self,
        con: duckdb.DuckDBPyConnection,
        place: Workplace,
        scope: Scope,
        shards: Shards,
        labels: tuple[str, ...],
        key: dict[str, Any],
    ) -> None:
        tell = self._teller("writing")
        tell(0)
        output = place.path("output")
        output.mkdir(exist_ok=True)
        used = _used(place)
        about = {"visitcheck.policy": self.policy.digest, "visitcheck.status_codes": json_text(status_codes())}
        verdicts = joined((place.path("parts", f"v{one:05}") for one in used), output / "verdicts.parquet", about)
        findings = joined((place.path("parts", f"f{one:05}") for one in used), output / "findings.parquet", about)
        refused = output / "rejects.parquet"
        tables = write_rejects(con, shards, place.path("duplicates.parquet"), self.inputs.files, refused)
        rejects = rejects_by_code(con, refused)
        total = summed([place.read_json("judged", f"{one:05}.json") for one in used])
        counts = {"rows": self._rows, "verdicts": verdicts, "findings": findings, "rejects": tables.pop("visits", 0)}
        counts["rejects_of_other_tables"] = sum(tables.values())
        for name, content in closing_files(scope, self.inputs.files, key, counts, total, rejects).items():
            place.write_json(content, "output", name)
        tell(self._rows)

    def _about_run(self, began: float, resumed: bool) -> dict[str, Any]:
        return {
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - began, 1),
            "resumed": resumed,
            "host": socket.gethostname(),
            "python": platform.python_version(),
            "inputs": [str(file.path.resolve()) for file in self.inputs.files],
            "memory": self.settings.memory,
            "threads": self.settings.threads,
        }

    def _teller(self, phase: Phase) -> Any:
        began = time.monotonic()
        return lambda done: self.watch(Progress(phase, done, self._rows, time.monotonic() - began))


def _used(place: Workplace) -> list[int]:
    """The shards that have rows, in order."""
    used: list[int] = place.read_json("rows.json")["used"]
    return used
