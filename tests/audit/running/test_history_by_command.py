"""Histories as they come, by command: one debtor with thousands of visits, a broken file, rows that deny others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from visitcheck.cli import main

PACK = """\
pack: probe
title: {en: Probe pack, zh: 探测规则包}
version: 1.0.0
timezone: Asia/Shanghai
instruments:
  manual: {title: {en: Our field manual, zh: 本公司外访手册}, in_force: 2020-01-01, force: own}
rules:
  - id: few
    title: {en: At most two in thirty days, zh: 三十天内至多两次}
    stages: [recorded]
    effective: {from: 2020-01-01}
    require:
      few: >-
        earlier_visits.filter(v, visit.starts_at - v.starts_at < days(30)).size() < 2
        && knownSince(earlier_visits, visit.starts_at - days(30))
    effect: deny
    message: {en: Too many visits., zh: 外访次数过多。}
    remedy: {en: Wait., zh: 等待。}
    cites: [{instrument: manual, article: "5", reading: own}]
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "probe.yaml"
    path.write_text(PACK, encoding="utf-8")
    return path


def _visit(number: int, **more: Any) -> dict[str, Any]:
    at = START + timedelta(hours=number)
    return {"visit": {"id": f"V{number}", "stage": "recorded", "starts_at": at}, "debtor": {"id": "D"}, **more}


def _audit(folder: Path, pack: Path, *arguments: str) -> tuple[Result, dict[str, Any], list[dict[str, Any]]]:
    files = [str(folder / one) if not one.startswith("-") and "." in one else one for one in arguments]
    result = CliRunner().invoke(main, ["audit", *files, "-p", str(pack), "-o", str(folder / "out")])
    summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    return result, summary, pq.read_table(folder / "out" / "verdicts.parquet").to_pylist()


def test_a_debtor_may_have_any_number_of_visits(pack: Path, tmp_path: Path) -> None:
    """The first two of a month are not too many; the history of each is all of those before it."""
    pq.write_table(pa.Table.from_pylist([_visit(number) for number in range(3000)]), tmp_path / "v.parquet")
    result, summary, verdicts = _audit(tmp_path, pack, "v.parquet", "--history-since", "2020-01-01T00:00:00+08:00")

    assert result.exit_code == 1
    assert "3,000 rows = 3,000 verdicts + 0 rejects" in result.stdout
    assert [row["visit_id"] for row in verdicts if row["assessed_outcome"] != "breach"] == ["V0", "V1"]
    assert summary["rows"] == 3000


def test_a_history_with_a_broken_file_is_not_complete(pack: Path, tmp_path: Path) -> None:
    """What the broken file held is not known: the visit is not said to be within the limit."""
    whole = pa.Table.from_pylist([_visit(0)])
    pq.write_table(whole, tmp_path / "whole.parquet")
    (tmp_path / "broken.parquet").write_bytes((tmp_path / "whole.parquet").read_bytes()[:-20])
    since = ("--history-since", "2020-01-01T00:00:00+08:00")
    result, _, [verdict] = _audit(tmp_path, pack, "broken.parquet", "whole.parquet", *since)

    assert result.exit_code == 2
    assert "not read: " in result.stdout + result.stderr
    assert verdict["assessed_outcome"] == "not_assessable"

    (tmp_path / "out").rename(tmp_path / "before")
    _, _, [alone] = _audit(tmp_path, pack, "whole.parquet", *since)
    assert alone["assessed_outcome"] == "no_breach_found"


def test_a_row_that_denies_the_visits_of_its_file_is_in_doubt(pack: Path, tmp_path: Path) -> None:
    """`earlier_visits: []` beside visits of the file: both are used, and the contradiction is a doubt."""
    rows = [json.dumps(_visit(number, earlier_visits=[]), default=datetime.isoformat) for number in range(3)]
    (tmp_path / "v.jsonl").write_text("\n".join(rows), encoding="utf-8")
    result, _, verdicts = _audit(tmp_path, pack, "v.jsonl")

    assert result.exit_code == 1
    assert [row["assessed_outcome"] for row in verdicts][2] == "breach"
    assert [row["doubts"] for row in verdicts] == [[], ["history-contradiction"], ["history-contradiction"]]
