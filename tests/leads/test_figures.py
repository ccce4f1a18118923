"""The page on leads says how good they are, as measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from figures import SEEN, UNSEEN, labelled_remarks, measure, table_rows

from visitcheck.leads.lexicon import shipped_kinds

PAGE = Path(__file__).parents[2] / "docs" / "leads.md"


@pytest.mark.long
@pytest.mark.parametrize(("heading", "path"), [("unseen", UNSEEN), ("seen", SEEN)])
def test_the_figures_of_the_page_are_those_measured(heading: str, path: Path) -> None:
    part = PAGE.read_text("utf-8").partition(f"### Remarks {heading}")[2].partition("\n#")[0]
    rows = [line for line in part.splitlines() if line.startswith("| `")]
    assert rows == table_rows(measure(labelled_remarks(path)))


@pytest.mark.long
@pytest.mark.parametrize("path", [UNSEEN, SEEN])
def test_labels_name_kinds_that_there_are(path: Path) -> None:
    kinds = {kind.name for kind in shipped_kinds()}
    remarks = labelled_remarks(path)
    assert len(remarks) >= 300
    assert {kind for remark in remarks for kind in (*remark["kinds"], *remark["negated"])} == kinds
