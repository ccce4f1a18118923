"""The gate refuses a row with a code exactly when the audit rejects it with that code; else both know the same."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from dirt import draw_dirty_visits
from input_rows import rows_of
from reading import NEVER, Answer, answer_of, said_by_gate, said_by_inputs, write_lines
from typed import table_of, without_nulls

from visitcheck import Gate, Policy, Registers
from visitcheck.audit.inputs import Inputs, open_inputs
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts.narrow import narrow_record
from visitcheck.facts.types import ListOf, Record, Type
from visitcheck.facts.vocabulary import ROOT

COUNTS = pytest.mark.parametrize("count", [30, pytest.param(1_500, marks=pytest.mark.long)])


@pytest.fixture(scope="module")
def gate(policy: Policy) -> Gate:
    """A gate whose clock keeps out of the way of proposals without a moment of judging.

    By one engine: what a gate refuses and reads is the same for any.
    """
    return Gate(policy, engine="native", clock=lambda: NEVER)


def generated(count: int) -> list[Any]:
    """Dirty visits, a test's own to change."""
    return deepcopy(_drawn(count))


_drawn = cache(draw_dirty_visits)


def agree(gate: Gate, sources: Sequence[Any], answers: list[Answer], as_of: datetime | None = None) -> None:
    """Each row is answered as the gate answers it, and there are rows of either kind."""
    assert len(answers) == len(sources)
    for source, answer in zip(sources, answers, strict=True):
        assert said_by_gate(gate, source, as_of) == answer, source
    rejected = sum(bool(codes) for codes, _ in answers)
    assert 0 < rejected < len(sources)


@COUNTS
def test_json_lines(count: int, gate: Gate, policy: Policy, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "visits.jsonl", generated(count))
    agree(gate, file.read_bytes().split(b"\n")[:-1], said_by_inputs([file], policy))


@COUNTS
def test_parquet(count: int, gate: Gate, policy: Policy, tmp_path: Path) -> None:
    """Columns of the types that databases have."""
    table = table_of(generated(count))
    pq.write_table(table, tmp_path / "visits.parquet")
    sent = [without_nulls(row) for row in table.to_pylist()]
    agree(gate, sent, said_by_inputs([tmp_path / "visits.parquet"], policy))


@pytest.mark.long
def test_registers_and_a_moment_of_judging(policy: Policy, tmp_path: Path) -> None:
    """Facts filled in by id, contradictions, and events after the moment that the caller names."""
    registers = Registers.read(
        {
            "lenders": {"a": {"kind": "bank", "memberships": []}},
            "agencies": {"b": {"whitelisted": True}},
            "collectors": {"c": {"trained": True, "trained_on": "2026-01-02"}, "a": {"screened": False}},
        }
    )
    as_of = datetime(2026, 6, 30, 4, tzinfo=UTC)
    gate = Gate(policy, registers=registers, clock=lambda: as_of)
    visits = generated(60)
    for visit in visits[::2]:
        visit["lender"] = {"id": "a", **({"kind": "trust"} if len(visit) % 5 == 0 else {})}
        visit["team"] = [{"id": "c", "trained": False} if len(visit) % 3 == 0 else {"id": "a"}]
        visit["visit"] = {"id": "v", "stage": "recorded", "starts_at": "2026-01-30T02:00:00Z"}
    file = write_lines(tmp_path / "visits.jsonl", visits)
    agree(gate, file.read_bytes().split(b"\n")[:-1], said_by_inputs([file], policy, registers, as_of), as_of)


@pytest.mark.long
def test_a_visit_of_the_future_is_refused_as_by_the_gate(policy: Policy, tmp_path: Path) -> None:
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    given = [
        {"starts_at": "2026-03-09T12:00:00Z"},
        {"starts_at": "2026-03-09T12:00:01Z"},
        {"starts_at": "2026-03-09T11:00:00Z", "ends_at": "2026-03-09T12:00:01Z"},
        {"date": "2026-03-10"},
        {"date": "2026-03-11"},
        {"starts_at": "2099-03-09T12:00:00Z", "as_of": "2099-03-10T12:00:00Z"},
        {"starts_at": "2026-03-09T11:00:00Z"},
    ]
    later = {"contacts": [{"at": "2026-03-09T12:00:01Z"}]}  # without a moment of judging, only the visit is held to now
    visits: list[dict[str, Any]] = [{"visit": {"id": "v", "stage": "recorded"} | times} for times in given]
    visits[-1] |= later
    pq.write_table(table_of(visits), tmp_path / "visits.parquet")
    gate = Gate(policy, engine="native", clock=lambda: now)
    for file in (write_lines(tmp_path / "visits.jsonl", visits), tmp_path / "visits.parquet"):
        answers = said_by_inputs([file], policy, now=now)
        agree(gate, visits, answers)
        assert [codes for codes, _ in answers] == [
            [],
            ["fact-after-as-of $.visit.starts_at"],
            ["fact-after-as-of $.visit.ends_at"],
            [],
            ["fact-after-as-of $.visit.date"],
            [],
            [],
        ]


