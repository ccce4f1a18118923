"""Values on the edge of what can be read: each is what it is, or refused with the reason; none is lost or made up."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ledgers import without_missing

from choosing import first_by_default
from visitcheck import Policy
from visitcheck.audit.inputs import Inputs, open_inputs
from visitcheck.audit.mapping import load_mapping, mapping_from_text
from visitcheck.errors import InvalidInput

sys.path.insert(0, str(Path(__file__).parents[1] / "inputs"))
from workbook import write_workbook

MAPPING = """\
timezone: Asia/Shanghai
constants: {visit.stage: recorded}
visits:
  columns:
    编号: visit.id
    时间: visit.starts_at
    客户: debtor.id
    天数: debt.days_overdue
    委托: agency.mandate_until
    协会: {fact: lender.memberships, split: [、]}
"""
HEADER = "编号,时间,客户,天数,委托,协会\n"
AT = datetime(2026, 3, 10, 10)
Read = Callable[..., dict[int, Any]]


@pytest.fixture
def opened(policy: Policy, tmp_path: Path) -> Callable[..., Inputs]:
    def read(file: Path, mapping: str = MAPPING) -> Inputs:
        (tmp_path / "columns.yaml").write_text(mapping, encoding="utf-8")
        return open_inputs([file], mapping=load_mapping(tmp_path / "columns.yaml"), policy=policy)

    return read


def facts_by_row(inputs: Inputs) -> dict[int, Any]:
    """The facts of each row, or the codes of its problems, by the number of the row."""
    rows = [without_missing(row) for batch in inputs.batches() for row in batch.to_pylist()]
    return {
        row["__row"]: [problem["code"] for problem in row["__problems"]]
        if "__problems" in row
        else {name: value for name, value in row.items() if not name.startswith("__")}
        for row in sorted(rows, key=lambda row: row["__row"])
    }


@pytest.fixture
def read_csv(opened: Callable[..., Inputs], tmp_path: Path) -> Read:
    def read(lines: str, mapping: str = MAPPING, encoding: str = "utf-8") -> dict[int, Any]:
        (tmp_path / "v.csv").write_bytes((HEADER + lines).encode(encoding))
        return facts_by_row(opened(tmp_path / "v.csv", mapping))

    return read


def test_rows_are_numbered_as_they_stand(read_csv: Read) -> None:
    """Blank rows count, and are none: neither empty lines nor separators alone."""
    line = "V{},2026-03-10 10:00,D,90,,\n"
    rows = read_csv(line.format(1) + "\n\n" + line.format(4) + "V5,x\n, ,,,,\n" + line.format(7) + "\n")
    assert {number: row if isinstance(row, list) else row["visit"]["id"] for number, row in rows.items()} == {
        1: "V1",
        4: "V4",
        5: ["csv-row"],
        7: "V7",
    }


@pytest.mark.long
def test_errors_of_workbooks_in_exports(read_csv: Read) -> None:
    """`#REF!` is nobody's id; `#N/A` is missing where the mapping says so."""
    lines = "V1,2026-03-10 10:00,#REF!,90,,\nV2,2026-03-10 10:00,D,#N/A,,\nV3,2026-03-10 10:00,D,90,,\n"
    assert [row if isinstance(row, list) else row["debtor"]["id"] for row in read_csv(lines).values()] == [
        ["cell-error"],
        ["cell-error"],
        "D",
    ]
    rows = read_csv(lines, f'missing: ["#N/A"]\n{MAPPING}')
    assert [isinstance(row, list) for row in rows.values()] == [True, False, False]
    assert "debt" not in rows[2]


DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    + " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="外访">{rows}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)
TEXT_CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
ERROR_CELL = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0" '
    'calcext:value-type="error"><text:p>{}</text:p></table:table-cell>'
)


