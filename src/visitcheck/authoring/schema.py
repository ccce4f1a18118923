"""JSON Schemas of files of rule cases and of what is accepted for them, for editors."""

from __future__ import annotations

from visitcheck.authoring.accepted import ENTRY_KEYS
from visitcheck.authoring.paths import PATH_PATTERN
from visitcheck.authoring.reading import CASE_KEYS, FILE_KEYS
from visitcheck.authoring.visits import EDITS
from visitcheck.engines.status import Outcome, Status
from visitcheck.facts.types import ListOf
from visitcheck.facts.vocabulary import FACTS, ROOT

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
    "story": {
        "type": "object",
        "additionalProperties": False,
        "required": ["en", "zh"],
        "properties": {"en": {"type": "string", "minLength": 1}, "zh": {"type": "string", "minLength": 1}},
        "description": "What happens, told in a few sentences.",
    },
    "findings": {
        "type": "object",
        "additionalProperties": {"enum": [status.value for status in Status]},
        "description": "As `expect`, and no other rule may be violated, undetermined, not assessed or excused.",
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
    "shared": {
        "type": "string",
        "minLength": 1,
        "description": "Another case file, by path from this one, whose bases and registers serve here too.",
    },
    "registers": {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"type": "object"} for name in ("lenders", "agencies", "collectors")},
        "description": "Facts of lenders, agencies and collectors by id, filled into the visits.",
    },
    "base": {
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/visit"},
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
                "required": ["note"],
                "anyOf": [{"required": ["expect"]}, {"required": ["findings"]}],
                "properties": {key: _CASE[key] for key in CASE_KEYS},
            },
            "visit": {
                "type": "object",
                "additionalProperties": False,
                "description": "Facts by group, or the edits that make this visit of another one.",
                "properties": {**_groups(), **{key: _CASE[key] for key in EDITS}},
            },
        },
    }


def _groups() -> dict[str, object]:
    """The groups of a visit. What is in them is left to reading: an edit may still put it right."""
    return {
        name: {"type": "array" if isinstance(type_, ListOf) else "object", "description": FACTS[name].description}
        for name, type_ in ROOT.fields.items()
    }


_TEXT = {"type": "string", "minLength": 1}
_ACCEPTED: dict[str, object] = {
    "rule": {**_TEXT, "description": "The rule's id; without it, the entry is about the pack itself."},
    "part": {
        "type": "string",
        "pattern": "^(applies|when|(check|unless) .+)$",
        "description": "A part of the rule; without it, the rule as a whole.",
    },
    "condition": {**_TEXT, "description": "An atomic condition as written; without it, the part itself."},
    "outcomes": {
        "type": "array",
        "minItems": 1,
        "items": {
            "anyOf": [
                {"enum": [*(status.value for status in Status), "TRUE", "FALSE", "UNKNOWN", "decides"]},
                {"pattern": "^stage (proposed|recorded)$"},
            ]
        },
        "description": "What no case can show.",
    },
    "mutant": {**_TEXT, "description": "The change, as `visitcheck test --mutate` writes it."},
    "code": {"type": "string", "pattern": "^lint-", "description": "The code of a remark of `visitcheck lint`."},
    "why": {**_TEXT, "description": "Why that is right."},
}


def accepted_schema() -> dict[str, object]:
    """JSON Schema (draft 2020-12) of a `*.accepted.yaml` file."""
    lists = {
        key: {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": list(needed),
                "properties": {name: _ACCEPTED[name] for name in known},
            },
        }
        for key, (known, needed) in ENTRY_KEYS.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What the cases of a visitcheck pack need not show",
        "type": "object",
        "additionalProperties": False,
        "required": ["pack"],
        "properties": {"pack": _FILE["pack"], **lists},
    }
