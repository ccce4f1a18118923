"""Workbooks and CSV files as people keep them: titles, errors, long numbers, stray quotes, rows of other things."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ledgers import without_missing

from choosing import first_by_default
from visitcheck import Policy
from visitcheck.audit.inputs import Inputs, open_inputs
from visitcheck.audit.inputs.table_samples import sample_table
from visitcheck.audit.mapping import load_mapping
from visitcheck.audit.mapping.suggest import suggest_mapping
from visitcheck.errors import InvalidInput

sys.path.insert(0, str(Path(__file__).parents[1] / "inputs"))
from old_workbook import CellError, write_old_workbook
from workbook import write_workbook

MAPPING = """\
timezone: Asia/Shanghai
constants: {visit.stage: recorded}
visits:
  columns: {编号: visit.id, 客户: debtor.id, 时间: visit.starts_at, 天数: debt.days_overdue}
"""
AT = datetime(2026, 3, 10, 10)
Open = Callable[..., tuple[Inputs, list[dict[str, Any]]]]


@pytest.fixture
def opened(policy: Policy, tmp_path: Path) -> Open:
    def read(file: Path, mapping: str = MAPPING) -> tuple[Inputs, list[dict[str, Any]]]:
        (tmp_path / "columns.yaml").write_text(mapping, encoding="utf-8")
        inputs = open_inputs([file], mapping=load_mapping(tmp_path / "columns.yaml"), policy=policy)
        rows = [without_missing(row) for batch in inputs.batches() for row in batch.to_pylist()]
        return inputs, sorted(rows, key=lambda row: row["__row"])

    return read


LAYOUTS = Path(__file__).parent / "layouts"


def as_cell(text: str) -> object:
    """A value of a CSV file as people have it in a workbook: moments and numbers as such."""
    if re.fullmatch(r"[0-9]{4}/[0-9]{1,2}/[0-9]{1,2} [0-9]{1,2}:[0-9]{2}", text):
        return datetime.strptime(text, "%Y/%m/%d %H:%M")
    return int(text) if text.isdigit() else text or None


KEPT: dict[str, tuple[str, Callable[[Path, list[list[object]]], Path]]] = {
    "xlsx": ("visit_record.csv", write_workbook),
    "xls": ("app_codes.csv", write_old_workbook),
}


@pytest.mark.long
@pytest.mark.parametrize("suffix", first_by_default(KEPT, 1))
def test_a_ledger_kept_as_a_workbook_says_what_its_export_says(opened: Open, tmp_path: Path, suffix: str) -> None:
    """By the mapping that is proposed for each: the same facts, visit by visit, but for the rows' numbers in ids."""
    layout, write = KEPT[suffix]
    with (LAYOUTS / layout).open(encoding="utf-8", newline="") as file:
        rows = [[as_cell(cell) for cell in row] for row in csv.reader(file)]
    facts = []
    for path in (LAYOUTS / layout, write(tmp_path / f"ledger.{suffix}", rows)):
        _, visits = opened(path, suggest_mapping(sample_table(path)))
        for visit in visits:
            assert visit["visit"].pop("id") == f"WF-{visit.pop('__row')}"
        facts.append(visits)
    assert facts[0] == facts[1]
    assert [3, 0] == [len(facts[0]), sum("__problems" in visit for visit in facts[0])]


def codes(row: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in row.get("__problems", [])]


def test_a_title_above_the_header(opened: Open, tmp_path: Path) -> None:
    """The header is where all the mapping's columns are; rows are numbered as the sheet shows them."""
    rows: list[list[object]] = [
        ["外访记录表", None, None, None],
        [None],
        ["编号", "客户", "时间", "天数"],
        ["V1", "D1", AT, 90],
        [None],
        ["V2", "D2", datetime(2026, 3, 11), 90],
    ]
    inputs, (first, second) = opened(write_workbook(tmp_path / "v.xlsx", rows))

    assert [file.rows for file in inputs.files] == [2]
    assert (first["__row"], second["__row"]) == (4, 6)
    assert second["visit"]["starts_at"] - first["visit"]["starts_at"] == 14 * 3_600_000_000  # a midnight is a moment


