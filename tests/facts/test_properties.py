"""Properties of reading, on generated input."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitcheck.errors import InvalidVisit, problem_codes
from visitcheck.facts import FACTS, Visit, read_visit
from visitcheck.facts.fields import FactModel, FieldShape, shapes
from visitcheck.testing import visit_mappings, visits

_NAMES = sorted({part.removesuffix("[]") for path in FACTS for part in path.split(".")})
_WORDS = sorted({word for shape in shapes(Visit).values() if shape.record for word in _NAMES})
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from([*_WORDS, "2026-01-30T10:00:00+08:00", "2026-01-30", "22:00", "CNY", "unknown", "\ud800", "\0"])
    | st.datetimes()
    | st.dates()
    | st.binary(max_size=3)
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=4) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)
_PYDANTIC_WORDS = re.compile(r"pydantic|validat|Input should|errors\.|model_type|instance of|VisitFacts", re.I)


def near_visit() -> st.SearchStrategy[Any]:
    """Mappings with the right names and mostly wrong values."""

    def record(model: type[FactModel]) -> st.SearchStrategy[Any]:
        fields = {name: field(shape) for name, shape in shapes(model).items()}
        return st.fixed_dictionaries({}, optional=fields | {"surplus": _SCALARS}) | _SCALARS

    def field(shape: FieldShape) -> st.SearchStrategy[Any]:
        single = record(shape.record) if shape.record is not None else st.sampled_from([*shape.words, None]) | _SCALARS
        return st.lists(single, max_size=2) if shape.listed is not None else single

    return record(Visit)


def outcome(source: Any, **options: Any) -> Any:
    """The visit, or its problems without the places that only YAML has."""
    try:
        return read_visit(source, **options)
    except InvalidVisit as error:
        return [(problem.code, problem.path, problem.message, problem.help) for problem in error.problems]


@settings(deadline=None, max_examples=100)
@given(_JSON | near_visit())
def test_whatever_comes_in_only_invalid_visit_comes_out(source):
    result = outcome(source) if not isinstance(source, str | bytes) else outcome({"visit": source})
    if isinstance(result, list):
        for code, path, message, help_ in result:
            assert code in problem_codes()
            assert path.startswith("$")
            assert not _PYDANTIC_WORDS.search(message + (help_ or ""))
            (message + path + (help_ or "")).encode()


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_text_and_bytes_give_a_visit_or_problems(source):
    outcome(source)
    outcome(source, format="yaml")


@settings(deadline=None, max_examples=25)
@given(visits())
def test_a_visit_written_and_read_again_is_equal(visit):
    assert visit == read_visit(visit.to_json())
    assert visit == read_visit(visit.to_dict())


@pytest.mark.long
@settings(deadline=None, max_examples=60)
@given(visit_mappings(), st.data())
def test_json_yaml_and_mappings_give_the_same(mapping, data):
    """Also when something was spoilt: the same problems."""
    if mapping and data.draw(st.booleans()):
        group = data.draw(st.sampled_from(sorted(mapping)))
        if isinstance(mapping[group], dict):
            name = data.draw(st.sampled_from([*mapping[group], "surplus"]))
            spoilt = st.sampled_from(["unknown", 3, 1.5, True, [], {}, [None], "x", "2026-01-30T10:00:00"])
            mapping = {**mapping, group: {**mapping[group], name: data.draw(spoilt)}}
    text = json.dumps(mapping, ensure_ascii=False)
    # A JSON text is YAML too, but for escapes that only one of them has: none of them is written here.
    expected = outcome(mapping)

    assert expected == outcome(text)
    assert expected == outcome(text.encode())
    assert expected == outcome(_quoted(mapping), format="yaml")


def _quoted(value: Any) -> str:
    """JSON with everything beyond printable ASCII as `\\U` escapes, which YAML reads as whole characters."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if " " <= char <= "~" else f"\\U{ord(char):08x}" for char in text)


@pytest.mark.long
@settings(deadline=None, max_examples=60)
@given(visits())
def test_no_state_that_is_false_has_a_time(visit):
    for facts in visit.to_dict().values():
        records = facts if isinstance(facts, list) else [facts]
        for group, name, value in ((record, *fact) for record in records for fact in record.items()):
            if value is False:
                assert not {f"{name}_at", f"{name}_on", f"{name}_since"} & group.keys()


@pytest.mark.long
@settings(deadline=None, max_examples=30)
@given(visits("recorded", min_facts=20), visits("proposed"))
def test_strategies_keep_what_they_are_asked_for(recorded, proposed):
    singles = sum(len(group) for group in recorded.to_dict().values() if isinstance(group, dict))

    assert recorded.visit.stage == "recorded"
    assert proposed.visit.stage == "proposed"
    assert singles >= 10


@settings(deadline=None, max_examples=30)
@given(visits(facts=frozenset({"contacts[].at", "place.kind", "met"})))
def test_strategies_give_only_the_facts_asked_for(visit):
    facts = visit.to_dict()

    assert facts.keys() <= {"contacts", "place", "met"}
    assert facts.get("place", {}).keys() <= {"kind"}
    assert all(contact.keys() <= {"at"} for contact in facts.get("contacts", []))
