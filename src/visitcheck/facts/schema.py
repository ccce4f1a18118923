"""JSON Schema (draft 2020-12) of visits, made from the models and their constraints.

What JSON Schema cannot say (orders, unique ids, what `as_of` forbids) stands under `x-constraints`, with its
code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from visitcheck.facts.completeness import LIST_NOT_GIVEN, OPEN_LISTS
from visitcheck.facts.constraints import (
    Constraint,
    KnownZone,
    Length,
    MaxItems,
    Needs,
    NoStandIn,
    OnlyFor,
    Pattern,
    Range,
    RecordConstraint,
    SaysSomething,
    StateTime,
)
from visitcheck.facts.fields import FactModel, FieldShape, shapes
from visitcheck.facts.scalars import STAND_INS
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
    Scalar,
)
from visitcheck.facts.visit import Visit

Schema = dict[str, Any]
_NULL: Schema = {"type": "null"}
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_OFFSET = f"(Z|[+-]{_CLOCK})"
_MONEY = r"^(0|[1-9][0-9]{0,16})(\.[0-9]{1,2})?$"
_SCALARS: dict[Scalar, Schema] = {
    BOOL: {"type": "boolean"},
    INT: {"type": "integer"},
    DOUBLE: {"type": "number"},
    STRING: {"type": "string"},
    TIMESTAMP: {
        "type": "string",
        "format": "date-time",
        "pattern": rf"^{_DAY}T{_CLOCK}:[0-5][0-9](\.[0-9]{{1,6}})?{_OFFSET}$",
        "description": "RFC 3339 with an offset from UTC, not finer than microseconds.",
    },
    DATE: {"type": "string", "format": "date", "pattern": f"^{_DAY}$"},
    TIME_OF_DAY: {
        "type": "string",
        "pattern": rf"^({_CLOCK}(:[0-5][0-9](\.[0-9]{{1,6}})?)?|24:00(:00(\.0{{1,6}})?)?)$",
        "description": "Local time of day, like `22:00`; `24:00` is allowed as an end.",
    },
    DURATION: {"type": "string", "pattern": r"^-?([0-9]{1,12}(\.[0-9]{1,6})?(h|ms|m|us|s))+$"},
    MONEY: {
        "anyOf": [{"type": "string", "pattern": _MONEY}, {"type": "number", "minimum": 0}],
        "description": "An exact sum with at most two decimals, as text or as a number.",
    },
}


def json_schema(model: type[Visit] = Visit, *, facts: frozenset[str] | None = None) -> Schema:
    """The schema of visits that `read_visit` accepts for `model`.

    With `facts`, only those paths (`contacts[].at`; a group or list without any path below it is kept whole).
    """
    definitions: dict[str, Schema] = {}
    root = _record(model, "", facts, definitions)
    root |= _lists_given(facts) if "completeness" in root["properties"] else {}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Visit",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _record(
    model: type[FactModel], prefix: str, facts: frozenset[str] | None, definitions: dict[str, Schema]
) -> Schema:
    kept = {
        name: (shape, below)
        for name, shape in shapes(model).items()
        if (below := _below(f"{prefix}{name}", shape, facts)) is not False
    }
    properties: dict[str, Schema] = {}
    for name, (shape, below) in kept.items():
        properties[name] = _field(name, f"{prefix}{name}", shape, below or None, definitions)
    schema: Schema = {"type": "object", "description": _summary(model), "properties": properties}
    schema |= _relations([constraint for constraint in model.constraints if set(constraint.fields) <= kept.keys()])
    return schema | {"additionalProperties": False}


def _lists_given(facts: frozenset[str] | None) -> Schema:
    """Say that a list which is said to be complete is given."""
    conditions = [
        {
            "if": _has_fact(("completeness", *path.split("."), "complete"), {"const": True}),
            "then": _has_fact(tuple(path.split(".")), {"not": _NULL}),
        }
        for path in OPEN_LISTS
        if facts is None or any(fact == path or fact.startswith(f"{path}[]") for fact in facts)
    ]
    return {"allOf": conditions, "x-constraints": [{"code": LIST_NOT_GIVEN}]}


def _has_fact(path: tuple[str, ...], schema: Schema) -> Schema:
    for name in reversed(path):
        schema = {"type": "object", "required": [name], "properties": {name: schema}}
    return schema


def _below(path: str, shape: FieldShape, facts: frozenset[str] | None) -> frozenset[str] | bool | None:
    """The paths wanted at or below `path`: False for none, None for all."""
    if facts is None:
        return None
    marks = (f"{path}.", f"{path}[].")
    below = frozenset(path_below for path_below in facts if path_below.startswith(marks))
    if below:
        return below
    return None if path in facts or f"{path}[]" in facts else False


def _summary(model: type[FactModel]) -> str:
    return (model.__doc__ or "").split("\n\n")[0].replace("\n    ", " ").strip()


def _field(
    name: str,
    path: str,
    shape: FieldShape,
    facts: frozenset[str] | bool | None,
    definitions: dict[str, Schema],
) -> Schema:
    wanted = facts if isinstance(facts, frozenset) else None
    if shape.record is not None:
        below = f"{path}[]." if shape.listed is not None else f"{path}."
        key = path.replace("[]", "").replace(".", "_")
        definitions[key] = _record(shape.record, below, wanted, definitions)
        item: Schema = {"$ref": f"#/$defs/{key}"}
    elif shape.scalar is not None:
        item = _scalar(shape.scalar.type, shape.constraints, definitions)
    else:
        item = {"enum": list(shape.words)}
    notes: Schema = {"description": shape.description} if shape.description else {}
    if shape.unit:
        notes["x-unit"] = shape.unit
    if shape.record is None:
        notes["x-known"] = shape.known
    if shape.listed is not None:
        items: Schema = {"type": "array", "items": item, "maxItems": shape.listed.longest}
        if shape.unique is not None:
            items["x-constraints"] = [{"code": shape.unique.code, "key": shape.unique.key}]
        return {"anyOf": [items, _NULL], **notes}
    if "enum" in item:
        return {"enum": [*item["enum"], None], **notes}
    return {"anyOf": [item, _NULL], **notes}


def _scalar(type_: Scalar, constraints: tuple[Constraint, ...], definitions: dict[str, Schema]) -> Schema:
    """A reference to the type, and what else holds for this fact."""
    if type_ in (BOOL, INT, STRING, DOUBLE):
        schema = dict(_SCALARS[type_])
    else:
        definitions[type_.name] = _SCALARS[type_]
        schema = {"$ref": f"#/$defs/{type_.name}"}
    if type_ == STRING:
        name = "text" if NoStandIn() in constraints else "spoken"
        definitions[name] = _TEXT if name == "text" else _SPOKEN
        schema = {"$ref": f"#/$defs/{name}"}
    for constraint in constraints:
        schema |= _limit(constraint, type_)
    return schema


def _limit(constraint: Constraint, type_: Scalar) -> Schema:
    match constraint:
        case Range(low, high):
            return {"minimum": low, "maximum": high} if type_ in (INT, DOUBLE) else {}
        case Length(shortest, longest):
            return {"minLength": shortest, "maxLength": longest}
        case Pattern(pattern, example):
            return {"pattern": f"^{pattern}$", "examples": [example]}
        case KnownZone():
            return {
                "pattern": "^[A-Za-z0-9_+/-]+$",
                "examples": ["Asia/Shanghai"],
                "x-constraints": [{"code": constraint.code}],
            }
        case MaxItems(longest):
            return {"maxItems": longest}
        case NoStandIn():
            return {}  # in the definition of text


def _either_case(word: str) -> str:
    return "".join(f"[{char}{char.upper()}]" if char.isalpha() and char.isascii() else _escaped(char) for char in word)


def _escaped(char: str) -> str:
    return f"\\{char}" if char in "/?" else char


_REFUSED = "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f\\ufffe\\uffff]"
_STAND_IN = f"^\\s*({'|'.join(_either_case(word) for word in sorted(STAND_INS) if word)})\\s*$"
_SPOKEN: Schema = {
    "type": "string",
    "description": "Words as they were said; left out where there are none.",
    "allOf": [{"pattern": r"\S"}, {"not": {"pattern": _REFUSED}}],
}
_TEXT: Schema = {
    "type": "string",
    "description": "Text; a missing one is left out, never `unknown` or empty.",
    "allOf": [*_SPOKEN["allOf"], {"not": {"pattern": _STAND_IN}}],
}


def _relations(constraints: list[RecordConstraint]) -> Schema:
    """Constraints between facts, as conditions where JSON Schema has them."""
    schema: Schema = {}
    conditions = list(_conditions(constraints))
    if conditions:
        schema["allOf"] = conditions
    listed = [{"code": constraint.code, **_relation_as_dict(constraint)} for constraint in constraints]
    if listed:
        schema["x-constraints"] = listed
    return schema


def _relation_as_dict(constraint: RecordConstraint) -> Schema:
    return {name: value for name, value in asdict(constraint).items() if value not in (None, False)}


def _conditions(constraints: list[RecordConstraint]) -> Iterator[Schema]:
    for constraint in constraints:
        match constraint:
            case StateTime(state, time):
                yield _when(state, {"const": False}, {time: _NULL})
            case Needs(needing, other):
                given = {"not": _NULL}
                yield _when(needing, given, {other: given}, required=[other])
            case SaysSomething(group, facts):
                said: list[Schema] = [{"required": [fact], "properties": {fact: {"not": _NULL}}} for fact in facts]
                yield {"properties": {group: {"anyOf": [*said, _NULL]}}}
            case OnlyFor(kinds, kind):
                for name, allowed in kinds.items():
                    yield _when(name, {"not": _NULL}, {kind: {"enum": [*allowed, None]}})


def _when(name: str, condition: Schema, then: dict[str, Schema], required: Sequence[str] = ()) -> Schema:
    consequence: Schema = {"properties": then}
    if required:
        consequence["required"] = list(required)
    return {"if": {"required": [name], "properties": {name: condition}}, "then": consequence}