GROUPED: list[list[object]] = [
    ["外访月报表", None, None, None, None],
    ["填报单位：甲", None, None, "单位：元", None],
    ["编号", "客户", None, "外访", None],
    [None, "编号", "天数", "时间", "备注"],
    ["V1", "D1", 90, "2026-03-10 10:00", "合计"],
    ["V2", "D2", 91, "2026-03-11 10:00", None],
    ["合计", None, 181, None, None],
]
GROUPED_MAPPING = """\
timezone: Asia/Shanghai
constants: {visit.stage: recorded}
visits:
  columns: {编号: visit.id, 客户/编号: debtor.id, 外访/时间: visit.starts_at, 客户/天数: debt.days_overdue}
"""


@pytest.mark.long
@pytest.mark.parametrize("named", ["", "  header: [3, 4]\n"])
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_header_over_several_rows(suffix: str, named: str, opened: Open, tmp_path: Path) -> None:
    """Names are joined from above; the rows are found by the mapping's names, or are named."""
    path = write_table(tmp_path / f"v{suffix}", GROUPED)
    inputs, rows = opened(path, GROUPED_MAPPING + named)

    assert sample_table(path).header == (3, 4)
    assert list(sample_table(path).columns) == ["编号", "客户/编号", "客户/天数", "外访/时间", "外访/备注"]
    assert inputs.files[0].rows == 2
    first = 5 if suffix == ".xlsx" else 1
    assert [(row["__row"], row["debtor"]["id"], row["debt"]["days_overdue"]) for row in rows] == [
        (first, "D1", 90), (first + 1, "D2", 91),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [["外访台账", None, "2026年10月"], ["编号", "客户", "时间"], ["V1", "D1", "2026-03-10 10:00"]],
        [["编号", "客户", "时间", None, None], ["甲", "乙", "丙", "丁", "戊"], ["己", "庚", "丙", "丁", "戊"]],
        [["编号", "客户", "时间"], ["甲", "乙", "丙"]],
    ],
)
def test_a_row_of_data_or_a_title_divides_no_names(rows: list[list[object]], tmp_path: Path) -> None:
    assert list(sample_table(write_table(tmp_path / "v.csv", rows)).columns) == ["编号", "客户", "时间"]


def test_rows_of_a_header_that_are_no_header(opened: Open, tmp_path: Path) -> None:
    path = write_table(tmp_path / "v.csv", GROUPED)
    assert opened(path, GROUPED_MAPPING + "  header: [8, 9]\n")[0].files[0].rows is None
    with pytest.raises(InvalidInput, match="not in order"):
        opened(path, GROUPED_MAPPING + "  header: [4, 3]\n")


def test_a_merged_cell_says_it_for_all_its_rows(opened: Open, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["编号", "客户", "时间", "天数"], ["V1", "D1", AT, 90], ["V2", None, AT, 91], ["V3", None, AT, None],
    ]  # fmt: skip
    path = write_workbook(tmp_path / "v.xlsx", rows, merged=("B2:B3", "D3:D4"))
    _, read = opened(path)
    assert [row.get("debtor", {}).get("id") for row in read] == ["D1", "D1", None]
    assert [row["debt"]["days_overdue"] for row in read] == [90, 91, 91]


def write_table(path: Path, rows: list[list[object]]) -> Path:
    if path.suffix == ".xlsx":
        return write_workbook(path, rows)
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "read", "said"),
    [
        ("utf-8", "cp1252", "say `encoding: utf-8` in the mapping"),
        ("utf-8", "gb18030", "say `encoding: utf-8` in the mapping"),
        ("gb18030", "latin-1", "say `encoding: gb18030` in the mapping"),
        ("big5", "gb18030", "name its encoding by `encoding: NAME` in the mapping"),
    ],
)
def test_a_header_that_reads_as_garbage_is_refused(
    written: str, read: str, said: str, opened: Open, tmp_path: Path
) -> None:
    path = tmp_path / "v.csv"
    path.write_bytes("編號,客戶,日期,天數\nV1,D1,2026-03-10,90\n".encode(written, "replace"))
    if written == "gb18030":
        path.write_bytes("编号,客户,日期,天数\nV1,D1,2026-03-10,90\n".encode(written))
    inputs, rows = opened(path, MAPPING.replace("visits:\n", f"visits:\n  encoding: {read}\n"))

    assert rows == []
    problem = inputs.files[0].problem
    assert problem is not None
    assert f"its header reads as garbage in {read}, like `" in problem.message
    assert said in problem.message


