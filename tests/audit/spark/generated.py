"""A file of generated visits with every edge: missing facts, boundaries, zone changes, lists, Unicode, dirt."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from audit.inputs.dirt import dirty_visits
from audit.inputs.typed import table_of
from engines.sql.agreement import drawn
from visitcheck.testing import visit_mappings

# The United States and Australia's Lord Howe change their clocks at these moments; Shanghai's midnight is the third.
_CHANGES = ("2026-11-01T06:00:00+00:00", "2026-04-04T15:00:00+00:00", "2026-01-30T16:00:00+00:00")
_ZONES = ("America/New_York", "Australia/Lord_Howe", "Asia/Shanghai")
_TEXTS = ("债务人不在家", "e\u0301\u00e9", "a\u2028b", "😀\U0010ffff", "x" * 190, "'\"\\`{}$")

# Without these the packs for mainland China give no answer.
_SELECTORS: dict[str, dict[str, Any]] = {
    "lender": {"kind": "bank", "memberships": []},
    "debt": {"online": False, "product": "personal_consumer_loan"},
}


def write_visits(path: Path, clean: int, dirty: int, start: int = 0) -> Path:
    """Visits as columns of the types that databases have; of some ids several rows, of each debtor some."""
    visits = [copy.deepcopy(one) for one in drawn(visit_mappings("recorded", min_facts=8), clean, start)]
    for number, visit in enumerate(visits):
        _told_apart(visit, number)
    for number, visit in enumerate(visits[::5]):
        _on_an_edge(visit, number)
    table = table_of([*visits, *drawn(dirty_visits(), dirty, start)])
    pq.write_table(table.cast(pa.schema([_without_times(field) for field in table.schema])), path, row_group_size=64)
    return path


def _without_times(field: pa.Field) -> pa.Field:
    """The field with times of day as text: Spark has no type for them."""
    type_ = field.type
    if pa.types.is_time(type_):
        return pa.field(field.name, pa.string())
    if pa.types.is_struct(type_):
        return pa.field(field.name, pa.struct([_without_times(part) for part in type_]))
    if pa.types.is_list(type_):
        return pa.field(field.name, pa.list_(_without_times(type_.value_field)))
    return field


def _told_apart(visit: dict[str, Any], number: int) -> None:
    """What every visit needs; of 20 debtors, whom every seventh visit does not name."""
    visit.setdefault("visit", {})["id"] = f"v{number - number % 50 if number % 50 == 1 else number}"
    if "starts_at" not in visit["visit"]:
        visit["visit"]["date"] = "2026-01-30"
        visit["visit"].pop("as_of", None)
    for group, facts in _SELECTORS.items():
        visit[group] = facts | visit.get(group, {})
    if number % 7:
        visit.setdefault("debtor", {})["id"] = f"d{number % 20}"


def _on_an_edge(visit: dict[str, Any], number: int) -> None:
    """A start within two seconds of a change of clocks, long or empty lists, odd texts."""
    change = datetime.fromisoformat(_CHANGES[number % 3])
    start = change + timedelta(seconds=number % 5 - 2)
    facts = visit["visit"]
    for name in ["ends_at", "as_of", "date"]:
        facts.pop(name, None)
    facts |= {"starts_at": start.isoformat(), "timezone": _ZONES[number % 3]}
    people = [{"id": f"c{one}", "name": _TEXTS[one % len(_TEXTS)]} for one in range((0, 1, 300)[number % 3])]
    visit["team"] = people
    contact = {"at": (start - timedelta(days=1)).astimezone(UTC).isoformat(), "channel": "phone"}
    visit["contacts"] = [contact] * (0, 400, 2)[number % 3]
