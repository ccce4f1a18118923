"""A database that goes away: nothing is published, the old output stays, and the error says who broke off."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from postgres_server import server, why_not

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.skipif(why_not() is not None, reason=why_not() or ""), pytest.mark.long]
# Slow enough to be killed between its first row and its last.
SLOW = """SELECT 'v' || n AS no, timestamptz '2026-01-30 10:00+08' AS came, repeat('x', 900) AS note,
  CASE WHEN n % 2000 = 0 THEN pg_sleep(0.05) END AS waited FROM generate_series(1, 400000) AS n"""


@pytest.fixture
def uri() -> Iterator[str]:
    with server() as uri:
        yield uri


def _mapping(folder: Path, uri: str, query: str) -> Path:
    path = folder / "columns.yaml"
    path.write_text(
        f"""
timezone: Asia/Shanghai
constants: {{visit.stage: recorded}}
visits:
  source: postgresql
  uri: "{uri}"
  query: {json.dumps(" ".join(query.split()))}
  columns: {{no: visit.id, came: visit.starts_at}}
"""
    )
    return path


def _audit(folder: Path, *more: str) -> list[str]:
    named = ["--columns", str(folder / "columns.yaml"), "-o", str(folder / "out"), "-p", "base.record"]
    return [sys.executable, "-m", "visitcheck", "audit", *named, "--format", "json", *more]


def _kill_server(uri: str) -> None:
    """Kill the postmaster and all its backends, as a machine that loses its power does."""
    [folder] = re.findall(r"host=([^&]+)", uri)
    pid = int((Path(folder) / "data" / "postmaster.pid").read_text().split()[0])
    backends = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    os.kill(pid, signal.SIGKILL)
    for backend in map(int, backends):
        with suppress(ProcessLookupError):
            os.kill(backend, signal.SIGKILL)


def test_a_server_killed_in_mid_read(tmp_path: Path, uri: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    _mapping(tmp_path, uri, SLOW.replace("400000", "3"))
    assert subprocess.run(_audit(tmp_path), env=environment, capture_output=True).returncode == 3
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    _mapping(tmp_path, uri, SLOW)
    child = subprocess.Popen(
        _audit(tmp_path, "--replace"), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while not any(path.stat().st_size > 4 for path in (tmp_path / "temporary").glob("*/*.parquet")):
        assert child.poll() is None, child.communicate()
    _kill_server(uri)
    told, errors = child.communicate(timeout=100)

    assert (child.returncode, errors) == (2, b"")
    [problem] = json.loads(told)["problems"]
    assert problem["code"] == "broken-file"
    assert "the database" in problem["message"]
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (tmp_path / "out.unfinished").exists()

    down = subprocess.run(_audit(tmp_path, "--replace"), env=environment, capture_output=True)
    assert down.returncode == 2
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
