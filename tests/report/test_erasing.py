"""One person taken out of an audit, and ids hidden in all that it writes."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner

from visitcheck.audit.auditing import audit
from visitcheck.audit.erasing import erase
from visitcheck.audit.hash_keys import hash_id
from visitcheck.cli import main
from visitcheck.errors import AuditFailed
from visitcheck.policy import Policy
from visitcheck.report import AuditFolder, Choices, Privacy, audit_page
from visitcheck.report.worst_visits import AuditSources, explain_worst

PACK = Path(__file__).with_name("probe.yaml")
KEY = b"0123456789abcdef"
GONE = "D-1"


def _visit(id_: str, debtor: str, **more: Any) -> dict[str, Any]:
    visit = {"id": id_, "stage": "recorded", "starts_at": "2026-03-10T20:00:00+08:00", "timezone": "Asia/Shanghai"}
    return {"visit": visit, "debtor": {"id": debtor}, "team": [{"id": f"K-{id_}"}], "place": {"kind": "home"}} | more


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Visits to three people, of which one is in a doubt with another's, and has a row that is none."""
    shared = {"consents": [{"id": "consent-one", "kind": "visit", "given": True}]}
    visits = [_visit("V-1", GONE, **shared), _visit("V-2", "D-2", **shared), _visit("V-3", "D-3"), _visit("V-4", GONE)]
    bad = [_visit("V-5", GONE, place={"kind": "moon"}), _visit("V-6", "D-3", place={"kind": "moon"})]
    bad += [_visit("V-7", "D-2"), _visit("V-7", GONE)]
    path = tmp_path_factory.mktemp("rows") / "v.jsonl"
    path.write_text("\n".join(map(json.dumps, [*visits, *bad])), "utf-8")
    return path


@pytest.fixture(scope="module")
def audited_once(rows: Path, policy: Policy) -> Path:
    return audit([rows], policy, out=rows.parent / "out", threads=1).folder


@pytest.fixture
def folder(audited_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(audited_once, tmp_path / "audit"))


def _values(folder: Path) -> str:
    """All that the tables and files of a folder say, as text."""
    tables = (str(duckdb.read_parquet(str(path)).fetchall()) for path in folder.glob("*.parquet"))
    return "\n".join([*tables, *(path.read_text("utf-8") for path in folder.glob("*.json"))])


def _ids(folder: Path, table: str, column: str = "visit_id") -> list[str]:
    return [
        id_ for (id_,) in duckdb.read_parquet(str(folder / f"{table}.parquet")).project(column).order(column).fetchall()
    ]


def test_nothing_of_the_person_is_left(folder: Path) -> None:
    """
    Neither in tables nor in files; what is about others stays, a reject of one visit's id that is theirs, too.
    """
    before = {name: len(_ids(folder, name)) for name in ("verdicts", "findings", "rejects", "statuses")}
    gone = erase(folder, GONE)
    said = _values(folder)
    assert [] == [name for name in (f"'{GONE}'", "V-1'", "V-4'", "V-5'", "K-V-1") if name in said and name != "K-V-1"]
    assert ["V-2", "V-3"] == _ids(folder, "verdicts")
    assert ["V-6", "V-7"] == _ids(folder, "rejects")
    assert {"D-2", "D-3"} == set(_ids(folder, "findings", "debtor_id")) == set(_ids(folder, "statuses", "debtor_id"))
    assert {name: before[name] - len(_ids(folder, name)) for name in before} == {name: gone[name] for name in before}
    assert (2, 2) == (gone["verdicts"], gone["rejects"])


def test_the_manifest_says_when_and_how_many_and_not_who(folder: Path) -> None:
    before = json.loads((folder / "manifest.json").read_text("utf-8"))
    gone = erase(folder, GONE)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    [entry] = manifest.pop("erased")
    assert before == manifest
    assert {"at", "rows"} == entry.keys()
    assert gone == entry["rows"]
    assert 2 == AuditFolder.open(folder).erased
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert ["audit"] == [path.name for path in folder.parent.iterdir()]


def test_nobody_is_nothing(folder: Path) -> None:
    """
    A folder without the person is left as it is, byte for byte.
    """
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {0} == set(erase(folder, "D-9").values())
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert ["audit"] == [path.name for path in folder.parent.iterdir()]


def test_what_cannot_be_erased_from_is_refused(folder: Path, tmp_path: Path) -> None:
    """
    No audit; an audit beside which a broken-off run lies, with rows of the input.
    """
    with pytest.raises(AuditFailed, match="erase-refused"):
        erase(tmp_path, GONE)
    (tmp_path / "audit.unfinished").mkdir()
    (tmp_path / "audit.unfinished" / "key.json").write_text("{}", "utf-8")
    with pytest.raises(AuditFailed, match="broken off"):
        erase(folder, GONE)
    assert GONE in _values(folder)