@pytest.mark.long
@pytest.mark.parametrize("count", [800])
def test_facts_that_nobody_asks_for_are_validated_all_the_same(count: int, policy: Policy, tmp_path: Path) -> None:
    """With a part of the vocabulary kept, every row has the same problems, and the same facts of that part."""
    registers = Registers.read({"lenders": {"a": {"kind": "bank"}}, "collectors": {"c": {"trained": True}}})
    read = ["visit.id", "visit.starts_at", "debt.amount", "team[].id", "conduct[].kind", "conduct[].amount"]
    kept = narrow_record(ROOT, read)
    visits = generated(count)
    pq.write_table(table_of(visits), tmp_path / "visits.parquet")
    files = [tmp_path / "visits.parquet", write_lines(tmp_path / "visits.jsonl", visits)]
    both = [(None, None), (registers, datetime(2026, 6, 30, 4, tzinfo=UTC))]
    for known, as_of in both if count > 40 else both[:1]:
        inputs = open_inputs(files, policy=policy, registers=known, as_of=as_of)
        whole, part = _rows(inputs, None), _rows(inputs, kept)

        assert [row["__problems"] for row in whole] == [row["__problems"] for row in part]
        for full, narrow in zip(whole, part, strict=True):
            if not full["__problems"]:
                assert {name: _only(full[name], type_) for name, type_ in kept.fields.items()} == {
                    name: narrow[name] for name in kept.fields
                }


def _rows(inputs: Inputs, kept: Record | None) -> list[dict[str, Any]]:
    with connect_duckdb() as con:
        table = con.sql(inputs.relation(con, kept)).to_arrow_table()
    return sorted(table.to_pylist(), key=lambda row: (row["__file"], row["__row"]))


def _only(value: Any, type_: Type) -> Any:
    """What a value has of a narrower type."""
    if isinstance(value, list) and isinstance(type_, ListOf):
        return [_only(one, type_.item) for one in value]
    if isinstance(value, dict) and isinstance(type_, Record):
        return {name: _only(value[name], part) for name, part in type_.fields.items()}
    return value


@pytest.mark.parametrize("form", ["columns", pytest.param("lines", marks=pytest.mark.long)])
def test_contradictions_with_registers(form: str, policy: Policy, tmp_path: Path) -> None:
    """Each kind once; what the gate says of a record, and of the same proposal."""
    registers = Registers.read(
        {
            "lenders": {
                "a": {"kind": "bank", "memberships": ["cba"]},
                "b": {"memberships": ["cba"], "completeness": {"memberships": {"complete": False}}},
            },
            "agencies": {"a": {"whitelisted": True}},
            "collectors": {"c": {"trained": True, "trained_on": "2026-01-02"}, "d": {}, "e": {"agency_id": "z"}},
        }
    )
    goes_on: dict[str, Any] = {"complete": False}
    about = {"completeness": {"lender": {"memberships": goes_on}}}
    facts: list[dict[str, Any]] = [
        {"lender": {"id": "a"}, "agency": {"id": "a", "involved": True}, "team": [{"id": "c"}, {"id": "d"}]},
        {"lender": {"id": "x", "kind": "bank"}, "agency": {"involved": True}, "team": [{"id": "c"}, {"id": "x"}, {}]},
        {"lender": {"kind": "bank"}, "agency": {"involved": False}, "team": [{"id": "x", "present": False}]},
        {"lender": {"id": "a", "kind": "trust"}, "team": [{"id": "c", "trained": False}]},
        {"lender": {"id": "a", "memberships": []}, "agency": {"id": "a", "whitelisted": False}},
        {"lender": {"id": "a", "memberships": []}} | about,
        {"lender": {"id": "a", "memberships": ["nifa"]}} | about,
        {"lender": {"id": "b"}},
        {"lender": {"id": "b", "memberships": ["nifa"]}},
        {"lender": {"id": "b", "memberships": ["nifa"]}} | about,
        {"lender": {"id": "x"}, "contradictions": [{"kind": "not_registered", "path": "lender.id", "id": "x"}]},
        {"contradictions": [{"kind": "history_lacks"}]},
        {"team": [{"id": "c"}], "visit": {"as_of": "2026-01-01T00:00:00Z"}},
        {"team": [{"id": "c", "trained_on": "2026-01-03"}], "lender": {}},
        {"team": [{"id": "c", "agency_id": "a"}, {"id": "d", "agency_id": "y"}]},
        {"team": [{"id": "e"}, {"id": "c", "agency_id": "y", "present": False}]},
    ]
    start = {"starts_at": "2025-12-30T02:00:00Z"}
    visits = [
        each | {"visit": {"id": f"{stage[:1]}{number}", "stage": stage} | start | each.get("visit", {})}
        for stage in ("recorded", "proposed")
        for number, each in enumerate(facts)
    ]
    gate = Gate(policy, registers=registers, engine="native", clock=lambda: NEVER)
    file = tmp_path / "visits.parquet"
    if form == "lines":
        file = write_lines(tmp_path / "visits.jsonl", visits)
    else:
        pq.write_table(table_of(visits), file)
    answers = said_by_inputs([file], policy, registers)
    agree(gate, visits, answers)
    kinds = [[each["kind"] for each in row["contradictions"] or []] for _, row in answers if row is not None]
    assert kinds[: len(facts)] == [
        [],
        ["not_registered"] * 4,
        ["not_registered"],
        ["register_differs"] * 2,
        ["register_differs"] * 2,
        [],
        ["register_differs"],
        [],
        ["register_differs"],
        [],
        ["not_registered"],
        ["history_lacks"],
        [],
        ["register_differs"],
        ["not_registered"],
        ["not_registered"],
    ]


