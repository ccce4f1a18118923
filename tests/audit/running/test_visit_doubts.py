"""Doubts between visits: found where records contradict each other, never in honest ones, and never an outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from visitcheck.audit.auditing import audit
from visitcheck.audit.result import AuditResult
from visitcheck.audit.running import row_store
from visitcheck.errors import AuditFailed
from visitcheck.policy import Policy, load_policy
from visitcheck.report import AuditFolder, Privacy, audit_page
from visitcheck.report.sections.visit_doubts import list_visit_doubts

PACK = Path(__file__).with_name("said.yaml")


def visit(id_: str, start: str = "10:00", end: str = "10:30", day: str = "2026-03-10", **facts: Any) -> dict[str, Any]:
    """A visit on one day, with a team, a place and a debtor of its own unless these are given."""
    times = {name: f"{day}T{at}:00+08:00" for name, at in (("starts_at", start), ("ends_at", end))}
    own = {
        "visit": {"id": id_, "stage": "recorded", "timezone": "Asia/Shanghai"} | times,
        "team": [{"id": f"T-{id_}", "present": True}],
        "place": {"id": f"P-{id_}", "kind": "home"},
        "debtor": {"id": f"D-{id_}"},
        "debt": {"days_overdue": 30},
    }
    return own | facts


def recording(hash_: str, start: str = "10:00", end: str = "10:30") -> list[dict[str, Any]]:
    times = {name: f"2026-03-10T{at}:00+08:00" for name, at in (("starts_at", start), ("ends_at", end))}
    return [{"id": "R", "medium": "audio", "hash": hash_} | times]


def audited(policy: Policy, folder: Path, *visits: dict[str, Any]) -> AuditResult:
    folder.mkdir()
    (folder / "visits.jsonl").write_text("".join(json.dumps(each) + "\n" for each in visits), "utf-8")
    return audit(folder / "visits.jsonl", policy, out=folder / "out")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(PACK)


TEAM = [{"id": "T", "present": True}]
CONSENT = [{"id": "C", "kind": "visit", "given": True}]
GUANGZHOU = {"latitude": 23.13, "longitude": 113.26}
SHENZHEN = {"latitude": 22.54, "longitude": 114.06}
WITHDRAWN = {"withdrawn": True, "withdrawn_at": "2026-03-11T12:00:00+08:00"}


def day(number: str) -> dict[str, Any]:
    """The times of a visit on another day of the month."""
    return {"day": f"2026-03-{number}"}


def given(number: str) -> dict[str, Any]:
    return {"given_at": f"2026-03-{number}T20:00:00+08:00"}


CASES: dict[str, tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = {
    # code: what they share, visits in doubt, and visits much like them that are in none.
    "collector-in-two-places": (
        "T",
        [visit("a", team=TEAM), visit("b", "10:20", "10:50", team=TEAM)],
        # At one place; one after the other; a few minutes, as clocks differ; not present.
        [
            visit("c", "11:00", "11:30", team=TEAM, place={"id": "X"}),
            visit("d", "11:00", "11:30", team=TEAM, place={"id": "X"}),
            visit("e", "11:27", "12:00", team=TEAM),
            visit("f", "12:00", "12:30", team=TEAM),
            visit("g", "12:00", "12:30", team=[{"id": "T", "present": False}]),
        ],
    ),
    "same-visit-twice": (
        "D",
        [visit("a", debtor={"id": "D"}, team=TEAM, place={}), visit("b", debtor={"id": "D"}, team=TEAM, place={})],
        # Another debt of the debtor, and another time.
        [
            visit("c", debtor={"id": "D"}, team=TEAM, place={}, debt={"id": "2", "days_overdue": 30}),
            visit("d", "15:00", "15:30", debtor={"id": "D"}, team=TEAM, place={}),
        ],
    ),
    "consent-of-two-debtors": (
        "C",
        [visit("a", consents=CONSENT), visit("b", consents=CONSENT)],
        [
            visit("c", consents=[CONSENT[0] | {"id": "E"}], debtor={"id": "D"}),
            visit("d", "15:00", "15:30", consents=[CONSENT[0] | {"id": "E"}], debtor={"id": "D"}),
        ],
    ),
    "recording-of-two-visits": (
        "R",
        [visit("a", recordings=recording("1")), visit("b", "15:00", "15:30", recordings=recording("1"))],
        [visit("c", recordings=[recording("2", "09:00", "12:00")[0] | {"id": "S"}])],
    ),
    "collector-too-fast": (
        "T",
        # 105 km in 35 minutes.
        [visit("a", team=TEAM, place=GUANGZHOU), visit("b", "11:05", "11:30", team=TEAM, place=SHENZHEN)],
        # In time from the visit before; not there; next door at once; where nobody says where.
        [
            visit("c", "13:00", "13:30", team=TEAM, place=GUANGZHOU | {"id": "X"}),
            visit("d", "12:00", "12:30", team=[TEAM[0] | {"present": False}], place=GUANGZHOU),
            visit("e", "13:30", "13:50", team=TEAM, place=GUANGZHOU | {"latitude": 23.135}),
            visit("f", "13:51", "14:00", team=TEAM, place={"latitude": 22.54}),
        ],
    ),
    "consent-outside-its-validity": (
        "C",
        # What the later record lacks: that the consent had been withdrawn.
        [
            visit("b", debtor={"id": "D"}, consents=CONSENT, **day("12")),
            visit("a", debtor={"id": "D"}, consents=[CONSENT[0] | WITHDRAWN], **day("11")),
        ],
        # Before that; by a record that says so itself; of another debtor; of a consent that was given once more.
        [
            visit("c", debtor={"id": "D"}, consents=CONSENT, place={}),
            visit("d", debtor={"id": "D"}, consents=[CONSENT[0] | WITHDRAWN], **day("13")),
            visit("e", debtor={"id": "E"}, consents=[CONSENT[0] | {"id": "E"}], **day("12")),
            visit("f", debtor={"id": "E"}, consents=[CONSENT[0] | WITHDRAWN | {"id": "E"}], **day("11")),
            visit("g", debtor={"id": "E"}, consents=[CONSENT[0] | {"id": "E"} | given("11")], **day("13")),
        ],
    ),
    "evidence-with-two-contents": (
        "R",
        [visit("a", recordings=recording("1")), visit("b", recordings=recording("2"))],
        [
            visit("c", recordings=[recording("3", "09:00", "12:00")[0] | {"id": "S"}]),
            visit("d", "11:00", "11:30", recordings=[recording("3", "09:00", "12:00")[0] | {"id": "S"}]),
        ],
    ),
}


ONE_SIDED = frozenset({"consent-outside-its-validity"})
"""Doubts of the visit `b` alone, beside `a`."""


@pytest.mark.long
@pytest.mark.parametrize("code", CASES)
def test_a_contradiction_is_found_and_its_like_is_not(
    policy: Policy, tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both visits, each with the other and what they share; across ranges."""
    monkeypatch.setattr(row_store, "ROWS_A_RANGE", 2)
    shared, in_doubt, honest = CASES[code]
    result = audited(policy, tmp_path / "rows", *in_doubt, *honest)
    rows = result.doubts().arrow().read_all().to_pylist()

    pairs = {("b", "a")} if code in ONE_SIDED else {("a", "b"), ("b", "a")}
    assert {(row["code"], row["visit_id"], row["other_visit_id"], row["shared_id"]) for row in rows} == {
        (code, *pair, shared) for pair in pairs
    }
    assert result.summary["visit_doubts"] == {code: len(pairs)}