def test_errors_of_open_documents(opened: Callable[..., Inputs], tmp_path: Path) -> None:
    """An error stored as the number 0 is no 0; blank rows and cells that are said once for many still count."""
    blank = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    rows = [["编号", "时间", "客户", "天数", "委托", "协会"], ["V1", "2026-03-10 10:00", "D", "90"]]
    xml = [f"<table:table-row>{''.join(map(TEXT_CELL.format, row))}</table:table-row>" for row in rows]
    broken = TEXT_CELL.format("V2") + TEXT_CELL.format("2026-03-10 10:00") + TEXT_CELL.format("D")
    xml += [blank, f"<table:table-row>{broken}{ERROR_CELL.format('#DIV/0!')}</table:table-row>"]
    with ZipFile(tmp_path / "v.ods", "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest:manifest xmlns:manifest="m"/>')
        file.writestr("content.xml", DOCUMENT.format(rows="".join(xml)))
    inputs = opened(tmp_path / "v.ods")

    assert [file.rows for file in inputs.files] == [2]
    rows_read = facts_by_row(inputs)
    assert rows_read[2]["debt"]["days_overdue"] == 90
    assert rows_read[5] == ["cell-error"]


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("utf-8-sig", "U8"),
        ("utf-16", "utf-16-le"),
        ("gb18030", "gb18030"),
        pytest.param("utf-8-sig", "utf-8", marks=pytest.mark.long),
        pytest.param("utf-16", "utf-16", marks=pytest.mark.long),
        pytest.param("gbk", "GB2312", marks=pytest.mark.long),
    ],
)
def test_marks_of_byte_order_and_names_of_encodings(
    written: str, named: str, opened: Callable[..., Inputs], tmp_path: Path
) -> None:
    mark = "\ufeff" if written == "gb18030" else ""
    (tmp_path / "v.csv").write_bytes((mark + HEADER + "外1,2026-03-10 10:00,D,90,,\n").encode(written))
    inputs = opened(tmp_path / "v.csv", MAPPING.replace("visits:\n", f"visits:\n  encoding: {named}\n"))
    assert facts_by_row(inputs)[1]["visit"]["id"] == "外1"


def test_an_encoding_that_is_none() -> None:
    with pytest.raises(InvalidInput) as refused:
        mapping_from_text("visits: {encoding: ansi, columns: {编号: visit.id}}\n")
    [problem] = refused.value.problems
    assert (problem.code, "gb18030" in str(problem.help)) == ("mapping-value", True)


TIMES = {
    "2026-03-10 00:00": 1773072000000000,
    "2026-03-10 24:00": ["local-time-format"],
    "2026-03-10T24:00:00+08:00": ["fact-timestamp"],
    "2026-03-10": ["fact-timestamp"],
    "10:00": ["fact-timestamp"],
    "26/03/10 10:00": ["fact-timestamp"],
}


def test_times_of_the_day(read_csv: Read) -> None:
    """Midnight is a moment; what no format reads says so, and was not shown twice."""
    rows = read_csv("".join(f"V,{time},D,90,,\n" for time in TIMES))
    answers = [row if isinstance(row, list) else row["visit"]["starts_at"] for row in rows.values()]
    assert dict(zip(TIMES, answers, strict=True)) == TIMES


DAYS = {
    "2026-03-10": (date(2026, 3, 10) - date(1970, 1, 1)).days,
    "2026-03-10 00:00:00": (date(2026, 3, 10) - date(1970, 1, 1)).days,
    "2026-03-10 10:00:00": ["fact-date"],
    "2026-03-10T00:00:00+08:00": ["fact-date"],
    "2026-03-09T16:00:00Z": ["fact-date"],
    "26-03-10": ["fact-date"],
}


def test_days(read_csv: Read) -> None:
    """A moment with an offset is no day: which one it is depends on the place."""
    rows = read_csv("".join(f"V,2026-03-10 10:00,D,90,{day},\n" for day in DAYS))
    answers = [row if isinstance(row, list) else row["agency"]["mandate_until"] for row in rows.values()]
    assert dict(zip(DAYS, answers, strict=True)) == DAYS


