"""Facts in Arrow columns of any type: read by columns, by the database and by the gate alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from input_rows import rows_of
from reading import NEVER, Answer, answer_of, said_by_gate, said_by_inputs

from visitcheck import Gate, Policy
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.inputs.arrow_rows import ArrowRows, is_readable_by_columns, sent_rows
from visitcheck.facts import ROOT

START = datetime(2026, 1, 30, 2, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(999, 1, 1, tzinfo=UTC)
_TEXTS = ["a", " a", "a ", "", "借款人", "借 款", "​a", "a\tb", "a\nb", "unknown", "N/A", "不详", "x" * 201, "é" * 128]
_DAYS = [date(2026, 1, 30), date(1, 1, 1), date(9999, 12, 31), date(1969, 12, 31)]
_MONEY_TEXTS = ["12.30", "0", "12.345", "1,200", "-1", "1e3", "999999999999999.99", "unknown"]
_DECIMALS = [Decimal("12.3"), Decimal(0), Decimal(-1)]

Column = tuple[str, pa.DataType, list[Any]]
COLUMNS: list[Column] = [
    ("visit.case_id", pa.string(), _TEXTS),
    ("visit.case_id", pa.large_string(), _TEXTS),
    ("visit.case_id", pa.int64(), [1, 2]),
    ("visit.case_id", pa.bool_(), [True, False]),
    ("visit.ends_at", pa.timestamp("us", "UTC"), [START, START - timedelta(hours=1), EPOCH, LONG_AGO]),
    ("visit.ends_at", pa.timestamp("ms", "Asia/Shanghai"), [START, START - timedelta(hours=1), EPOCH]),
    ("visit.ends_at", pa.timestamp("ns", "UTC"), [START, START + timedelta(microseconds=1)]),
    ("visit.ends_at", pa.string(), ["2026-01-30T11:00:00+08:00", "2026-01-30T03:00:00.5Z", "2026-01-30", "soon", ""]),
    ("visit.ends_at", pa.int64(), [1_769_738_400, 0]),
    ("visit.date", pa.date32(), _DAYS),
    ("visit.date", pa.string(), ["2026-01-30", "2026-02-30", "30/01/2026", ""]),
    ("visit.timezone", pa.string(), ["Asia/Shanghai", "UTC", "Mars/Base", "asia/shanghai"]),
    ("place.region", pa.string(), ["CN-GD", "cn-gd", "CN", ""]),
    ("visit.purpose", pa.string(), ["agree_plan", "Agree_plan", "", "unknown"]),
    ("place.private", pa.bool_(), [True, False]),
    ("debt.days_overdue", pa.int64(), [30, 0, -1, 100_000, 100_001]),
    ("debt.days_overdue", pa.int8(), [30, 0, -1]),
    ("debt.days_overdue", pa.uint32(), [30, 0]),
    ("debt.days_overdue", pa.float64(), [30.0, 30.5]),
    ("debt.days_overdue", pa.string(), ["30", "x"]),
    ("debt.amount", pa.decimal128(18, 2), [*_DECIMALS, Decimal("9999999999999999.99")]),
    ("debt.amount", pa.decimal128(30, 4), [*_DECIMALS, Decimal("12.3450"), Decimal(10**24)]),
    ("debt.amount", pa.decimal128(20, 0), [*map(round, _DECIMALS), Decimal(10**18)]),
    ("debt.amount", pa.float64(), [12.3, 0.1 + 0.2, 0.0, -0.0, -1.0, 1e15, 1e300, 12.345]),
    ("debt.amount", pa.int64(), [12, 0, -1, 2**62]),
    ("debt.amount", pa.string(), _MONEY_TEXTS),
]


def visit_of(number: int, path: str, value: Any, type_: pa.DataType) -> dict[str, Any]:
    group, name = path.split(".")
    visit: dict[str, Any] = {"id": f"v{number}", "stage": "recorded", "starts_at": START}
    if group == "visit":
        return {"visit": visit | {name: value}}
    return {"visit": visit, group: {name: value} | ({"currency": "CNY"} if group == "debt" else {})}


def table_with(path: str, type_: pa.DataType, values: list[Any]) -> pa.Table:
    """A visit for each value of a fact, and one without it."""
    visits = [visit_of(number, path, value, type_) for number, value in enumerate([*values, None])]
    group, name = path.split(".")
    fields = {"visit": {"id": pa.string(), "stage": pa.string(), "starts_at": pa.timestamp("us", "UTC")}}
    if group == "debt":
        fields["debt"] = {"currency": pa.string()}
    fields.setdefault(group, {})[name] = type_
    return pa.Table.from_pylist(
        visits, pa.schema([(one, pa.struct([*parts.items()])) for one, parts in fields.items()])
    )


@pytest.fixture(scope="module")
def gate(policy: Policy) -> Gate:
    return Gate(policy, engine="native", clock=lambda: NEVER)


def said_of(table: pa.Table, gate: Gate) -> list[Answer]:
    return [said_by_gate(gate, row) for batch in table.to_batches() for row in sent_rows(batch)]


@pytest.mark.parametrize("column", [pytest.param(one, id=f"{one[0]}-{one[1]}") for one in COLUMNS])
@pytest.mark.parametrize("asked", ["columns", pytest.param("both", marks=pytest.mark.long)])
def test_every_type_says_what_the_gate_says(
    column: Column, asked: str, gate: Gate, policy: Policy, tmp_path: Path
) -> None:
    file = tmp_path / "visits.parquet"
    table = table_with(*column)
    pq.write_table(table, file)
    assert is_readable_by_columns(pq.read_schema(file), ROOT)
    if asked == "both":
        answers = said_by_inputs([file], policy)
    else:
        answers = [answer_of(row) for row in rows_of(open_inputs([file], policy=policy, now=NEVER))]
    assert said_of(table, gate) == answers


def test_lists_of_any_form(gate: Gate, policy: Policy, tmp_path: Path) -> None:
    """Lists with ids that repeat, without elements, with one that is missing, too long ones, and none."""
    moment = {"at": START - timedelta(days=1), "channel": "phone"}
    lists: list[Any] = [
        None, [], [moment | {"id": "a"}], [moment | {"id": "a"}] * 2, [moment | {"id": "a"}, moment],
        [moment] * 2, [moment | {"id": "a"}, moment | {"id": "b"}, moment | {"id": "a"}],
        [moment | {"channel": "pigeon"}], [moment | {"at": START + timedelta(days=9)}],
    ]  # fmt: skip
    visits = [
        {"visit": {"id": f"v{at}", "stage": "recorded", "starts_at": START, "as_of": START}, "contacts": contacts}
        for at, contacts in enumerate(lists)
    ]
    contact = pa.struct([("id", pa.string()), ("at", pa.timestamp("us", "UTC")), ("channel", pa.string())])
    visit = pa.struct(
        [(name, pa.string()) for name in ("id", "stage")]
        + [(name, pa.timestamp("us", "UTC")) for name in ("starts_at", "as_of")]
    )
    for list_ in (pa.list_, pa.large_list):
        table = pa.Table.from_pylist(visits, pa.schema([("visit", visit), ("contacts", list_(contact))]))
        pq.write_table(table, tmp_path / "visits.parquet")
        answers = [
            answer_of(row) for row in rows_of(open_inputs([tmp_path / "visits.parquet"], policy=policy, now=NEVER))
        ]
        assert said_of(table, gate) == answers
        assert [bool(codes) for codes, _ in answers] == [False, False, False, True, False, False, True, True, True]


def test_far_times_reject_their_rows_alone(policy: Policy, tmp_path: Path) -> None:
    """Milliseconds that no database holds, in a list as in a group."""
    far, near, moment = 2**62, 1_769_738_400_000, pa.timestamp("ms", "UTC")
    visit = pa.struct([("id", pa.string()), ("stage", pa.string()), ("starts_at", moment)])
    schema = pa.schema([("visit", visit), ("contacts", pa.list_(pa.struct([("at", moment)])))])
    ids = pa.array(["a", "b", "c"])
    starts = pa.array([near, far, near]).cast(moment)
    visits = pa.StructArray.from_arrays([ids, pa.array(["recorded"] * 3), starts], fields=[*visit])
    calls = pa.array([near, near, -far]).cast(moment)
    elements = pa.StructArray.from_arrays([calls], fields=[*schema.field("contacts").type.value_type])
    lists = pa.ListArray.from_arrays(pa.array([0, 1, 2, 3], pa.int32()), elements)
    pq.write_table(pa.table([visits, lists.cast(schema.field("contacts").type)], schema), tmp_path / "visits.parquet")

    inputs = open_inputs([tmp_path / "visits.parquet"], policy=policy)
    assert inputs.files[0].problem is None
    assert [answer_of(row)[0] for row in rows_of(inputs)] == [
        [], ["fact-timestamp $.visit.starts_at"], ["fact-timestamp $.contacts[0].at"],
    ]  # fmt: skip


def test_types_that_columns_do_not_read_are_read_by_the_database(policy: Policy, tmp_path: Path) -> None:
    """Local times without a zone, JSON as text, numbers of 64 bits without a sign."""
    for type_ in (pa.timestamp("us"), pa.uint64(), pa.float32(), pa.binary()):
        file = tmp_path / "visits.parquet"
        pq.write_table(table_with("visit.ends_at", type_, []), file)
        assert not is_readable_by_columns(pq.read_schema(file), ROOT)
        assert not any(isinstance(part, ArrowRows) for part in open_inputs([file], policy=policy).parts)
