"""A run keeps every row, resumes to the same bytes, and harms nothing where it cannot write."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import visitcheck as vc
import visitcheck.audit
from visitcheck.audit.auditing import audit
from visitcheck.audit.progress import Progress
from visitcheck.audit.running import row_store
from visitcheck.audit.running.reading import ReadRows
from visitcheck.errors import AuditFailed
from visitcheck.ir.plan import make_plan
from visitcheck.policy import Policy

FILES = (
    "verdicts.parquet",
    "findings.parquet",
    "rejects.parquet",
    "doubts.parquet",
    "leads.parquet",
    "statuses.parquet",
    "summary.json",
    "policy.json",
    "manifest.json",
)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture(scope="session")
def whole(visits: Path, policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a run that nothing broke off."""
    out = tmp_path_factory.mktemp("whole") / "out"
    audit(visits, policy, out=out)
    return out


def test_every_row_is_a_verdict_or_a_reject(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    Rows that are no visits, repeat an id, or are proposals are rejects with code, file and row; the rest is judged.
    """
    lines = [json.dumps(row) for row in _plain(visits, 6)]
    proposal = json.loads(lines[2])
    proposal["visit"] |= {"stage": "proposed", "id": "other"}
    stranger = json.loads(lines[3])
    stranger["place"]["kind"] = "moon"
    dirty = tmp_path / "dirty.jsonl"
    dirty.write_text("\n".join([*lines, lines[1], json.dumps(proposal), json.dumps(stranger), "{"]) + "\n", "utf-8")

    result = audit(dirty, policy, out=tmp_path / "out")
    rejects = [(row["row"], row["code"]) for row in result.rejects().pandas().to_dict("records")]

    assert result.manifest["counts"]["rows"] == 10
    assert len(result.verdicts()) + len(result.rejects()) == 10
    expected = ["duplicate-visit-id", "duplicate-visit-id", "not-recorded", "fact-unknown-word", "json-syntax"]
    assert list(zip((2, 7, 8, 9, 10), expected, strict=True)) == rejects


@pytest.mark.long
def test_a_run_says_how_truths_were_found(policy: Policy, whole: Path) -> None:
    """
    Over arrays, in all ranges: of each visit all conditions, and whether it lacks what findings may name.
    """
    truths = json.loads((whole / "run.json").read_text("utf-8"))["truths"]

    each, rest = divmod(truths["by_arrays"], 400)
    assert rest == 0
    assert each > len(make_plan(policy, "recorded").conditions)
    assert truths["by_native"] == {}


def _plain(visits: Path, number: int) -> list[dict[str, object]]:
    from visitcheck.audit.inputs import open_inputs
    from visitcheck.audit.one_visit import visit_from_row
    from visitcheck.policy import load_policy

    [batch, *_] = open_inputs([visits], policy=load_policy("base.record")).batches()
    return [visit_from_row(row).to_dict() for row in batch.slice(0, number).to_pylist()]


@pytest.mark.long
def test_same_input_gives_the_same_bytes(visits: Path, policy: Policy, tmp_path: Path, whole: Path) -> None:
    """
    Another run, elsewhere and with one thread, writes the same files.
    """
    audit(visits, policy, out=tmp_path / "again", threads=1)

    assert _bytes(whole) == _bytes(tmp_path / "again")


@pytest.mark.long
def test_ranges_do_not_change_what_is_found(
    visits: Path, policy: Policy, tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    One range or three, the last of them not full: the same files.
    """
    monkeypatch.setattr(row_store, "ROWS_A_RANGE", 150)
    audit(visits, policy, out=tmp_path / "three")

    assert _bytes(whole) == _bytes(tmp_path / "three")


@pytest.mark.long
def test_processes_do_not_change_what_is_found(
    visits: Path, policy: Policy, tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Three ranges judged by two processes: the same files, and as many truths found.
    """
    monkeypatch.setattr(row_store, "ROWS_A_RANGE", 150)
    told: list[Progress] = []
    audit(visits, policy, out=tmp_path / "out", threads=2, watch=told.append)

    assert _bytes(whole) == _bytes(tmp_path / "out")
    runs = [json.loads((folder / "run.json").read_text("utf-8")) for folder in (whole, tmp_path / "out")]
    assert runs[0]["truths"] == runs[1]["truths"]
    assert {0, 400} <= {one.done for one in told if one.phase == "judging"}


@pytest.mark.long
def test_an_error_in_a_process_ends_the_run(
    visits: Path, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A range that is lost between the passes: its process says why, nothing is published, and no process is left.
    """
    monkeypatch.setattr(row_store, "ROWS_A_RANGE", 150)
    read = ReadRows.read

    def lose_a_range(self: ReadRows, *given: Any) -> None:
        read(self, *given)
        self.store.path(1).unlink()

    monkeypatch.setattr(ReadRows, "read", lose_a_range)
    with pytest.raises(AuditFailed, match=r"output-failed.*No such file"):
        audit(visits, policy, out=tmp_path / "out", threads=2)

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("phase", ["judging", "writing"])
def test_a_working_folder_that_somebody_deletes_is_named(
    visits: Path, policy: Policy, tmp_path: Path, phase: str
) -> None:
    """Whatever breaks for want of it, at the beginning of the second pass or when the tables are written."""

    def delete(progress: Progress) -> None:
        if progress.phase == phase:
            shutil.rmtree(tmp_path / "out.unfinished", ignore_errors=True)

    with pytest.raises(AuditFailed, match=r"run-folder-lost.*out\.unfinished` was deleted or emptied"):
        audit(visits, policy, out=tmp_path / "out", threads=1, watch=delete)
    assert not (tmp_path / "out").exists()


def test_what_was_read_is_not_taken_for_nothing_where_its_number_is_lost(
    visits: Path, policy: Policy, tmp_path: Path
) -> None:
    def delete(progress: Progress) -> None:
        if progress.phase == "writing":
            (tmp_path / "out.unfinished" / "rows.json").unlink(missing_ok=True)

    with pytest.raises(AuditFailed, match=r"output-failed.*No such file"):
        audit(visits, policy, out=tmp_path / "out", threads=1, watch=delete)


_CHILD = """
import sys, visitcheck, visitcheck.audit
from visitcheck.audit.auditing import audit
from visitcheck.audit.progress import Progress
from visitcheck.audit.running import row_store
from visitcheck.audit.running.reading import ReadRows
row_store.ROWS_A_RANGE = 150
policy = visitcheck.load_policy("base.record", "base.preparation")
audit(sys.argv[1], policy, out=sys.argv[2], resume="resume" in sys.argv)
"""


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}


def _killed_at(visits: Path, out: Path, file: str, resume: bool) -> bool:
    """Starts a run and kills it as soon as `file` appears in its working folder; False where it finished before."""
    command = [sys.executable, "-c", _CHILD, str(visits), str(out), *(["resume"] if resume else [])]
    child = subprocess.Popen(command, env=_environment())
    working = out.with_name(f"{out.name}.unfinished")
    while child.poll() is None:
        if next(working.glob(file), None) is not None:
            child.send_signal(signal.SIGKILL)
            break
        time.sleep(0.002)
    return child.wait() == -signal.SIGKILL


@pytest.mark.long
def test_killed_runs_resume_to_the_same_bytes(visits: Path, policy: Policy, tmp_path: Path, whole: Path) -> None:
    """
    Killed while reading, after the first range and while writing, and resumed each time.
    """
    out = tmp_path / "out"
    stages = ("rows/*", "judged/000000.json", "output/*")

    killed = [_killed_at(visits, out, file, resume=number > 0) for number, file in enumerate(stages)]
    assert killed[:2] == [True, True]
    assert not out.exists() or not killed[2]
    if killed[2]:
        audit(visits, policy, out=out, resume=True)

    assert _bytes(whole) == _bytes(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


@pytest.mark.long
def test_resuming_refuses_what_has_changed(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    Another policy, option or input is named, and the finished part is kept.
    """
    out = tmp_path / "out"
    _killed_at(visits, out, "judged/000000.json", resume=False)
    changed = tmp_path / visits.name
    pq.write_table(pq.read_table(visits).slice(1), changed)

    with pytest.raises(AuditFailed, match="run-unfinished"):
        audit(visits, policy, out=out)
    for options, what in (
        ({"as_of": datetime(2026, 9, 1, tzinfo=UTC)}, "options"),
        ({"history": "given"}, "options"),
    ):
        with pytest.raises(AuditFailed, match=rf"resume-differs.*{what}"):
            audit(visits, policy, out=out, resume=True, **options)  # type: ignore[arg-type]
    with pytest.raises(AuditFailed, match=r"resume-differs.*input"):
        audit(changed, policy, out=out, resume=True)
    with pytest.raises(AuditFailed, match=r"resume-differs.*policy"):
        audit(visits, vc.load_policy("cn.law.data"), out=out, resume=True)
    audit(visits, policy, out=out, resume=True)


def test_output_that_is_there_is_left_alone(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    A folder with something in it is replaced only where that is asked for.
    """
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")

    with pytest.raises(AuditFailed, match="output-exists"):
        audit(visits, policy, out=tmp_path / "out")

    assert ["mine.txt"] == [path.name for path in (tmp_path / "out").iterdir()]


@pytest.mark.parametrize("mark", ["manifest.json", "verdicts.parquet"])
def test_only_the_output_of_an_audit_is_replaced(mark: str, visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    A folder that has one file of an audit's, but not all that identify one, is somebody's own: nothing in it is lost.
    """
    out = tmp_path / "out"
    out.mkdir()
    for name in (mark, "mine.txt"):
        (out / name).write_text("mine")

    with pytest.raises(AuditFailed, match=r"output-exists.*not the output of an audit"):
        audit(visits, policy, out=out, replace=True)

    assert {mark: "mine", "mine.txt": "mine"} == {path.name: path.read_text() for path in out.iterdir()}


@pytest.mark.long
def test_an_audit_s_output_is_replaced_where_that_is_asked_for(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    Nothing of the former output stays.
    """
    out = tmp_path / "out"
    audit(visits, policy, out=out)
    (out / "former.txt").write_text("of the former audit")

    audit(visits, policy, out=out, replace=True)

    assert {*FILES, "run.json"} == {path.name for path in out.iterdir()}


_FULL = """
import resource, signal, sys, visitcheck, visitcheck.audit
from visitcheck.audit.auditing import audit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
policy = visitcheck.load_policy("base.record", "base.preparation")
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    audit(sys.argv[1], policy, out=sys.argv[2])
except visitcheck.VisitcheckError as error:
    sys.exit(str(error))
"""


@pytest.mark.long
def test_a_full_disk_is_an_error_and_no_output(visits: Path, policy: Policy, tmp_path: Path, whole: Path) -> None:
    """
    Where files cannot grow the run says so, nothing appears, and with room it goes on.
    """
    out = tmp_path / "out"
    command = [sys.executable, "-c", _FULL, str(visits), str(out), "12000"]
    child = subprocess.run(command, env=_environment(), capture_output=True, text=True)

    assert (child.returncode, "output-failed" in child.stderr) == (1, True), child.stderr
    assert not out.exists()
    audit(visits, policy, out=out, resume=True)
    assert _bytes(whole) == _bytes(out)


@pytest.mark.long
def test_ranges_of_very_different_content_are_put_together(
    visits: Path, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    So many ranges that some have no findings, or no missing facts.
    """
    monkeypatch.setattr(row_store, "ROWS_A_RANGE", 7)
    result = audit(visits, policy, out=tmp_path / "out")

    assert 400 == len(result.verdicts())
    assert 1 < len(result.findings()) < 400


def test_calling_the_package_is_the_audit(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    `vc.audit(...)` works, though the package has the same name.
    """
    result = vc.audit(visits, policy, out=tmp_path / "out")

    assert 400 == len(result.verdicts())
    assert 400 == sum(batch.num_rows for batch in result.verdicts().arrow())
    assert isinstance(result.findings().polars().collect().to_arrow(), pa.Table)
