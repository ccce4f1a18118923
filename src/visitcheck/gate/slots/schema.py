"""The JSON Schema (draft 2020-12) of slots, as `json_form` writes them."""

from __future__ import annotations

from visitcheck.gate.json_form import FORM_VERSION
from visitcheck.gate.schema import DRAFT, Schema, definitions, list_of, or_null, record, ref

_MOMENT: Schema = {"type": "string", "format": "date-time"}
_COUNT: Schema = {"type": "integer", "minimum": 1}
_SLOT = record(
    {
        "starts_at": {**_MOMENT, "description": "The earliest start."},
        "ends_at": or_null({**_MOMENT, "description": "The end of a visit that begins at `starts_at`."}),
        "latest_start": {**_MOMENT, "description": "The latest start of those in a row that are allowed."},
        "remedies": list_of(ref("remedy"), "What has to be done for it, each by its moment for `starts_at`."),
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
            record({"times": _COUNT, "finding": ref("finding")}),
            "Where there is no slot: the rules that stood against the times, with how many, and the first finding.",
        ),
        "problems": list_of(ref("problem"), "Why a slot that was found is not given."),
    }
)


def slots_schema() -> Schema:
    """The schema of `Slots.to_dict()`."""
    return {"$schema": DRAFT, "title": "visitcheck slots", **_SLOTS, "$defs": definitions()}