@pytest.mark.long
def test_a_doubt_between_visits_changes_no_outcome(policy: Policy, tmp_path: Path) -> None:
    """It shows where nothing graver does: a breach stays one, and `outcome` is what the gate says of the visit."""
    insult = [{"kind": "insult", "at": "2026-03-10T10:05:00+08:00"}]
    visits = [
        visit("a", team=TEAM, conduct=[]),
        visit("b", "10:20", "10:50", team=TEAM, conduct=[{**insult[0], "at": "2026-03-10T10:25:00+08:00"}]),
        visit("c", conduct=[]),
    ]
    result = audited(policy, tmp_path / "rows", *visits)
    rows = result.verdicts().arrow().read_all().to_pylist()

    assert {row["visit_id"]: (row["outcome"], row["assessed_outcome"], row["doubts"]) for row in rows} == {
        "a": ("allow", "in_doubt", ["collector-in-two-places"]),
        "b": ("deny", "breach", ["collector-in-two-places"]),
        "c": ("allow", "no_breach_found", []),
    }
    assert result.summary["assessed_outcome"]["in_doubt"] == result.summary["sources"]["process"]["in_doubt"] == 1
    assert result.summary["doubts"] == {}
    [row] = list_visit_doubts(AuditFolder.open(result.folder), Privacy())
    assert (row.code, row.visits, row.pairs) == ("collector-in-two-places", 2, [("a", "b"), ("b", "a")])
    assert "One collector is at two places at once." in audit_page(AuditFolder.open(result.folder))


