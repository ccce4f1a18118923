"""Phrases of a lexicon as regular expressions.

A phrase is text as it stands in remarks, in which `{name}` is one of a set of words, `…` a few characters of the same
clause, and `*` at the end of a word any ending. Nothing else has a meaning of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from visitcheck.concurrency import cached_property

_CLAUSE_ENDS = "，。！？；,.!?;\n"
"""What `…` does not reach over."""
_PRIVATE_USE = 0xE000
"""The first of the characters that no text has a use for."""
_token = re.compile(r"\{(?P<set>[^{}]*)\}|(?P<gap>\s*…\s*)|(?P<text>[^{}…]+)|(?P<bad>.)", re.DOTALL)
_part_of_words = re.compile(r"\*|\s+|[^*\s]+")
_SPACES = r"[\s-]+"


class BadPhrase(ValueError):
    """A phrase that cannot be read; its text says why, `code` is the problem's, and `help` says what to write."""

    def __init__(self, code: str, message: str, help_: str) -> None:
        super().__init__(message)
        self.code = code
        self.help = help_


@dataclass(frozen=True)
class Folding:
    """How texts and phrases are folded before they are compared, each character in its place.

    Capitals and curly apostrophes go. A `whole` word is written in characters that nothing else has, so that no word
    within it is one.
    """

    whole: tuple[str, ...] = ()

    def __call__(self, text: str) -> str:
        """Fold a text."""
        lower = text.lower()
        folded = (lower if len(lower) == len(text) else text).replace("’", "'")
        return self._whole_words.sub(lambda match: self._codes[match.group()], folded) if self.whole else folded

    @cached_property
    def _whole_words(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(self.whole, key=len, reverse=True))))

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {word: chr(_PRIVATE_USE + at) * len(word) for at, word in enumerate(self.whole)}


@dataclass(frozen=True)
class Phrase:
    """A phrase as a row of patterns: words, and between them gaps of at most `gap` characters."""

    text: str
    words: tuple[str, ...]
    gap: int

    @property
    def pattern(self) -> str:
        """The pattern without groups, for alternations."""
        return self._gap.join(self.words)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern with a group for each piece of words."""
        return re.compile(self._gap.join(f"({words})" for words in self.words))

    @property
    def _gap(self) -> str:
        return f"[^{_CLAUSE_ENDS}]{{0,{self.gap}}}?"


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Any of some patterns, for texts that are folded; nothing matches where there are none."""
    return re.compile("|".join(patterns) or r"(?!)")


@dataclass(frozen=True)
class PhraseReader:
    """Reads the phrases of a lexicon: `gap` is how many characters `…` reaches over."""

    sets: Mapping[str, tuple[str, ...]]
    gap: int
    folding: Folding

    def read(self, text: str) -> Phrase:
        """Read a phrase. Raises `BadPhrase`."""
        words: list[str] = []
        is_open = False
        for kind, part in _tokens(text):
            if kind == "gap" and not is_open:
                raise BadPhrase("lexicon-phrase", f"`{text}` begins with `…`, or has two in a row", "put words before it")
            if kind == "gap":
                is_open = False
                continue
            piece = self._word_of(part, text) if kind == "set" else self._literal(part)
            if is_open:
                words[-1] += piece
            else:
                words.append(piece)
            is_open = True
        if not is_open:
            raise BadPhrase("lexicon-phrase", f"`{text}` ends with `…`, or is empty", "put words after it")
        return Phrase(text, tuple(words), self.gap)

    def _word_of(self, name: str, phrase: str) -> str:
        """A pattern for any word of a set."""
        if name not in self.sets:
            raise BadPhrase("lexicon-set", f"`{phrase}` names a set `{name}` that is not there", name)
        # The longest first, for of several that match the first is taken.
        words = [self._words(word) for word in sorted(self.sets[name], key=lambda word: (-len(word), word))]
        before, after = {each.before for each in words}, {each.after for each in words}
        if len(before) == len(after) == 1:  # asked once for all words: such patterns are compiled sooner
            return f"{before.pop()}(?:{'|'.join(each.body for each in words)}){after.pop()}"
        return f"(?:{'|'.join(each.pattern for each in words)})"

    def _literal(self, text: str) -> str:
        """A pattern for words beside sets, with the spaces around them."""
        if not text.strip():
            return _SPACES
        before, after = ("" if text[side].strip() else _SPACES for side in (slice(0, 1), slice(-1, None)))
        return before + self._words(text).pattern + after

    def _words(self, text: str) -> _Words:
        return _Words.of(self.folding(text.strip()))


@dataclass(frozen=True)
class _Words:
    """Words as they stand in texts: a letter or digit at an end of theirs is no part of a longer word."""

    before: str
    body: str
    after: str

    @property
    def pattern(self) -> str:
        return self.before + self.body + self.after

    @classmethod
    def of(cls, words: str) -> _Words:
        """Read words, which are folded."""
        body = "".join(
            "[a-z]*" if part == "*" else re.escape(part) if part.strip() else _SPACES
            for part in _part_of_words.findall(words)
        )
        return cls(_edge(words[:1], "(?<!"), body, _edge(words[-1:], "(?!"))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _token.finditer(text.strip()):
        kind = str(match.lastgroup)
        if kind == "bad":
            raise BadPhrase("lexicon-phrase", f"`{text}` has a brace without its other", "name a set like `{papers}`")
        yield kind, match[kind]


def _edge(character: str, look: str) -> str:
    if character == "*" or re.fullmatch("[a-z]", character):
        return f"{look}[a-z])"
    return f"{look}[0-9])" if re.fullmatch("[0-9]", character) else ""
