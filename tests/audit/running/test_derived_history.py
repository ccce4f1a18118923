"""Earlier visits by ranges of what is kept of each visit are those of the query that databases run."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running import derived_history, history
from visitcheck.audit.running.derived_history import DerivedHistory
from visitcheck.audit.running.history import history_query
from visitcheck.audit.running.visit_order import VisitOrder
from visitcheck.engines.columns import FILE, ROW, arrow_schema
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts import ROOT
from visitcheck.facts.types import DAY

SINCE = datetime(2026, 1, 2, tzinfo=UTC)
START = 1_767_225_600_000_000  # 2026-01-01


def made_up_row(number: int, pick: random.Random) -> dict[str, Any]:
    """A visit of one of few debtors, at one of few moments: many share both."""
    day = pick.randrange(4)
    row: dict[str, Any] = {FILE: number % 2, ROW: number, "visit": {"id": f"V{pick.randrange(10**6)}-{number}"}}
    row["visit"] |= {"date": START // DAY + day}
    if pick.random() < 0.8:
        start = START + day * DAY + pick.choice((0, 3_600_000_000))
        row["visit"] |= {"starts_at": start, "ends_at": pick.choice((None, start + 60_000_000))}
    if pick.random() < 0.9:
        row["debtor"] = {"id": pick.choice("AB")}
    row["agency"] = pick.choice((None, {"involved": True, "id": "X"}, {"involved": False}))
    row["place"] = pick.choice((None, {"kind": "home"}, {"kind": "workplace"}))
    row["met"] = pick.choice((None, [], [{"role": "debtor"}], [{"role": "spouse"}, {"role": None}]))
    row["earlier_visits"] = pick.choice((None, None, [], [given_visit(number, pick) for _ in range(pick.randrange(3))]))
    row["history"] = pick.choice((None, {"visits_since": START + pick.randrange(3) * DAY}))
    complete = pick.choice((None, True, False))
    row["completeness"] = pick.choice((None, {"earlier_visits": {"complete": complete}, "team": {"complete": False}}))
    row["contradictions"] = pick.choice((None, [{"kind": "register", "path": "team"}]))
    return row


def given_visit(number: int, pick: random.Random) -> dict[str, Any]:
    """An earlier visit that a row states, perhaps one that is derived, too."""
    moment = START + pick.randrange(4) * DAY + pick.choice((0, 3_600_000_000))
    return {"id": pick.choice((None, f"G{number}")), "starts_at": moment, "by": pick.choice((None, "agency", "lender"))}


def by_query(table: pa.Table, options: AuditOptions) -> list[dict[str, Any]]:
    with connect_duckdb() as con:
        con.register("visits", table)
        rows: list[dict[str, Any]] = con.sql(history_query("visits", ROOT, options)).to_arrow_table().to_pylist()
    return sorted(rows, key=lambda row: row[ROW])


def by_ranges(table: pa.Table, options: AuditOptions) -> list[dict[str, Any]]:
    order = VisitOrder(ROOT, derives=True)
    batches = table.combine_chunks().to_batches(max_chunksize=13)
    for batch in batches:
        order.add(batch)
    timeline = order.timeline(np.zeros(0, np.int64))
    assert timeline is not None
    derived = DerivedHistory(ROOT, options, timeline)
    rows, first = [], 0
    for batch in batches:
        for piece in derived.pieces(batch, np.arange(first, first + batch.num_rows)):
            rows += piece.to_pylist()
        first += batch.num_rows
    return rows


def without_nothing(value: Any) -> Any:
    """A value without what is missing: a group of which nothing is known is as one that is not there."""
    if isinstance(value, dict):
        known = {name: part for name, each in value.items() if (part := without_nothing(each)) is not None}
        return known or None
    return [without_nothing(each) for each in value] if isinstance(value, list) else value


@pytest.mark.long
@pytest.mark.parametrize("most", [2, 1_000])
@pytest.mark.parametrize("since", [None, SINCE])
@pytest.mark.parametrize("seed", range(3))
def test_both_give_rows_the_same(seed: int, since: datetime | None, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Of 120 rows of two debtors, some of them without one or without a start, in pieces of few earlier visits.
    """
    for module in (history, derived_history):
        monkeypatch.setattr(module, "MOST_EARLIER_VISITS", most)
    monkeypatch.setattr(derived_history, "_MOST_ELEMENTS", 40)
    pick = random.Random(seed)  # noqa: S311
    schema = arrow_schema(ROOT)
    table = pa.Table.from_pylist([made_up_row(number, pick) for number in range(120)], schema)
    options = AuditOptions(history_since=since)

    expected, seen = by_query(table, options), by_ranges(table, options)

    assert len(seen) == 120
    for ours, theirs in zip(seen, expected, strict=True):
        assert without_nothing(ours) == without_nothing(theirs), ours["visit"]
    assert any(len(row["earlier_visits"] or []) > 1 for row in seen)


def test_rows_of_a_repeated_id_are_nobody_s_earlier_visits() -> None:
    """
    They are left out of the order, and have no place in it.
    """
    pick = random.Random(5)  # noqa: S311
    rows = [made_up_row(number, pick) | {"debtor": {"id": "A"}} for number in range(10)]
    rows[7]["visit"]["id"] = rows[2]["visit"]["id"]
    order = VisitOrder(ROOT, derives=True)
    order.add(pa.Table.from_pylist(rows, arrow_schema(ROOT)).combine_chunks().to_batches()[0])

    repeated = order.repeated()
    timeline = order.timeline(repeated)

    assert repeated.tolist() == [2, 7]
    assert order.first_of_each(repeated).tolist() == [2, 2]
    assert timeline is not None
    assert np.flatnonzero(timeline.place < 0).tolist() == [2, 7]
    assert rows[2]["visit"]["id"] not in timeline.visits.column("id").to_pylist()
