"""The page on reports: its commands and its Python run as they stand there, one after the other."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from repository import ROOT, blocks

from visitcheck.cli import main

PAGE = ROOT / "docs" / "report.md"
BREACH = 1


@pytest.mark.long
def test_what_the_page_shows_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The audits of two months that it compares stand for any two.
    """
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    pages_by_line = {}
    for line in "".join(blocks(PAGE, "console")).splitlines():
        arguments = shlex.split(line)[1:]
        if "audit-june" in arguments:
            shutil.copytree("audit", "audit-june")
            shutil.copytree("audit", "audit-july")
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code in (0, BREACH), result.output
        if "--xlsx" in arguments:
            assert Path("audit.xlsx").read_bytes().startswith(b"PK")
            continue
        target = Path(arguments[arguments.index("--html" if "--html" in arguments else "-o") + 1])
        pages_by_line[line] = target.read_text("utf-8")
        target.unlink()
    assert 5 == len(pages_by_line)
    assert all(page.startswith("<!DOCTYPE html>") for page in pages_by_line.values())
    whole, plain, again, *_ = pages_by_line.values()
    assert whole == again  # the input at hand, or named: the same explanations
    assert len(plain) < len(whole)

    names: dict[str, str] = {}
    for block in blocks(PAGE, "python"):
        exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102 - our own page
    assert '<html lang="zh"' in names["page"]
    assert Path("audit-zh.xlsx").read_bytes().startswith(b"PK")
