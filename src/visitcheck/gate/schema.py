"""JSON Schemas (draft 2020-12) of decisions, explanations and slots, in the form that `to_dict` gives."""

from __future__ import annotations

from typing import TypeAlias, get_args

from visitcheck.engines.status import Outcome, Status
from visitcheck.engines.tally import COUNTS, FLOORS, KINDS
from visitcheck.gate.json_form import FORM_VERSION
from visitcheck.gate.judgment import AsOfSource
from visitcheck.gate.margins import MarginUnit
from visitcheck.gate.remedies.model import RemedyKind
from visitcheck.policy.model import STAGES, Force, Reading

Schema: TypeAlias = dict[str, object]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
_STRING: Schema = {"type": "string"}
_BOOLEAN: Schema = {"type": "boolean"}
_STATUS: Schema = {"enum": [str(status) for status in Status]}
_OUTCOME: Schema = {"enum": [str(outcome) for outcome in Outcome]}
_COUNT: Schema = {"type": "integer", "minimum": 1}


def reference(name: str) -> Schema:
    """Refer to a definition that several schemas share."""
    return {"$ref": f"#/$defs/{name}"}


def list_of(item: Schema, description: str = "") -> Schema:
    """Describe a list of such items."""
    schema: Schema = {"type": "array", "items": item}
    return schema | {"description": description} if description else schema


