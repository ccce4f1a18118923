"""Spark's audit says of every row what DuckDB's says: verdicts, findings, rejects and summary."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.spark.comparing import assert_same
from audit.spark.generated import write_visits
from databases import spark
from visitcheck.audit.auditing import audit
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running import visit_doubts
from visitcheck.audit.spark.auditing import SparkRun
from visitcheck.policy import load_policy
from visitcheck.testing import synthesise

SINCE = datetime(2025, 8, 1, tzinfo=UTC)

pytestmark = [pytest.mark.long, pytest.mark.spark]


@pytest.mark.parametrize("name", ["base", "cn"])
def test_every_row_ends_alike(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    500 generated rows with every edge, a third of them dirty, and 200 made-up visits, which rules can decide.
    """
    # Spark does not look for doubts between visits (docs/scale.md), so the other audit does not, either.
    monkeypatch.setattr(visit_doubts, "VISIT_DOUBTS", ())
    session = spark()
    paths = [write_visits(tmp_path / "generated [1].parquet", 340, 160), tmp_path / "made up 上门.parquet"]
    synthesise(paths[1], visits=200, seed=3)
    policy = load_policy(name)

    audit(paths, policy, out=tmp_path / "duckdb", history_since=SINCE)
    run = SparkRun(policy, AuditOptions(history_since=SINCE))
    result = run.audit_files(session, paths, tmp_path / "spark")

    audited = assert_same(tmp_path / "duckdb", tmp_path / "spark")
    statuses = {status for rule in audited.summary["rules"].values() for status, count in rule.items() if count}
    assert {"satisfied", "violated", "excused", "undetermined", "not_applicable"} <= statuses
    rejects = audited.summary["rejects"].keys()
    assert {"duplicate-visit-id", "missing-selector"} <= rejects
    assert any(code.startswith("fact-") for code in rejects)
    assert audited.manifest["counts"]["verdicts"] > 300
    assert result.verdicts.count() == audited.manifest["counts"]["verdicts"]
