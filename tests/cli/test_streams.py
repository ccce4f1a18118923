"""Standard streams that are closed, full, read no further, or of a small encoding; and signals: never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import DENIED, ROOT, run

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
VISITS = ROOT / "examples" / "audit" / "visits.parquet"


def _shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run `visitcheck ...` as a shell does."""
    line = f'visitcheck() {{ "{sys.executable}" -m visitcheck "$@"; }}; {command}'
    done = subprocess.run(["bash", "-c", line], env=ENVIRONMENT | environment, capture_output=True, timeout=120)
    assert b"Traceback" not in done.stderr, done.stderr
    assert b"Exception ignored" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize(
    "command",
    [
        "visitcheck --version >&-",
        "visitcheck --version >/dev/full",
        "visitcheck schema visit --help >/dev/full",
        pytest.param(f"visitcheck check {DENIED} --format json >&-", marks=pytest.mark.long),
        pytest.param(f"visitcheck check {DENIED} >/dev/full", marks=pytest.mark.long),
    ],
)
def test_output_that_is_lost_is_an_error_in_one_line(command: str) -> None:
    """Whoever asked for it has not got it: never 0, and never 1, which says that a visit was denied."""
    done = _shell(command)
    assert done.returncode == 2
    assert [line.partition(b": ")[2] for line in done.stderr.splitlines()] in (
        [b"cannot write to standard output: Bad file descriptor"],
        [b"cannot write to standard output: No space left on device"],
    )


@pytest.mark.long
def test_a_reader_that_goes_away() -> None:
    done = _shell("visitcheck schema visit | head -1; echo ${PIPESTATUS[0]}")
    assert (done.stdout, done.stderr) == (b"{\n2\n", b"error: cannot write to standard output: Broken pipe\n")


@pytest.mark.long
@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/full", "<&-"])
def test_problems_that_nobody_can_read_still_have_their_code(streams: str) -> None:
    assert _shell(f"visitcheck check nosuch.json {streams}").returncode == 2


def test_a_closed_stream_is_no_place_for_a_file() -> None:
    """A file that is opened next would take its number, and be written into."""
    done = _shell("visitcheck rules list -p base.record >&- 2>/dev/null <&-")
    assert done.returncode == 2


@pytest.mark.long
@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "latin-1"])
def test_consoles_of_small_encodings(encoding: str) -> None:
    """What they lack is escaped, and that is said once; JSON stays JSON that says the same."""
    text = _shell("visitcheck rules list -p base.record --lang zh", PYTHONIOENCODING=encoding)
    told = _shell("visitcheck rules list -p base.record --format json", PYTHONIOENCODING=encoding)
    assert (text.returncode, told.returncode, told.stderr) == (0, 0, b"")
    text.stdout.decode(encoding)
    notes = text.stderr.decode().splitlines()
    assert len(notes) == (0 if encoding == "gbk" else 1)
    whole = run("rules", "list", "-p", "base.record", "--format", "json").stdout
    lines = told.stdout.decode(encoding).splitlines()
    assert [json.loads(line) for line in lines] == [json.loads(line) for line in whole.splitlines()]


def test_json_says_what_is_wrong_with_a_command() -> None:
    """Options that are not known, and those that do not go together."""
    for arguments in (("audit", "--nosuch"), ("check", str(DENIED), "--now", "--as-of", "2026-03-10T10:00:00Z")):
        result = run(*arguments, "--format", "json")
        assert result.exit_code == 2
        [problem] = json.loads(result.stdout)["problems"]
        assert problem["code"] == "usage"


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_old_results_and_no_temporary_files(number: signal.Signals, tmp_path: Path) -> None:
    """Ended while the inputs are copied: the output is as it was, and the folder of copies goes."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (tmp_path / "visits.csv").write_text("no,came\n" + "a,2026-01-30 10:00\n" * 2_000_000)
    (tmp_path / "columns.yaml").write_text(
        "timezone: Asia/Shanghai\nconstants: {visit.stage: recorded}\n"
        "visits: {columns: {no: visit.id, came: visit.starts_at}}\n"
    )
    (tmp_path / "out").mkdir()
    for name in ("manifest.json", "verdicts.parquet"):
        (tmp_path / "out" / name).write_text("old")
    arguments = ["visits.csv", "--columns", "columns.yaml", "-o", "out", "--replace", "-p", "base.record"]
    child = subprocess.Popen(
        [sys.executable, "-m", "visitcheck", "audit", *arguments],
        cwd=tmp_path, env=ENVIRONMENT | {"TMPDIR": str(temporary)}, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # whoever runs the tests may ignore it
    )  # fmt: skip
    while not any(temporary.glob("*/*.parquet")):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(number)
    _, said = child.communicate(timeout=100)

    assert child.returncode == 128 + number
    assert b"Traceback" not in said
    assert list(temporary.iterdir()) == []
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {
        "manifest.json": "old",
        "verdicts.parquet": "old",
    }
