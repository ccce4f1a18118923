"""JSON Schema of pack files, for editors that complete and check while one writes."""

from __future__ import annotations

from typing import Any

from visitcheck.policy.format import PACK
from visitcheck.policy.shape import Anything, Fields, Form, Key, ListShape, OneOf, Shape, Table, Words

# Editors read plain scalars by YAML's rules, so an article `22` may reach them as a number.
_TEXT_LIKE = ["string", "number", "boolean"]


def pack_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a pack file, made from the same shapes that the reader holds packs to."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "visitcheck pack",
        **_schema(PACK),
    }


def _schema(shape: Shape) -> dict[str, Any]:
    match shape:
        case Words():
            return {"type": _TEXT_LIKE}
        case Form(pattern=pattern, example=example):
            return {"type": _TEXT_LIKE, "pattern": f"^(?:{pattern})$", "examples": [example]}
        case OneOf(words) if set(words) == {"true", "false"}:
            return {"type": "boolean"}
        case OneOf(words):
            return {"enum": list(words)}
        case Anything():
            return {}
        case ListShape(item, minimum):
            return {"type": "array", "items": _schema(item), "minItems": minimum}
        case Table(name, value, minimum):
            return {
                "type": "object",
                "propertyNames": {"pattern": f"^(?:{name.pattern})$"},
                "additionalProperties": _schema(value),
                "minProperties": minimum,
            }
        case Fields(keys=keys):
            return {
                "type": "object",
                "properties": {name: _key(key) for name, key in keys.items()},
                "required": [name for name, key in keys.items() if key.required],
                "additionalProperties": False,
            }


def _key(key: Key) -> dict[str, Any]:
    return {"description": key.doc, **_schema(key.shape)}
