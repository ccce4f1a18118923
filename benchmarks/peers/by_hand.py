"""The twelve rules as hand-written Python: the lower bound, and the answers that all engines are held to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Record = dict[str, Any]
RULES = (
    "notice",
    "consent",
    "hours",
    "place",
    "team",
    "identity",
    "threat",
    "disclosure",
    "frequency",
    "filed",
    "recording",
    "debt",
)


def python_hand() -> Callable[[Record], list[str]]:
    """One pass over the actions for all rules at once."""
    return _one_pass


def python_loops() -> Callable[[Record], list[str]]:
    """Rule by rule, plain loops with break: what generated code can give."""
    return _rule_by_rule


def _one_pass(v: Record) -> list[str]:
    start = v["start"]
    end = v["end"]
    notice = consent = False
    withdrawn = threat = disclosure = False
    contacts = 0
    for a in v["actions"]:
        k = a["kind"]
        if k == "contact":
            if start - 604800 <= a["at"] < start:
                contacts += 1
        elif k == "notice":
            if a["at"] <= start - 86400 and (a["channel"] == "phone" or a["channel"] == "sms"):
                notice = True
        elif k == "consent":
            if a["at"] <= start:
                consent = True
        elif k == "threat":
            threat = True
        elif k == "disclosure":
            if a["party"] == "third_party":
                disclosure = True
        elif k == "consent_withdrawn" and a["at"] <= end:
            withdrawn = True
    failed = []
    if not notice:
        failed.append("notice")
    if not consent or withdrawn:
        failed.append("consent")
    if not 480 <= v["minute_of_day"] < 1200:
        failed.append("hours")
    p = v["place"]
    if p != "residence" and p != "workplace" and p != "public":
        failed.append("place")
    if v["team_size"] < 2:
        failed.append("team")
    if not v["identity_verified"]:
        failed.append("identity")
    if threat:
        failed.append("threat")
    if disclosure:
        failed.append("disclosure")
    if contacts > 2:
        failed.append("frequency")
    f = v["filed_at"]
    if f is None or f > end + 86400:
        failed.append("filed")
    if not v["recording_on"]:
        failed.append("recording")
    if not (v["amount_minor"] > 0 and v["days_overdue"] >= 1):
        failed.append("debt")
    return failed


def _rule_by_rule(v: Record) -> list[str]:
    start = v["start"]
    end = v["end"]
    acts = v["actions"]
    failed = []
    for a in acts:
        if a["kind"] == "notice" and a["at"] <= start - 86400 and a["channel"] in ("phone", "sms"):
            break
    else:
        failed.append("notice")
    for a in acts:
        if a["kind"] == "consent" and a["at"] <= start:
            for b in acts:
                if b["kind"] == "consent_withdrawn" and b["at"] <= end:
                    failed.append("consent")
                    break
            break
    else:
        failed.append("consent")
    if not 480 <= v["minute_of_day"] < 1200:
        failed.append("hours")
    if v["place"] not in ("residence", "workplace", "public"):
        failed.append("place")
    if not v["team_size"] >= 2:
        failed.append("team")
    if not v["identity_verified"]:
        failed.append("identity")
    for a in acts:
        if a["kind"] == "threat":
            failed.append("threat")
            break
    for a in acts:
        if a["kind"] == "disclosure" and a["party"] == "third_party":
            failed.append("disclosure")
            break
    n = 0
    for a in acts:
        if a["kind"] == "contact" and start - 604800 <= a["at"] < start:
            n += 1
    if n > 2:
        failed.append("frequency")
    f = v["filed_at"]
    if f is None or f > end + 86400:
        failed.append("filed")
    if not v["recording_on"]:
        failed.append("recording")
    if not (v["amount_minor"] > 0 and v["days_overdue"] >= 1):
        failed.append("debt")
    return failed