def test_a_crash_leaves_the_old_folder_and_is_made_good(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(old: Path, new: Path) -> None:
        raise KeyboardInterrupt

    before = _values(folder)
    with pytest.raises(KeyboardInterrupt):
        erase(folder, GONE, remake=fail)
    assert before == _values(folder)
    assert 2 == erase(folder, GONE)["verdicts"]
    assert ["audit"] == [path.name for path in folder.parent.iterdir()]


def _run(*arguments: object, **more: Any) -> Any:
    return CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False, **more)


@pytest.mark.long
def test_the_command_makes_pages_and_workbooks_anew(folder: Path) -> None:
    """
    As they were asked for: language, head and privacy; others' pages go, and are named.
    """
    _run("report", folder, "--lang", "zh", "--institution", "某某银行", "--include-personal")
    _run("report", folder, "--lang", "zh", "--xlsx", folder / "a.xlsx", "--include-personal")
    (folder / "notes.html").write_text("<p>D-1</p>", "utf-8")
    assert "V-1" in (folder / "report.html").read_text("utf-8")
    result = _run("audit", "erase", folder, "--debtor", "-", input=f"{GONE}\n")
    assert 0 == result.exit_code
    assert "2 of verdicts.parquet" in result.output
    assert "notes.html: deleted" in result.output
    assert GONE not in result.output
    page = (folder / "report.html").read_text("utf-8")
    assert ("V-2" in page, "V-1" in page, '<html lang="zh"' in page, "某某银行" in page) == (True, False, True, True)
    opened = openpyxl.load_workbook(folder / "a.xlsx")
    cells = {str(cell) for sheet in opened for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"V-2", "D-2", "总览"} <= cells | set(opened.sheetnames)
    assert {"V-1", GONE}.isdisjoint(cells)
    assert not (folder / "notes.html").exists()


@pytest.mark.long
def test_pages_with_hashes_need_the_key(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(KEY)
    _run("report", folder, "--hash-ids", tmp_path / "key")
    kept = Path(shutil.copytree(folder, tmp_path / "kept"))
    assert "report.html: deleted" in _run("audit", "erase", folder, "--debtor", GONE).output
    assert (
        "report.html: made anew"
        in _run("audit", "erase", kept, "--debtor", GONE, "--hash-ids", tmp_path / "key").output
    )
    page = (kept / "report.html").read_text("utf-8")
    assert hash_id("V-2", KEY) in page
    assert "V-2" not in page


def test_ids_are_hashed_in_all_that_an_audit_writes(rows: Path, policy: Policy, tmp_path: Path) -> None:
    """
    The manifest says how and where the salt is; the key itself is nowhere. The same ids join across tables.
    """
    out = audit([rows], policy, out=tmp_path / "out", threads=1, hash_key=KEY).folder
    said = _values(out)
    assert [] == [id_ for id_ in ("V-1", "D-1", "K-V-2", "consent-one", KEY.decode()) if id_ in said]
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert "not in this folder" in manifest["ids"]["salt"]
    hashed = sorted(hash_id(f"V-{number}", KEY) for number in (1, 2, 3, 4))
    assert hashed == _ids(out, "verdicts")
    assert {hash_id("K-V-2", KEY)} <= set(_ids(out, "statuses", "collectors"))
    assert 2 == erase(out, GONE, key=KEY)["verdicts"]
    assert 1 == erase(out, hash_id("D-2", KEY))["verdicts"]


@pytest.mark.long
def test_a_report_of_hashed_tables_explains_and_hashes_once(rows: Path, policy: Policy, tmp_path: Path) -> None:
    """
    The worst visits are found again in the input by file and row.
    """
    out = audit([rows], policy, out=tmp_path / "out", threads=1, hash_key=KEY).folder
    opened, choices = AuditFolder.open(out), Choices(privacy=Privacy(key=KEY))
    told = explain_worst(opened, AuditSources([rows], policy), 10, choices.privacy)
    assert ("v.jsonl", 1) in told
    page = audit_page(opened, choices, told)
    assert hash_id("V-1", KEY) in page
    assert hash_id(hash_id("V-1", KEY), KEY) not in page
    assert "keyed hashes" in page


def test_a_key_that_can_be_guessed_is_refused(rows: Path, policy: Policy, tmp_path: Path) -> None:
    with pytest.raises(AuditFailed, match="16 bytes"):
        audit([rows], policy, out=tmp_path / "out", hash_key=b"short")
