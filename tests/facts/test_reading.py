"""Reading a visit: cases as data, then every way in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest
from facts_cases import cases, nested

from visitcheck.errors import InvalidVisit, Problem, problem_codes
from visitcheck.facts import Visit, limits, read_visit
from visitcheck.facts.types import Money

_MOMENT = 1_769_738_400_000_000


def problems_of(source: Any, **options: Any) -> tuple[Problem, ...]:
    """The problems of a visit that is none."""
    with pytest.raises(InvalidVisit) as caught:
        read_visit(source, **options)
    return caught.value.problems


@pytest.mark.parametrize("case", cases("values"), ids=lambda case: case["note"])
def test_refused_values_have_a_code_and_help(case):
    facts = nested(case["set"])
    if not any(path.startswith(("visit.", "contact", "extra", "days")) or path == "visit" for path in case["set"]):
        facts |= {"visit": {"id": "v1"}}

    (problem,) = problems_of(facts)

    assert case["code"] == problem.code
    assert case.get("help", "") in (problem.help or "")
    assert f"$.{next(iter(case['set']))}" == problem.path


@pytest.mark.parametrize("case", cases("visits"), ids=lambda case: case["note"])
def test_all_problems_of_a_visit_at_once(case):
    problems: list[str] = []
    try:
        read_visit(case["facts"])
    except InvalidVisit as error:
        problems = [f"{problem.path} {problem.code}" for problem in error.problems]

    assert case["problems"] == problems


@pytest.mark.parametrize("case", cases("accepted"), ids=lambda case: str(next(iter(case["set"].items()))))
def test_accepted_values_have_their_inside_form(case):
    visit = read_visit(nested(case["set"]))
    group, name = next(iter(case["set"])).split(".")
    expected = Money(*case["inside"]) if isinstance(case["inside"], list) else case["inside"]

    assert expected == getattr(getattr(visit, group), name)
    assert type(expected) is type(getattr(getattr(visit, group), name))


def test_missing_and_null_are_the_same():
    absent = read_visit({"visit": {"id": "v1"}})

    assert absent == read_visit({"visit": {"id": "v1", "stage": None}, "place": None, "contacts": None})
    assert absent.place is None
    assert absent.contacts is None
    assert read_visit({"contacts": []}).contacts == ()


def test_python_values_are_read_as_their_text():
    """Aware datetimes, dates and times from Python give what their text gives."""
    shanghai = timezone(timedelta(hours=8))
    visit = read_visit(
        MappingProxyType(
            {
                "visit": {"starts_at": datetime(2026, 1, 30, 10, tzinfo=shanghai), "date": date(2026, 1, 30)},
                "wishes": {"avoid_times": ({"from_time": time(22), "until_time": "24:00"},)},
            }
        )
    )

    assert visit == read_visit(
        '{"visit": {"starts_at": "2026-01-30T02:00:00Z", "date": "2026-01-30"},'
        ' "wishes": {"avoid_times": [{"from_time": "22:00", "until_time": "24:00"}]}}'
    )
    assert visit.visit is not None
    assert visit.visit.starts_at == _MOMENT


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (datetime(2026, 1, 30), "fact-timestamp-naive"),
        (date(2026, 1, 30), "fact-wrong-type"),
        (float("nan"), "fact-wrong-type"),
        (object(), "fact-wrong-type"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))), "fact-time-range"),
    ],
)
def test_python_values_that_name_no_moment(value, code):
    assert code == problems_of({"visit": {"starts_at": value}})[0].code


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_money_is_finite(value):
    assert problems_of({"debt": {"currency": "CNY", "amount": value}})[0].code == "fact-not-finite"


@pytest.mark.parametrize("value", [{"a": 1}.values(), {1, 2}, (x for x in ()), "ab", b"ab"])
def test_only_lists_and_tuples_are_lists(value):
    assert problems_of({"contacts": value})[0].code == "fact-wrong-type"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "json-syntax"),
        ("{'visit': 1}", "json-syntax"),
        ('{"visit": {}} {}', "json-syntax"),
        ('{"debt": {"amount": NaN}}', "json-number"),
        ('{"debt": {"amount": -Infinity}}', "json-number"),
        ('{"debt": {"amount": 1e9999}}', "json-number"),
        ('{"debt": {"days_overdue": ' + "9" * 5000 + "}}", "json-number"),
        ("[" * 100_000, "visit-too-deep"),
        ("[" * 100 + "]" * 100, "visit-too-deep"),
        ("[]", "visit-not-an-object"),
        ("null", "visit-not-an-object"),
        ('"v1"', "visit-not-an-object"),
        (b"\xff\xfe{}", "visit-encoding"),
        (b'{"visit": {"id": "\xe4"}}', "visit-encoding"),
        ('{"visit": {"id": "a\\u0000b"}}', "fact-character"),
        ('{"visit": {"id": "a\\ud800b"}}', "fact-surrogate"),
        ('{"debtor": {"name": "a\\u0000b"}}', "fact-character"),
        ('{"debtor": {"name": "\\udfff"}}', "fact-surrogate"),
        (" " * (limits.MAX_CHARACTERS + 1), "visit-too-large"),
    ],
)
def test_text_that_holds_no_visit(source, code):
    assert code == problems_of(source)[0].code


def test_a_key_that_stands_twice_is_shown_with_its_path():
    problems = problems_of('{"visit": {"id": 1}, "contacts": [{"at": 1}], "contacts": [{"at": 1, "at": 2}]}')

    assert [(problem.path, problem.code) for problem in problems] == [
        ("$.contacts", "json-duplicate-key"),
        ("$.contacts[0].at", "fact-wrong-type"),
        ("$.contacts[0].at", "json-duplicate-key"),
        ("$.visit.id", "fact-wrong-type"),
    ]


@pytest.mark.long
@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"debtor": {"name": "x" * (limits.MAX_TEXT + 1)}}, "fact-too-long"),
        ({"visit": {"id": "x" * (limits.MAX_ID + 1)}}, "fact-too-long"),
        ({"contacts": [{}] * (limits.MAX_LIST + 1)}, "fact-too-many"),
        ({"wishes": {"avoid_times": [{"weekdays": [1] * 8}]}}, "fact-too-many"),
        ({"visit": {"foo": [[]] * (limits.MAX_NODES + 1)}}, "visit-too-large"),
    ],
)
def test_limits_are_kept(facts, code):
    assert code == problems_of(facts)[0].code


def test_values_at_the_limits_are_read():
    read_visit({"debtor": {"name": "字" * limits.MAX_TEXT}, "visit": {"id": "x" * limits.MAX_ID}})
    read_visit({"contacts": [{}] * limits.MAX_LIST})


def test_input_that_contains_itself_is_refused():
    loop: dict[str, Any] = {"visit": {"id": "v1"}}
    loop["place"] = loop
    wide: list[Any] = []
    wide += [wide, wide]

    assert problems_of(loop)[0].code == "visit-too-deep"
    assert problems_of({"contacts": wide})[0].code in ("visit-too-deep", "visit-too-large")


def test_a_flood_of_problems_is_cut():
    problems = problems_of({"contacts": [{"at": 1}] * 1500})

    assert len(problems) == limits.MAX_PROBLEMS + 1
    assert any("500 more" in problem.message for problem in problems if problem.code == "visit-too-many-problems")


def test_messages_do_not_repeat_what_could_break_a_terminal():
    (problem,) = problems_of({"visit": {"stage": "\x1b[31m\ud800" + "x" * 10_000}})

    assert problem.render().isprintable() or "\n" in problem.render()
    assert "\x1b" not in problem.render()
    assert len(problem.render()) < 400


def test_pieces_of_a_visit_are_read_again_when_others_are_wrong():
    """Models inside a mapping are as good as the mappings they stand for."""
    whole = read_visit({"visit": {"starts_at": "2026-01-30T02:00:00Z"}, "contacts": [{"id": "a"}]})

    assert whole == read_visit({"visit": whole.visit, "contacts": whole.contacts})
    (problem,) = problems_of({"visit": whole.visit, "contacts": whole.contacts, "foo": 1})
    assert problem.code == "fact-unknown-name"


def test_a_visit_is_handed_through_and_given_its_moment():
    visit = read_visit({"visit": {"id": "v1"}, "contacts": [{"at": "2026-01-30T02:00:00Z"}]})
    judged = read_visit(visit, as_of=datetime(2026, 1, 30, 2, tzinfo=UTC))

    assert visit is read_visit(visit)
    assert judged.visit is not None
    assert judged.visit.as_of == _MOMENT
    assert judged is read_visit(judged, as_of=datetime(1999, 1, 1, tzinfo=UTC))
    (problem,) = problems_of(visit, as_of=datetime(2026, 1, 30, 1, tzinfo=UTC))
    assert (problem.code, problem.path) == ("fact-after-as-of", "$.contacts[0].at")
    assert problems_of({}, as_of=datetime(2026, 1, 30))[0].code == "fact-timestamp-naive"


def test_a_visit_cannot_be_changed():
    visit = read_visit({"visit": {"id": "v1"}})

    with pytest.raises(Exception, match="frozen"):
        visit.visit = None  # type: ignore[misc]


def test_the_constructor_keeps_constraints_too():
    with pytest.raises(ValueError, match="ends_at"):
        Visit.model_validate({"visit": {"starts_at": "2026-01-30T02:00:00Z", "ends_at": "2026-01-30T01:00:00Z"}})


def test_times_are_written_as_rfc_3339():
    visit = read_visit(
        {
            "visit": {"starts_at": "2026-01-30T10:00:00.5+08:00", "date": "2026-01-30"},
            "debt": {"currency": "CNY", "amount": 7},
            "wishes": {"avoid_times": [{"from_time": "08:00", "until_time": "24:00"}]},
            "contacts": [],
        }
    )

    assert json.loads(visit.to_json()) == {
        "visit": {"starts_at": "2026-01-30T02:00:00.500000Z", "date": "2026-01-30"},
        "debt": {"currency": "CNY", "amount": "7.00"},
        "wishes": {"avoid_times": [{"from_time": "08:00:00", "until_time": "24:00:00"}]},
        "contacts": [],
    }
    assert visit.to_dict() == json.loads(visit.to_json())


def test_every_code_of_the_cases_is_registered():
    assert {case["code"] for case in cases("values")} <= problem_codes().keys()
