"""Text: CEL's string functions, patterns, and lexicons."""

from __future__ import annotations

from functools import lru_cache

from visitcheck.facts.types import BOOL, INT, STRING, ListOf
from visitcheck.language import lexicon, patterns
from visitcheck.language.functions.model import Function, Signature


def starts_with(text: str, prefix: str) -> bool:
    """Whether a text begins with another."""
    return text.startswith(prefix)


def ends_with(text: str, suffix: str) -> bool:
    """Whether a text ends with another."""
    return text.endswith(suffix)


def contains(text: str, part: str) -> bool:
    """Whether a text holds another, code point for code point."""
    return part in text


def matches(text: str, pattern: str) -> bool:
    """Whether a pattern is found anywhere in a text."""
    return _automaton(pattern).search(text)


@lru_cache(maxsize=1024)
def _automaton(pattern: str) -> patterns.Automaton:
    return patterns.Automaton(patterns.parse(pattern))


FUNCTIONS = (
    Function(
        "startsWith",
        (Signature((STRING, STRING), BOOL, receiver=True),),
        starts_with,
        "Whether the text begins with another; with the empty text always.",
    ),
    Function(
        "endsWith",
        (Signature((STRING, STRING), BOOL, receiver=True),),
        ends_with,
        "Whether the text ends with another; with the empty text always.",
    ),
    Function(
        "contains",
        (Signature((STRING, STRING), BOOL, receiver=True),),
        contains,
        "Whether the text holds another, code point for code point; the empty text always.",
    ),
    Function(
        "matches",
        (Signature((STRING, STRING), BOOL, receiver=True), Signature((STRING, STRING), BOOL)),
        matches,
        "Whether a constant pattern is found anywhere in the text.",
        constant=frozenset({1}),
        cost="text",
    ),
    Function(
        "size",
        (Signature((STRING,), INT), Signature((STRING,), INT, receiver=True)),
        len,
        "How many code points the text has.",
    ),
    Function(
        "mentions",
        (Signature((STRING, ListOf(STRING)), BOOL),),
        lexicon.mentions,
        "Whether the text holds any word of a lexicon. Width, case, punctuation, spaces and listed "
        "traditional characters do not matter.",
        constant=frozenset({1}),
        cost="text",
    ),
)
