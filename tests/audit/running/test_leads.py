"""Leads stand beside the verdicts of an audit and change none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import visitcheck as vc
from policies import shipped_policy
from visitcheck.audit.auditing import audit
from visitcheck.errors import AuditFailed
from visitcheck.policy import Policy

REMARKS = [
    "外访员在债务人家门口张贴催收函。告知其邻居王五欠款情况",
    "未张贴任何通知，无威胁",
    None,
    "Debtor Smith asked us to leave.",
    "未张贴任何通知，无威胁",
]


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    path = tmp_path / "visits.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, remark in enumerate(REMARKS):
            visit: dict[str, Any] = {
                "visit": {"id": f"V{number}", "stage": "recorded", "starts_at": "2026-05-04T10:00:00+08:00"},
                "debtor": {"id": f"D{number}"},
            }
            if remark is not None:
                visit["record"] = {"summary": remark}
            file.write(json.dumps(visit, ensure_ascii=False) + "\n")
    return path


@pytest.fixture(scope="session")
def policy() -> Policy:
    return shipped_policy("base.privacy")


def _rows(result: vc.AuditResult) -> list[dict[str, Any]]:
    return result.leads().arrow().read_all().to_pylist()


def test_leads_name_row_words_and_rules(visits: Path, policy: Policy, tmp_path: Path) -> None:
    result = audit(visits, policy, out=tmp_path / "out")
    rows = _rows(result)
    assert [(row["row"], row["kind"], row["words"], row["negated"]) for row in rows] == [
        (1, "notice_posted", "家门…贴", False),
        (1, "third_party_told", "告知…邻居…欠款", False),
        (2, "notice_posted", "张贴…通知", True),
        (2, "threat", "威胁", True),
        (4, "asked_to_leave", "asked us to leave", False),
        (5, "notice_posted", "张贴…通知", True),
        (5, "threat", "威胁", True),
    ]
    assert {row["visit_id"] for row in rows} == {"V0", "V1", "V3", "V4"}
    assert {row["fact"] for row in rows} == {"record.summary"}
    assert rows[0]["rules"] == ["base.privacy/nothing-posted"]
    assert REMARKS[0][rows[1]["start"] : rows[1]["end"]] == "告知其邻居王五欠款"  # type: ignore[index]
    kinds = result.summary["leads"]["kinds"]
    assert {kind: (of["visits"], of["denied"]) for kind, of in kinds.items()} == {
        "asked_to_leave": (1, 0),
        "notice_posted": (1, 2),
        "third_party_told": (1, 0),
        "threat": (0, 2),
    }


def test_leads_change_no_verdict_no_digest_and_no_list(visits: Path, policy: Policy, tmp_path: Path) -> None:
    results = [
        audit(visits, policy, out=tmp_path / name, leads=read) for name, read in (("with", True), ("without", False))
    ]
    for table in ("verdicts", "findings", "doubts", "rejects"):
        first, second = ((result.folder / f"{table}.parquet").read_bytes() for result in results)
        assert first == second
    summaries = [dict(result.summary) for result in results]
    assert summaries[0].pop("leads")
    assert summaries[0] == summaries[1]
    manifests = [dict(result.manifest) for result in results]
    assert set(manifests[0].pop("leads")["lexicons"]) == {"zh", "en"}
    assert manifests[0] == manifests[1]
    assert not (tmp_path / "without" / "leads.parquet").exists()


def test_only_matched_words_are_kept_unless_sentences_are_asked_for(
    visits: Path, policy: Policy, tmp_path: Path
) -> None:
    plain = audit(visits, policy, out=tmp_path / "plain")
    assert "sentence" not in pq.read_schema(plain.leads().path).names
    assert all(b"Smith" not in path.read_bytes() for path in plain.folder.iterdir())
    full = audit(visits, policy, out=tmp_path / "full", lead_sentences=True)
    assert [row["sentence"] for row in _rows(full) if row["row"] in (1, 4)] == [
        "外访员在债务人家门口张贴催收函。",
        "告知其邻居王五欠款情况",
        "Debtor Smith asked us to leave.",
    ]


def test_a_reader_of_ones_own_may_take_the_place(visits: Path, policy: Policy, tmp_path: Path) -> None:
    def read(text: str) -> Iterator[vc.Lead]:
        if "Smith" in text:
            yield vc.Lead("names", "Smith", text.index("Smith"), text.index("Smith") + 5, "mine", rules=("own/rule",))
        yield from (lead for lead in vc.leads(text) if lead.kind == "threat")

    result = audit(visits, policy, out=tmp_path / "out", leads=read)
    assert [(row["row"], row["kind"], row["rules"]) for row in _rows(result) if not row["negated"]] == [
        (4, "names", ["own/rule"])
    ]
    assert result.summary["leads"]["kinds"]["names"]["label"] == {"en": "names", "zh": "names"}
    assert result.manifest["leads"]["reader"].endswith("read")


def _fail(text: str) -> list[vc.Lead]:
    raise ValueError(text)


@pytest.mark.long
@pytest.mark.parametrize("read", [_fail, lambda text: [text], lambda text: [vc.Lead("x", "x", 0, len(text) + 1, "x")]])
def test_a_reader_that_fails_ends_the_audit(visits: Path, policy: Policy, tmp_path: Path, read: Any) -> None:
    with pytest.raises(AuditFailed) as caught:
        audit(visits, policy, out=tmp_path / "out", leads=read)
    assert [problem.code for problem in caught.value.problems] == ["lead-reader"]
    assert "Smith" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_processes_find_what_one_finds(
    visits: Path, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from visitcheck.audit.running import row_store

    alone = audit(visits, policy, out=tmp_path / "alone", threads=1)
    monkeypatch.setattr(row_store, "ROWS_A_RANGE", 2)
    several = audit(visits, policy, out=tmp_path / "several", threads=2)
    assert alone.leads().path.read_bytes() == several.leads().path.read_bytes()


def test_a_text_that_a_pack_declares_is_read_too(tmp_path: Path) -> None:
    pack = tmp_path / "own.yaml"
    pack.write_text(
        "pack: own\ntitle: {en: Own, zh: 自有}\nversion: 1.0.0\n"
        "facts: {remark: {type: string, known: after, description: {en: Further remarks., zh: 其他备注}}}\nrules: []\n",
        "utf-8",
    )
    visits = tmp_path / "visits.jsonl"
    visit = {"id": "V1", "stage": "recorded", "starts_at": "2026-05-04T10:00:00+08:00"}
    visits.write_text(
        json.dumps({"visit": visit, "record": {"summary": "police came"}, "extra": {"remark": "未报警"}}) + "\n",
        "utf-8",
    )
    result = audit(visits, vc.load_policy(str(pack)), out=tmp_path / "out")
    assert [(row["fact"], row["negated"]) for row in _rows(result)] == [
        ("record.summary", False),
        ("extra.remark", True),
    ]


@pytest.mark.long
def test_nothing_is_read_where_no_row_has_a_remark(policy: Policy, tmp_path: Path) -> None:
    visits = tmp_path / "visits.csv"
    visits.write_text("id,start\nV1,2026-05-04 10:00\n", "utf-8")
    columns = tmp_path / "columns.yaml"
    columns.write_text(
        "timezone: Asia/Shanghai\nconstants: {visit.stage: recorded}\n"
        "visits: {columns: {id: visit.id, start: visit.starts_at}}\n",
        "utf-8",
    )
    result = audit(visits, policy, out=tmp_path / "out", columns=columns)
    assert result.summary["leads"] == {"facts": [], "kinds": {}}
    assert not result.leads().path.exists()
