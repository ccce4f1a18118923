"""Tables with columns of their own: CSV, workbooks, Parquet; joined, converted, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from input_rows import rows_of
from workbook import write_workbook

from choosing import first_by_default
from visitcheck import Policy
from visitcheck.audit.inputs import Inputs, open_inputs
from visitcheck.audit.mapping import load_mapping
from visitcheck.errors import InvalidInput

Open = Callable[..., Inputs]
EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "audit"
SMALLEST = """\
timezone: {zone}
constants: {{visit.stage: recorded, lender.kind: bank}}
visits:
  columns:
    编号: visit.id
    时间: {time}
    天数: debt.days_overdue
"""


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def codes(row: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in row["__problems"] or []]


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.long
def test_the_example(policy: Policy) -> None:
    """Every row of both files is a visit, part of one, or a reject with its reason."""
    inputs = open_inputs(mapping=load_mapping(EXAMPLES / "columns.yaml"), policy=policy)
    rows = rows_of(inputs)

    assert [(file.path.name, file.table, file.rows) for file in inputs.files] == [
        ("visits.csv", "visits", 6),
        ("calls.csv", "contacts", 6),
    ]
    good = {row["visit"]["id"]: row for row in rows if not row["__problems"]}
    assert list(good) == ["WF-0001", "WF-0002", "WF-0003", "WF-0004", "WF-0006"]
    assert good["WF-0001"]["visit"]["starts_at"] == instant("2026-01-12T10:05:00+08:00")
    assert good["WF-0001"]["debt"]["amount"] == {"minor": 1248050, "currency": "CNY"}
    assert [one["at"] for one in good["WF-0004"]["contacts"]] == [
        instant("2026-01-08T09:12:00+08:00"),
        instant("2026-01-10T09:30:00+08:00"),
    ]
    assert good["WF-0006"]["contacts"] == []
    assert good["WF-0006"]["place"]["private"] is None
    assert {(row["__file"], row["__row"]): codes(row) for row in rows if row["__problems"]} == {
        (0, 5): ["fact-order"],
    }
    assert [warning.message for warning in inputs.files[1].warnings] == [
        "`calls.csv`: 1 rows of `contacts` belong to no visit"
    ]
    assert {"contacts[].result", "history.contacts_since", "team[].present", "visit.stage"} <= inputs.fed
    assert "consents" not in inputs.fed


def test_messages_name_the_column(mapped: Open, tmp_path: Path) -> None:
    path = written(tmp_path / "v.csv", "编号,时间,天数\n1,2026-01-30T10:00:00+08:00,many\n")
    [row] = rows_of(mapped(SMALLEST.format(zone="Asia/Shanghai", time="visit.starts_at"), path))

    [problem] = row["__problems"]
    assert problem["path"] == "$.debt.days_overdue"
    assert problem["message"].startswith("column `天数`: ")


LOCAL_TIMES: dict[tuple[str, str | None], dict[str, str]] = {
    ("Asia/Shanghai", None): {
        "2026-01-30 10:00:00": "2026-01-30T02:00:00+00:00",
        "2026-01-30T10:00:00Z": "2026-01-30T10:00:00+00:00",
        "2026-02-30 10:00:00": "fact-timestamp-naive",
        "30.1.2026": "fact-timestamp",
    },
    ("America/New_York", None): {
        "2026-03-08 01:59:59": "2026-03-08T06:59:59+00:00",
        "2026-03-08 02:30:00": "local-time-skipped",
        "2026-03-08 03:00:00": "2026-03-08T07:00:00+00:00",
        "2026-11-01 00:59:59": "2026-11-01T04:59:59+00:00",
        "2026-11-01 01:30:00": "local-time-twice",
        "2026-11-01 02:00:00": "2026-11-01T07:00:00+00:00",
    },
    ("Australia/Lord_Howe", "later"): {"2026-04-05 01:45:00": "2026-04-04T15:15:00+00:00"},
    ("America/New_York", "earlier"): {
        "2026-03-08 02:30:00": "local-time-skipped",
        "2026-11-01 01:30:00": "2026-11-01T05:30:00+00:00",
    },
    ("America/New_York", "later"): {"2026-11-01 01:30:00": "2026-11-01T06:30:00+00:00"},
    ("Australia/Lord_Howe", "earlier"): {"2026-04-05 01:45:00": "2026-04-04T14:45:00+00:00"},
}


@pytest.mark.long
@pytest.mark.parametrize("case", first_by_default(LOCAL_TIMES, 3), ids=str)
def test_local_times(case: tuple[str, str | None], mapped: Open, tmp_path: Path) -> None:
    """A time without an offset is a moment of the zone, or refused where the clocks showed it never or twice."""
    expected = LOCAL_TIMES[case]
    zone, twice = case
    path = written(tmp_path / "v.csv", "编号,时间,天数\n" + "".join(f"1,{time},3\n" for time in expected))
    extra = f"twice: {twice}\n" if twice else ""
    rows = rows_of(mapped(extra + SMALLEST.format(zone=zone, time="visit.starts_at"), path))
    moments = [datetime.fromtimestamp((row["visit"]["starts_at"] or 0) / 1e6, UTC).isoformat() for row in rows]

    answers = [(codes(row) or [moment])[0] for row, moment in zip(rows, moments, strict=True)]
    assert dict(zip(expected, answers, strict=True)) == expected


def test_without_a_zone_local_times_are_refused(mapped: Open, tmp_path: Path) -> None:
    path = written(tmp_path / "v.csv", "编号,时间,天数\n1,2026-01-30 10:00:00,3\n")
    text = SMALLEST.format(zone="UTC", time="visit.starts_at").replace("timezone: UTC\n", "")
    [row] = rows_of(mapped(text, path))

    assert codes(row) == ["fact-timestamp-naive"]


def test_another_encoding_and_broken_rows(mapped: Open, tmp_path: Path) -> None:
    """A row of another width is one reject, and keeps its number; a file in another encoding says which it may be."""
    text = '编号;时间;天数\n1;2026-01-30T10:00:00Z;3\n2;x\n3;2026-01-30T10:00:00Z;"4\n"\n'
    path = written(tmp_path / "v.csv", text, "gb18030")
    mapping = SMALLEST.format(zone="UTC", time="visit.starts_at")
    plain = mapped(mapping, path)
    assert plain.files[0].rows is None
    assert "encoding: gb18030" in str(plain.files[0].problem)
    assert rows_of(plain) == []

    rows = rows_of(mapped(mapping.replace("visits:\n", 'visits:\n  encoding: gb18030\n  delimiter: ";"\n'), path))
    assert [(row["__row"], codes(row)) for row in rows] == [(1, []), (2, ["csv-row"]), (3, [])]
    assert rows[2]["debt"]["days_overdue"] == 4


@pytest.mark.long
def test_workbooks_parquet_and_csv_say_the_same(mapped: Open, tmp_path: Path) -> None:
    """Whole numbers come as floats from workbooks, moments and days as such from Parquet."""
    at = datetime(2026, 1, 30, 10, 0)
    header = ["编号", "时间", "天数", "金额", "到期", "同意"]
    mapping = """\
