"""A database whose clocks differ from the pinned zone data reads no local times."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from visitcheck.cli import main
from visitcheck.language import clock

MAPPING = """
visits:
  columns:
    id: {fact: visit.id}
    came: {fact: visit.starts_at, timezone: Asia/Shanghai}
constants: {visit.stage: recorded}
"""


def test_an_audit_refuses_and_names_the_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Zone data in which Shanghai is an hour off: the command fails with the reason, and there is no output folder.
    """
    (tmp_path / "visits.csv").write_text("id,came\na,2026-03-10 14:30\n", "utf-8")
    (tmp_path / "columns.yaml").write_text(MAPPING, "utf-8")
    true = clock.offset
    monkeypatch.setattr(clock, "offset", lambda at, zone: true(at, zone) + 3_600_000_000 * (zone == "Asia/Shanghai"))

    command = ["audit", str(tmp_path / "visits.csv"), "--columns", str(tmp_path / "columns.yaml")]
    result = CliRunner().invoke(main, [*command, "-o", str(tmp_path / "out"), "-p", "base.record"])

    assert result.exit_code == 2
    assert "the zone data of duckdb differs from tzdata" in result.stderr
    assert "Asia/Shanghai" in result.stderr
    assert not (tmp_path / "out").exists()
