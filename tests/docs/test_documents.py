"""Pages link to what exists, and the repository speaks of the project alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from repository import ROOT, pages, text_files

INTERNALS = sorted((ROOT / "docs" / "internals").glob("*.md"))
_PAGES = sorted(set((ROOT / "docs").rglob("*.md")) - set(INTERNALS))
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# Written in parts, so that this file does not hold what it looks for.
_FOREIGN = [
    r"(?<![\w.])/" + r"work/\w",
    "pypi" + r"\.org",
    "files." + "pythonhosted",
    "index-" + "url",
    "anth" + "ropic",
    "clau" + "de",
    "chat" + "gpt",
    "open" + "ai",
    "co" + "pilot",
    r"\bL" + r"LM\b",
    r"\bAI " + "assistant",
    "co-authored" + "-by",
]
_ANY_FOREIGN = re.compile("|".join(_FOREIGN), re.IGNORECASE)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{target} leads nowhere"
        assert linked.is_relative_to(ROOT), f"{target} leads out of the repository"
        assert not anchor or anchor in anchors(linked), f"{target} names no heading"


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_the_readme_leads_to_every_page(page: Path) -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        assert f"({page.relative_to(ROOT).as_posix()})" in (ROOT / readme).read_text(encoding="utf-8")


def test_the_guide_for_contributors_leads_to_every_page_of_internals() -> None:
    first = ROOT / "docs" / "internals" / "README.md"
    listed = first.read_text(encoding="utf-8")

    assert "(docs/internals/README.md)" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [] == [page.name for page in INTERNALS if page != first and f"({page.name})" not in listed]


def test_no_file_speaks_of_the_machine_or_tools_it_was_written_with() -> None:
    mistakes = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in text_files()
        for match in _ANY_FOREIGN.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert mistakes == []
