"""`visitcheck report`, `audit --html` and `check --html`, as they are typed."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from visitcheck.cli import main
from visitcheck.report import AuditFolder

PACK = Path(__file__).with_name("probe.yaml")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [os.fspath(argument) for argument in arguments], catch_exceptions=False)


def test_a_report_lies_beside_its_tables(before: AuditFolder) -> None:
    result = _run("report", before.path, "--lang", "zh", "--format", "json")
    page = before.path / "report.html"
    assert 0 == result.exit_code
    assert {"out": str(page), "bytes": page.stat().st_size} == json.loads(result.stdout)
    assert page.read_text("utf-8").startswith('<!DOCTYPE html>\n<html lang="zh"')
    assert 0o600 == stat.S_IMODE(page.stat().st_mode)
    page.unlink()


def test_two_audits_are_compared(before: AuditFolder, later: AuditFolder, tmp_path: Path) -> None:
    result = _run("report", before.path, later.path, "-o", tmp_path / "page.html")
    assert (0, "") == (result.exit_code, result.stdout)
    assert "Two audits compared" in (tmp_path / "page.html").read_text("utf-8")
    assert 2 == _run("report", before.path, before.path, before.path).exit_code


@pytest.mark.long
def test_an_audit_writes_its_report(inputs: list[Path], tmp_path: Path) -> None:
    """
    The exit code stays that of the audit, and the worst visits have their own facts.
    """
    page = tmp_path / "page.html"
    result = _run("audit", inputs[0], "-o", tmp_path / "out", "-p", PACK, "--html", page, "--threads", "1")
    assert 1 == result.exit_code, result.output
    assert "Came at 20" in page.read_text("utf-8")


def test_decisions_of_planned_and_recorded_visits(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    visits = (EXAMPLES / "proposed-denied.json", EXAMPLES / "recorded-compliant.json")
    result = _run("check", *visits, "--html", page, "--engine", "native")
    text = page.read_text("utf-8")
    assert 1 == result.exit_code
    assert ["Not allowed", "Compliant"] == [
        one for one in ("Not allowed", "Compliant") if f'<strong><span lang="en">{one}' in text
    ]
    assert "A visit to you was planned: 2026-03-10 19:30. It may not take place in this way." in text
    assert "You may ask them to leave, and then they have to go." in text


def test_a_decision_page_names_doubts_and_unread_facts(tmp_path: Path) -> None:
    """
    What the record says otherwise than a register is shown only where personal data is.
    """
    visit = json.loads((EXAMPLES / "recorded-compliant.json").read_text("utf-8"))
    visit["lender"] |= {"id": "L-9", "name": "Secretive Bank"}
    visit["record"]["filed_at"] = "2026-03-09T00:00:00+08:00"
    visit["wishes"] = visit.get("wishes", {}) | {"moratorium": True}
    (tmp_path / "visit.json").write_text(json.dumps(visit), "utf-8")
    (tmp_path / "registers.json").write_text('{"lenders": {"L-9": {"kind": "trust", "name": "Public Bank"}}}', "utf-8")
    given = ("check", tmp_path / "visit.json", "--registers", tmp_path / "registers.json", "-p", "base.conduct")
    pages = {}
    for personal in ((), ("--include-personal",)):
        _run(*given, "--html", tmp_path / "page.html", "--engine", "native", *personal)
        pages[bool(personal)] = (tmp_path / "page.html").read_text("utf-8")
        for code in ("filed-before-the-visit", "register-contradiction"):
            assert code in pages[bool(personal)]
        assert "<code>lender.kind</code>" in pages[bool(personal)]
        assert "<code>wishes.moratorium</code>" in pages[bool(personal)]
        assert "相互矛盾的数据" in pages[bool(personal)]
        assert "涉嫌违规" in pages[bool(personal)]
    assert ["Secretive" in pages[personal] for personal in (False, True)] == [False, True]


def test_what_cannot_be_done_is_said(before: AuditFolder, tmp_path: Path) -> None:
    """
    No audit; a page where there is no folder; an option's key that is none. Nothing is left behind.
    """
    for arguments, code in (
        ((tmp_path,), "no-audit"),
        ((before.path, "-o", tmp_path / "nowhere" / "page.html"), "report-unwritable"),
        ((before.path, "--hash-ids", tmp_path / "nowhere"), "hash-key"),
        ((before.path, "--visits", EXAMPLES / "audit" / "visits.parquet", "-p", "base.record"), "report-other-policy"),
    ):
        result = _run("report", *arguments)
        assert (2, True) == (result.exit_code, code in result.stderr), result.stderr
    assert [] == list(tmp_path.iterdir())


def test_without_the_extra_it_says_what_to_install(before: AuditFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert "visitcheck[audit,report]" in _run("report", before.path).stderr
