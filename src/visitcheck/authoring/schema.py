"""The JSON Schema of files of rule cases, for editors."""

from __future__ import annotations

from visitcheck.authoring.paths import PATH_PATTERN
from visitcheck.authoring.reading import CASE_KEYS, FILE_KEYS
from visitcheck.engines.status import Outcome, Status

_PATHS = {"type": "string", "pattern": f"^{PATH_PATTERN}$"}
_CASE: dict[str, object] = {
    "note": {"type": "string", "minLength": 1, "description": "The case's name; once in a file."},
    "from": {
        "type": "string",
        "description": "The base that the visit builds on; without it, nothing is given.",
    },
    "set": {
        "type": "object",
        "propertyNames": _PATHS,
        "description": "Values by path, put in place of what the base has there.",
    },
    "add": {
        "type": "object",
        "propertyNames": _PATHS,
        "additionalProperties": {"type": "array"},
        "description": "Elements by path of a list, put at its end.",
    },
    "remove": {
        "type": "array",
        "items": _PATHS,
        "description": "Paths of what is taken away, after all else.",
    },
    "expect": {
        "type": "object",
        "additionalProperties": {"enum": [status.value for status in Status]},
        "description": "The status of each rule under test, by its id in the file's pack or by `pack/rule`.",
    },
    "outcome": {
        "enum": [outcome.value for outcome in Outcome],
        "description": "The outcome of all rules together.",
    },
}
_FILE: dict[str, object] = {
    "pack": {
        "type": "string",
        "minLength": 1,
        "description": "The pack whose rules are written without a prefix.",
    },
    "policy": {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
        "description": "Packs to load, by name or by path from this file; the pack beside it if left out.",
    },
    "base": {
        "type": "object",
        "additionalProperties": {"type": "object"},
        "description": "Visits to build on, by name; one with `from` builds on another, as a case does.",
    },
    "cases": {"type": "array", "items": {"$ref": "#/$defs/case"}, "minItems": 1},
}


def cases_schema() -> dict[str, object]:
    """JSON Schema (draft 2020-12) of a `*.cases.yaml` file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cases of a visitcheck pack",
        "type": "object",
        "additionalProperties": False,
        "required": ["pack", "cases"],
        "properties": {key: _FILE[key] for key in FILE_KEYS},
        "$defs": {
            "case": {
                "type": "object",
                "additionalProperties": False,
                "required": ["note", "expect"],
                "properties": {key: _CASE[key] for key in CASE_KEYS},
            }
        },
    }
