"""`docs/writing-rules.md`, followed literally."""

from __future__ import annotations

import pytest
from repository import ROOT
from tutorial import Reader

import visitcheck.pytest_plugin  # noqa: F401 - before pytester notes which modules there are

pytest_plugins = "pytester"
PAGE = (ROOT / "docs" / "writing-rules.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_whoever_follows_the_page_sees_what_it_shows(pytester: pytest.Pytester) -> None:
    ran = list(Reader(pytester.path, pytester).follow(PAGE))

    assert [each for each in ran if not each.as_shown] == []
    assert {each.command.split()[0] for each in ran} == {"visitcheck", "pytest"}


def test_a_reader_who_skips_a_step_sees_something_else(pytester: pytest.Pytester) -> None:
    skipped = PAGE.replace("Mend both in `night.yaml`:", "Leave `night.yaml`:").replace("```diff", "```text")

    with pytest.raises(AssertionError, match="nobody is told where"):
        list(Reader(pytester.path, pytester).follow(skipped))