@pytest.mark.long
def test_registers_make_no_list_of_a_missing_one(policy: Policy, tmp_path: Path) -> None:
    """Who went is unknown without a team, and nobody with an empty one."""
    registers = Registers.read({"collectors": {"c": {"trained": True}}})
    visit = {"visit": {"id": "v", "stage": "recorded", "date": "2026-01-30"}, "lender": {"kind": "bank"}}
    file = write_lines(tmp_path / "visits.jsonl", [visit, visit | {"team": []}, visit | {"team": [{"id": "c"}]}])

    teams = [facts["team"] for _, facts in said_by_inputs([file], policy, registers) if facts]
    assert teams[:2] == [None, []]
    assert teams[2][0]["trained"] is True


def test_lines_that_are_no_visits(gate: Gate, policy: Policy, tmp_path: Path) -> None:
    """Broken lines, one by one: the rest goes on, and numbers are those of the file."""
    good = (
        b'{"visit": {"id": "v", "stage": "recorded", "starts_at": "2026-01-30T02:00:00Z"}, "lender": {"kind": "bank"}}'
    )
    lines = [
        good, b"{", b"[]", b"null", b'"x"', b"{}", b'\xff{"visit": {}}', good[:-1] + b",}", b'{"visit": NaN}',
        good[:-1] + b', "debt": {"days_overdue": Infinity}}', good[:-1] + b', "lender": {"kind": "bank"}}',
        good.replace(b'"v"', b'"\\ud800"'), good.replace(b'"v"', b'"\\u0000"'), good + b" {}", b"[" * 5000,
        good.replace(b'"v"', b'"v", "id": "w"'), good.replace(b'"v"', b'"' + "案".encode() * 200 + b'"'),
        good.replace(b"}, ", b', "": 1}, '), good.replace(b'"v"', b"1" * 70), b"\xef\xbb\xbf" + good, good + b"\r",
    ]  # fmt: skip
    file = write_lines(tmp_path / "visits.jsonl", lines)
    spaced = tmp_path / "spaced.jsonl"
    spaced.write_bytes(b"\xef\xbb\xbf" + good + b"\n\n \t\r\n{\n" + good)
    inputs = open_inputs([file, spaced], policy=policy, now=NEVER)
    rows = rows_of(inputs)

    answers = [answer_of(row) for row in rows if row["__file"] == 0]
    agree(gate, lines, answers)
    assert [facts is not None for _, facts in answers].count(True) == 4
    spaces = [(row["__row"], bool(row["__problems"])) for row in rows if row["__file"] == 1]
    assert spaces == [(1, False), (4, True), (5, False)]
    assert inputs.files[1].rows == 3


