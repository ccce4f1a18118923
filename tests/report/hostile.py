"""Rows whose texts try to be markup, script or another direction of writing, and rows refused with a name in them."""

from __future__ import annotations

import json
from pathlib import Path

ADDRESS = '12 <b>Lane</b> & "Court" \u202eesrever\u202c 👩‍👩‍👧'
NAME = "<script>window.hacked = 'name'</script>Zhang San"
WORDS = "she said 'pay now' <img src=x onerror=\"window.hacked = 'words'\">"
VISIT_ID = '"><img src=x onerror="window.hacked=\'id\'">-7 👮'
AGENCY = "A&B </td></table><script>window.hacked='agency'</script>"
COLLECTOR = "{{ 7 * 7 }} <svg onload=\"window.hacked='collector'\">"
REFUSED = "Wang Wu, Garden Road 5"

HOSTILE = {
    "visit": {"id": VISIT_ID, "stage": "recorded", "starts_at": "2026-03-10T17:30:00+08:00"},
    "place": {"kind": "home", "address": ADDRESS},
    "lender": {"id": "L-1", "kind": "bank"},
    "agency": {"id": AGENCY},
    "debtor": {"id": "D-hostile", "name": NAME},
    "team": [{"id": COLLECTOR, "name": NAME}],
    "conduct": [{"kind": "statement", "words": WORDS}],
}
PERSONAL = (ADDRESS, "Lane", "Zhang San", "pay now", "Wang Wu", "Garden Road", "D-hostile")
"""Text of the hostile rows that belongs to people."""


def hostile_rows(path: Path) -> None:
    """A visit whose texts try to be something else, and two rows that are refused with a name in them."""
    unknown = {**HOSTILE, "visit": {**HOSTILE["visit"], "id": "bad-1"}, REFUSED: 1}
    wrong = {**HOSTILE, "visit": {**HOSTILE["visit"], "id": "bad-2"}, "place": {"kind": REFUSED}}
    path.write_text("".join(json.dumps(row) + "\n" for row in (HOSTILE, unknown, wrong)), "utf-8")
