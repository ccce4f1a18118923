"""What goes wrong in an audit publishes nothing, leaves old results as they were, and is said as what it is."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from visitcheck import temp_folders
from visitcheck.audit.auditing import audit
from visitcheck.audit.inputs.temp_parquet import Spool
from visitcheck.audit.progress import Progress
from visitcheck.cli import main
from visitcheck.cli.audit import Limit
from visitcheck.errors import AuditFailed, InvalidInput
from visitcheck.policy import Policy, load_policy

AT = datetime(2026, 1, 30, 2, tzinfo=UTC)
MAPPING = """
timezone: Asia/Shanghai
constants: {visit.stage: recorded}
visits: {files: [visits.csv], columns: {no: visit.id, came: visit.starts_at}}
tables:
  contacts: {files: [calls.csv], key: no, joins: no, complete: true, columns: {at: at}}
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("base.record")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Path:
    """A folder with files good and bad, and the output of the good one's audit."""
    folder = tmp_path_factory.mktemp("whole")
    rows = [{"visit": {"id": f"v{n}", "stage": "recorded", "starts_at": AT}} for n in range(4)]
    pq.write_table(pa.Table.from_pylist(rows), folder / "good.parquet")
    audit(folder / "good.parquet", policy, out=folder / "out")
    (folder / "cut.parquet").write_bytes((folder / "good.parquet").read_bytes()[:200])
    (folder / "empty.jsonl").write_text("")
    (folder / "bad.jsonl").write_text("{}\n")
    (folder / "visits.csv").write_text("no,came\na,2026-01-30 10:00\n")
    (folder / "calls.csv").write_text("")
    (folder / "columns.yaml").write_text(MAPPING)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of that for one test."""
    return shutil.copytree(whole, tmp_path, dirs_exist_ok=True)


def _bytes(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


def _run(folder: Path, *arguments: str) -> Result:
    named = [str(folder / one) if (folder / one).is_file() or "." in one else one for one in arguments]
    return CliRunner().invoke(main, ["audit", "-p", "base.record", "-o", str(folder / "out"), *named])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["cut.parquet"], "broken-file"),
        (["gone.parquet"], "no-input"),
        (["empty.jsonl"], "input-empty"),
        (["empty.jsonl", "cut.parquet"], "input-empty"),
        (["bad.jsonl"], "too-many-rejects"),
        (["good.parquet", "cut.parquet", "--strict-inputs"], "broken-file"),
        (["good.parquet", "bad.jsonl", "--max-rejects", "0"], "too-many-rejects"),
        (["good.parquet", "bad.jsonl", "--max-rejects", "19%"], "too-many-rejects"),
        (["--columns", "columns.yaml"], "broken-file"),
    ],
)
def test_nothing_is_published(arguments: list[str], code: str, folder: Path) -> None:
    """No input, none that can be read, none that is left: the old output stays, byte for byte; JSON says why."""
    before = _bytes(folder / "out")
    result = _run(folder, *arguments, "--replace", "--format", "json")

    assert result.exit_code == 2
    assert code in [problem["code"] for problem in json.loads(result.stdout)["problems"]]
    assert _bytes(folder / "out") == before


@pytest.mark.long
def test_exit_codes(folder: Path) -> None:
    """The worst of 2 (a broken file), 1, 4 (rejects), 3, 0; an empty input is clean only where that is asked for."""
    assert _run(folder, "good.parquet", "cut.parquet", "--replace").exit_code == 2
    outcomes = json.loads((folder / "out" / "summary.json").read_text())["outcome"]
    assert outcomes["deny"] == 0 < outcomes["review"]
    assert _run(folder, "good.parquet", "--replace").exit_code == 3
    shown = json.loads((folder / "out" / "summary.json").read_text())["assessed_outcome"]
    word = next(word for word, number in shown.items() if number == 4)
    assert _run(folder, "good.parquet", "--replace", "--fail-over", f"{word}=99%").exit_code == 1
    assert _run(folder, "good.parquet", "bad.jsonl", "--replace").exit_code == 4
    assert _run(folder, "good.parquet", "bad.jsonl", "--replace", "--max-rejects", "20%").exit_code == 4
    assert _run(folder, "good.parquet", "--replace", "--fail-over", "breach=0").exit_code == 0
    empty = _run(folder, "empty.jsonl", "--replace", "--allow-empty")
    assert (empty.exit_code, "`empty.jsonl` holds no rows" in empty.stdout) == (0, True)
    for wrong in ("breach", "breach=x", "brech=1", "breach=5%%"):
        assert _run(folder, "good.parquet", "--replace", "--fail-over", wrong).exit_code == 2


@pytest.mark.parametrize(
    ("most", "exceeded"), [("0", True), ("49.9%", True), ("50%", False), ("1", False), ("100%", False), ("0%", True)]
)
def test_a_share_of_visits_to_fail_over(most: str, exceeded: bool) -> None:
    """One visit of two."""
    assert Limit("breach", most).is_exceeded({"breach": 1}, 2) is exceeded
    assert not Limit("breach", most).is_exceeded({"breach": 0}, 0)


def test_too_many_rejects_can_be_published_after_all(folder: Path) -> None:
    """What was found lies beside the output; nothing is judged again."""
    refused = _run(folder, "good.parquet", "bad.jsonl", "--replace", "--max-rejects", "0")
    rejects = folder / "out.unfinished" / "output" / "rejects.parquet"
    assert str(rejects) in refused.stderr
    assert pq.read_table(rejects).num_rows == 1

    assert _run(folder, "good.parquet", "bad.jsonl", "--replace", "--resume", "--max-rejects", "1").exit_code == 4
    assert pq.read_table(folder / "out" / "rejects.parquet").num_rows == 1
    assert not (folder / "out.unfinished").exists()


@pytest.mark.long
@pytest.mark.parametrize("change", ["grow", "rewrite", "delete"])
def test_a_file_that_changes_while_it_is_judged(change: str, folder: Path, policy: Policy) -> None:
    """Refused by name, and what was judged of it is not gone on with; a file that is only touched by nobody is fine."""
    before, file = _bytes(folder / "out"), folder / "good.parquet"

    def spoil(progress: Progress) -> None:
        if progress.phase == "writing" and file.exists():
            data = file.read_bytes()
            if change == "delete":
                file.unlink()
            else:
                file.write_bytes(data + b" " if change == "grow" else data)

    with pytest.raises(InvalidInput, match=r"input-changed.*good\.parquet"):
        audit(file, policy, out=folder / "out", replace=True, watch=spoil)
    assert _bytes(folder / "out") == before
    assert not (folder / "out.unfinished" / "key.json").exists()


def test_what_shows_that_a_file_has_changed(tmp_path: Path) -> None:
    """Times that lie close together are not trusted: then the hash decides; a new link changes nothing."""
    from visitcheck.audit.inputs.files import FileIdentity, InputFile, find_changed

    path = tmp_path / "a.jsonl"
    path.write_text("{}")
    file = InputFile.on_disk(path, "json_lines", FileIdentity.of(path), 1)
    assert file.state is not None
    assert file.state.fresh
    os.link(path, tmp_path / "b.jsonl")
    assert find_changed([file]) == []
    times = os.stat(path)
    path.write_text("[]")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert [problem.code for problem in find_changed([file])] == ["input-changed"]


def test_a_full_disk_for_temporary_files_is_no_broken_input(
    folder: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a copy is made, and where not even a folder can be: our own error, and nothing is published."""
    (folder / "calls.csv").write_text("no,at\na,2026-01-29 10:00\n")
    before = _bytes(folder / "out")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for target in ("pyarrow.parquet.ParquetWriter.write_batch", "visitcheck.temp_folders.mkdtemp"):
        with monkeypatch.context() as patched:
            patched.setattr(target, full)
            with pytest.raises(AuditFailed, match=r"temp-failed.*No space left"):
                audit([], policy, out=folder / "out", columns=folder / "columns.yaml", replace=True)
    assert _bytes(folder / "out") == before


