"""The Python on the page of remedies runs, and says what its comments say."""

from __future__ import annotations

import re

import pytest
from repository import ROOT, blocks

PAGE = ROOT / "docs" / "remedies.md"


@pytest.mark.parametrize("block", blocks(PAGE, "python"), ids=lambda block: block.splitlines()[0])
def test_the_python_runs(block: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(block, str(PAGE), "exec"), {})  # noqa: S102 - our own page
    printed = capsys.readouterr().out

    for said in re.findall(r"print\(.*\)\s+# ([^\n]*?)(?: \.\.\.)?$", block, re.MULTILINE):
        if not said.startswith("microseconds"):
            assert said in printed