def test_a_file_saved_after_it_was_read_wrongly(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    for text in ("编号,客户,日期,天数".encode().decode("latin-1"), "锟斤拷,客户"):
        path.write_text(text + "\nV1\n", encoding="utf-8")
        problem = opened(path)[0].files[0].problem
        assert problem is not None
        assert "its header reads as garbage in utf-8" in problem.message
    assert "Ã¥" not in "".join(sample_table(write_table(path, [["Numéro", "Größe", "编号"]])).columns)


def test_an_encoding_that_was_guessed_is_said_and_another_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_bytes("編號,客戶,日期,天數\nV1,D1,2026-03-10,90\n".encode("big5"))
    with pytest.raises(InvalidInput, match=r"gb18030, which was guessed as it is no UTF-8.*`--encoding NAME`"):
        sample_table(path)
    assert list(sample_table(path, encoding="big5").columns) == ["編號", "客戶", "日期", "天數"]

    path.write_bytes("编号,客户\nV1,D1\n".encode("utf-16"))
    assert sample_table(path).encoding == "utf-16"


def test_what_a_workbook_lost(opened: Open, tmp_path: Path) -> None:
    """Numbers whose last digits are gone are no ids; fractions are no days."""
    rows: list[list[object]] = [
        ["编号", "客户", "时间", "天数"],
        ["V1", 110101199003071233, AT, 90],
        ["V2", 12345678, AT, 89.5],
        ["V3", "D3", AT, 89.99999999999999],
    ]
    _, (lost, whole, near) = opened(write_workbook(tmp_path / "v.xlsx", rows))

    assert codes(lost) == ["cell-long-number"]
    assert whole["debtor"]["id"] == "12345678"
    assert codes(whole) == codes(near) == ["fact-wrong-type"]


def test_long_numbers_of_a_database_are_no_ids(opened: Open, tmp_path: Path) -> None:
    """A DOUBLE above 2^53 has lost its last digits; NaN is missing or refused, and nothing else is lost."""
    table = pa.table(
        {
            "编号": ["V1", "V2", "V3"],
            "客户": pa.array([1.1010119900307123e17, 7.0, 8.0]),
            "时间": [AT, AT, AT],
            "天数": pa.array([90.0, float("nan"), 90.0]),
        }
    )
    pq.write_table(table, tmp_path / "v.parquet")
    _, (lost, nan, good) = opened(tmp_path / "v.parquet")

    assert codes(lost) == ["fact-wrong-type"]
    assert "days_overdue" not in nan.get("debt", {})
    assert (good["debtor"]["id"], good["debt"]["days_overdue"]) == ("8", 90)


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_a_time_that_no_database_holds_is_one_rejected_row(zone: str | None, opened: Open, tmp_path: Path) -> None:
    """Milliseconds beyond the range of microseconds: the rest of the file is judged."""
    times = pa.array([9_300_000_000_000_000, -9_300_000_000_000_000, 1_773_108_000_000, None], pa.timestamp("ms", zone))
    table = pa.table({"编号": ["V1", "V2", "V3", "V4"], "客户": ["D"] * 4, "时间": times, "天数": [90] * 4})
    pq.write_table(table, tmp_path / "v.parquet")
    inputs, (far, long_ago, good, none) = opened(tmp_path / "v.parquet")

    assert [(file.rows, file.problem) for file in inputs.files] == [(4, None)]
    assert codes(far) == codes(long_ago) == ["fact-timestamp"]
    assert "9300000000000000 ms" in far["__problems"][0]["message"]
    hours = 8 if zone is None else 0
    assert good["visit"]["starts_at"] == (1_773_108_000 - hours * 3600) * 1_000_000
    assert "starts_at" not in none["visit"]


def test_errors_of_a_workbook_are_named(opened: Open, tmp_path: Path) -> None:
    """A row of `#REF!` does not vanish."""
    path = write_workbook(
        tmp_path / "v.xlsx", [["编号", "客户", "时间", "天数"], ["V1", "D1", AT, 90], ["V2", "D2", AT, 90]]
    )
    _break_cells(path, ("V2", "D2"))
    inputs, (good, broken) = opened(path)

    assert [file.rows for file in inputs.files] == [2]
    assert codes(good) == []
    assert codes(broken) == ["cell-error"]
    assert "`#REF!`" in broken["__problems"][0]["message"]


@pytest.mark.parametrize("formula", [False, True])
def test_errors_of_an_old_workbook_are_named(formula: bool, opened: Open, tmp_path: Path) -> None:
    """In `.xls`, too, whether the error was entered or a formula's; those of other columns do not count."""
    rows: list[list[object]] = [
        ["编号", "客户", "时间", "天数", "备注"],
        ["V1", "D1", "2026-03-10 10:00", 90, CellError(0x2A)],
        ["V2", CellError(0x17, formula), "2026-03-10 10:00", 90, None],
    ]
    inputs, (good, broken) = opened(write_old_workbook(tmp_path / "v.xls", rows))

    assert [file.rows for file in inputs.files] == [2]
    assert (good["debtor"]["id"], codes(good)) == ("D1", [])
    assert (broken["__row"], codes(broken)) == (3, ["cell-error"])
    assert "column `客户` holds the error `#REF!`" in broken["__problems"][0]["message"]


def _break_cells(path: Path, texts: tuple[str, ...]) -> None:
    """Makes errors of the cells with these texts, and gives every cell its name, as workbooks have it."""
    import re
    from zipfile import ZipFile

    with ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/sheet1.xml"].decode()
    rows = re.findall("<row>(.*?)</row>", sheet)
    named = [
        f'<row r="{number}">'
        + "".join(f'<c r="{"ABCD"[at]}{number}"{cell}' for at, cell in enumerate(re.split("<c", row)[1:]))
        + "</row>"
        for number, row in enumerate(rows, 1)
    ]
    sheet = sheet[: sheet.index("<row>")] + "".join(named) + "</sheetData></worksheet>"
    for text in texts:
        sheet = sheet.replace(f't="inlineStr"><is><t>{text}</t></is></c>', 't="e"><v>#REF!</v></c>')
    with ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, sheet.encode() if name == "xl/sheet1.xml" else content)


