"""Made-up visits in the plain form that the peers read: a flat record and a list of 3 to 9 actions.

Times are seconds since 1970. `minute_of_day` is the local minute (UTC+8) of `start`, worked out beforehand
for the peers. A share `edge` of the values stands exactly on a rule's boundary.
"""

from __future__ import annotations

import random
from typing import Any

DAY = 86_400
WEEK = 7 * DAY
_T0 = 1_735_660_800  # 2025-01-01T00:00:00+08:00
_OTHER = {"notice": 1, "consent": 1, "contact": 35, "call": 20, "photo": 18, "note": 21, "disclosure": 2}
_OTHER |= {"threat": 1, "consent_withdrawn": 1}
_CHANNELS = ("phone", "sms", "email", "letter", "in_person")
Record = dict[str, Any]


def records(number: int, seed: int, edge: float = 0.01) -> list[Record]:
    """`number` visits, the same ones for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - test data
    return [_record(rng, f"V{place:06}", edge) for place in range(number)]


def _record(rng: random.Random, name: str, edge: float) -> Record:
    minute = rng.randrange(480, 1200) if rng.random() < 0.97 else rng.randrange(1440)
    if rng.random() < edge:
        minute = rng.choice((479, 480, 1199, 1200))
    start = _T0 + rng.randrange(180) * DAY + minute * 60
    end = start + rng.randrange(600, 5400)
    filed: int | None = end + int(rng.gammavariate(2.0, 4.5) * 3600)
    if rng.random() < edge:
        filed = end + DAY + rng.randrange(2)
    return {
        "visit_id": name,
        "start": start,
        "end": end,
        "minute_of_day": minute,
        "place": rng.choices(("residence", "workplace", "public", "hospital", "school"), (72, 16, 9, 2, 1))[0],
        "team_size": rng.choices((1, 2, 3, 4), (3, 67, 25, 5))[0],
        "identity_verified": rng.random() < 0.98,
        "recording_on": rng.random() < 0.97,
        "filed_at": None if rng.random() < 0.015 else filed,
        "amount_minor": 0 if rng.random() < 0.01 else rng.randrange(1_000, 5_000_000),
        "days_overdue": 0 if rng.random() < 0.01 else rng.randrange(1, 400),
        "actions": sorted(_actions(rng, start, edge), key=lambda action: action["at"]),
    }


def _actions(rng: random.Random, start: int, edge: float) -> list[Record]:
    actions = []
    for slot in range(rng.randrange(3, 10)):
        kind = rng.choices(tuple(_OTHER), tuple(_OTHER.values()))[0]
        if slot < 2 and rng.random() < 0.97:
            kind = ("notice", "consent")[slot]
        weights = (50, 46, 2, 2, 0) if kind == "notice" else (40, 35, 10, 5, 10)
        actions.append(
            {
                "kind": kind,
                "at": _time(rng, kind, start, edge),
                "channel": rng.choices(_CHANNELS, weights)[0],
                "party": rng.choices(("debtor", "household", "third_party"), (80, 15, 5))[0],
                "by": f"agent-{rng.randrange(400):04}",
            }
        )
    return actions


def _time(rng: random.Random, kind: str, start: int, edge: float) -> int:
    on_edge = rng.random() < edge
    if kind == "notice":
        return start - (DAY - rng.randrange(2) if on_edge else rng.randrange(4 * DAY) + 23 * 3600)
    if kind == "consent":
        return start - rng.randrange(-20, 1800)
    if kind in ("disclosure", "threat", "consent_withdrawn"):
        return start + rng.randrange(5000)
    if on_edge:
        return start - rng.choice((WEEK, WEEK + 1, 0, 1))
    return start - rng.randrange(14 * DAY)
