"""How well leads are found in labelled remarks, by kind. `python -m tests.leads.figures` prints the table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from visitcheck.leads import leads

SEEN = Path(__file__).with_name("remarks.yaml")
UNSEEN = Path(__file__).with_name("unseen.yaml")
"""Remarks that nobody had read who wrote in the lexicons, when they were first measured."""


@dataclass
class Figures:
    """Of one kind: remarks rightly and wrongly found, missed; and of those that deny it how many were told apart."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    denied: int = 0
    taken_for_leads: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)


def labelled_remarks(path: Path = SEEN) -> list[dict[str, Any]]:
    return yaml.safe_load(path.read_text("utf-8"))


def measure(remarks: Iterable[dict[str, Any]]) -> dict[str, Figures]:
    figures: dict[str, Figures] = {}
    for remark in remarks:
        given = {lead.kind for lead in leads(remark["text"]) if not lead.negated}
        labelled, denied = set(remark.get("kinds") or ()), set(remark.get("negated") or ())
        for kind in given | labelled | denied:
            of = figures.setdefault(kind, Figures())
            of.right += kind in given & labelled
            of.wrong += kind in given - labelled
            of.missed += kind in labelled - given
            of.denied += kind in denied - labelled
            of.taken_for_leads += kind in (denied - labelled) & given
    return dict(sorted(figures.items()))


def table_rows(figures: dict[str, Figures]) -> list[str]:
    """The rows of the page's tables."""
    return [
        f"| `{kind}` | {of.right + of.missed} | {of.precision:.2f} | {of.recall:.2f} "
        f"| {of.denied} | {of.denied - of.taken_for_leads} |"
        for kind, of in figures.items()
    ]


if __name__ == "__main__":
    for name, path in (("unseen", UNSEEN), ("seen", SEEN)):
        print(name, *table_rows(measure(labelled_remarks(path))), sep="\n")
