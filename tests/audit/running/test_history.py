"""Earlier visits from the audited visits themselves: the same debtor's, in order, and no more than is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from policies import shipped_policy
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.options import AuditOptions, HistoryChoice
from visitcheck.audit.running.history import MOST_EARLIER_VISITS, history_query
from visitcheck.audit.running.scope import audit_scope
from visitcheck.engines.sql.columns import FILE, ROW, arrow_schema
from visitcheck.facts.types import DAY
from visitcheck.facts.vocabulary import ROOT
from visitcheck.ir.plan import make_plan

SINCE = datetime(1970, 1, 2, tzinfo=UTC)


def _visit(id_: str, start: int | None, debtor: str | None = "d", **groups: Any) -> dict[str, Any]:
    return {"visit": {"id": id_, "starts_at": start} | groups.pop("visit", {}), "debtor": {"id": debtor}} | groups


def _told(*visits: dict[str, Any], history: HistoryChoice = "derive") -> dict[str, Any]:
    """By visit: the ids of its earlier visits, and since when they are complete."""
    rows = [{FILE: 0, ROW: number, **visit} for number, visit in enumerate(visits, 1)]
    with duckdb.connect() as con:
        con.register("visits", pa.Table.from_pylist(rows, arrow_schema(ROOT)))
        query = history_query("visits", ROOT, AuditOptions(history=history, history_since=SINCE))
        answers = con.sql(query).to_arrow_table().to_pylist()
    return {
        row["visit"]["id"]: (
            None if row["earlier_visits"] is None else [one["id"] for one in row["earlier_visits"]],
            (row["history"] or {}).get("visits_since"),
        )
        for row in answers
    }


def test_earlier_starts_come_first_and_ids_decide_between_equal_ones() -> None:
    """
    Four visits of one debtor, given in no order, and one of another.
    """
    told = _told(_visit("b", 10), _visit("c", 20), _visit("a", 10), _visit("z", 5, "other"), _visit("0", 30))

    assert {"a": [], "b": ["a"], "c": ["a", "b"], "0": ["a", "b", "c"], "z": []} == {
        visit: earlier for visit, (earlier, _) in told.items()
    }
    assert {DAY} == {since for _, since in told.values()}


def test_what_a_row_gives_stands() -> None:
    """
    A list that is given is kept, with what is said of its completeness.
    """
    told = _told(_visit("a", 10), _visit("b", 20, earlier_visits=[{"id": "x"}], history={"visits_since": 3}))

    assert (["x"], 3) == told["b"]


def test_without_a_debtor_or_a_time_earlier_visits_are_unknown() -> None:
    """
    A visit whose time of day is lost may come before others of its day; what comes before it is unknown.
    """
    dated = _visit("dated", None, visit={"date": 1})
    told = _told(dated, _visit("same-day", DAY + 5), _visit("before", DAY // 2 - DAY), _visit("stranger", 50, None))

    assert (None, None) == told["stranger"]
    assert (None, None) == told["dated"]
    assert (["before", "dated"], DAY) == told["same-day"]
    assert ([], DAY) == told["before"]


def test_only_what_is_asked_for_is_derived() -> None:
    """
    `given` leaves rows alone, `none` takes the lists away.
    """
    rows = (_visit("a", 10), _visit("b", 20, earlier_visits=[{"id": "x"}]))

    assert {"a": (None, None), "b": (["x"], None)} == _told(*rows, history="given")
    assert {"a": (None, None), "b": (None, None)} == _told(*rows, history="none")


@pytest.mark.parametrize(("history", "known"), [("derive", True), ("given", True), ("none", False)])
def test_without_history_no_column_gives_earlier_visits(history: HistoryChoice, known: bool, tmp_path: Path) -> None:
    """
    With `none`, rules that read earlier visits are listed as ones that lack them, though the input has the column.
    """
    visit = {"visit": {"id": "a", "stage": "recorded", "starts_at": "2026-01-02T10:00:00Z"}, "earlier_visits": []}
    (tmp_path / "visits.jsonl").write_text(f"{json.dumps(visit)}\n", "utf-8")
    policy = shipped_policy("base.conduct")
    inputs = open_inputs([tmp_path / "visits.jsonl"], policy=policy)

    scope = audit_scope(make_plan(policy, "recorded"), inputs.fed, AuditOptions(history=history))

    read = {path for path in scope.plan.facts if path.startswith("earlier_visits")}
    assert read
    assert (set() if known else read) == read & scope.never_known


def test_of_very_many_visits_the_latest_are_given_and_the_gap_is_said() -> None:
    """
    Past the limit the list begins later, and so does the time from which it is complete.
    """
    told = _told(*(_visit(f"{number:05}", 2 * DAY + number) for number in range(MOST_EARLIER_VISITS + 2)))

    assert ([f"{number:05}" for number in range(1, MOST_EARLIER_VISITS + 1)], 2 * DAY + 1) == told[
        f"{MOST_EARLIER_VISITS + 1:05}"
    ]
    assert DAY == told[f"{MOST_EARLIER_VISITS:05}"][1]
