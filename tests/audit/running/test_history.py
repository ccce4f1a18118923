"""Earlier visits from the audited visits themselves: the same debtor's, in order, and no more than is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from policies import shipped_policy
from visitcheck import Gate, Policy, audit
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.one_visit import find_visit
from visitcheck.audit.options import AuditOptions, HistoryChoice
from visitcheck.audit.running.history import MOST_EARLIER_VISITS, history_query
from visitcheck.audit.running.scope import audit_scope
from visitcheck.engines.columns import FILE, ROW, arrow_schema
from visitcheck.facts.types import DAY
from visitcheck.facts.vocabulary import ROOT
from visitcheck.ir.plan import make_plan
from visitcheck.policy import load_policy

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


def _united(*visits: dict[str, Any], since: datetime | None = None) -> dict[str, Any]:
    """By visit: its earlier visits by id and start, whether they are complete, and the contradictions."""
    rows = [{FILE: 0, ROW: number, **visit} for number, visit in enumerate(visits, 1)]
    with duckdb.connect() as con:
        con.register("visits", pa.Table.from_pylist(rows, arrow_schema(ROOT)))
        answers = con.sql(history_query("visits", ROOT, AuditOptions(history_since=since))).to_arrow_table().to_pylist()
    return {
        row["visit"]["id"]: (
            None if row["earlier_visits"] is None else [one["id"] or one["starts_at"] for one in row["earlier_visits"]],
            ((row["completeness"] or {}).get("earlier_visits") or {}).get("complete"),
            [(one["kind"], one["path"], one["id"]) for one in row["contradictions"] or []],
        )
        for row in answers
    }


_LACKS_A = [("history_lacks", "earlier_visits", "a")]


def test_derived_visits_go_on_unless_somebody_says_from_when_they_are_complete() -> None:
    """
    Neither the row nor the options say so; then the row; then the options.
    """
    said = {"history": {"visits_since": 3}}
    first, second, third = (_visit(id_, start) for id_, start in (("a", 10), ("b", 20), ("c", 30)))

    assert {"a": ([], False, []), "b": (["a"], False, []), "c": (["a", "b"], None, [])} == _united(
        first, second, third | said
    )
    assert {None} == {complete for _, complete, _ in _united(first, second, third, since=SINCE).values()}


def test_what_a_row_gives_and_what_is_derived_are_united() -> None:
    """
    By id, else by start and agency as far as both say; who gives no more than the audit knows contradicts nothing.
    """
    visits = [_visit("a", 10, agency={"id": "x", "involved": True}), _visit("b", 20)]
    goes_on = {"completeness": {"earlier_visits": {"complete": False}}}

    def given(*earlier: dict[str, Any], **more: Any) -> Any:
        return _united(*visits, _visit("c", 30, earlier_visits=list(earlier), **more))["c"]

    assert (["z", "a", "b"], None, []) == given({"id": "z"}, {"id": "a"}, {"id": "b"})
    assert (["a", 20], None, []) == given({"id": "a"}, {"starts_at": 20})
    assert ([10, 20], None, []) == given({"starts_at": 10, "agency_id": "x"}, {"starts_at": 20, "by": "agency"})
    assert ([10, "b", "a"], False, _LACKS_A) == given({"starts_at": 10, "agency_id": "y"}, {"id": "b"})
    assert ([10, "b", "a"], False, _LACKS_A) == given({"starts_at": 10, "by": "lender"}, {"id": "b"})
    assert (["a", "b"], False, []) == given(**goes_on)
    assert (["z", "a", "b"], False, []) == given({"id": "z"}, **goes_on)


def test_a_list_that_is_called_complete_and_lacks_a_derived_visit_contradicts_the_audit() -> None:
    """
    Both are used, and the list goes on; not where the row says that it is complete only from later on.
    """
    empty: dict[str, Any] = {"earlier_visits": []}
    complete = {"completeness": {"earlier_visits": {"complete": True}}}
    told = _united(
        _visit("a", 10),
        _visit("b", 10, **empty),
        _visit("c", 30, history={"visits_since": 20}, **empty),
        _visit("d", 40, history={"visits_since": 10}, **empty, **complete),
    )

    assert (["a"], None, []) == told["b"], "one that began at the same moment is none that was left out"
    assert (["a", "b"], None, []) == told["c"]
    assert (["a", "b", "c"], False, _LACKS_A) == told["d"]


@pytest.mark.long
def test_a_visit_of_its_own_empty_list_is_never_compliant(policy: Policy, tmp_path: Path) -> None:
    """
    The audit says of it what the gate says of the visit that the audit judged.
    """
    visits = [
        {
            "visit": {"id": id_, "stage": "recorded", "starts_at": f"2026-03-0{day}T10:00:00+08:00"},
            "debtor": {"id": "d"},
            "earlier_visits": [],
        }
        for id_, day in (("a", 2), ("b", 3))
    ]
    file = tmp_path / "visits.jsonl"
    file.write_text("".join(f"{json.dumps(visit)}\n" for visit in visits), "utf-8")
    result = audit(file, policy, out=tmp_path / "out")
    outcomes = {row["visit_id"]: row["outcome"] for row in result.verdicts().pandas().to_dict("records")}
    gate = Gate(policy, engine="native")
    for id_, doubts in (("a", []), ("b", ["history-contradiction"])):
        decision = gate.check(find_visit([file], id_, policy)[0])
        assert doubts == [doubt.code for doubt in decision.doubts]
        assert outcomes[id_] == decision.outcome != "allow"


@pytest.mark.long
@pytest.mark.parametrize("since", [None, SINCE])
def test_a_count_of_derived_visits_is_a_least_count_unless_they_are_complete(
    since: datetime | None, tmp_path: Path
) -> None:
    """
    Whether there were at most two is open with none in the list, and settled by three.
    """
    text = """
