"""`Lexicon`: the phrases of one language, read from YAML; and the kinds of leads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from visitcheck.concurrency import cached_property
from visitcheck.documents import YamlScalar, YamlSequence, parse_yaml
from visitcheck.documents.parts import Part
from visitcheck.documents.validation import RecordShape, validate_mapping
from visitcheck.errors import InvalidInput, Problem
from visitcheck.facts.types import Word
from visitcheck.facts.vocabulary import FACTS
from visitcheck.leads import problem_codes as problem_codes
from visitcheck.leads.format import KINDS, LEXICON
from visitcheck.leads.phrases import BadPhrase, Folding, Phrase, PhraseReader, any_of
from visitcheck.policy.model import Text
from visitcheck.suggest import did_you_mean

_SHIPPED = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Concern:
    """A fact whose rules a lead points to; with `words` only those that ask for one of them."""

    fact: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of lead: what people read for it, and the facts whose rules to look at."""

    name: str
    label: Text
    looks_at: tuple[Concern, ...]


@dataclass(frozen=True)
class KindPhrases:
    """The phrases of a kind in one language."""

    kind: str
    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    surely: frozenset[Phrase]
    implies: tuple[str, ...]
    negated_by: re.Pattern[str]
    negated_after: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one language, and how it says that something did not happen."""

    name: str
    digest: str
    script: str
    folding: Folding
    kinds: tuple[Kind, ...]
    leads: tuple[KindPhrases, ...]
    reach: int
    no_negation: re.Pattern[str]
    """Phrases that begin like a negation and are none."""
    clauses: re.Pattern[str]


def load_lexicon(path: str | Path) -> Lexicon:
    """Load the lexicon in a file; raises `InvalidInput` with all its problems, each with its place."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InvalidInput([Problem("lexicon-unreadable", f"cannot read `{path}`: {reason}")]) from None
    return lexicon_from_text(text, str(path))


def lexicon_from_text(text: str, file: str = "lexicon") -> Lexicon:
    """Read the lexicon in a text; `file` is its name in messages. Raises `InvalidInput`."""
    problems: list[Problem] = []
    lexicon = _LexiconReader(_validated(text, file, LEXICON, problems), problems).read(_digest(text))
    if problems:
        raise InvalidInput(problems)
    return lexicon


@cache
def shipped_kinds() -> tuple[Kind, ...]:
    """The kinds of leads that visitcheck reads remarks for."""
    problems: list[Problem] = []
    part = _validated(_shipped_text("kinds.yaml"), "kinds.yaml", KINDS, problems)
    kinds = tuple(_read_kinds(part, problems))
    if problems:
        raise InvalidInput(problems)
    return kinds


@cache
def shipped_lexicons() -> tuple[Lexicon, ...]:
    """The shipped lexicons: Chinese and English."""
    return tuple(lexicon_from_text(_shipped_text(_file_of(name)), f"{name}.yaml") for name in _SHIPPED)


@cache
def shipped_digests() -> dict[str, str]:
    """A SHA-256 of each shipped lexicon, by name; the lexicons are not read for it."""
    return {name: _digest(_shipped_text(_file_of(name))) for name in _SHIPPED}


def _file_of(name: str) -> str:
    return f"lexicons/{name}.yaml"


def _shipped_text(name: str) -> str:
    return resources.files("visitcheck.leads").joinpath(name).read_text("utf-8")


def _digest(text: str) -> str:
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def _validated(text: str, file: str, shape: RecordShape, problems: list[Problem]) -> Part:
    """The document of a text; raises `InvalidInput` where it does not have the shape."""
    node, syntax = parse_yaml(text, file)
    problems.extend(syntax)
    if node is None:
        raise InvalidInput(problems or [Problem("lexicon-unreadable", f"`{file}` is empty")])
    fitting = validate_mapping(node, shape, problems)
    if fitting is None or problems:
        raise InvalidInput(problems)
    return Part(fitting)