@pytest.mark.parametrize("command", [["columns", "check"], ["explain", "--visit", "a", "--columns"]])
def test_other_commands_say_the_same_of_a_full_disk(
    command: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("visitcheck.temp_folders.mkdtemp", full)
    result = CliRunner().invoke(main, [*command, str(folder / "columns.yaml")])
    assert result.exit_code == 2
    assert "error[temp-failed]: cannot write temporary files" in result.stderr
    assert "Traceback" not in result.stderr


def test_only_the_owner_may_read(folder: Path, policy: Policy) -> None:
    assert {path.stat().st_mode & 0o777 for path in (folder / "out").iterdir()} == {0o600}
    assert (folder / "out").stat().st_mode & 0o777 == 0o700
    with pytest.raises(AuditFailed):
        audit([folder / "good.parquet", folder / "bad.jsonl"], policy, out=folder / "new", max_rejects=0)
    assert (folder / "new.unfinished").stat().st_mode & 0o777 == 0o700


@pytest.mark.long
@pytest.mark.parametrize("option", ["--resume", "--restart"])
def test_an_output_that_was_about_to_be_replaced_comes_back(option: str, folder: Path) -> None:
    """A run killed between the two renames leaves the old output in its working folder, where it is looked for."""
    before = _bytes(folder / "out")
    assert _run(folder, "good.parquet", "bad.jsonl", "--replace", "--max-rejects", "0").exit_code == 2
    (folder / "out").rename(folder / "out.unfinished" / "replaced")
    again = _run(folder, "good.parquet", "bad.jsonl", "--replace", option, "--max-rejects", "0")

    assert again.exit_code == 2
    assert _bytes(folder / "out") == before


def test_folders_of_dead_runs_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those whose process is gone, and no other: not of a living one, nor a folder that happens to bear the name."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    child = "import os, visitcheck.temp_folders as t; f = t.TempFolder(); print(f.path, flush=True); os._exit(9)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", child], env=environment, capture_output=True, text=True)
    dead = Path(ended.stdout.rstrip("\n"))
    (dead / "copy.parquet").write_text("facts")
    mine = tmp_path / f"{temp_folders.PREFIX}notes"
    mine.mkdir()
    (mine / "notes.txt").write_text("mine")
    os.utime(mine, (0, 0))
    living = Spool()
    other = Spool()

    assert not dead.exists()
    assert (mine / "notes.txt").exists()
    assert len(list(tmp_path.iterdir())) == 3
    del living, other
    assert list(tmp_path.iterdir()) == [mine]


def test_a_broken_file_leaves_no_history_complete(folder: Path, policy: Policy) -> None:
    """The visits that are missing may be anybody's earlier ones."""
    files = [folder / "good.parquet", folder / "cut.parquet"]
    result = audit(files, policy, out=folder / "out", replace=True, history_since=AT)

    assert result.manifest["options"]["history_since"] is None
