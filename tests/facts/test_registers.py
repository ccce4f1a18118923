"""Registers fill in what a visit lacks, and never overrule it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from visitcheck.errors import InvalidVisit
from visitcheck.facts import Registers, read_visit

_REGISTERS = {
    "lenders": {"icbc": {"kind": "bank", "memberships": ["cba"]}},
    "agencies": {"a1": {"whitelisted": True, "inspected_on": "2026-01-10"}},
    "collectors": {
        "li": {"name": "李雷", "trained": True, "trained_on": "2025-06-01"},
        "han": {"trained": False},
    },
}


def registers() -> Registers:
    return Registers.read(_REGISTERS)


def test_missing_facts_are_filled_in_by_id():
    visit = read_visit(
        {
            "lender": {"id": "icbc"},
            "agency": {"id": "a1"},
            "team": [{"id": "han"}, {"id": "li", "name": "李雷"}, {}],
        },
        registers=registers(),
    )

    assert visit == read_visit(
        {
            "lender": {"id": "icbc", "kind": "bank", "memberships": ["cba"]},
            "agency": {"id": "a1", "whitelisted": True, "inspected_on": "2026-01-10"},
            "team": [
                {"id": "han", "trained": False},
                {"id": "li", "name": "李雷", "trained": True, "trained_on": "2025-06-01"},
                {},
            ],
        }
    )


@pytest.mark.parametrize("facts", [{"lender": {"id": "abc"}}, {"lender": {"kind": "bank"}}, {"team": []}, {}])
def test_ids_that_no_register_knows_add_nothing(facts):
    assert read_visit(facts) == read_visit(facts, registers=registers())


def test_a_contradiction_shows_both_values():
    with pytest.raises(InvalidVisit) as caught:
        read_visit({"lender": {"id": "icbc", "kind": "trust"}, "visit": {"id": 1}}, registers=registers())
    register, visit = caught.value.problems

    assert (register.code, register.path) == ("register-contradiction", "$.lender.kind")
    assert register.message == "the visit says trust, the register bank"
    assert visit.path == "$.visit.id"


def test_a_list_is_contradicted_as_a_whole():
    """A list that is given is complete, so one that says more or less than the register contradicts it."""
    assert read_visit({"lender": {"id": "icbc", "memberships": ["cba"]}}, registers=registers())
    for memberships in (["cba", "nifa"], []):
        with pytest.raises(InvalidVisit) as caught:
            read_visit({"lender": {"id": "icbc", "memberships": memberships}}, registers=registers())
        (problem,) = caught.value.problems

        assert (problem.code, problem.path) == ("register-contradiction", "$.lender.memberships")
        assert problem.message == f"the visit says {memberships}, the register ['cba']"


def test_what_a_register_fills_in_must_hold_with_the_visit():
    """A screening after the moment of judging, and a training time for one who has none."""
    with pytest.raises(InvalidVisit) as caught:
        read_visit(
            {"agency": {"id": "a1"}, "team": [{"id": "han", "trained_on": "2020-01-01"}]},
            registers=registers(),
            as_of=datetime(2026, 1, 1, tzinfo=UTC),
        )

    assert [(problem.path, problem.code) for problem in caught.value.problems] == [
        ("$.agency.inspected_on", "fact-after-as-of"),
        ("$.team[0].trained_on", "fact-state-time"),
    ]


def test_registers_are_validated_as_visits_are():
    with pytest.raises(InvalidVisit) as caught:
        Registers.read(
            {
                "lenders": {"a": {"kind": "bnak"}, "b": {"id": "c"}, "d": 5},
                "agencies": {"a 1": {"involved": True, "mandate_from": "2026-02-01", "mandate_until": "2026-01-01"}},
                "collectors": [],
                "courts": {},
            }
        )

    assert [(problem.path, problem.code) for problem in caught.value.problems] == [
        ('$.agencies["a 1"].involved', "fact-unknown-name"),
        ('$.agencies["a 1"].mandate_until', "fact-order"),
        ("$.collectors", "fact-wrong-type"),
        ("$.courts", "fact-unknown-name"),
        ("$.lenders.a.kind", "fact-unknown-word"),
        ("$.lenders.b.id", "register-id"),
        ("$.lenders.d", "fact-wrong-type"),
    ]