@pytest.mark.long
def test_columns_that_are_not_there_raise_nothing(policy: Policy, tmp_path: Path) -> None:
    """Rows without ids of people, places, consents or recordings are in no doubt, and the table is there."""
    bare = [{"visit": visit(id_)["visit"]} for id_ in "ab"]
    result = audited(policy, tmp_path / "rows", *bare)

    assert len(result.doubts()) == 0
    assert result.summary["visit_doubts"] == {}


@pytest.mark.long
def test_the_speed_is_as_asked_for_and_positions_are_in_no_output(policy: Policy, tmp_path: Path) -> None:
    """Given before the run, kept with its options, and refused where it is none."""
    visits = CASES["collector-too-fast"][1]
    (tmp_path / "visits.jsonl").write_text("".join(json.dumps(each) + "\n" for each in visits), "utf-8")
    for speed, doubts in ((150, {"collector-too-fast": 2}), (170, {})):
        result = audit(tmp_path / "visits.jsonl", policy, out=tmp_path / str(speed), max_speed_kmh=speed)
        assert result.summary["visit_doubts"] == doubts
        assert result.manifest["options"]["max_speed_kmh"] == speed
        text = b"".join(file.read_bytes() for file in result.folder.iterdir())
        assert b"23.13" not in text
        assert not any(
            name in pq.read_schema(file).names
            for file in result.folder.glob("*.parquet") for name in ("latitude", "longitude")
        )  # fmt: skip
    for bad in (0, -1, float("nan"), float("inf")):
        with pytest.raises(AuditFailed, match="kilometres an hour"):
            audit(tmp_path / "visits.jsonl", policy, out=tmp_path / "bad", max_speed_kmh=bad)


@pytest.mark.long
def test_consents_that_several_visits_rest_on(policy: Policy, tmp_path: Path) -> None:
    """By its own record a visit after the last day of validity; one before the consent; not one without another."""
    until = {"valid_until": "2026-03-11T00:00:00+08:00", "given_at": "2026-03-10T00:00:00+08:00"}
    d, e, f = ({"id": name} for name in "DEF")
    visits = [
        visit("a", debtor=d, consents=[CONSENT[0] | until]),
        visit("after", debtor=d, consents=[CONSENT[0] | until], day="2026-03-12"),
        visit("before", debtor=d, consents=[CONSENT[0] | until], day="2026-03-09"),
        visit("entry", debtor=d, consents=[CONSENT[0] | until | {"kind": "entry"}], day="2026-03-12"),
        visit("alone", debtor=e, consents=[CONSENT[0] | until | {"id": "E"}], day="2026-03-12"),
        visit("renewed", debtor=f, consents=[CONSENT[0] | until | {"id": "F"}]),
        visit("renewal", debtor=f, consents=[CONSENT[0] | {"id": "F"}], day="2026-03-13"),
        visit("until later", debtor=f, day="2026-03-14", consents=[
            CONSENT[0] | {"id": "F", "valid_until": "2026-03-20T00:00:00+08:00"}
        ]),
    ]  # fmt: skip
    rows = audited(policy, tmp_path / "rows", *visits).doubts().arrow().read_all().to_pylist()
    assert {(row["code"], row["visit_id"]) for row in rows} == {
        ("consent-outside-its-validity", "after"),
        ("consent-outside-its-validity", "before"),
    }


@pytest.mark.long
def test_numbers_within_a_visit_are_no_ids(policy: Policy, tmp_path: Path) -> None:
    """Where `R` and `C` stand for the first recording and consent of every visit, they say nothing of others."""
    visits = [
        visit(f"v{n}", f"1{n}:00", f"1{n}:30", recordings=recording(str(n), f"1{n}:00", f"1{n}:20"), consents=CONSENT)
        for n in range(4)
    ]
    result = audited(policy, tmp_path / "rows", *visits)

    assert result.summary["visit_doubts"] == {}