timezone: Asia/Shanghai
constants: {visit.stage: recorded, lender.kind: bank, debt.currency: CNY}
visits:
  columns:
    编号: visit.id
    时间: visit.starts_at
    天数: debt.days_overdue
    金额: debt.amount
    到期: agency.mandate_until
    同意: agency.whitelisted
"""
    book = write_workbook(
        tmp_path / "v.xlsx",
        [header, [17, at, 45, 12.5, datetime(2026, 2, 1), True], [], [18, at, None, None, None, None]],
    )
    table = pa.table(
        {
            "编号": pa.array([17, 18]),
            "时间": pa.array([at, at], pa.timestamp("ms")),
            "天数": pa.array([45.0, None]),
            "金额": pa.array([12.5, None]),
            "到期": pa.array([datetime(2026, 2, 1), None], pa.timestamp("us")),
            "同意": pa.array([True, None]),
        }
    )
    pq.write_table(table, tmp_path / "v.parquet")
    text = "编号,时间,天数,金额,到期,同意\n17,2026-01-30 10:00,45,12.50,2026-02-01,true\n18,2026-01-30 10:00:00,,,,\n"
    plain = written(tmp_path / "v.csv", text)
    by_format = [rows_of(mapped(mapping, path)) for path in (plain, book, tmp_path / "v.parquet")]

    rows = [[row.pop("__row") for row in rows] for rows in by_format]
    assert rows == [[1, 2], [2, 4], [1, 2]]  # a workbook's as its sheet shows them
    assert by_format[0] == by_format[1] == by_format[2]
    assert [codes(row) for row in by_format[0]] == [[], []]
    assert by_format[0][0]["debt"]["amount"] == {"minor": 1250, "currency": "CNY"}


def test_a_column_that_is_not_there(mapped: Open, tmp_path: Path) -> None:
    path = written(tmp_path / "v.csv", "编号,时 间,天数\n")
    with pytest.raises(InvalidInput) as refused:
        mapped(SMALLEST.format(zone="UTC", time="visit.starts_at"), path)

    [problem] = refused.value.problems
    assert (problem.code, problem.help) == ("mapping-column", "did you mean `时 间`?")
    assert problem.place is not None
    assert problem.place.line == 6


def test_several_files_of_a_table(mapped: Open, tmp_path: Path) -> None:
    """Patterns, files in order, and one file that is none."""
    for name in "ab":
        written(tmp_path / f"{name}.csv", f"编号,时间,天数\n{name},2026-01-30T10:00:00Z,3\n")
    written(tmp_path / "c.xlsx", "PK, but no workbook")
    inputs = mapped(SMALLEST.format(zone="UTC", time="visit.starts_at"), tmp_path / "[ab].csv", tmp_path / "c.xlsx")

    assert [file.rows for file in inputs.files] == [1, 1, None]
    assert [row["visit"]["id"] for row in rows_of(inputs)] == ["a", "b"]
