"""JSON Schemas (draft 2020-12) of decisions and explanations, as `gate.json_form` writes them."""

from __future__ import annotations

from typing import TypeAlias, get_args

from visitcheck.engines.status import Outcome, Status
from visitcheck.engines.tally import COUNTS, KINDS
from visitcheck.gate.json_form import FORM_VERSION
from visitcheck.policy.model import STAGES, Force, Reading

Schema: TypeAlias = dict[str, object]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_STRING: Schema = {"type": "string"}
_BOOLEAN: Schema = {"type": "boolean"}
_STATUS: Schema = {"enum": [str(status) for status in Status]}
_OUTCOME: Schema = {"enum": [str(outcome) for outcome in Outcome]}
_COUNT: Schema = {"type": "integer", "minimum": 1}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list(item: Schema, description: str = "") -> Schema:
    found: Schema = {"type": "array", "items": item}
    return found | {"description": description} if description else found


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _map(value: Schema, description: str) -> Schema:
    return {"type": "object", "additionalProperties": value, "description": description}


def _record(fields: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": fields | (optional or {}),
        "required": list(fields),
        "additionalProperties": False,
    }


_DEFINITIONS: dict[str, Schema] = {
    "text": _record({"en": _STRING, "zh": _STRING}),
    "truth": {"type": ["boolean", "null"], "description": "null is not known."},
    "value": {
        "description": (
            "A value as a visit is written: times in RFC 3339, a duration as {seconds}, a list of records as {size}, "
            "a count that is not exact as {low, high}; null is not known."
        )
    },
    "read": _record({"fact": {**_STRING, "description": "Like `contacts[2].at`."}, "value": _ref("value")}),
    "citation": _record(
        {
            "instrument": {**_STRING, "description": "`pack/key`."},
            "title": _ref("text"),
            "article": _or_null(_STRING),
            "force": {"enum": list(get_args(Force))},
            "reading": {"enum": list(get_args(Reading)), "description": "How well the place cited was read."},
            "note": _or_null(_ref("text")),
        }
    ),
    "check": _record({"name": _STRING, "text": _STRING, "truth": _ref("truth")}),
    "finding": _record(
        {
            "rule": _STRING,
            "title": _ref("text"),
            "status": _STATUS,
            "leads_to": {**_OUTCOME, "description": "What this finding asks of the outcome."},
            "message": _ref("text"),
            "remedy": _or_null(_ref("text")),
            "checks": _list(_ref("check")),
            "exceptions": _list(_ref("check")),
            "evidence": _list(_ref("read"), "The facts read where it was decided."),
            "missing": _list(_STRING, "The facts that are not known there."),
            "cites": _list(_ref("citation")),
        }
    ),
    "duty": _record(
        {
            "rule": _STRING,
            "title": _ref("text"),
            "remedy": _or_null(_ref("text")),
            "cites": _list(_ref("citation")),
        }
    ),
    "problem": _record(
        {"code": _STRING, "message": _STRING},
        {"help": _STRING, "path": _STRING, "file": _STRING, "line": _COUNT, "column": _COUNT},
    ),
    "trail": _record(
        {
            "counts": _record({name: {"type": "integer", "minimum": 0} for name in COUNTS}),
            "rules": {
                "type": "object",
                "propertyNames": {"enum": list(KINDS)},
                "additionalProperties": {**_list(_STRING), "minItems": 1},
                "description": "The ids of the rules behind each count that is not 0.",
            },
            "answers": {
                "type": "object",
                "additionalProperties": _or_null(_OUTCOME),
                "description": "The outcome that each engine concluded from its counts; null where it broke.",
            },
        }
    ),
    "policy": _record(
        {
            "name": _STRING,
            "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of its meaning."},
            "packs": _map(_STRING, "The version of each pack, by its id."),
            "relaxations": _list(
                _record({"target": _STRING, "change": _STRING, "reason": _ref("text")}),
                "Where the policy loosens another pack.",
            ),
        }
    ),
}
_DECISION = _record(
    {
        "form": {"const": FORM_VERSION},
        "visit": {**_STRING, "description": "The visit's id."},
        "stage": {"enum": list(STAGES)},
        "as_of": _or_null({"type": "string", "format": "date-time", "description": "The moment of judging."}),
        "outcome": _OUTCOME,
        "allowed": {**_BOOLEAN, "description": "true for `allow` alone."},
        "policy": _ref("policy"),
        "engines": {**_list(_STRING), "minItems": 1},
        "trail": _ref("trail"),
        "findings": _list(_ref("finding"), "Rules violated, undetermined, not assessed or excused; gravest first."),
        "rules": _map(_STATUS, "The status of every rule, by its full id."),
        "needs": _list(
            _record({"fact": _STRING, "rules": {**_list(_STRING), "minItems": 1}}),
            "Missing facts that could change the outcome, with the rules that ask for them.",
        ),
        "conditions": _list(_ref("duty"), "For a proposal: the duties that begin at the door."),
        "problems": _list(_ref("problem"), "What kept the gate from a plain answer."),
    }
)
_TREE_FIELDS: Schema = {
    "text": {**_STRING, "description": "The condition, or a part of one."},
    "value": _ref("value"),
    "decisive": {**_BOOLEAN, "description": "Whether the whole could have come out otherwise without this part."},
}
_TREE_OPTIONAL: Schema = {
    "element": {**_STRING, "description": "The list element that the part is about."},
    "reads": _list(_ref("read")),
    "parts": _list(_ref("tree")),
    "left_out": {**_COUNT, "description": "List elements that are not shown."},
}
_TREE = _record(_TREE_FIELDS, _TREE_OPTIONAL)
_NAMED_TREE = _record({"name": _STRING, **_TREE_FIELDS}, _TREE_OPTIONAL)
_EXPLANATION = _record(
    {
        "rule": _STRING,
        "title": _ref("text"),
        "status": _STATUS,
        "applies": _ref("tree"),
        "checks": _list(_ref("named_tree")),
        "exceptions": _list(_ref("named_tree")),
        "cites": _list(_ref("citation")),
    }
)


def decision_schema() -> Schema:
    """The schema of `Decision.to_dict()`."""
    return {"$schema": _DRAFT, "title": "visitcheck decision", **_DECISION, "$defs": dict(_DEFINITIONS)}


def explanation_schema() -> Schema:
    """The schema of one rule's tree, as `explanation_to_dict` writes it."""
    wanted = {name: _DEFINITIONS[name] for name in ("text", "value", "read", "citation")}
    definitions = wanted | {"tree": _TREE, "named_tree": _NAMED_TREE}
    return {"$schema": _DRAFT, "title": "visitcheck explanation", **_EXPLANATION, "$defs": definitions}
