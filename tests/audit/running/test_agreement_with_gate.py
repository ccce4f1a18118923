"""Gate and audit never disagree: outcome and the status of every rule."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from visitcheck import Gate
from visitcheck.audit.auditing import audit
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.one_visit import visit_from_row
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import history_query
from visitcheck.facts.vocabulary import ROOT
from visitcheck.policy import Policy, load_policy

SINCE = datetime(2025, 8, 1, tzinfo=UTC)
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


def _rows(path: Path, policy: Policy, options: AuditOptions) -> list[dict[str, Any]]:
    """The canonical rows with the history that the audit gives them."""
    with duckdb.connect() as con:
        inputs = open_inputs([path], policy=policy, as_of=options.as_of)
        con.execute(f"CREATE TABLE rows AS {inputs.relation(con)}")
        rows = con.sql(history_query("rows", ROOT, options)).to_arrow_table().to_pylist()
    return sorted(rows, key=lambda row: int(row["__row"]))


def _assert_agreement(path: Path, out: Path, policy: Policy) -> None:
    result = audit(path, policy, out=out, history_since=SINCE, as_of=AS_OF, shards=2)
    gate = Gate(policy, engine="native")
    names = {code: status for status, code in result.manifest["status_codes"].items()}
    verdicts = {row["visit_id"]: row for row in result.verdicts().pandas().to_dict("records")}
    rows = _rows(path, policy, AuditOptions(history_since=SINCE, as_of=AS_OF))

    assert len(verdicts) == len(rows)
    for row in rows:
        decision = gate.check(visit_from_row(row))
        verdict = verdicts[row["visit"]["id"]]
        ruled = zip(decision.plan.rules, decision.verdict.statuses, strict=True)
        statuses = {rule.rule.id: str(status) for rule, status in ruled}
        audited = {rule: names[verdict[rule]].replace("not_assessed", "undetermined") for rule in statuses}
        assert (str(decision.outcome), statuses) == (verdict["outcome"], audited)


def test_audit_says_of_every_visit_what_the_gate_says(visits: Path, tmp_path: Path) -> None:
    """
    400 made-up visits, with earlier visits derived from them, get the gate's outcome and statuses.
    """
    _assert_agreement(visits, tmp_path / "out", load_policy("base.conduct", "base.record"))


@pytest.mark.long
@pytest.mark.parametrize("name", ["base", "cn"])
def test_audit_agrees_with_the_gate_on_all_rules(visits: Path, tmp_path: Path, name: str) -> None:
    """
    The same for the whole process, and for all rules that ship for mainland China.
    """
    _assert_agreement(visits, tmp_path / "out", load_policy(name))
