"""The workbook of an audit, opened by a program that did not write it."""

from __future__ import annotations

import json
import shutil
import stat
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from visitcheck.audit.auditing import audit
from visitcheck.cli import main
from visitcheck.errors import problem_codes
from visitcheck.policy import Policy
from visitcheck.report import AuditFolder, Choices, Privacy
from visitcheck.report.wording import LANGUAGES, page_texts
from visitcheck.report.workbook import book, write_workbook
from visitcheck.report.workbook.sheets import quoted_in

PACK = Path(__file__).with_name("probe.yaml")
SHEETS = {
    "en": ["Overview", "Rules", "Findings", "Suspected", "Not decided", "Doubts", "Rows not judged", "Collect next"],
    "zh": ["总览", "规则", "认定", "涉嫌违规", "无法判定的规则", "疑点", "无法判定的记录", "下一步应采集的数据"],
}
FORMULA = "=1+1"


def _visit(id_: str, **more: Any) -> dict[str, Any]:
    visit = {"id": id_, "stage": "recorded", "starts_at": "2026-03-10T20:00:00+08:00", "timezone": "Asia/Shanghai"}
    return {"visit": visit, "debtor": {"id": "D-1"}, "agency": {"id": "+A"}, "team": [{"id": "@K"}]} | more


@pytest.fixture(scope="module")
def folder(policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three visits in the evening, one of them with ids that look like formulas; and three rows that are none."""
    base = tmp_path_factory.mktemp("workbook")
    rows = [_visit(FORMULA), _visit("V-2"), _visit("V-3", place={"planned_distance_m": 10})]
    bad = _visit("V-4")
    bad["visit"]["starts_at"] = "in the evening"
    rows += [bad, _visit("V-5", met=[{"role": "debtor", "name": "x" * 9_999}]), _visit("V-6"), _visit("V-6")]
    (base / "v.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    audit([base / "v.jsonl"], policy, out=base / "out", threads=1)
    return base / "out"


def _open(folder: Path, target: Path, **choices: Any) -> openpyxl.Workbook:
    return openpyxl.load_workbook(write_workbook(folder, target, Choices(**choices)))


def _rows(sheet: Worksheet) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.long
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_sheet_has_a_head_that_stays_and_filters(folder: Path, tmp_path: Path, lang: str) -> None:
    opened = _open(folder, tmp_path / "a.xlsx", lang=lang)
    assert SHEETS[lang] == opened.sheetnames
    for sheet in opened.worksheets[1:]:
        assert "B2" == sheet.freeze_panes
        assert sheet.auto_filter.ref == sheet.dimensions
        assert 10 < sheet.column_dimensions["A"].width or sheet.title in ("Collect next", "下一步应采集的数据")
    assert stat.S_IMODE((tmp_path / "a.xlsx").stat().st_mode) == 0o600


def test_every_finding_and_every_problem_of_a_row_is_there(audited: AuditFolder, tmp_path: Path) -> None:
    opened = _open(audited.path, tmp_path / "a.xlsx")
    findings = duckdb.read_parquet(audited.table("findings"))
    for name, statuses in (
        ("Findings", "'violated', 'excused'"),
        ("Suspected", "'suspected'"),
        ("Not decided", "'undetermined'"),
    ):
        rows = _rows(opened[name])
        assert len(findings.filter(f"status IN ({statuses})")) == len(rows)
    counted = {row["Id of the rule"]: row["Violated"] for row in _rows(opened["Rules"])}
    assert {rule: counts["violated"] for rule, counts in audited.summary["rules"].items()} == counted
    problems = duckdb.read_parquet(audited.table("rejects")).project("unnest(problems)")
    assert len(problems) == len(_rows(opened["Rows not judged"]))


@pytest.mark.long
def test_a_finding_says_which_rule_and_what_to_do(folder: Path, tmp_path: Path) -> None:
    [first, *_] = _rows(_open(folder, tmp_path / "a.xlsx", lang="zh")["认定"])
    assert datetime(2026, 3, 10, 20, 0) == first["开始时间（Asia/Shanghai）"]
    assert ("禁止性", "违反") == (first["规则性质"], first["状态"])
    open_ = _rows(_open(folder, tmp_path / "b.xlsx")["Not decided"])
    assert all(row["What to do"] == f"Find out and record: {row['Not on record']}" for row in open_)
    assert {"place.planned_distance_m"}.isdisjoint(row["Not on record"] for row in open_)  # a label, no path
    assert 2 == len(open_)


def test_text_is_never_a_formula(folder: Path, tmp_path: Path) -> None:
    sheet = _open(folder, tmp_path / "a.xlsx")["Findings"]
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value)[:1] in ("=", "+", "-", "@")]
    assert {FORMULA, "+A", "@K"} <= {cell.value for cell in cells}
    assert {("s", True)} == {(cell.data_type, bool(cell.quotePrefix)) for cell in cells}


@pytest.mark.long
def test_rows_that_could_not_be_judged_say_where_and_what_to_do(folder: Path, tmp_path: Path) -> None:
    """
    Long text of a record is withheld, for it may be a name; what is no time is shown.
    """
    rows = {row["Visit"] or row["Row"]: row for row in _rows(_open(folder, tmp_path / "a.xlsx")["Rows not judged"])}
    late = next(row for row in rows.values() if row["Code"] == "fact-timestamp")
    assert ("v.jsonl", 4, "in the evening") == (late["File"], late["Row"], late["Original value"])
    assert late["What to do"].startswith("Write date and time like")
    assert "V-6" == rows["V-6"]["Original value"]
    personal = _open(folder, tmp_path / "b.xlsx", privacy=Privacy(personal=True))
    assert all(row["In detail"] for row in _rows(personal["Rows not judged"]))


@pytest.mark.parametrize(
    ("message", "columns", "value"),
    [
        ("column `到达`: `25:61` is not a timestamp; write `22:00`", ["到达"], "25:61"),
        ("one of the columns `a`, `b`: `x` is none of the words of this fact; use one of `y`", ["a", "b"], "x"),
        ("column `金额` holds the error `#REF!`; mend the formula", ["金额"], "#REF!"),
        (
            "column `e`: `ends_at` (2026-03-15T03:30:00Z) is earlier than `starts_at` (...)",
            ["e"],
            "2026-03-15T03:30:00Z",
        ),
        ("`visit.starts_at` is missing", [], None),
        ("the text is empty", [], None),
    ],
)
def test_columns_and_values_are_read_off_messages(message: str, columns: list[str], value: str | None) -> None:
    assert (columns, value) == quoted_in(message)


@pytest.mark.long
def test_persons_are_left_out_or_hashed(folder: Path, tmp_path: Path) -> None:
    privacy = Privacy(personal=True, key=b"k" * 16)
    for choice, shown in ((Privacy(), set()), (Privacy(personal=True), {"D-1"}), (privacy, {privacy.shown_id("D-1")})):
        opened = _open(folder, tmp_path / "a.xlsx", privacy=choice)
        assert shown == {row["Borrower"] for row in _rows(opened["Findings"]) if "Borrower" in row}
    assert privacy.shown_id("V-2") in {row["Visit"] for row in _rows(opened["Findings"])}
    assert {"V-2", "@K"}.isdisjoint({cell.value for sheet in opened for row in sheet.iter_rows() for cell in row})


def test_what_a_sheet_has_no_room_for_is_said(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MOST_ROWS", 4)
    opened = _open(folder, tmp_path / "a.xlsx")
    lines = [cell for row in opened["Overview"].iter_rows(values_only=True) for cell in row if cell]
    rows = list(opened["Rows not judged"].iter_rows(values_only=True))
    assert 4 == len(rows)
    assert "2 more rows are in rejects.parquet." == rows[-1][0]
    assert any("first 2 of 4 rows" in str(line) for line in lines)


def test_text_too_long_for_a_cell_is_cut_and_that_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "LONGEST", 100)
    opened = _open(folder, tmp_path / "a.xlsx")
    texts = [str(cell) for sheet in opened for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert 100 == max(map(len, texts))
    assert any(text.endswith("[cut]") for text in texts)


@pytest.mark.long
def test_leads_have_a_sheet_where_there_are_any(folder: Path, tmp_path: Path) -> None:
    """
    Rules by their titles, facts by their labels; sentences of a remark only where personal data is shown.
    """
    leads = {"visit_id": ["V-2"], "fact": ["record.summary"], "kind": ["threat"], "negated": [False]}
    leads |= {"words": ["曝光"], "start": [3], "rules": [["probe/near"]], "sentence": ["他说要曝光"]}
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    pq.write_table(pa.table(leads), copy / "leads.parquet")
    [row] = _rows(_open(copy, tmp_path / "a.xlsx")["Leads"])
    assert ("V-2", "曝光", "no") == (row["Visit"], row["Words that matched"], row["Denied in the text"])
    assert {"probe/near", "record.summary", 3, "他说要曝光"}.isdisjoint(row.values())
    personal = _open(copy, tmp_path / "b.xlsx", privacy=Privacy(personal=True))
    assert "他说要曝光" == _rows(personal["Leads"])[0]["Sentence"]


@pytest.mark.long
def test_the_same_audit_gives_the_same_workbook(folder: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(folder, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_commands_write_it(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Of an audit that is there already, in the language asked for, with a head; a page only where one is named.
    """
    target = tmp_path / "a.xlsx"
    arguments = ["report", str(folder), "--xlsx", str(target), "--lang", "zh", "--institution", "某某银行"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert (0, "") == (result.exit_code, result.stdout)
    opened = openpyxl.load_workbook(target)
    assert ("机构名称", "某某银行") == next(opened["总览"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert not (folder / "report.html").exists()
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    assert "visitcheck[audit,report,excel]" in CliRunner().invoke(main, arguments).stderr


@pytest.mark.long
def test_an_audit_writes_it(inputs: list[Path], tmp_path: Path) -> None:
    given = ["audit", str(inputs[0]), "-o", str(tmp_path / "out"), "-p", str(PACK), "--xlsx", str(tmp_path / "a.xlsx")]
    result = CliRunner().invoke(main, [*given, "--threads", "1", "--lang", "zh"], catch_exceptions=False)
    assert 1 == result.exit_code
    assert SHEETS["zh"] == openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames


def test_every_code_of_a_rejected_row_says_what_to_do() -> None:
    """
    Codes of facts, visits and JSON reject rows, and these of tables do.
    """
    of_tables = {"cell-error", "cell-long-number", "csv-row", "duplicate-visit-id", "not-recorded", "orphan-row"}
    of_tables |= {"local-time-format", "local-time-skipped", "local-time-twice", "missing-selector"}
    codes = of_tables | {code for code in problem_codes() if code.startswith(("fact-", "visit-", "json-"))}
    codes -= {"fact-unknown", "fact-taken", "fact-too-late", "visit-in-the-past"}  # of commands, packs and proposals
    texts = page_texts().texts
    assert [] == sorted(code for code in codes for group in ("codes", "mending") if f"{group}.{code}" not in texts)
