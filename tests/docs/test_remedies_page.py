"""The Python on the page of remedies runs, and says what its comments say."""

from __future__ import annotations

import re
import shlex

import pytest
from click.testing import CliRunner
from repository import ROOT, blocks

from visitcheck.cli import main

PAGE = ROOT / "docs" / "remedies.md"


@pytest.mark.long
@pytest.mark.parametrize("block", blocks(PAGE, "python"), ids=lambda block: block.splitlines()[0])
def test_the_python_runs(block: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(block, str(PAGE), "exec"), {})  # noqa: S102 - our own page
    printed = capsys.readouterr().out

    for said in re.findall(r"print\(.*\)\s+# ([^\n]*?)(?: \.\.\.)?$", block, re.MULTILINE):
        if not said.startswith("microseconds"):
            assert said in printed


@pytest.mark.long
@pytest.mark.parametrize(
    "line", "".join(blocks(PAGE, "console")).splitlines(), ids=lambda line: line.removeprefix("visitcheck ")
)
def test_the_commands_run(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, shlex.split(line)[1:])

    assert 1 == result.exit_code
    assert result.stdout