@pytest.mark.long
def test_a_list_that_is_said_to_be_complete_is_given(gate: Gate, policy: Policy, tmp_path: Path) -> None:
    """Whether its group is there or not, in lines and in columns, and where some other row has the list."""
    complete = {"complete": True}
    for said in (
        {"completeness": {"contacts": complete}},
        {"completeness": {"contacts": complete}, "contacts": []},
        {"completeness": {"lender": {"memberships": complete}}},
        {"completeness": {"lender": {"memberships": complete}}, "lender": {"kind": "bank"}},
        {"completeness": {"lender": {"memberships": complete}}, "lender": {"memberships": ["cba"]}},
        {"completeness": {"contacts": {"complete": True, "all_with": {"channel": ["sms"]}}}, "contacts": []},
    ):
        visits = [
            {"visit": {"id": id_, "stage": "recorded", "starts_at": "2026-01-30T02:00:00Z"}} | facts
            for id_, facts in (("a", said), ("b", {"contacts": []}))
        ]
        pq.write_table(table_of(visits), tmp_path / "visits.parquet")
        for file in (write_lines(tmp_path / "visits.jsonl", visits), tmp_path / "visits.parquet"):
            codes, facts = said_by_inputs([file], policy)[0]
            assert (codes, facts) == said_by_gate(gate, visits[0]), said
            refused = [code.partition(" ")[0] for code in codes]
            group = (
                said.get("lender", {}).get("memberships") if "lender" in said["completeness"] else said.get("contacts")
            )
            expected = ["fact-wrong-kind"] if "all_with" in said["completeness"].get("contacts", {}) else []
            assert refused == (["fact-list-not-given"] if group is None else expected)


@pytest.mark.long
def test_what_a_list_lacks_nothing_of_names_words(gate: Gate, policy: Policy, tmp_path: Path) -> None:
    """In lines and in columns, where some other row names words and where none does."""
    start = {"stage": "recorded", "starts_at": "2026-01-30T02:00:00Z"}
    for named in (["sms"], None):
        visits: list[dict[str, Any]] = [
            {
                "visit": {"id": id_} | start,
                "contacts": [],
                "completeness": {"contacts": {"complete": False, "all_with": {"channel": words}}},
            }
            for id_, words in (("a", None), ("b", named))
        ]
        pq.write_table(table_of(visits), tmp_path / "visits.parquet")
        for file in (write_lines(tmp_path / "visits.jsonl", visits), tmp_path / "visits.parquet"):
            codes, facts = said_by_inputs([file], policy)[0]
            assert (codes, facts) == said_by_gate(gate, visits[0])
            assert [code.partition(" ")[0] for code in codes] == ["fact-nothing-named"]


@pytest.mark.long
def test_a_record_later_than_the_moment_of_judging_is_refused(policy: Policy, tmp_path: Path) -> None:
    """By its own moment and by the caller's; a day only where it has begun nowhere yet."""
    times: list[dict[str, Any]] = [
        {"starts_at": "2026-01-30T02:00:00Z"},
        {"starts_at": "2026-01-30T02:00:00Z", "as_of": "2026-01-30T01:59:59Z"},
        {"starts_at": "2026-01-30T02:00:00Z", "as_of": "2026-01-30T02:00:00Z"},
        {"starts_at": "2026-07-01T00:00:00Z"},
        {"date": "2026-06-30"},
        {"date": "2026-07-02"},
    ]
    visits = [{"visit": {"id": f"v{number}", "stage": "recorded"} | each} for number, each in enumerate(times)]
    pq.write_table(table_of(visits), tmp_path / "visits.parquet")
    as_of = datetime(2026, 6, 30, 4, tzinfo=UTC)
    gate = Gate(policy, engine="native")
    for file in (write_lines(tmp_path / "visits.jsonl", visits), tmp_path / "visits.parquet"):
        answers = said_by_inputs([file], policy, None, as_of)
        agree(gate, visits, answers, as_of)
        assert [[code.partition(" ")[0] for code in codes] for codes, _ in answers] == [
            [],
            ["fact-after-as-of"],
            [],
            ["fact-after-as-of"],
            [],
            ["fact-after-as-of"],
        ]


def test_columns_say_which_lists_go_on(mapped: Any, tmp_path: Path) -> None:
    """A mapped column of its own, and a constant; a list that goes on and is not given is empty."""
    (tmp_path / "v.csv").write_text(
        "id,start,all_calls\na,2026-01-30T02:00:00Z,no\nb,2026-01-30T02:00:00Z,yes\n", "utf-8"
    )
    text = """
constants: {visit.stage: recorded}
visits:
  columns:
    id: visit.id
    start: visit.starts_at
    all_calls: {fact: completeness.contacts.complete, values: {"yes": true, "no": false}}
"""
    rows = [row for batch in mapped(text, tmp_path / "v.csv").batches() for row in batch.to_pylist()]
    assert [(row["contacts"], [each["code"] for each in row["__problems"] or []]) for row in rows] == [
        ([], []),
        (None, ["fact-list-not-given"]),
    ]
