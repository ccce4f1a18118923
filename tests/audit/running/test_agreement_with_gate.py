"""Gate and audit never disagree: outcome and the status of every rule."""

# ruff: noqa: S311 - chance for tests, not for secrets

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from policies import shipped_policy
from visitcheck import Gate
from visitcheck.audit.auditing import audit
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.one_visit import visit_from_row
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import history_query
from visitcheck.facts.completeness import OPEN_LISTS, WORDS
from visitcheck.facts.fields import shapes
from visitcheck.facts.vocabulary import ROOT
from visitcheck.policy import Policy

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
    result = audit(path, policy, out=out, history_since=SINCE, as_of=AS_OF)
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


def _write_going_on(visits: Path, policy: Policy, target: Path, count: int) -> list[dict[str, Any]]:
    """Visits whose lists go on, in one file of the vocabulary's names; some of the lists are not there at all."""
    chance = random.Random(11)
    rows = []
    for number, row in enumerate(_rows(visits, policy, AuditOptions(history_since=SINCE, as_of=AS_OF))[:count]):
        facts = visit_from_row(row).to_dict()
        for path, entry in OPEN_LISTS.items():
            *groups, name = path.split(".")
            owner = facts.get(groups[0], {}) if groups else facts
            if chance.random() < 0.5 or (groups and groups[0] not in facts):
                continue
            about: dict[str, Any] = {"complete": name in owner and chance.random() < 0.2}
            if entry.closing and not about["complete"] and chance.random() < 0.6:
                closing = chance.choice(entry.closing)
                shape = shapes(entry.model)[name if closing == WORDS else closing]
                about["all_with"] = {closing: chance.sample(shape.words, min(len(shape.words), 3))}
            if not about["complete"] and chance.random() < 0.3:
                owner.pop(name, None)
            group = facts.setdefault("completeness", {})
            (group.setdefault(groups[0], {}) if groups else group)[name] = about
        rows.append(facts | {"visit": facts["visit"] | {"id": f"V{number}"}})
    if target.suffix == ".jsonl":
        target.write_text("".join(json.dumps(facts) + "\n" for facts in rows), "utf-8")
    else:
        pq.write_table(pa.Table.from_pylist(rows, pa.schema(_columns(rows))), target)
    return rows


def _columns(rows: list[dict[str, Any]]) -> list[pa.Field]:
    """The columns of rows of which the first may lack some."""
    table = pa.Table.from_pylist([{name: None for row in rows for name in row}, *rows])
    return list(table.schema)


def _assert_agreement_on_rows(rows: list[dict[str, Any]], path: Path, out: Path, policy: Policy) -> Counter[str]:
    """Every row is judged as the gate judges it; gives the statuses that came up."""
    result = audit(path, policy, out=out, history="given")
    gate = Gate(policy, engine="native")
    names = {code: status for status, code in result.manifest["status_codes"].items()}
    verdicts = {row["visit_id"]: row for row in result.verdicts().pandas().to_dict("records")}
    statuses: Counter[str] = Counter()

    assert len(verdicts) == len(rows), result.rejects().pandas().to_dict("records")[:1]
    for row in rows:
        decision = gate.check(row)
        verdict = verdicts[row["visit"]["id"]]
        ruled = zip(decision.plan.rules, decision.verdict.statuses, strict=True)
        gated = {rule.rule.id: str(status).replace("not_assessed", "undetermined") for rule, status in ruled}
        audited = {rule: names[verdict[rule]].replace("not_assessed", "undetermined") for rule in gated}
        assert (str(decision.outcome), gated) == (verdict["outcome"], audited)
        statuses.update(gated.values())
    return statuses


@pytest.mark.long
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_audit_agrees_with_the_gate_on_lists_that_go_on(form: str, visits: Path, tmp_path: Path) -> None:
    """
    200 visits that say of their lists that they go on, read from both formats, lists that are not there among them.
    """
    policy = shipped_policy("base.conduct", "base.humane", "base.privacy")
    path = tmp_path / f"visits.{form}"
    rows = _write_going_on(visits, policy, path, 200)

    statuses = _assert_agreement_on_rows(rows, path, tmp_path / "out", policy)

    assert len(rows) == 200
    assert all(statuses[status] for status in ("satisfied", "violated", "undetermined", "suspected"))


def test_audit_says_of_every_visit_what_the_gate_says(visits: Path, tmp_path: Path) -> None:
    """
    400 made-up visits, with earlier visits derived from them, get the gate's outcome and statuses.
    """
    _assert_agreement(visits, tmp_path / "out", shipped_policy("base.conduct", "base.record"))


@pytest.mark.long
@pytest.mark.parametrize("name", ["base", "cn"])
def test_audit_agrees_with_the_gate_on_all_rules(visits: Path, tmp_path: Path, name: str) -> None:
    """
    The same for the whole process, and for all rules that ship for mainland China.
    """
    _assert_agreement(visits, tmp_path / "out", shipped_policy(name))


@pytest.mark.long
@pytest.mark.parametrize("name", ["base", "cn"])
def test_audit_agrees_with_the_gate_on_lists_that_go_on_for_all_rules(visits: Path, tmp_path: Path, name: str) -> None:
    """
    The same for the whole process, and for all rules that ship for mainland China.
    """
    policy = shipped_policy(name)
    path = tmp_path / "visits.jsonl"
    rows = _write_going_on(visits, policy, path, 200)

    statuses = _assert_agreement_on_rows(rows, path, tmp_path / "out", policy)

    assert statuses["suspected"]
