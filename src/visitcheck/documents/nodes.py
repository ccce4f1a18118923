"""A YAML document as nodes that know where they are written; scalars stay text.

What a scalar means is left to whoever expects a type: `22:00`, `NO` and `010` are text until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from visitcheck.concurrency import cached_property
from visitcheck.documents.alignment import align_characters
from visitcheck.documents.source import Source
from visitcheck.errors import Place

Style: TypeAlias = Literal["plain", "'", '"', "|", ">"]


@dataclass(frozen=True)
class Span:
    """The characters `[start, end)` of a source."""

    source: Source = field(repr=False)
    start: int
    end: int

    def place(self) -> Place:
        """Where the span begins, underlined to its end or the end of the line."""
        return self.source.place(self.start, self.end)


@dataclass(frozen=True)
class YamlScalar:
    """A piece of text, in any of YAML's five styles."""

    text: str
    style: Style
    span: Span

    @property
    def plain(self) -> bool:
        """Whether it is written without quotes, so that `true`, `null` and `12` may mean more than text."""
        return self.style == "plain"

    @cached_property
    def _offsets(self) -> list[tuple[int, int]]:
        return align_characters(self.text, self.style, self.span.source.text[self.span.start : self.span.end])

    def place(self, start: int = 0, end: int | None = None) -> Place:
        """The place of `text[start:end]` in the file; of the whole scalar with its quotes by default.

        Offsets are code points of the *value*: escapes, folding and indentation are accounted for.
        An offset at the end of the text is the place just after its last character.
        """
        whole = start == 0 and (end is None or end >= len(self.text))
        if (whole and self.style not in "|>") or not self._offsets:
            return self.span.place()
        last = len(self._offsets) - 1
        if start > last:
            after = self._offsets[last][1]
            return self.span.source.place(self.span.start + after)
        first_end = last if end is None else min(max(end - 1, start), last)
        here = self.span.source.place(self.span.start + self._offsets[start][0])
        return self._until(here, start, first_end)

    def _until(self, here: Place, start: int, last: int) -> Place:
        """`here` underlined up to the value's character `last`, or to the last one on the same line."""
        begin = self._offsets[start][0]
        source = self.span.source
        until = source.place(self.span.start + begin, self.span.start + self._offsets[last][1])
        return Place(here.file, here.line, here.column, until.width, here.excerpt)


@dataclass(frozen=True)
class YamlSequence:
    """A list. `whole` is False where validation left something out of it."""

    items: tuple[YamlNode, ...]
    span: Span
    whole: bool = True

    def place(self) -> Place:
        """Where the list begins."""
        return self.span.place()


@dataclass(frozen=True)
class YamlMapping:
    """Keys with values, in the order written; no key is given twice.

    `whole` is False where validation left something out of it, unknown keys aside.
    """

    entries: tuple[tuple[YamlScalar, YamlNode], ...]
    span: Span
    whole: bool = True

    def place(self) -> Place:
        """Where the mapping begins."""
        return self.span.place()

    @cached_property
    def _by_key(self) -> dict[str, tuple[YamlScalar, YamlNode]]:
        return {key.text: (key, value) for key, value in self.entries}

    def get(self, key: str) -> YamlNode | None:
        """The value at `key`, or None."""
        entry = self._by_key.get(key)
        return None if entry is None else entry[1]

    def key(self, key: str) -> YamlScalar | None:
        """The key itself as written, or None."""
        entry = self._by_key.get(key)
        return None if entry is None else entry[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key


YamlNode: TypeAlias = YamlScalar | YamlSequence | YamlMapping
