"""What was once tried to get past the gate, each with the answer it must have."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import visitcheck as vc
from visitcheck.documents import parse_yaml, to_python
from visitcheck.policy import policy_from_texts

SMALLEST = Path(__file__).parents[2] / "examples" / "smallest-proposal.yaml"
NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)


@pytest.fixture
def smallest() -> Any:
    tree, problems = parse_yaml(SMALLEST.read_text(encoding="utf-8"), SMALLEST.name)
    assert tree is not None
    assert not problems
    return to_python(tree)


@pytest.fixture(scope="module")
def early(base: vc.Policy) -> vc.Gate:
    return vc.Gate(base, clock=lambda: NOW)


def test_scheduled_contacts_are_no_attempts(early: vc.Gate, smallest: Any) -> None:
    """A contact that is only planned cannot have a result that would count as an attempt."""
    assert early.check(smallest).allowed
    for contact in smallest["contacts"]:
        contact["planned"] = True

    with pytest.raises(vc.InvalidVisit, match="`result` is given, though `planned` is true"):
        early.check(smallest)
    for contact in smallest["contacts"]:
        del contact["result"]
    assert not early.check(smallest).allowed


def test_a_later_notice_of_another_time_takes_the_place_of_the_first(early: vc.Gate, smallest: Any) -> None:
    """Whoever was last told of the twelfth was not told of the tenth, though nobody cancelled the first notice."""
    moved = smallest["notices"][0] | {
        "delivered_at": "2026-03-08T18:00:00+08:00",
        "starts_at": "2026-03-12T10:00:00+08:00",
    }
    smallest["notices"].append(moved)

    assert "deny" == early.check(smallest).outcome


def test_a_visit_changed_behind_validation_is_refused(early: vc.Gate, allowed: dict[str, Any]) -> None:
    """Copies and constructions that skip validation get an error, not an answer."""
    good = early.read(allowed)
    assert good.visit is not None
    strange: list[vc.Visit] = [
        good.model_copy(update={"visit": {"stage": "proposed"}}),
        vc.Visit.model_construct(visit={"stage": "proposed"}),
        good.model_copy(update={"visit": good.visit.model_copy(update={"stage": "bogus"})}),
        good.model_copy(update={"visit": None}),
        good.model_copy(update={"contacts": 7}),
    ]
    for visit in strange:
        with pytest.raises(vc.InvalidVisit):
            early.check(visit)


@pytest.mark.parametrize("registers", [[1], {"x": 1}, {"collectors": 5}, {"agencies": {"a": 1}}])
def test_registers_of_the_wrong_form_are_refused(base: vc.Policy, registers: Any) -> None:
    """Whatever is given as registers, the error is ours and names the place."""
    with pytest.raises(vc.InvalidVisit):
        vc.Gate(base, registers=registers)


def test_numbers_of_thousands_of_digits_are_refused(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    """Python declines to print or read such numbers; the answer is a problem all the same."""
    allowed["debt"]["days_overdue"] = -(10**5000)
    with pytest.raises(vc.InvalidVisit):
        gate.check(allowed)


PACK = """
pack: own
title: {en: Own, zh: 自有}
version: 1.0.0
instruments: {own: {title: {en: House rules, zh: 内部规定}, force: own}}
rules:
  - id: r
    title: {en: R, zh: 规}
    stages: [proposed]
    require: {c: 'CONDITION'}
    effect: deny
    message: {en: M, zh: 信}
    cites: [{instrument: own, article: "1", reading: own}]
"""


@pytest.mark.parametrize(
    "condition",
    [
        f"debt.days_overdue < {'9' * 5000}",
        f"debt.days_overdue < 0x{'f' * 5000}",
        f'visit.starts_at - visit.as_of < duration("{"9" * 5000}h")',
        f'visit.id.matches("{"a{0,250}" * 60}b")',
    ],
)
def test_conditions_too_large_to_mean_anything_are_refused(condition: str) -> None:
    """Each is a problem with its place."""
    with pytest.raises(vc.InvalidPolicy, match=r"own\.yaml:10:"):
        policy_from_texts({"own.yaml": PACK.replace("CONDITION", condition)})


@pytest.mark.long
def test_a_visit_of_nothing_but_mistakes_is_counted_not_told(gate: vc.Gate) -> None:
    """The first thousand problems are worded, the rest is a number."""
    with pytest.raises(vc.InvalidVisit) as refused:
        gate.check({f"k{number}": 1 for number in range(20_000)})

    told = [problem.message for problem in refused.value.problems if problem.code == "visit-too-many-problems"]
    assert ["19,000 more problems were found"] == told
    assert 1001 == len(refused.value.problems)
