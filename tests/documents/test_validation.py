"""Shapes: what the validator reports, what it leaves of a document, and the schema that agrees with it."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from visitcheck.documents import YamlMapping, parse_yaml, to_python
from visitcheck.documents.json_schema import LENIENT, QUOTED, SchemaStyle, schema_of
from visitcheck.documents.validation import (
    ChoiceShape,
    DeferredShape,
    Key,
    ListShape,
    MapShape,
    OneOrManyShape,
    PatternShape,
    RecordShape,
    TextShape,
    ValidationCodes,
    validate_mapping,
)

PART = PatternShape("a part", "part ", "part 1", open_end=True)
FILE = RecordShape(
    "a file",
    {
        "id": Key(PatternShape("an id", "[a-z]+", "abc"), "its id", required=True),
        "kind": Key(ChoiceShape(("left", "right")), "its kind"),
        "notes": Key(ListShape(TextShape("a note"), minimum=1), "its notes"),
        "by_name": Key(MapShape(PatternShape("a name", "[a-z]", "n"), TextShape()), "texts by name"),
        "packs": Key(OneOrManyShape(TextShape("a pack")), "its packs"),
        "part": Key(DeferredShape(PART, "a part"), "read elsewhere"),
        "own": Key(PatternShape("a path", "[a-z.]+", "a.b", code="case-path"), "has a code of its own"),
    },
    one_of=("kind", "notes"),
)
WHOLE = "{id: a, kind: left, notes: [n], by_name: {n: x}, packs: [p], part: part 1, own: a.b}"
MISFITS = [
    ("id: a", "id: A", ["wrong-form 1:6"]),
    ("id: a, ", "", ["missing-key 1:1"]),
    ("kind: left, notes: [n], ", "", ["missing-key 1:1"]),
    ("kind: left", "kind: up", ["wrong-word 1:15"]),
    ("kind: left", "kidn: left", ["unknown-key 1:9"]),
    ("[n]", "[]", ["wrong-type 1:28"]),
    ("[n]", "[' ']", ["empty-text 1:29"]),
    ("[n]", "n", ["wrong-type 1:28"]),
    ("{n: x}", "{N: [x]}", ["wrong-form 1:43", "wrong-type 1:46"]),
    ("[p]", "[]", ["wrong-type 1:57"]),
    ("part: part 1", "part: {part: 1}", ["wrong-type 1:68"]),
    ("own: a.b", "own: A", ["case-path 1:81"]),
    ("own: a.b", "own: [a]", ["case-path 1:81"]),
]


def validated(text: str, codes: ValidationCodes | None = None) -> tuple[YamlMapping | None, list[str]]:
    node, problems = parse_yaml(text, "f.yaml")
    assert node is not None
    mapping = validate_mapping(node, FILE, problems, codes or ValidationCodes())
    return mapping, [f"{each.code} {each.place.line}:{each.place.column}" for each in problems if each.place]


def accepts(text: str, style: SchemaStyle) -> bool:
    return Draft202012Validator(schema_of(FILE, "a file", style)).is_valid(to_python(parse_yaml(text, "f.yaml")[0]))


@pytest.mark.parametrize(("old", "new", "expected"), MISFITS)
def test_each_misfit_is_reported_at_its_place(old: str, new: str, expected: list[str]) -> None:
    assert validated(WHOLE)[1] == []
    assert validated(WHOLE.replace(old, new))[1] == expected


@pytest.mark.parametrize(("old", "new", "expected"), MISFITS)
@pytest.mark.parametrize("style", [LENIENT, QUOTED])
def test_the_schema_refuses_what_the_validator_refuses(old: str, new: str, expected: list[str], style: object) -> None:
    assert isinstance(style, SchemaStyle)
    assert accepts(WHOLE, style)
    # A schema does not see that a text is only white space.
    assert "empty-text" in expected[0] or not accepts(WHOLE.replace(old, new), style)


def test_what_another_reader_holds_to_a_shape_is_in_the_schema_alone() -> None:
    text = WHOLE.replace("part 1", "whole")

    assert validated(text)[1] == []
    assert not accepts(text, QUOTED)


@pytest.mark.parametrize(
    ("old", "new", "whole"),
    [("left", "left, kidn: left", True), ("left", "up", False), ("x}", "[]}", False), ("[n]", "[[]]", False)],
)
def test_a_document_says_where_something_is_left_out(old: str, new: str, *, whole: bool) -> None:
    mapping, _ = validated(WHOLE.replace(old, new))
    assert mapping is not None
    assert mapping.whole == whole


def test_a_format_may_have_codes_of_its_own() -> None:
    codes = ValidationCodes(unknown_key="case-key", missing_key="case-missing", wrong_type="case-form")

    assert set(validated("{ids: a, notes: [[]]}", codes)[1]) == {"case-key 1:2", "case-missing 1:1", "case-form 1:18"}
