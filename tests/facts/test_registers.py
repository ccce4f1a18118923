"""Registers fill in what a visit lacks; a proposal may not contradict them, and a record is judged by them."""

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
            "team": [{"id": "han"}, {"id": "li", "name": "李雷"}, {"present": False}],
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
                {"present": False},
            ],
        }
    )


_RECORDED = {"visit": {"id": "v", "stage": "recorded"}}


@pytest.mark.parametrize(
    "facts",
    [{"lender": {}}, {"team": []}, {}, {"agency": {"involved": False}}, {"team": [{"id": "no", "present": False}]}],
)
def test_where_nobody_is_named_nothing_is_added(facts):
    assert read_visit(facts) == read_visit(facts, registers=registers())


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        ({"lender": {"id": "abc"}}, "$.lender.id"),
        ({"lender": {"kind": "bank"}}, "$.lender.id"),
        ({"agency": {"involved": True}}, "$.agency.id"),
        ({"agency": {"whitelisted": True}}, "$.agency.id"),
        ({"team": [{"id": "li"}, {"trained": True}]}, "$.team[1].id"),
    ],
)
def test_whom_no_register_holds_is_named(facts, path):
    for given in (facts, _RECORDED | facts):
        with pytest.raises(InvalidVisit) as caught:
            read_visit(given, registers=registers(), require_registered=True)
        assert [(problem.code, problem.path) for problem in caught.value.problems] == [("not-registered", path)]
        visit = read_visit(given, registers=registers())
        assert visit.contradictions is not None
        assert [each.kind for each in visit.contradictions] == ["not_registered"]
        assert read_visit(visit.to_dict(), registers=registers()) == visit, "it stays said, once"


def test_a_register_without_entries_is_none():
    facts = {"lender": {"id": "abc"}, "team": [{"id": "no"}]}
    assert read_visit(facts, registers=Registers.read({"lenders": {}, "agencies": {"a": {}}})) == read_visit(facts)


def test_a_record_is_judged_by_the_register_and_says_where_they_differ():
    facts = {
        "lender": {"id": "icbc", "kind": "trust", "memberships": ["nifa"]},
        "team": [{"id": "han", "trained_on": "2020-01-01"}, {"id": "li", "trained": False}],
    }
    visit = read_visit(_RECORDED | facts, registers=registers())

    assert (visit.lender.kind, visit.lender.memberships) == ("bank", ("cba",))
    assert [member.trained for member in visit.team] == [False, True]
    assert visit.team[0].trained_on is None, "who was not trained has no day of training"
    assert [(each.kind, each.path, each.id, each.stated, each.elsewhere) for each in visit.contradictions] == [
        ("register_differs", "lender.kind", "icbc", "trust", "bank"),
        ("register_differs", "lender.memberships", "icbc", "['nifa']", "['cba']"),
        ("register_differs", "team[0].trained_on", "han", "2020-01-01", "trained: False"),
        ("register_differs", "team[1].trained", "li", "False", "True"),
    ]
    assert read_visit(visit.to_dict(), registers=registers()) == visit


def test_what_a_register_learned_after_the_moment_of_judging_was_not_known_then():
    """Neither the day nor the state that goes with it; the record itself says nothing wrong."""
    facts = {
        "visit": {"id": "v", "stage": "recorded", "as_of": "2025-05-01T00:00:00Z"},
        "team": [{"id": "li"}],
        "agency": {"id": "a1"},
    }
    visit = read_visit(facts, registers=registers())

    assert (visit.team[0].name, visit.team[0].trained, visit.team[0].trained_on) == ("李雷", None, None)
    assert (visit.agency.whitelisted, visit.agency.inspected_on) == (True, None)
    assert visit.contradictions is None


_OPEN = {"complete": False}


def test_what_a_lender_s_list_lacks_nothing_of_names_words() -> None:
    entry = {"kind": "bank", "completeness": {"memberships": {"complete": False, "all_with": {}}}}

    with pytest.raises(InvalidVisit) as refused:
        Registers.read({"lenders": {"L": entry}})
    assert [("fact-nothing-named", "$.lenders.L.completeness.memberships.all_with")] == [
        (problem.code, problem.path) for problem in refused.value.problems
    ]


@pytest.mark.parametrize(
    ("own", "own_state", "register", "register_state", "settled", "settled_state", "differs"),
    [
        (["cba"], _OPEN, ["cba", "nifa"], None, ["cba", "nifa"], None, False),
        (None, _OPEN, ["cba"], None, ["cba"], None, False),
        (["gdba"], _OPEN, ["cba"], None, ["cba"], None, True),
        ([], _OPEN | {"all_with": {"words": ["cba"]}}, ["cba"], None, ["cba"], None, True),
        ([], _OPEN | {"all_with": {"words": ["nifa"]}}, ["cba"], None, ["cba"], None, False),
        (None, None, ["cba"], _OPEN, ["cba"], _OPEN, False),
        (None, None, None, _OPEN, [], _OPEN, False),
        (["cba", "nifa"], None, ["cba"], _OPEN, ["cba", "nifa"], None, False),
        (["nifa"], None, ["cba"], _OPEN, ["cba", "nifa"], _OPEN, True),
        (["nifa", "cba"], None, ["cba", "nifa"], None, ["nifa", "cba"], None, False),
        (
            ["nifa", "gdba"],
            _OPEN,
            ["cba"],
            _OPEN | {"all_with": {"words": ["nifa"]}},
            ["cba", "gdba"],
            _OPEN | {"all_with": {"words": ["nifa"]}},
            True,
        ),
    ],
)
def test_lists_that_go_on(own, own_state, register, register_state, settled, settled_state, differs):
    """A list that goes on and is part of the register's contradicts nothing; what is settled is said of it."""
    entry = {"kind": "bank"} | ({} if register is None else {"memberships": register})
    entry |= {} if register_state is None else {"completeness": {"memberships": register_state}}
    facts = _RECORDED | {"lender": {"id": "l"} | ({} if own is None else {"memberships": own})}
    facts |= {} if own_state is None else {"completeness": {"lender": {"memberships": own_state}}}
    visit = read_visit(facts, registers=Registers.read({"lenders": {"l": entry}})).to_dict()

    assert visit["lender"]["memberships"] == settled
    said = visit.get("completeness", {}).get("lender", {}).get("memberships")
    assert said == settled_state
    assert ("contradictions" in visit) == differs


def test_an_entry_gives_the_list_that_it_calls_complete():
    with pytest.raises(InvalidVisit) as caught:
        Registers.read({"lenders": {"l": {"completeness": {"memberships": {"complete": True}}}}})
    [problem] = caught.value.problems
    assert (problem.code, problem.path) == ("fact-list-not-given", "$.lenders.l.completeness.memberships.complete")


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
