"""Tables as people keep them get verdicts that say what the columns say, and nothing that they are silent on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

import visitcheck as vc
from choosing import first_by_default
from policies import shipped_policy
from visitcheck.engines.outcomes import STATUS_CODES, Status

FOLDER = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", first_by_default(EXPECTED, 1))
def test_verdicts_say_what_the_columns_say(name: str, tmp_path: Path) -> None:
    vc.audit(FOLDER / f"{name}.csv", shipped_policy("cn"), columns=FOLDER / f"{name}.yaml", out=tmp_path / "out")
    verdicts = {row["visit_id"]: row for row in pq.read_table(tmp_path / "out" / "verdicts.parquet").to_pylist()}
    findings = pq.read_table(tmp_path / "out" / "findings.parquet").to_pylist()
    doubts = pq.read_table(tmp_path / "out" / "doubts.parquet").to_pylist()

    assert EXPECTED[name].keys() == verdicts.keys()
    for visit, expected in EXPECTED[name].items():
        row = verdicts[visit]
        assert expected["outcome"] == row["assessed_outcome"]
        assert expected.get("assessed", row["rules_assessed"]) == row["rules_assessed"]
        assert row["rules_assessed"] < row["rules_applicable"] // 10
        broken = {each["rule"] for each in findings if (each["visit_id"], each["status"]) == (visit, "suspected")}
        assert set(expected.get("suspected", [])) == broken
        others = {each["code"]: each["other_visit_id"] for each in doubts if each["visit_id"] == visit}
        assert expected.get("doubts", {}) == others
        for status in ("violated", "undetermined", "not_assessed"):
            assert all(STATUS_CODES[Status(status)] == row[rule] for rule in expected.get(status, []))
