"""Phrases of a lexicon as regular expressions.

A phrase is text as it stands in remarks, in which `{name}` is one of a set of words, `…` a few characters of the same
clause, `……` more of the same sentence, `………` also of the next one, and `*` at the end of a word any ending. Nothing
else has a meaning of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from visitcheck.concurrency import cached_property

SENTENCE_ENDS = "。！？；.!?;\n"
_CLAUSE_ENDS = f"，,{SENTENCE_ENDS}"
"""What `…` does not reach over; `……` does not reach over the end of a sentence, `………` only not over that of a line."""
_PRIVATE_USE = 0xE000
"""The first of the characters that no text has a use for."""
_token = re.compile(r"\{(?P<set>[^{}]*)\}|(?P<gap>\s*…{1,3}\s*)|(?P<text>[^{}…]+)|(?P<bad>.)", re.DOTALL)
_part_of_words = re.compile(r"\*|\s+|[^*\s]+")
_SPACES = r"[\s-]+"
_latin_token = re.compile(r"[a-z]+|[0-9]+")
_KEY_LETTERS = 3


class BadPhrase(ValueError):
    """A phrase that cannot be read; its text says why, `code` is the problem's, and `help` says what to write."""

    def __init__(self, code: str, message: str, help_: str) -> None:
        super().__init__(message)
        self.code = code
        self.help = help_


@dataclass(frozen=True)
class Folding:
    """How texts and phrases are folded before they are compared, each character in its place.

    Capitals and curly apostrophes go, and of `variants`, pairs of characters, the first becomes the second. A `whole`
    word is written in characters that nothing else has, so that no word within it is one.
    """

    whole: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()

    def __call__(self, text: str) -> str:
        """Fold a text."""
        lower = text.lower()
        if len(lower) != len(text):  # some capitals become two characters: those stay
            lower = "".join(small if len(small := character.lower()) == 1 else character for character in text)
        folded = lower.replace("’", "'")
        if self.variants:
            folded = folded.translate(self._variant_table)
        return self._whole_words.sub(lambda match: self._codes[match.group()], folded) if self.whole else folded

    @cached_property
    def _variant_table(self) -> dict[int, str]:
        return {ord(pair[0]): pair[1] for pair in self.variants}

    @cached_property
    def _whole_words(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(self.whole, key=len, reverse=True))))

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {word: chr(_PRIVATE_USE + at) * len(word) for at, word in enumerate(self.whole)}


@dataclass(frozen=True)
class Phrase:
    """A phrase as a row of patterns: words, and `gaps` between them.

    `needs` are sets of keys (`keys_of_text`): a text in which the phrase stands has a key of each.
    """

    text: str
    words: tuple[str, ...]
    gaps: tuple[str, ...]
    needs: tuple[frozenset[str], ...]

    @property
    def pattern(self) -> str:
        """The pattern without groups, for alternations."""
        return self._join(self.words)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern with a group for each piece of words."""
        return re.compile(self._join([f"({words})" for words in self.words]))

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """The matches in a text that is folded, also those that overlap."""
        at = 0
        while (match := self.regex.search(text, at)) is not None:
            yield match
            at = match.start() + 1

    def _join(self, words: Sequence[str]) -> str:
        return words[0] + "".join(gap + each for gap, each in zip(self.gaps, words[1:], strict=True))


def keys_of_text(text: str, script: str) -> set[str]:
    """What is looked up of a text that is folded: beginnings of words, or single characters and pairs of them."""
    if script == "latin":
        return {token[:_KEY_LETTERS] for token in _latin_token.findall(text)}
    return {*text, *map("".join, pairwise(text))}


def _key_of_words(words: str, script: str) -> str | None:
    """A key that every text with these words has; None where there is none that is sure."""
    if script == "latin":
        tokens = re.findall(r"(?:[a-z]+|[0-9]+)\*?", words)
        sure = [token for token in tokens if not token.endswith("*") or len(token) > _KEY_LETTERS]
        return max(sure, key=len)[:_KEY_LETTERS].rstrip("*") if sure else None
    return max(re.split(r"[*\s]", words), key=len)[:2] or None


class PhraseIndex:
    """Tells which of many phrases a text may hold, by its keys alone: few are left to be looked for.

    Each phrase is reached by the keys of one of its needs, one that few texts have; the others are then asked of it.
    """

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        bits: dict[frozenset[str], int] = {}
        self._required: list[int] = []
        self._reached: dict[str, list[int]] = {}
        self._without_needs: list[int] = []
        for number, phrase in enumerate(phrases):
            self._required.append(sum(1 << bits.setdefault(keys, len(bits)) for keys in {*phrase.needs}))
            if not phrase.needs:
                self._without_needs.append(number)
            for key in min(phrase.needs, key=_commonness, default=()):
                self._reached.setdefault(key, []).append(number)
        self._bits_of_key: dict[str, int] = {}
        for keys, bit in bits.items():
            for key in keys:
                self._bits_of_key[key] = self._bits_of_key.get(key, 0) | 1 << bit

    def may_stand(self, keys: Iterable[str]) -> list[int]:
        """The numbers of the phrases that a text with these keys may hold, in order."""
        present, reached = 0, {*self._without_needs}
        for key in keys:
            bits = self._bits_of_key.get(key)
            if bits is not None:
                present |= bits
                reached.update(self._reached.get(key, ()))
        required = self._required
        return sorted(number for number in reached if present & required[number] == required[number])


def _commonness(keys: frozenset[str]) -> tuple[int, int]:
    """How many texts may have one of some keys: single characters are common."""
    return sum(len(key) == 1 for key in keys), len(keys)


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Any of some patterns, for texts that are folded; nothing matches where there are none."""
    return re.compile("|".join(patterns) or r"(?!)")


@dataclass(frozen=True)
class PhraseReader:
    """Reads the phrases of a lexicon: `gap` is how many characters `…` reaches over."""

    sets: Mapping[str, tuple[str, ...]]
    gap: int
    script: str
    folding: Folding

    def read(self, text: str) -> Phrase:
        """Read a phrase. Raises `BadPhrase`."""
        words: list[str] = []
        gaps: list[str] = []
        needs: list[frozenset[str]] = []
        is_open = False
        for kind, part in _tokens(text):
            if kind == "gap" and not is_open:
                raise BadPhrase("lexicon-phrase", f"`{text}` begins with `…`, or has two in a row", "put words first")
            if kind == "gap":
                gaps.append(self._gap(part.count("…")))
                is_open = False
                continue
            piece = self._word_of(part, text) if kind == "set" else self._literal(part)
            needs.extend(self._keys_of(self.sets[part] if kind == "set" else (part,)))
            if is_open:
                words[-1] += piece
            else:
                words.append(piece)
            is_open = True
        if not is_open:
            raise BadPhrase("lexicon-phrase", f"`{text}` ends with `…`, or is empty", "put words after it")
        return Phrase(text, tuple(words), tuple(gaps), tuple(needs))

    def _gap(self, width: int) -> str:
        """A pattern for what may stand between words: of the same clause, of the same sentence, or of the next, too."""
        ends, reach = ((_CLAUSE_ENDS, self.gap), (SENTENCE_ENDS, 2 * self.gap), ("\n", 2 * self.gap))[width - 1]
        return f"[^{ends}]{{0,{reach}}}?"

    def _keys_of(self, words: Iterable[str]) -> Iterator[frozenset[str]]:
        """The keys of which a text with one of the words has one; nothing where some word has none."""
        keys = [_key_of_words(self.folding(word.strip()), self.script) for word in words if word.strip()]
        if keys and None not in keys:
            yield frozenset(key for key in keys if key is not None)

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
