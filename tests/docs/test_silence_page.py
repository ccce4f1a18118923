"""The page on silence names every doubt, every fact that speaks against a visit, and every closing fact."""

from __future__ import annotations

import re

import pytest
from repository import ROOT

from visitcheck.facts import FACTS
from visitcheck.facts.completeness import OPEN_LISTS, WORDS
from visitcheck.facts.doubts import DOUBTS

PAGE = (ROOT / "docs" / "silence.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """The text below a heading, up to the next."""
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_every_doubt_has_a_row_and_nothing_else_has() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", section("Doubts"), re.MULTILINE)

    assert [doubt.code for doubt in DOUBTS] == rows


def test_every_fact_that_speaks_against_a_visit_is_listed_and_no_other() -> None:
    rows = section("Facts that speak against a visit")
    named = set(re.findall(r"`((?:agency|debtor|debt|wishes)\.[a-z_]+)`", rows))

    assert {path for path, fact in FACTS.items() if fact.protective} == named


@pytest.mark.parametrize("path", [path for path, each in OPEN_LISTS.items() if each.closing != (WORDS,)])
def test_every_list_of_records_that_may_go_on_has_its_closing_facts(path: str) -> None:
    [row] = [row for row in section("Lists that go on").splitlines() if row.startswith("|") and f"`{path}`" in row]

    assert set(OPEN_LISTS[path].closing) == set(re.findall(r"`([a-z]+)`", row.split("|")[2]))
