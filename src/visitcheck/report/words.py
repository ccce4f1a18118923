"""The report's own words in both languages, and text of others made safe to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from visitcheck.documents import parse_yaml, to_python
from visitcheck.policy.model import Language, Text

LANGUAGES: tuple[Language, ...] = ("en", "zh")
_FILES = ("page", "audit", "comparison", "decision", "codes")
_JOINER = "\u200d"


@dataclass(frozen=True)
class PageTexts:
    """Texts by key, like `audit.rules.title`."""

    texts: Mapping[str, Text]

    def __call__(self, key: str) -> Text:
        """The text of this key; `KeyError` without one."""
        return self.texts[key]

    def of_word(self, group: str, word: str) -> Text:
        """The text for a word of the data, or the word itself where there is none."""
        return self.texts.get(f"{group}.{word}", Text(word, word))


@cache
def page_texts() -> PageTexts:
    """All texts, from the package's YAML files."""
    found: dict[str, Text] = {}
    for name in _FILES:
        source = files("visitcheck.report") / "texts" / f"{name}.yaml"
        node, problems = parse_yaml(source.read_text("utf-8"), f"{name}.yaml")
        if node is None or problems:
            raise ValueError(f"{name}.yaml: {problems}")
        _gather(cast("Mapping[str, object]", to_python(node)), name, found)
    return PageTexts(found)


def _gather(tree: Mapping[str, object], prefix: str, found: dict[str, Text]) -> None:
    for name, value in tree.items():
        here = f"{prefix}.{name}"
        inner = cast("Mapping[str, object]", value)
        if set(inner) == set(LANGUAGES):
            found[here] = Text(en=str(inner["en"]), zh=str(inner["zh"]))
        else:
            _gather(inner, here, found)


def plain(text: object) -> str:
    """Text of a record with controls and direction marks spelled out, so that it cannot pose as ours.

    Joiners stay: emoji are made of them.
    """
    return "".join(
        char if char.isprintable() or char == _JOINER else char.encode("unicode_escape").decode("ascii")
        for char in str(text)
    )