def test_a_cell_of_separators_alone_names_nothing(read_csv: Read) -> None:
    line = "V,2026-03-10 10:00,D,90,,{}\n"
    rows = read_csv(line.format("、、") + line.format(" 、") + line.format("cba、"))
    assert [row.get("lender") for row in rows.values()] == [None, None, {"memberships": ["cba"]}]


def table_with(**columns: pa.Array) -> pa.Table:
    """A table of the mapping's columns, each as it is given."""
    rows = max(map(len, columns.values()))
    usual: dict[str, Any] = {
        "编号": [f"V{number}" for number in range(rows)],
        "时间": pa.array([AT] * rows, pa.timestamp("us")),
        "客户": ["D"] * rows,
        "天数": pa.nulls(rows, pa.int64()),
        "委托": pa.nulls(rows, pa.string()),
        "协会": pa.nulls(rows, pa.string()),
    }
    return pa.table(usual | columns)


WHOLE: dict[str, tuple[pa.Array, list[Any]]] = {
    "DOUBLE": (
        pa.array([89.5, 90.0, 1e300, float("nan"), 0.1 + 0.2]),
        [["fact-wrong-type"], 90, *[["fact-wrong-type"]] * 3],
    ),
    "UBIGINT": (pa.array([2**63, 90], pa.uint64()), [["fact-range"], 90]),
    "DECIMAL": (pa.array([Decimal("89.5"), Decimal("90.0"), None]), [["fact-wrong-type"], 90, None]),
}


@pytest.mark.parametrize("kind", first_by_default(WHOLE, 2))
def test_whole_numbers_of_databases(kind: str, opened: Callable[..., Inputs], tmp_path: Path) -> None:
    column, expected = WHOLE[kind]
    pq.write_table(table_with(天数=column), tmp_path / "v.parquet")
    rows = facts_by_row(opened(tmp_path / "v.parquet")).values()
    assert [row if isinstance(row, list) else row.get("debt", {}).get("days_overdue") for row in rows] == expected


MOMENT = 1773108000000000
COLUMNS_OF_TIMES: dict[str, tuple[pa.Array, list[Any]]] = {
    "nanoseconds": (
        pa.array([MOMENT * 1000, MOMENT * 1000 + 1], pa.timestamp("ns", "UTC")),
        [MOMENT, ["fact-timestamp-fine"]],
    ),
    "far": (
        pa.array([MOMENT, 2**62, -(2**62)], pa.timestamp("us", "UTC")),
        [MOMENT, ["fact-timestamp"], ["fact-timestamp"]],
    ),
    "local nanoseconds": (
        pa.array([(MOMENT + 28_800_000_000) * 1000, MOMENT * 1000 + 1], pa.timestamp("ns")),
        [MOMENT, ["local-time-format"]],
    ),
    "far local": (pa.array([MOMENT + 28_800_000_000, 2**62], pa.timestamp("us")), [MOMENT, ["fact-timestamp"]]),
    "days": (pa.array([20_522], pa.date32()), [["fact-timestamp"]]),
}


@pytest.mark.parametrize("kind", first_by_default(COLUMNS_OF_TIMES, 2))
def test_times_of_databases(kind: str, opened: Callable[..., Inputs], tmp_path: Path) -> None:
    """What is finer than a microsecond or out of range is one reject; the rest of the file is read."""
    column, expected = COLUMNS_OF_TIMES[kind]
    pq.write_table(table_with(时间=column), tmp_path / "v.parquet")
    rows = facts_by_row(opened(tmp_path / "v.parquet")).values()
    assert [row if isinstance(row, list) else row["visit"]["starts_at"] for row in rows] == expected


