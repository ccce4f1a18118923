"""`Gate.next_slot`: what it suggests is lawful, what it cannot suggest it explains."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
import yaml
from slot_places import EXAMPLES

import visitcheck as vc
from policies import shipped_policy
from visitcheck.gate.messages import iso_text, to_datetime
from visitcheck.gate.schema import slots_schema
from visitcheck.gate.slots import Slots

pytestmark = pytest.mark.usefixtures("untested_engines")


def later(facts: dict[str, Any], slots: Slots, by: timedelta = timedelta()) -> dict[str, Any]:
    """The proposal as the first slot with a notice says, and the notice reaches the borrower `by` after its moment."""
    slot = next(slot for slot in slots if slot.remedies)
    (remedy,) = slot.remedies
    ((change),) = remedy.changes
    at = (to_datetime(remedy.by or 0) + by).isoformat()
    changed = copy.deepcopy(facts)
    times = {"starts_at": iso_text(slot.starts_at), "ends_at": iso_text(slot.ends_at or 0), "as_of": at}
    changed["visit"] |= times
    changed["notices"].append({**change.value, "sent_at": at, "delivered_at": at})  # type: ignore[dict-item]
    return changed


def test_a_slot_is_what_the_gate_says_of_it(native: vc.Gate, smallest: dict[str, Any]) -> None:
    """Around the announced time nothing is to be done; a day after that a new notice can be given, a day before."""
    slots = native.next_slot(smallest)
    first, second, *_ = slots

    assert ["2026-03-10T09:45:00+08:00", "2026-03-10T10:15:00+08:00"] == [
        iso_text(at, slots.zone) for at in (first.starts_at, first.latest_start)
    ]
    assert () == first.remedies
    assert "2026-03-10T18:00:00+08:00" == iso_text(second.starts_at, slots.zone)
    assert 1344 == slots.times
    assert native.check(later(smallest, slots)).allowed
    assert ["base.notice/told-early-enough"] == [
        finding.rule
        for finding in native.check(later(smallest, slots, by=timedelta(minutes=1))).findings
        if finding.leads_to > vc.Outcome.ALLOW
    ]


def test_the_earliest_start_is_the_earliest(native: vc.Gate, smallest: dict[str, Any]) -> None:
    """No quarter hour before the first slot is allowed, nor any between its last start and the next slot."""
    slots = native.next_slot(smallest)
    quarter = 15 * 60 * 1_000_000

    def outcome(start: int) -> vc.Outcome:
        changed = copy.deepcopy(smallest)
        changed["visit"] |= {"starts_at": iso_text(start), "ends_at": iso_text(start + 4 * quarter)}
        return native.check(changed).outcome

    first = slots.slots[0]
    lawful = range(first.starts_at, first.latest_start + 1, quarter)
    others = [*range(slots.searched_from, first.starts_at, quarter), first.latest_start + quarter]
    assert {"allow"} == {outcome(start) for start in lawful}
    assert "allow" not in {outcome(start) for start in others}


def test_what_stands_against_every_time_is_said(native: vc.Gate) -> None:
    """The rules that no time settles, with their findings; the message names the values of that time."""
    slots = native.next_slot((EXAMPLES / "proposed-denied.json").read_text(encoding="utf-8"))

    assert () == slots.slots
    assert "base.verification/amount-verified" in [blocker.finding.rule for blocker in slots.always]
    assert all(blocker.times == 1344 for blocker in slots.always)
    assert "against every time" in slots.render()
    assert "所有时间均受限" in slots.render("zh")


def test_a_missing_fact_stands_against_times_too(native: vc.Gate, smallest: dict[str, Any]) -> None:
    """What is not known at any time is named."""
    del smallest["preparation"]["emergency_plan"]
    (blocker,) = native.next_slot(smallest).always

    assert ("undetermined", ("preparation.emergency_plan",)) == (blocker.finding.status, blocker.finding.missing)


def test_both_engines_confirm_what_is_suggested(base: vc.Policy, smallest: dict[str, Any]) -> None:
    """With two engines a slot is given only where both allow it; where one breaks, the reason is shown."""
    with vc.Gate(base, engine="both") as gate:
        slots = gate.next_slot(smallest)
        assert {("native", "durable")} == {slot.decision.engines for slot in slots}
        assert {"allow"} == {answer for slot in slots for answer in slot.decision.trail.answers.values()}

        gate._by_stage["proposed"].engine_pair.close()
        refused = gate.next_slot(smallest)

    assert () == refused.slots
    assert {"slot-not-confirmed", "engine-failure"} == {problem.code for problem in refused.problems}


@pytest.mark.parametrize("some", ["bank-*", pytest.param("*", marks=pytest.mark.long)])
def test_proposals_that_cn_allows_have_slots_that_the_gate_confirms(some: str) -> None:
    """The smallest proposals for lenders of each kind, judged the evening before: within days, and by daylight."""
    folder = EXAMPLES / "cn"
    registers = yaml.safe_load((folder / "registers.yaml").read_text(encoding="utf-8"))
    gate = vc.Gate(shipped_policy("cn"), engine="native", registers=registers)
    for path in sorted(folder.glob(f"{some}.yaml")):
        source = yaml.safe_load(path.read_text(encoding="utf-8"))
        if source.get("visit", {}).get("stage") != "proposed":
            continue
        source["visit"]["as_of"] = "2026-03-09T18:00:00+08:00"
        slots = gate.next_slot(source, limit=6)

        assert () == slots.problems
        assert slots.slots, path.name
        assert all(slot.decision.allowed for slot in slots)
        assert "2026-03-10T09:45:00+08:00" == iso_text(slots.slots[0].starts_at, slots.zone)


def test_the_clock_says_from_when_on(base: vc.Policy, smallest: dict[str, Any]) -> None:
    """Without `visit.as_of` the search starts now, at the next quarter hour."""
    del smallest["visit"]["as_of"]
    gate = vc.Gate(base, engine="native", clock=lambda: datetime(2026, 3, 10, 1, 50, tzinfo=UTC))
    slots = gate.next_slot(smallest)

    assert "2026-03-10T10:00:00+08:00" == iso_text(slots.searched_from, slots.zone)
    assert slots.slots[0].starts_at == slots.searched_from


@pytest.mark.parametrize(
    ("options", "first", "times"),
    [
        ({"step": "1h", "within": timedelta(days=1)}, "2026-03-09T18:00:00+08:00", 24),
        ({"step": timedelta(minutes=50), "within": "1h"}, "2026-03-09T18:00:00+08:00", 2),
        ({"after": datetime(2026, 3, 12, tzinfo=UTC)}, "2026-03-12T08:00:00+08:00", 1344),
        ({"after": datetime(2020, 1, 1, tzinfo=UTC)}, "2026-03-09T18:00:00+08:00", 1344),
        ({"step": "24h"}, "2026-03-10T00:00:00+08:00", 14),
    ],
)
def test_which_times_are_looked_at(
    native: vc.Gate, smallest: dict[str, Any], options: dict[str, Any], first: str, times: int
) -> None:
    """From the moment of judging on: local times that the step divides, or from that minute on if none."""
    slots = native.next_slot(smallest, **options)

    assert (first, times) == (iso_text(slots.searched_from, slots.zone), slots.times)


@pytest.mark.parametrize(
    "options", [{"step": "0h"}, {"step": "soon"}, {"within": timedelta(days=-1)}, {"step": timedelta(seconds=1)}]
)
def test_a_search_that_makes_no_sense(native: vc.Gate, smallest: dict[str, Any], options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"duration|too many"):
        native.next_slot(smallest, **options)


def test_days_are_written_in_hours(native: vc.Gate, smallest: dict[str, Any]) -> None:
    """What is no duration is named with its option and with how to write one."""
    with pytest.raises(ValueError, match=r"^`within`: `14d` is not a duration; .* like `336h`"):
        native.next_slot(smallest, within="14d")


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"stage": "recorded"}, ["slot-not-a-proposal"]),
        ({"starts_at": None, "ends_at": None, "date": "2026-03-10"}, ["slot-without-start"]),
        ({"id": None}, ["missing-selector"]),
        ({"ends_at": "2026-03-10T09:00:00+08:00"}, ["fact-order"]),
    ],
)
def test_what_cannot_be_moved(
    native: vc.Gate, smallest: dict[str, Any], change: dict[str, Any], codes: list[str]
) -> None:
    smallest["visit"] |= change | ({"as_of": "2026-03-20T00:00:00Z"} if change.get("stage") else {})
    with pytest.raises(vc.InvalidVisit) as refused:
        native.next_slot(smallest)

    assert codes == [problem.code for problem in refused.value.problems]


def test_the_visit_given_is_not_changed(native: vc.Gate, smallest: dict[str, Any]) -> None:
    visit = native.read(smallest)
    before = visit.to_dict()
    native.next_slot(visit)

    assert before == visit.to_dict()


@pytest.mark.parametrize("name", ["smallest-proposal.yaml", "proposed-denied.json", "proposed-allowed.json"])
def test_the_json_keeps_to_its_schema(native: vc.Gate, name: str) -> None:
    source = yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))
    source["visit"].setdefault("as_of", "2026-03-09T18:00:00+08:00")
    slots = native.next_slot(source)

    jsonschema.Draft202012Validator(slots_schema()).validate(slots.to_dict())
    assert len(slots) == len(slots.to_dict()["slots"])  # type: ignore[arg-type]
    assert str(slots) == slots.render("en")