def test_a_quote_that_swallows_rows_is_warned_of(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text(
        '编号,备注,客户,时间,天数\nV1,ok,D1,2026-03-10 10:00,90\nV2,"at home,D2,2026-03-10 22:30,90\n'
        'V3,nobody",D4,2026-03-10 10:00,90\n',
        encoding="utf-8",
    )
    inputs, rows = opened(path)

    assert [row["visit"]["id"] for row in rows] == ["V1", "V2"]
    [warning] = inputs.files[0].warnings
    assert warning.code == "csv-quotes"
    assert "1 rows" in warning.message


@pytest.mark.parametrize("encoding", first_by_default(["UTF-8", "utf8", "utf-8-sig"], 1))
def test_a_mark_of_byte_order_is_no_part_of_a_name(encoding: str, opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_bytes("标题\n\n编号,客户,时间,天数,,\nV1,D1,2026-03-10 10:00,90,,\nV2\n".encode("utf-8-sig"))
    mapping = MAPPING.replace("visits:\n", f"visits:\n  encoding: {encoding}\n")
    _, (good, short) = opened(path, mapping)

    assert good["visit"]["id"] == "V1"
    assert (short["__row"], codes(short)) == (2, ["csv-row"])


def test_rows_that_are_no_visits_are_left_out_and_counted(opened: Open, tmp_path: Path) -> None:
    """One table of visits and calls: `where` keeps the visits, and a separate table of the same file has the calls."""
    path = tmp_path / "v.csv"
    path.write_text(
        "编号,客户,时间,天数,方式\nV1,D1,2026-03-10 10:00,90,外访\nC1,D1,2026-03-09 10:00,90,电话\n"
        "C2,D9,2026-03-09 10:00,90,电话\nV2,D2,2026-03-10 10:00,90, 外访\n",
        encoding="utf-8",
    )
    mapping = MAPPING + "  where: {方式: [外访]}\n"
    mapping += (
        "tables:\n  contacts:\n    complete: false\n    where: {方式: [电话]}\n    key: 客户\n    columns: {时间: at}\n"
    )
    mapping += "    constants: {channel: phone}\n"
    inputs, rows = opened(path, mapping)

    visits = [row for row in rows if row["__file"] == 0]
    assert [row["visit"]["id"] for row in visits] == ["V1", "V2"]
    assert [len(row["contacts"]) for row in visits] == [1, 0]
    assert [(file.table, file.rows) for file in inputs.files] == [("visits", 2), ("contacts", 2)]
    assert [warning.code for warning in inputs.files[0].warnings] == ["rows-left-out"]


@pytest.mark.long
def test_a_table_that_does_not_say_what_it_holds_names_the_rules_it_leaves_open(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text("编号,客户,时间,天数,谁\nV1,D1,2026-03-10 10:00,90,本人\n", encoding="utf-8")
    table = "tables:\n  conduct:\n    key: 编号\n    columns: {谁: kind}\n"
    [warning] = (
        opened(path, MAPPING + table.replace("谁: kind", "谁: {fact: kind, values: {本人: insult}}"))[0]
        .files[0]
        .warnings
    )
    assert warning.code == "mapping-silent-table"
    number = int(re.search(r"so that (\d+) rules stay open: base\.", warning.message)[1])  # type: ignore[index]
    assert warning.message.count("/") == 5
    assert warning.message.endswith(f"and {number - 5} more")

    [silent] = (
        opened(path, MAPPING + table.replace("谁: kind", "天数: {fact: at, reading: epoch_seconds}"))[0]
        .files[0]
        .warnings
    )  # no rule reads moments of events alone
    assert "rules" not in silent.message


@pytest.mark.long
@pytest.mark.parametrize(
    ("people", "names"),
    [(["张三", "李四", "欧阳 娜娜", "张三"], 3), (["J. Smith", "Ann Lee", ""], 2), (["zhangsan", "g3", "工号7"], 0)],
)
def test_names_that_are_used_as_ids_are_counted(people: list[str], names: int, opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    rows = [f"V{at},D1,2026-03-10 10:00,90,{one}" for at, one in enumerate(people)]
    path.write_text("\n".join(["编号,客户,时间,天数,外访人", *rows]), encoding="utf-8")
    inputs, read = opened(path, MAPPING.rstrip()[:-1] + ', 外访人: "team[0].id"}\n')

    assert len(read) == len(people)
    said = [warning.message for file in inputs.files for warning in file.warnings if warning.code == "names-as-ids"]
    assert said == [f"`外访人` holds names, {names} different ones, that stand for `team[].id`"] * bool(names)


def test_totals_and_footers_are_counted_and_named(opened: Open, tmp_path: Path) -> None:
    """They are no visits; a visit that says 合计 in a remark is one."""
    rows: list[list[object]] = [
        ["编号", "客户", "时间", "天数", "备注"],
        ["V1", "合计", "2026-03-10 10:00", 90, "合计"],
        ["合计", None, None, 90, None],
        [None, "Total:", None, 90, None],
        ["V2", "D2", "2026-03-10 10:00", 90, None],
        ["制表人：张三", None, None, None, None],
        ["Notes: all times are local", None, None, None, None],
    ]
    write_table(tmp_path / "v.csv", [*rows, ["审核：李四"]])
    for file in (write_workbook(tmp_path / "v.xlsx", rows), tmp_path / "v.csv"):
        inputs, read = opened(file)
        assert [(row["visit"]["id"], codes(row)) for row in read] == [("V1", []), ("V2", [])]
        assert inputs.files[0].rows == 2
        [warning] = inputs.files[0].warnings
        assert warning.code == "footer-rows"
        named = "`合计`, row 4 `Total:`, row 6 `制表人：张三`" if file.suffix == ".xlsx" else "`审核：李四`"
        assert named in warning.message