def test_old_times_of_parquet_are_said_to_be_local(opened: Callable[..., Inputs], tmp_path: Path) -> None:
    """INT96 does not say whether a time is local; with the zone that it was written in, nothing is to be said."""
    table = table_with(时间=pa.array([AT], pa.timestamp("ns")))
    pq.write_table(table, tmp_path / "v.parquet", use_deprecated_int96_timestamps=True)
    inputs = opened(tmp_path / "v.parquet")
    assert facts_by_row(inputs)[1]["visit"]["starts_at"] == MOMENT
    assert [warning.code for warning in inputs.files[0].warnings] == ["int96-times"]

    in_utc = opened(
        tmp_path / "v.parquet", MAPPING.replace("visit.starts_at", "{fact: visit.starts_at, timezone: UTC}")
    )
    assert facts_by_row(in_utc)[1]["visit"]["starts_at"] == MOMENT + 28_800_000_000
    assert in_utc.files[0].warnings == ()


@pytest.mark.long
def test_a_hidden_first_sheet_is_not_read(opened: Callable[..., Inputs], tmp_path: Path) -> None:
    """The sheet that people see is read; the hidden one only where it is named."""
    header = HEADER.strip().split(",")
    path = write_workbook(tmp_path / "v.xlsx", [header, ["V1", AT, "D", 90]])
    hidden = write_workbook(tmp_path / "h.xlsx", [header, ["H1", AT, "D", 90]])
    with ZipFile(path) as book, ZipFile(hidden) as other:
        parts = {name: book.read(name) for name in book.namelist()} | {"xl/sheet2.xml": other.read("xl/sheet1.xml")}
    sheets = b'<sheets><sheet name="hidden" sheetId="2" state="hidden" r:id="r3"/>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<sheets>", sheets)
    relations = parts["xl/_rels/workbook.xml.rels"]
    second = relations[relations.index(b"<Relationship Id") : relations.index(b"/>") + 2]
    second = second.replace(b'"r1"', b'"r3"').replace(b"sheet1", b"sheet2")
    parts["xl/_rels/workbook.xml.rels"] = relations.replace(b"</Relationships>", second + b"</Relationships>")
    with ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)

    assert facts_by_row(opened(path))[2]["visit"]["id"] == "V1"
    named = MAPPING.replace("visits:\n", "visits:\n  sheet: hidden\n")
    assert facts_by_row(opened(path, named))[2]["visit"]["id"] == "H1"


@pytest.mark.long
def test_values_that_cannot_be_read_count_as_unknown_where_the_mapping_says_so(
    opened: Callable[..., Inputs], tmp_path: Path
) -> None:
    """Counted and listed with row and text; what a row must have, and what contradicts itself, still rejects it."""
    lines = (
        "V1,2026-03-10 10:00,D,约90,,\nV2,2026-03-10 25:00,D,90,,\nV3,2026-03-10 10:00,D,90,年底,cba\n"
        "V4,2026-03-10 10:00,D,很久,2026-02-30,\nV5,2026-03-10 10:00,D\u200b,90,,\nV6,2026-03-10 10:00,D,90,,cbb\n"
    )
    (tmp_path / "v.csv").write_text(HEADER + lines, encoding="utf-8")
    strict = facts_by_row(opened(tmp_path / "v.csv"))
    assert [number for number, row in strict.items() if isinstance(row, list)] == [1, 2, 3, 4, 5, 6]

    inputs = opened(tmp_path / "v.csv", f"on_bad_value: unknown\n{MAPPING}")
    rows = facts_by_row(inputs)
    assert {number: row for number, row in rows.items() if isinstance(row, list)} == {
        2: ["fact-timestamp-naive"],
        6: strict[6],
    }
    assert all("days_overdue" not in rows[number].get("debt", {}) for number in (1, 4))
    assert (rows[3]["debt"]["days_overdue"], rows[3]["lender"]) == (90, {"memberships": ["cba"]})
    assert "agency" not in rows[3]
    assert "debtor" not in rows[5]
    messages = [warning.message for warning in inputs.files[0].warnings]
    assert {warning.code for warning in inputs.files[0].warnings} == {"unknown-values"}
    assert "`v.csv`: 2 values of `天数` cannot be read and count as unknown: row 1 `约90`, row 4 `很久`" in messages
    assert (
        "`v.csv`: 2 values of `委托` cannot be read and count as unknown: row 3 `年底`, row 4 `2026-02-30`" in messages
    )
    assert len(messages) == 3