pack: own
title: {en: Own, zh: 自有}
version: 1.0.0
instruments:
  own: {title: {en: House rules, zh: 内部规定}, force: own}
rules:
  - id: few
    title: {en: Few, zh: 少}
    stages: [recorded]
    require: {few: "earlier_visits.size() <= 2"}
    effect: deny
    message: {en: Many, zh: 多}
    cites: [{instrument: own, article: "1", reading: own}]
"""
    (tmp_path / "own.yaml").write_text(text, "utf-8")
    own = load_policy(str(tmp_path / "own.yaml"))
    file = tmp_path / "visits.jsonl"
    facts = (
        {
            "visit": {"id": id_, "stage": "recorded", "starts_at": f"2026-03-0{day}T10:00:00+08:00"},
            "debtor": {"id": "d"},
        }
        for day, id_ in enumerate("abcd", 1)
    )
    file.write_text("".join(f"{json.dumps(visit)}\n" for visit in facts), "utf-8")
    outcomes = {}
    for shape in ("lines", "columns"):
        if shape == "columns":
            pq.write_table(
                pa.Table.from_pylist(list(map(json.loads, file.read_text("utf-8").splitlines()))),
                tmp_path / "v.parquet",
            )
            file = tmp_path / "v.parquet"
        result = audit(file, own, out=tmp_path / shape, history_since=since)
        outcomes[shape] = {row["visit_id"]: row["outcome"] for row in result.verdicts().pandas().to_dict("records")}

    few = "review" if since is None else "allow"
    assert {"a": few, "b": few, "c": few, "d": "deny"} == outcomes["lines"] == outcomes["columns"]


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


def test_a_visit_with_the_same_times_may_be_the_same_one() -> None:
    """Another one that starts and ends when a visit does is given without times; one that ends later, with them."""
    rows = [
        {FILE: 0, ROW: number, **_visit(id_, 10, visit={"ends_at": end})}
        for number, (id_, end) in enumerate([("a", 20), ("b", 20), ("c", 30), ("d", None)], 1)
    ]
    with duckdb.connect() as con:
        con.register("visits", pa.Table.from_pylist(rows, arrow_schema(ROOT)))
        answers = con.sql(history_query("visits", ROOT, AuditOptions())).to_arrow_table().to_pylist()
    assert {
        row["visit"]["id"]: [(one["id"], one["starts_at"], one["ends_at"]) for one in row["earlier_visits"]]
        for row in answers
    } == {
        "a": [],
        "b": [("a", None, None)],
        "c": [("a", 10, 20), ("b", 10, 20)],
        "d": [("a", 10, 20), ("b", 10, 20), ("c", 10, 30)],
    }
