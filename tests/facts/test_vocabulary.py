"""The vocabulary, its reference page, and facts that packs declare."""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime
from pathlib import Path

import pytest

from visitcheck.errors import InvalidVisit
from visitcheck.facts import (
    FACTS,
    ROOT,
    FactInfo,
    Visit,
    read_visit,
    visit_model_with_extra,
    vocabulary_with_extra,
)
from visitcheck.facts.fields import FactModel, shapes
from visitcheck.facts.reference import reference
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Record,
    Word,
)
from visitcheck.facts.zones import zone_data_version, zone_info, zone_names

_PAGE = Path(__file__).parents[2] / "docs" / "facts.md"


def models(model: type[FactModel] = Visit) -> set[type[FactModel]]:
    """All models of the vocabulary."""
    below = {shape.record for shape in shapes(model).values() if shape.record is not None}
    return {model}.union(*(models(record) for record in below))


def test_the_reference_page_is_fresh():
    """`python -m visitcheck.facts.reference > docs/facts.md` writes it."""
    assert reference() == _PAGE.read_text(encoding="utf-8")


def test_every_fact_is_described():
    assert [path for path, info in FACTS.items() if not re.fullmatch(r"[A-Z`].+[.]", info.description)] == []
    assert all(model.__doc__ for model in models())


def test_types_of_some_facts():
    assert FACTS["visit.starts_at"].type == TIMESTAMP
    assert FACTS["visit.date"].type == DATE
    assert FACTS["visit.timezone"].type == STRING
    assert FACTS["debt.amount"].type == MONEY
    assert FACTS["wishes.avoid_times[].from_time"].type == TIME_OF_DAY
    assert ListOf(INT) == FACTS["wishes.avoid_times[].weekdays"].type
    assert ROOT.fields["contacts"] == FACTS["contacts"].type
    assert FACTS["place.kind"].type == FACTS["notices[].place_kind"].type
    assert FACTS["place.kind"].type == FACTS["wishes.places_refused"].type.item  # type: ignore[union-attr]


def test_when_facts_are_known():
    assert FACTS["contacts[].at"].known == "before"
    assert "door" == FACTS["conduct"].known == FACTS["conduct[].at"].known == FACTS["place.planned_distance_m"].known
    assert "after" == FACTS["record.filed_at"].known == FACTS["record"].known
    assert "before" == FACTS["evasion"].known, "it may be known of a debtor who is yet to be visited"


def test_names_of_records_are_used_once():
    """Types of records are equal when their names are."""
    names = [model.__name__ for model in models()]

    assert len(names) == len(set(names))


def test_every_time_of_a_state_is_tied_to_it():
    """`x` with `x_at`, `x_on` or `x_since` is a state and a time; so are the orders that protect a debtor."""
    untied = []
    for model in models():
        fields = shapes(model)
        tied = {constraint.fields for constraint in model.constraints if constraint.code == "fact-state-time"}
        for name in fields:
            match = re.fullmatch(r"(.+)_(?:at|on|since)", name)
            if match and match[1] in fields and (match[1], name) not in tied:
                untied.append(f"{model.__name__}.{name}")

    assert untied == []


def test_constraints_name_fields_that_exist():
    assert all(set(constraint.fields) <= shapes(model).keys() for model in models() for constraint in model.constraints)
    assert all({constraint.trigger} <= set(constraint.fields) for model in models() for constraint in model.constraints)


def test_facts_that_packs_declare():
    extra = {
        "shift": FactInfo("extra.shift", INT, "before", "The shift."),
        "grade": FactInfo("extra.grade", Word("grade", ("a", "b")), "after", "The grade."),
        "checks": FactInfo(
            "extra.checks", ListOf(Record("check", {"at": TIMESTAMP, "ok": BOOL})), "door", "The checks."
        ),
        "spans": FactInfo("extra.spans", ListOf(DURATION), "before", "Spans."),
        "share": FactInfo("extra.share", DOUBLE, "before", "A share."),
    }
    model = visit_model_with_extra(extra)
    root, facts = vocabulary_with_extra(extra)
    visit = read_visit(
        {
            "visit": {"id": "v1"},
            "extra": {
                "shift": 2,
                "grade": "a",
                "checks": [{"at": "1970-01-01T00:00:01Z"}],
                "spans": ["36h", "1h30m0.5s"],
                "share": 0.5,
            },
        },
        model=model,
    )

    assert model is visit_model_with_extra(dict(reversed(extra.items())))
    assert isinstance(visit, Visit)
    assert (visit.extra.shift, visit.extra.grade, visit.extra.share) == (2, "a", 0.5)  # type: ignore[union-attr]
    assert (visit.extra.checks[0].at, visit.extra.checks[0].ok) == (1_000_000, None)  # type: ignore[union-attr]
    assert visit.extra.spans == (129_600_000_000, 5_400_500_000)  # type: ignore[union-attr]
    assert visit == read_visit(visit.to_json(), model=model)
    assert ROOT.fields["visit"] == root.fields["visit"]
    assert (facts["extra.checks[].at"].known, facts["extra.checks[].at"].type) == ("door", TIMESTAMP)
    assert facts["extra.grade"].known == "after"
    with pytest.raises(InvalidVisit, match=r"extra.grade.*fact-unknown-word"):
        read_visit({"extra": {"grade": "c"}}, model=model)
    with pytest.raises(InvalidVisit, match="did you mean `shift`"):
        read_visit({"extra": {"shfit": 1}}, model=model)


def test_a_visit_without_extra_facts_is_read_for_a_policy_that_has_some():
    model = visit_model_with_extra({"shift": FactInfo("extra.shift", INT, "before", "The shift.")})
    visit = read_visit(read_visit({"visit": {"id": "v1"}}), model=model)

    assert type(visit) is model
    assert visit.visit is not None
    assert visit.visit.id == "v1"


def test_declared_facts_cannot_be_money():
    with pytest.raises(ValueError, match="money"):
        visit_model_with_extra({"fee": FactInfo("extra.fee", MONEY, "before", "A fee.")})
    assert Visit is visit_model_with_extra({})


def test_zones_are_those_of_the_package():
    assert "Asia/Shanghai" in zone_names()
    assert zone_names() <= zoneinfo.available_timezones()
    assert zone_info("asia/shanghai") is None
    assert re.fullmatch(r"20\d\d[a-z]+", zone_data_version())
    for name in zone_names():
        assert zone_info(name) is not None
    assert datetime(2026, 1, 30, tzinfo=zone_info("Asia/Shanghai")).strftime("%z") == "+0800"
