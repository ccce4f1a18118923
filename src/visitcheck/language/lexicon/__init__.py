"""Words in text whatever their width, case, spacing and punctuation.

`folding.tsv` says what becomes of a character: another one, or nothing. A character that it does not list
stays. Every engine folds by this one table, and by nothing else: no locale, no Unicode version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import resources


def mentions(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text, folded, holds any of the words, which are folded already."""
    folded = fold(text)
    return any(word in folded for word in words)


def fold(text: str) -> str:
    """The text with every listed character replaced or left out."""
    return text.translate(folding_table())


def fold_words(words: Iterable[str]) -> tuple[str, ...]:
    """A lexicon's words as `mentions` takes them: folded, each once, sorted. ValueError for one that folds
    to nothing.
    """
    folded = {word: fold(word) for word in words}
    for word, text in folded.items():
        if not text:
            raise ValueError(f"the word `{word}` is nothing but punctuation and spaces")
    return tuple(sorted(set(folded.values())))


@cache
def folding_table() -> dict[int, str]:
    """The table: from code point to the text in its place, empty where it is left out."""
    lines = resources.files(__name__).joinpath("folding.tsv").read_text("utf-8").splitlines()
    table: dict[int, str] = {}
    for line in lines:
        if line and not line.startswith("#"):
            source, _, target = line.partition("\t")
            table[_code_point_of(source)] = chr(_code_point_of(target)) if target else ""
    return table


@cache
def digest() -> str:
    """A SHA-256, in hex, of what the table means."""
    return hashlib.sha256(repr(sorted(folding_table().items())).encode()).hexdigest()


def _code_point_of(written: str) -> int:
    """`U+FF21` or the character itself."""
    return int(written[2:], 16) if written.startswith("U+") else ord(written)
