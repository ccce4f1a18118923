"""`LeadReader`: finds in a remark the words that a person should read."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from visitcheck.concurrency import cached_property
from visitcheck.leads.lexicon import Kind, KindPhrases, Lexicon, load_lexicon, shipped_kinds, shipped_lexicons
from visitcheck.leads.phrases import SENTENCE_ENDS, Phrase, PhraseIndex, keys_of_text

_sentence_end = re.compile(f"[{SENTENCE_ENDS}]")
_LETTERS = {"han": re.compile(r"[\u3400-\u9fff]"), "latin": re.compile(r"[A-Za-z]{2}")}
_rest_of_sentence = re.compile(f"(?:[^{re.sub('[？?]', '', SENTENCE_ENDS)}]|\\.(?=\\S)){{0,24}}")
_CLAUSE_SPACES = {"han": re.compile(r"\s+"), "latin": re.compile(r"(?!)")}
"""What parts clauses beside the lexicon's words: in Chinese spaces stand for commas."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Words in a remark that a person should read; never a finding.

    `words` are the words that matched, `…` where others stand between them; `start` and `end` the span in the text, in
    characters. `entry` is the lexicon and its phrase. `negated` leads are of what the remark says did not happen.
    `rules` are the ids of the rules to look at, where a policy is given.
    """

    kind: str
    words: str
    start: int
    end: int
    entry: str
    negated: bool = False
    rules: tuple[str, ...] = ()

    def sentence_in(self, text: str) -> str:
        """The sentence of `text` that holds the words."""
        begin = max((end.end() for end in _sentence_end.finditer(text, 0, self.start)), default=0)
        after = _sentence_end.search(text, self.end)
        return text[begin : len(text) if after is None else after.end()].strip()


RemarkReader: TypeAlias = Callable[[str], Iterable[Lead]]
"""Who gives the leads of a remark."""


@dataclass(frozen=True)
class LeadReader:
    """Reads remarks by lexicons."""

    lexicons: tuple[Lexicon, ...] = ()

    @classmethod
    def shipped(cls, *paths: str | Path) -> LeadReader:
        """The reader with the shipped lexicons and those in files. Raises `InvalidInput` for a file that is none."""
        return cls((*shipped_lexicons(), *map(load_lexicon, paths)))

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds of leads by name."""
        own = (kind for lexicon in self.lexicons for kind in lexicon.kinds)
        return {kind.name: kind for kind in (*shipped_kinds(), *own)}

    @property
    def digests(self) -> dict[str, str]:
        """A SHA-256 of each lexicon, by name."""
        return {lexicon.name: lexicon.digest for lexicon in self.lexicons}

    def __call__(self, text: str) -> tuple[Lead, ...]:
        """The leads of a remark, in the order of their words."""
        leads: list[Lead] = []
        for lexicon, index, matchers in self._matchers:
            if _LETTERS[lexicon.script].search(text) is not None:
                folded = lexicon.folding(text)
                numbers = index.may_stand(keys_of_text(folded, lexicon.script))
                for matcher in matchers:
                    leads.extend(matcher.leads(text, folded, numbers))
        places = {(lead.start, lead.kind, lead.end): lead for lead in reversed(leads)}  # a kind may be implied, too
        return tuple(places[place] for place in sorted(places))

    @cached_property
    def _matchers(self) -> tuple[tuple[Lexicon, PhraseIndex, tuple[_Matcher, ...]], ...]:
        return tuple(_matchers_of(lexicon) for lexicon in self.lexicons)


def _matchers_of(lexicon: Lexicon) -> tuple[Lexicon, PhraseIndex, tuple[_Matcher, ...]]:
    phrases: list[Phrase] = []
    matchers = []
    for of_kind in lexicon.leads:
        matchers.append(_Matcher(lexicon, of_kind, len(phrases)))
        phrases += (*of_kind.phrases, *of_kind.unless)
    return lexicon, PhraseIndex(phrases), tuple(matchers)


def _between(numbers: Sequence[int], begin: int, stop: int) -> Sequence[int]:
    """Those of some numbers, in order, from `begin` to before `stop`."""
    return numbers[bisect_left(numbers, begin) : bisect_left(numbers, stop)]


@dataclass(frozen=True)
class _Matcher:
    """Finds the leads of one kind by one lexicon: its phrases are numbered from `first` on, then those that except."""

    lexicon: Lexicon
    of_kind: KindPhrases
    first: int

    def leads(self, text: str, folded: str, numbers: Sequence[int]) -> Iterator[Lead]:
        """The leads of this kind in a text, which is folded to be compared; their words do not overlap.

        `numbers` are those of the phrases that may stand in it, in order.
        """
        phrases, unless = self.of_kind.phrases, self.of_kind.unless
        begin, stop = self.first, self.first + len(phrases)
        matches = [
            (match.start(), number - begin, match)
            for number in _between(numbers, begin, stop)
            for match in phrases[number - begin].matches(folded)
        ]
        if not matches:
            return
        excepted = [
            match.span()
            for number in _between(numbers, stop, stop + len(unless))
            for match in unless[number - stop].matches(folded)
        ]
        last = 0
        for start, at, match in sorted(matches, key=lambda each: each[:2]):
            phrase = self.of_kind.phrases[at]
            is_sure = phrase in self.of_kind.surely
            if start >= last and (is_sure or not any(begin < match.end() and start < end for begin, end in excepted)):
                lead = self._lead(text, folded, phrase, match)
                yield lead
                yield from (replace(lead, kind=kind) for kind in self.of_kind.implies)
                last = match.end()

    def _lead(self, text: str, folded: str, phrase: Phrase, match: re.Match[str]) -> Lead:
        pieces = [match.span(1 + at) for at in range(len(phrase.words))]
        words = "…".join(" ".join(text[begin:stop].split()) for begin, stop in pieces)
        negated = self._is_negated(folded, pieces)
        entry = f"{self.lexicon.name}: {phrase.text}"
        return Lead(self.of_kind.kind, words, match.start(), match.end(), entry, negated)

    def _is_negated(self, text: str, pieces: list[tuple[int, int]]) -> bool:
        """Whether the clause, or what follows, says that it did not happen."""
        start = pieces[0][0]
        begin = max(0, start - self.lexicon.reach)
        gaps = [(begin, start), *((stop, then) for (_, stop), (then, _) in pairwise(pieces))]
        if any(self._denies(text, *gap) for gap in gaps):
            return True
        rest = _rest_of_sentence.match(text, pieces[-1][1])
        return rest is not None and self.of_kind.negated_after.search(rest.group()) is not None

    def _denies(self, text: str, begin: int, stop: int) -> bool:
        """Whether there is a negation between two places that is no part of another phrase."""
        if begin >= stop:
            return False
        begin = self._begin_of_clause(text, begin, stop)
        words = [match.start() for match in self.of_kind.negated_by.finditer(text, begin, stop)]
        if not words:
            return False
        others = [match.span() for match in self.lexicon.no_negation.finditer(text, begin)]
        return any(not any(first <= word < last for first, last in others) for word in words)

    def _begin_of_clause(self, text: str, begin: int, stop: int) -> int:
        """Where the clause that goes on at `stop` begins, at the earliest at `begin`."""
        for ends in (_sentence_end, self.lexicon.clauses, _CLAUSE_SPACES[self.lexicon.script]):
            begin = max((end.end() for end in ends.finditer(text, begin, stop)), default=begin)
        return begin
