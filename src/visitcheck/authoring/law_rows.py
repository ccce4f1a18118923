"""What was noted of each law, row by row: `NAME.coverage.yaml` beside the packs.

A row names an article and the rules that hold it, or says why none does; a row with both is held in part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from visitcheck.documents import parse_yaml, to_python
from visitcheck.errors import InvalidPolicy
from visitcheck.policy import shipped
from visitcheck.policy.model import Text

SUFFIX = ".coverage.yaml"


@dataclass(frozen=True, slots=True)
class LawRow:
    """One noted article: where it stands, which rules hold it, and what of it no rule holds."""

    id: str
    pack: str
    instrument: str
    """Full id, `pack/key`."""
    article: str | None
    rules: tuple[str, ...]
    """Full ids, `pack/rule`."""
    not_encoded: Text | None
    """Why no rule holds it, or not all of it."""

    @property
    def held(self) -> str:
        """`yes`, `in part` or `no`."""
        if not self.rules:
            return "no"
        return "yes" if self.not_encoded is None else "in part"


def read_law_rows(jurisdiction: str) -> tuple[LawRow, ...]:
    """The rows of all packs of a shipped folder and the folders inside it, such as `cn`, in order of files.

    Raises `InvalidPolicy` where a file is no YAML, and `KeyError` or `TypeError` where it has another form: the files
    are the project's own, and a test reads them all.
    """
    return tuple(row for file in _coverage_files(jurisdiction) for row in _read_rows(file))


def _coverage_files(jurisdiction: str) -> Iterator[Traversable]:
    for name, folder in shipped.folders().items():
        if name == jurisdiction or name.startswith(f"{jurisdiction}/"):
            yield from sorted(
                (item for item in folder.iterdir() if item.name.endswith(SUFFIX)), key=lambda item: item.name
            )


def _read_rows(file: Traversable) -> Iterator[LawRow]:
    node, problems = parse_yaml(file.read_text(encoding="utf-8"), file.name)
    if problems or node is None:
        raise InvalidPolicy(problems)
    content: Any = to_python(node)
    for row_id, row in content["rows"].items():
        reason = row.get("not_encoded")
        yield LawRow(
            id=row_id,
            pack=content["pack"],
            instrument=row["instrument"] if "instrument" in row else content["instrument"],
            article=row.get("article"),
            rules=tuple(row.get("rules", ())),
            not_encoded=None if reason is None else Text(reason["en"], reason["zh"]),
        )
