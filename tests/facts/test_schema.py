"""The JSON Schema accepts what is read, and refuses what it can say is wrong."""

from __future__ import annotations

import json

import pytest
from facts_cases import cases, nested
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from visitcheck.facts import FACTS, FactInfo, json_schema, visit_model_with_extra
from visitcheck.facts.types import INT
from visitcheck.testing import visit_mappings

_SCHEMA = json_schema()
_VALIDATOR = Draft202012Validator(_SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
# What JSON Schema cannot say, or says of numbers otherwise than JSON is written.
_BEYOND = {
    "fact-order",
    "fact-after-as-of",
    "fact-duplicate-id",
    "fact-same-times",
    "fact-zone",
    "fact-time-range",
    "fact-leap-second",
}
_BEYOND_NOTES = {
    "decimal point",
    "exponent",
    "three decimals as a number",
    "hundredths beyond 64 bits",
    "huge exponent",
}


def accepts(facts: object) -> bool:
    return bool(_VALIDATOR.is_valid(facts))


@pytest.mark.long
def test_the_schema_is_one():
    Draft202012Validator.check_schema(_SCHEMA)
    assert _SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    json.dumps(_SCHEMA)


@pytest.mark.long
@settings(deadline=None, max_examples=25)
@given(visit_mappings())
def test_generated_visits_are_accepted(mapping):
    assert accepts(mapping), next(_VALIDATOR.iter_errors(mapping)).message


@pytest.mark.parametrize("case", cases("accepted"), ids=lambda case: str(next(iter(case["set"].items()))))
def test_what_is_read_is_accepted(case):
    assert accepts(nested(case["set"]))


@pytest.mark.parametrize(
    "case",
    [case for case in cases("values") if case["code"] not in _BEYOND and case["note"] not in _BEYOND_NOTES],
    ids=lambda case: case["note"],
)
def test_what_is_refused_is_refused_by_the_schema(case):
    assert not accepts(nested(case["set"]))


@pytest.mark.parametrize("case", cases("visits"), ids=lambda case: case["note"])
def test_visits_fare_as_when_they_are_read(case):
    """The schema refuses just what has a problem that JSON Schema can say."""
    codes = {problem.split()[1] for problem in case["problems"]} - _BEYOND

    assert accepts(case["facts"]) == (not codes)


@pytest.mark.parametrize("note", sorted(_BEYOND_NOTES))
def test_numbers_that_json_schema_does_not_tell_apart_are_accepted(note):
    """As JSON holds them: to a schema 45.0 is a whole number."""
    (facts,) = [nested(case["set"]) for case in cases("values") if case["note"] == note]

    assert accepts(json.loads(json.dumps(facts, default=float)))


def test_descriptions_words_limits_and_constraints_are_in():
    contact = _SCHEMA["$defs"]["contacts"]["properties"]

    assert FACTS["contacts[].at"].description == contact["at"]["description"]
    assert {"outbound", "inbound", None} == set(contact["direction"]["enum"])
    assert _SCHEMA["properties"]["contacts"]["anyOf"][0]["maxItems"] == 10_000
    assert _SCHEMA["$defs"]["place"]["properties"]["planned_distance_m"]["x-unit"] == "metres"
    assert {"code": "fact-order", "first": "starts_at", "then": "ends_at"} in _SCHEMA["$defs"]["visit"]["x-constraints"]


def test_only_the_facts_asked_for():
    schema = json_schema(facts=frozenset({"visit.id", "contacts[].at", "met", "wishes.avoid_times[].from_time"}))

    assert {"visit", "contacts", "met", "wishes"} == schema["properties"].keys()
    assert {"id"} == schema["$defs"]["visit"]["properties"].keys()
    assert {"at"} == schema["$defs"]["contacts"]["properties"].keys()
    assert "refused" in schema["$defs"]["met"]["properties"]
    assert {"from_time"} == schema["$defs"]["wishes_avoid_times"]["properties"].keys()
    assert not Draft202012Validator(schema).is_valid({"place": {}})


def test_declared_facts_are_in():
    model = visit_model_with_extra({"shift": FactInfo("extra.shift", INT, "before", "The shift.")})
    validator = Draft202012Validator(json_schema(model))

    assert validator.is_valid({"extra": {"shift": 1}})
    assert not validator.is_valid({"extra": {"shift": "1"}})
    assert not accepts({"extra": {"shift": 1}})
