"""When a proposal may begin, under packs of one rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from one_rule import policy_of

import visitcheck as vc
from visitcheck.gate.messages import iso_text
from visitcheck.gate.slots import Slots

pytestmark = pytest.mark.usefixtures("untested_engines")

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "slots.cases.yaml").read_text(encoding="utf-8"))
VISIT = {
    "id": "V-1",
    "stage": "proposed",
    "starts_at": "2026-04-30T21:00:00+08:00",
    "ends_at": "2026-04-30T22:00:00+08:00",
    "as_of": "2026-04-30T20:00:00+08:00",
}


def visit_of(case: dict[str, Any]) -> dict[str, Any]:
    visit: dict[str, Any] = {"visit": dict(VISIT)}
    for name, value in case.get("facts", {}).items():
        group, _, field = name.partition(".")
        if field:
            visit[group][field] = value
        else:
            visit[group] = value
    return visit


def short(moment: int) -> str:
    return iso_text(moment, "Asia/Shanghai")[5:16]


@pytest.fixture(scope="module")
def searched() -> Callable[[dict[str, Any]], Slots]:
    def search(case: dict[str, Any]) -> Slots:
        gate = vc.Gate(policy_of(case), engine="native")
        return gate.next_slot(visit_of(case), within=timedelta(days=7), step="1h")

    return search


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_the_slots_of_a_rule(case: dict[str, Any], searched: Callable[[dict[str, Any]], Slots]) -> None:
    slots = searched(case)

    assert case.get("slots", []) == [[short(slot.starts_at), short(slot.latest_start)] for slot in slots]
    assert case.get("blockers", {}) == {blocker.finding.rule: blocker.times for blocker in slots.blockers}
    assert 168 == slots.times
    for slot, remedies in zip(slots, case.get("remedies", [[]] * len(slots)), strict=True):
        assert remedies == [item for one in slot.remedies for item in (one.kind, short(one.by or 0))]
        assert slot.decision.allowed


def test_the_notice_is_given_as_late_as_the_policy_lets_it(searched: Callable[[dict[str, Any]], Slots]) -> None:
    """Whoever starts the search two days ahead has until a day before the visit."""
    case = next(case for case in CASES if case["note"] == "a-day-of-notice")
    gate = vc.Gate(policy_of(case), engine="native")
    slots = gate.next_slot(visit_of(case), step="1h", after=datetime.fromisoformat("2026-05-03T10:00:00+08:00"))
    (slot,) = slots
    (remedy,) = slot.remedies

    assert ["05-03T10:00", "05-02T10:00"] == [short(slot.starts_at), short(remedy.by or 0)]
    assert "2026-05-02 10:00" in remedy.what.en
    assert "2026-05-02 10:00" in remedy.what.zh
    assert ["notices[0]"] == [change.fact for change in remedy.changes]
    assert ("own/rule",) == remedy.rules