def _read_kinds(part: Part, problems: list[Problem]) -> Iterator[Kind]:
    for name, kind in part.named_parts("kinds"):
        label = kind.part("label")
        texts = {lang: (label and label.text(lang)) or "" for lang in ("en", "zh")}
        concerns = tuple(_read_concern(each, problems) for each in kind.parts("looks_at"))
        yield Kind(name.text, Text(**texts), concerns)


def _read_concern(part: Part, problems: list[Problem]) -> Concern:
    fact, words = part.text("fact") or "", part.scalars("words")
    info = FACTS.get(fact)
    if info is None:
        problems.append(
            Problem("lexicon-fact", f"visits have no fact `{fact}`", did_you_mean(fact, FACTS), part.place("fact"))
        )
        return Concern(fact)
    known = info.type.words if isinstance(info.type, Word) else ()
    for word in words:
        if word.text not in known:
            help_ = did_you_mean(word.text, known)
            problems.append(Problem("lexicon-fact", f"`{fact}` is never `{word.text}`", help_, word.place()))
    return Concern(fact, tuple(word.text for word in words))


@dataclass(frozen=True)
class _LexiconReader:
    part: Part
    problems: list[Problem]

    def read(self, digest: str) -> Lexicon:
        """Read the lexicon; what is wrong is added to the problems."""
        kinds = tuple(_read_kinds(self.part, self.problems))
        for name, _ in self.part.named_parts("leads"):
            self._check_kind(name)
        negation = self.part.part("negation") or self.part
        leads = tuple(self._read_lead(name.text, lead, negation) for name, lead in self.part.named_parts("leads"))
        return Lexicon(
            self.part.text("lexicon") or "",
            digest,
            self.part.text("script") or "",
            self._phrase_reader.folding,
            kinds,
            leads,
            int(negation.text("reach") or 0),
            self._pattern((negation, "unless")),
            self._pattern((negation, "clauses")),
        )

    def _read_lead(self, kind: str, part: Part, negation: Part) -> KindPhrases:
        surely = tuple(self._phrases(part, "always"))
        implied = part.scalars("implies")
        for each in implied:
            self._check_kind(each)
        return KindPhrases(
            kind,
            (*surely, *self._phrases(part, "phrases")),
            tuple(self._phrases(part, "unless")),
            frozenset(surely),
            tuple(each.text for each in implied),
            self._pattern((negation, "before"), (part, "negated_by")),
            self._pattern((negation, "after"), (part, "negated_after")),
        )

    def _check_kind(self, name: YamlScalar) -> None:
        declared = {kind.name for kind in shipped_kinds()} | {own.text for own, _ in self.part.named_parts("kinds")}
        if name.text not in declared:
            message, help_ = f"no kind of lead is called `{name.text}`", did_you_mean(name.text, declared)
            self.problems.append(Problem("lexicon-kind", message, help_, name.place()))

    def _pattern(self, *keys: tuple[Part, str]) -> re.Pattern[str]:
        return any_of(phrase.pattern for part, key in keys for phrase in self._phrases(part, key))

    def _phrases(self, part: Part, key: str) -> Iterator[Phrase]:
        for scalar in part.scalars(key):
            phrase = self._read_phrase(scalar)
            if phrase is not None:
                yield phrase

    def _read_phrase(self, scalar: YamlScalar) -> Phrase | None:
        try:
            return self._phrase_reader.read(scalar.text)
        except BadPhrase as bad:
            help_ = did_you_mean(bad.help, self._phrase_reader.sets) if bad.code == "lexicon-set" else bad.help
            problem = Problem(bad.code, str(bad), help_, scalar.place())
            if problem not in self.problems:
                self.problems.append(problem)
            return None

    @cached_property
    def _phrase_reader(self) -> PhraseReader:
        sets = {
            name.text: tuple(item.text for item in node.items if isinstance(item, YamlScalar))
            for name, node in self.part.entries("sets")
            if isinstance(node, YamlSequence)
        }
        variants = tuple(scalar.text for scalar in self.part.scalars("variants"))
        whole = tuple(scalar.text for scalar in self.part.scalars("whole"))
        return PhraseReader(
            sets, int(self.part.text("gap") or 0), self.part.text("script") or "", Folding(whole, variants)
        )
