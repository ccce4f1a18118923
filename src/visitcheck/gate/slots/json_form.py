"""Slots as JSON values, in the form that the published schema fixes."""

from __future__ import annotations

from visitcheck.facts.types import SECOND
from visitcheck.gate.json_form import FORM_VERSION, JsonObject, finding_to_dict, remedy_to_dict
from visitcheck.gate.messages import iso_text
from visitcheck.gate.slots.model import Slot, Slots


def slots_to_dict(found: Slots) -> JsonObject:
    """The answer of a search without its decisions."""
    return {
        "form": FORM_VERSION,
        "visit": found.visit,
        "searched": {
            "from": iso_text(found.searched_from, found.zone),
            "until": iso_text(found.searched_until, found.zone),
            "step": {"seconds": found.step / SECOND},
            "times": found.times,
        },
        "slots": [_slot(slot, found.zone) for slot in found.slots],
        "blockers": [
            {"times": blocker.times, "finding": finding_to_dict(blocker.finding)} for blocker in found.blockers
        ],
        "problems": [problem.as_dict() for problem in found.problems],
    }


def _slot(slot: Slot, zone: str | None) -> JsonObject:
    return {
        "starts_at": iso_text(slot.starts_at, zone),
        "ends_at": None if slot.ends_at is None else iso_text(slot.ends_at, zone),
        "latest_start": iso_text(slot.latest_start, zone),
        "remedies": [remedy_to_dict(remedy, zone) for remedy in slot.remedies],
    }
