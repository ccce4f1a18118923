"""Texts as numbers: one code for each distinct text of a chunk, so that equal texts are equal numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from visitcheck.engines.arrays.values import Array, Ints


class TextCodes:
    """The texts of a chunk by code. Those of the policy come first, with the same codes in every chunk."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._codes = {text: code for code, text in enumerate(texts)}
        self.texts = list(self._codes)
        self._ranks: tuple[int, Ints] | None = None

    def copy(self) -> TextCodes:
        """Start another chunk from the same texts."""
        fresh = TextCodes()
        fresh._codes = self._codes.copy()
        fresh.texts = self.texts.copy()
        return fresh

    def code(self, text: str) -> int:
        """The code of a text, a new one where it has none yet."""
        code = self._codes.get(text)
        if code is None:
            code = self._codes[text] = len(self.texts)
            self.texts.append(text)
        return code

    def encode(self, texts: list[str]) -> Ints:
        """The codes of texts."""
        new = [text for text in texts if text not in self._codes]
        self._codes.update(zip(new, range(len(self.texts), len(self.texts) + len(new)), strict=True))
        # A text that came twice keeps its latest code; the other one is nobody's.
        self.texts += new
        return np.array(list(map(self._codes.__getitem__, texts)), np.int64)

    def ranks(self) -> Ints:
        """For each code its place in the order of texts, which is by code point."""
        if self._ranks is None or self._ranks[0] != len(self.texts):
            order = np.array(sorted(range(len(self.texts)), key=self.texts.__getitem__), np.int64)
            ranks = np.empty(len(order), np.int64)
            ranks[order] = np.arange(len(order))
            self._ranks = len(self.texts), ranks
        return self._ranks[1]

    def distinct(self, codes: Array) -> Ints:
        """The distinct codes of an array."""
        seen = np.zeros(max(len(self.texts), 1), np.bool_)
        seen[codes] = True
        return np.flatnonzero(seen[: len(self.texts)])
