"""`LeadReader`: finds in a remark the words that a person should read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from visitcheck.concurrency import cached_property
from visitcheck.leads.lexicon import Kind, KindPhrases, Lexicon, load_lexicon, shipped_kinds, shipped_lexicons
from visitcheck.leads.phrases import Phrase

_SENTENCE_ENDS = "。！？!?；;\n"
_sentence_end = re.compile(f"[.{_SENTENCE_ENDS}]")
_LETTERS = {"han": re.compile(r"[\u3400-\u9fff]"), "latin": re.compile(r"[A-Za-z]{2}")}
_rest_of_sentence = re.compile(f"[^{_SENTENCE_ENDS.replace('？', '').replace('?', '')}]{{0,24}}")


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


@dataclass(frozen=True)
class LeadReader:
    """Reads remarks by lexicons; `LeadReader()` by the shipped ones."""

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
        for lexicon, matchers in self._matchers:
            if _LETTERS[lexicon.script].search(text) is not None:
                folded = lexicon.folding(text)
                for matcher in matchers:
                    leads.extend(matcher.leads(text, folded))
        return tuple(sorted(leads, key=lambda lead: (lead.start, lead.kind, lead.end, lead.entry)))

    @cached_property
    def _matchers(self) -> tuple[tuple[Lexicon, tuple[_Matcher, ...]], ...]:
        return tuple(
            (lexicon, tuple(_Matcher(lexicon, of_kind) for of_kind in lexicon.leads)) for lexicon in self.lexicons
        )


@dataclass(frozen=True)
class _Matcher:
    """Finds the leads of one kind by one lexicon."""

    lexicon: Lexicon
    of_kind: KindPhrases

    @cached_property
    def _any_phrase(self) -> re.Pattern[str]:
        """One alternation of all phrases, each a group of its own."""
        return re.compile("|".join(f"(?P<p{at}>{each.pattern})" for at, each in enumerate(self.of_kind.phrases)))

    def leads(self, text: str, folded: str) -> Iterator[Lead]:
        """The leads of this kind in a text, which is folded to be compared; matches do not overlap."""
        excepted: list[tuple[int, int]] | None = None
        at = 0
        while (match := self._any_phrase.search(folded, at)) is not None:
            start, end = match.span()
            phrase = self.of_kind.phrases[int(str(match.lastgroup)[1:])]
            if excepted is None:
                excepted = [other.span() for other in _all_matches(self.of_kind.unless, folded)]
            if phrase not in self.of_kind.surely and any(begin < end and start < stop for begin, stop in excepted):
                at = start + 1
                continue
            yield self._lead(text, folded, start, phrase)
            at = end

    def _lead(self, text: str, folded: str, start: int, phrase: Phrase) -> Lead:
        match = phrase.regex.match(folded, start)
        assert match is not None  # noqa: S101 - the same pattern has just matched there
        pieces = [match.span(1 + at) for at in range(len(phrase.words))]
        words = "…".join(" ".join(text[begin:stop].split()) for begin, stop in pieces)
        negated = self._is_negated(folded, pieces)
        return Lead(self.of_kind.kind, words, start, pieces[-1][1], f"{self.lexicon.name}: {phrase.text}", negated)

    def _is_negated(self, text: str, pieces: list[tuple[int, int]]) -> bool:
        """Whether the clause, or what follows, says that it did not happen."""
        start = pieces[0][0]
        begin = max((end.end() for end in _sentence_end.finditer(text, 0, start)), default=0)
        for clause in self.lexicon.clauses.finditer(text, 0, start):
            begin = max(begin, clause.end())
        begin = max(begin, start - self.lexicon.reach)
        gaps = [(begin, start), *((stop, then) for (_, stop), (then, _) in zip(pieces, pieces[1:], strict=False))]
        if any(self._denies(text, *gap) for gap in gaps):
            return True
        rest = _rest_of_sentence.match(text, pieces[-1][1])
        return rest is not None and self.of_kind.negated_after.search(rest.group()) is not None

    def _denies(self, text: str, begin: int, stop: int) -> bool:
        """Whether there is a negation between two places that is no part of another phrase."""
        if begin >= stop:
            return False
        others = [match.span() for match in self.lexicon.no_negation.finditer(text, begin)]
        return any(
            not any(first <= match.start() < last for first, last in others)
            for match in self.of_kind.negated_by.finditer(text, begin, stop)
        )


def _all_matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern, also those that overlap."""
    at = 0
    while (match := pattern.search(text, at)) is not None:
        yield match
        at = match.start() + 1


def unite_leads(leads: Iterable[Lead]) -> tuple[Lead, ...]:
    """Leads in order, each once."""
    return tuple(sorted(set(leads), key=lambda lead: (lead.start, lead.kind, lead.end, lead.entry)))
