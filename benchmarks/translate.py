"""The same visits in visitcheck's vocabulary, with exactly as many list elements.

Each action becomes an element of the list where a user would record it: a notice in `notices`, a consent or
its withdrawal in `consents`, contacts and calls in `contacts` (calls come in, contacts go out), and what
happened in `conduct`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from records import Record

_LOCAL = timezone(timedelta(hours=8))
_PLACES = {"residence": "home", "workplace": "workplace", "public": "public_place"}
_CONTACT_PARTY = {"debtor": "debtor", "household": "household_member", "third_party": "other"}
_CONDUCT_PARTY = {"debtor": "debtor", "household": "household_member", "third_party": "neighbour"}
_CONDUCT = {"photo": "filming", "note": "statement", "disclosure": "disclosure", "threat": "threat"}


def translated(record: Record) -> dict[str, Any]:
    """One record as a plain mapping for `Gate.check`."""
    lists: dict[str, list[dict[str, Any]]] = {"notices": [], "consents": [], "contacts": [], "conduct": []}
    for action in record["actions"]:
        name, element = _element(action)
        lists[name].append(element)
    filed = record["filed_at"]
    return {
        "visit": {
            "id": record["visit_id"],
            "stage": "recorded",
            "starts_at": _text(record["start"]),
            "ends_at": _text(record["end"]),
        },
        "lender": {"kind": "consumer_finance"},
        "place": {"kind": _PLACES.get(record["place"], record["place"])},
        "debt": {
            "amount": f"{record['amount_minor'] // 100}.{record['amount_minor'] % 100:02}",
            "currency": "CNY",
            "days_overdue": record["days_overdue"],
        },
        "record": {"filed": False} if filed is None else {"filed": True, "filed_at": _text(filed)},
        "extra": {
            "team_size": record["team_size"],
            "identity_verified": record["identity_verified"],
            "recording_on": record["recording_on"],
        },
        **lists,
    }


def _element(action: Record) -> tuple[str, dict[str, Any]]:
    kind, at = action["kind"], _text(action["at"])
    if kind == "notice":
        return "notices", {"about": "visit", "sent": True, "sent_at": at, "channel": action["channel"]}
    if kind == "consent":
        return "consents", {"kind": "visit", "given": True, "given_at": at, "withdrawn": False}
    if kind == "consent_withdrawn":
        return "consents", {"kind": "visit", "given": False, "withdrawn": True, "withdrawn_at": at}
    if kind in ("contact", "call"):
        direction = "outbound" if kind == "contact" else "inbound"
        party = _CONTACT_PARTY[action["party"]]
        return "contacts", {
            "at": at,
            "channel": action["channel"],
            "direction": direction,
            "party": party,
            "by_id": action["by"],
        }
    return "conduct", {
        "kind": _CONDUCT[kind],
        "at": at,
        "to": _CONDUCT_PARTY[action["party"]],
        "by_id": action["by"],
    }


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(_LOCAL).isoformat()
