"""A database whose clocks differ from the pinned zone data judges nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from visitcheck.cli import main
from visitcheck.language import clock


def test_an_audit_refuses_and_names_the_zone(visits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Zone data in which Shanghai is an hour off: the command fails with the reason, and there is no output folder.
    """
    true = clock.offset
    monkeypatch.setattr(clock, "offset", lambda at, zone: true(at, zone) + 3_600_000_000 * (zone == "Asia/Shanghai"))

    result = CliRunner().invoke(main, ["audit", str(visits), "-o", str(tmp_path / "out"), "-p", "base.record"])

    assert result.exit_code == 2
    assert "the zone data of duckdb differs from tzdata" in result.stderr
    assert "Asia/Shanghai" in result.stderr
    assert not (tmp_path / "out").exists()