def or_null(schema: Schema) -> Schema:
    """Describe what the schema does, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def map_of(value: Schema, description: str) -> Schema:
    """Describe an object whose values are all of this form, under any names."""
    return {"type": "object", "additionalProperties": value, "description": description}


def record(fields: Schema, optional: Schema | None = None) -> Schema:
    """Describe an object with these fields and no others."""
    return {
        "type": "object",
        "properties": fields | (optional or {}),
        "required": list(fields),
        "additionalProperties": False,
    }


_MARGINS = list_of(reference("margin"), "By how much it passed or failed, for what was compared with a threshold.")
_DEFINITIONS: dict[str, Schema] = {
    "text": record({"en": _STRING, "zh": _STRING}),
    "truth": {"type": ["boolean", "null"], "description": "null is not known."},
    "value": {
        "description": (
            "A value as a visit is written: times in RFC 3339, a duration as {seconds}, a list of records as {size}, "
            "a count that is not exact as {low, high}, null for an end of which nothing is known; null is not known."
        )
    },
    "read": record({"fact": {**_STRING, "description": "Like `contacts[2].at`."}, "value": reference("value")}),
    "citation": record(
        {
            "instrument": {**_STRING, "description": "`pack/key`."},
            "title": reference("text"),
            "article": or_null(_STRING),
            "force": {"enum": list(get_args(Force))},
            "reading": {"enum": list(get_args(Reading)), "description": "How well the place cited was read."},
            "note": or_null(reference("text")),
        }
    ),
    "margin": record(
        {
            "passed": _BOOLEAN,
            "value": {"type": ["number", "string"], "description": "Not below 0; a sum of money as text."},
            "unit": {"enum": list(get_args(MarginUnit))},
        }
    ),
    "check": record({"name": _STRING, "text": _STRING, "truth": reference("truth")}, {"margins": _MARGINS}),
    "finding": record(
        {
            "rule": _STRING,
            "title": reference("text"),
            "status": _STATUS,
            "leads_to": {**_OUTCOME, "description": "What this finding asks of the outcome."},
            "message": reference("text"),
            "remedy": or_null(reference("text")),
            "open_exceptions": list_of(_STRING, "Of a suspected rule: the exceptions that may yet excuse it."),
            "law_open": {**_BOOLEAN, "description": "It holds if its pack's law binds, which is open."},
            "cites": list_of(reference("citation")),
        },
        {
            "checks": list_of(reference("check")),
            "exceptions": list_of(reference("check")),
            "evidence": list_of(reference("read"), "The facts read where it was decided."),
            "evidence_left_out": {
                **_COUNT,
                "minimum": 0,
                "description": "List elements that decided as well and are left out.",
            },
            "missing": list_of(
                _STRING,
                "What is wanting there: facts not known, or that do not say enough; `params.NAME[DATE]` where a "
                "parameter has no value, `calendars.NAME[YEAR]` where no table covers the year, `completeness.LIST` "
                "where a list goes on and more could decide.",
            ),
            "law_facts": list_of(_STRING, "What would settle whether it binds, in the words of `missing`."),
        },
    ),
    "doubt": record(
        {
            "code": _STRING,
            "facts": list_of(_STRING),
            "text": reference("text"),
            "help": {**_STRING, "description": "How to mend it."},
            "evidence": list_of(reference("read"), "The facts read, with their places."),
        }
    ),
    "remedy": record(
        {
            "kind": {"enum": list(get_args(RemedyKind))},
            "what": {**reference("text"), "description": "What to do."},
            "changes": list_of(
                record({"fact": _STRING, "value": {"description": "As a visit is written; null: to fill in."}}),
                "The facts that this changes; a new element of a list by the place it would have, `notices[2]`. Of a "
                "fact that has to be found out, a value that would do.",
            ),
            "rules": list_of(_STRING, "The rules that it settles, alone or with the others."),
            "by": or_null({"type": "string", "format": "date-time", "description": "The last moment for it."}),
        }
    ),
    "remedies": record(
        {
            "outcome": {**_OUTCOME, "description": "What the gate says once all are done."},
            "steps": list_of(reference("remedy"), "All of them together; none can be left out."),
            "left": list_of(_STRING, "The rules that nothing settles which can still be changed."),
        }
    ),
    "duty": record(
        {
            "rule": _STRING,
            "title": reference("text"),
            "remedy": or_null(reference("text")),
            "cites": list_of(reference("citation")),
        }
    ),
    "problem": record(
        {"code": _STRING, "message": _STRING},
        {"help": _STRING, "path": _STRING, "file": _STRING, "line": _COUNT, "column": _COUNT},
    ),
    "trail": record(
        {
            "counts": record({name: {"type": "integer", "minimum": 0} for name in COUNTS}),
            "behind": {
                "type": "object",
                "propertyNames": {"enum": [*FLOORS, *KINDS]},
                "additionalProperties": {**list_of(_STRING), "minItems": 1},
                "description": "What is behind each count above 0: ids of rules, codes of doubts, paths of facts.",
            },
            "answers": {
                "type": "object",
                "additionalProperties": or_null(_OUTCOME),
                "description": "The outcome that each engine concluded from its counts; null where it broke.",
            },
        }
    ),
    "policy": record(
        {
            "name": _STRING,
            "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of its meaning."},
            "packs": map_of(_STRING, "The version of each pack, by its id."),
            "relaxations": list_of(
                record({"target": _STRING, "change": _STRING, "reason": reference("text")}),
                "Where the policy loosens another pack.",
            ),
        }
    ),
}
_DECISION = record(
    {
        "form": {"const": FORM_VERSION},
        "visit": {**_STRING, "description": "The visit's id."},
        "stage": {"enum": list(STAGES)},
        "as_of": or_null({"type": "string", "format": "date-time", "description": "The moment of judging."}),
        "as_of_source": {
            "enum": [*get_args(AsOfSource), None],
            "description": "Who gave it: the visit (or whoever handed it over), or the gate's own clock.",
        },
        "outcome": _OUTCOME,
        "allowed": {**_BOOLEAN, "description": "true for `allow` alone."},
        "policy": reference("policy"),
        "engines": {**list_of(_STRING), "minItems": 1},
        "trail": reference("trail"),
        "findings": list_of(
            reference("finding"), "Rules violated, suspected, undetermined, not assessed or excused; gravest first."
        ),
        "rules": map_of(_STATUS, "The status of every rule, by its full id."),
        "doubts": list_of(reference("doubt"), "Facts that cannot well be true together; never allowed with one."),
        "unread": list_of(_STRING, "Facts that speak against the visit and that no rule reads which is decided."),
        "not_stated": list_of(_STRING, "Facts that would speak against the visit and of which nothing is said."),
        "needs": list_of(
            record({"fact": _STRING, "rules": {**list_of(_STRING), "minItems": 1}}),
            "Missing facts that could change the outcome, with the rules that ask for them.",
        ),
        "conditions": list_of(
            {"anyOf": [reference("duty"), _STRING]},
            "For a proposal: the duties that begin at the door; in brief by the ids of their rules.",
        ),
        "problems": list_of(reference("problem"), "What kept the gate from a plain answer."),
    },
    {"remedies": reference("remedies")},
)
_TREE_FIELDS: Schema = {
    "text": {**_STRING, "description": "The condition, or a part of one."},
    "value": reference("value"),
    "decisive": {**_BOOLEAN, "description": "Whether the whole could have come out otherwise without this part."},
}
_TREE_OPTIONAL: Schema = {
    "element": {**_STRING, "description": "The list element that the part is about."},
    "reads": list_of(reference("read")),
    "parts": list_of(reference("tree")),
    "left_out": {**_COUNT, "description": "List elements that are not shown."},
    "rest": {"const": True, "description": "Stands for further elements of a list that goes on; none is recorded."},
}
_TREE = record(_TREE_FIELDS, _TREE_OPTIONAL)
_NAMED_TREE = record({"name": _STRING, **_TREE_FIELDS}, {**_TREE_OPTIONAL, "margins": _MARGINS})
_EXPLANATION = record(
    {
        "rule": _STRING,
        "title": reference("text"),
        "status": _STATUS,
        "applies": reference("tree"),
        "checks": list_of(reference("named_tree")),
        "exceptions": list_of(reference("named_tree")),
        "cites": list_of(reference("citation")),
    }
)
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_SLOT = record(
    {
        "starts_at": {**_MOMENT, "description": "The earliest start."},
        "ends_at": or_null({**_MOMENT, "description": "The end of a visit that begins at `starts_at`."}),
        "latest_start": {**_MOMENT, "description": "The latest start of those in a row that are allowed."},
        "remedies": list_of(reference("remedy"), "What has to be done for it, each by its moment for `starts_at`."),
    }
)
_SLOTS = record(
    {
        "form": {"const": FORM_VERSION},
        "visit": {"type": "string", "description": "The visit's id."},
        "searched": record(
            {"from": _MOMENT, "until": _MOMENT, "step": record({"seconds": {"type": "number"}}), "times": _COUNT}
        ),
        "slots": list_of(_SLOT, "The earliest slots, in the order of time."),
        "blockers": list_of(
            record({"times": _COUNT, "finding": reference("finding")}),
            "Where there is no slot: the rules that stood against the times, with how many, and the first finding.",
        ),
        "problems": list_of(reference("problem"), "Why a slot that was found is not given."),
    }
)


def definitions(*names: str) -> Schema:
    """Give the definitions of these names, or all."""
    return {name: _DEFINITIONS[name] for name in names or _DEFINITIONS}


def decision_schema() -> Schema:
    """Make the schema of `Decision.to_dict()`."""
    return {"$schema": DRAFT, "title": "visitcheck decision", **_DECISION, "$defs": definitions()}


def explanation_schema() -> Schema:
    """Make the schema of one rule's tree, as `explanation_to_dict` writes it."""
    wanted = definitions("text", "value", "read", "citation", "margin") | {"tree": _TREE, "named_tree": _NAMED_TREE}
    return {"$schema": DRAFT, "title": "visitcheck explanation", **_EXPLANATION, "$defs": wanted}


def slots_schema() -> Schema:
    """Make the schema of `Slots.to_dict()`."""
    return {"$schema": DRAFT, "title": "visitcheck slots", **_SLOTS, "$defs": definitions()}
