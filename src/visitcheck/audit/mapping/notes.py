"""What a proposal says in comments: texts of the catalogue, with their values, in the language asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from visitcheck.facts import FACTS
from visitcheck.facts.types import BOOL, ListOf, Type, Word
from visitcheck.texts.catalogue import Language, say
from visitcheck.texts.facts import fact_text, word_text

_TRUTHS = {"true": "是", "false": "否"}


@dataclass(frozen=True, slots=True)
class Note:
    """A text of the catalogue and its values, by name: `path` is a fact, `words` the fact whose words are listed."""

    code: str
    values: tuple[tuple[str, str], ...] = ()

    def text(self, lang: Language) -> str:
        """Say it in a language; facts and words have their labels beside them in Chinese."""
        shown = dict(self.values)
        if "path" in shown:
            shown["path"] = label_path(shown["path"], lang)
        if "words" in shown:
            shown["words"] = _list_words(shown["words"], lang)
        return say(lang, self.code, **shown)


def note(code: str, /, **values: str) -> Note:
    """Make a note of a code and its values."""
    return Note(code, tuple(values.items()))


def unsure_text(doubt: Note, lang: Language) -> str:
    """Say what to check, behind the mark that people look for."""
    return say(lang, "suggest.unsure", doubt=doubt.text(lang))


def unsure_mark(lang: Language) -> str:
    """Give the mark with which a comment begins that people must look at."""
    return "# " + say(lang, "suggest.unsure", doubt="").rstrip()


def label_path(path: str, lang: Language) -> str:
    """Write a fact's path, in Chinese with its label."""
    label = None if lang == "en" else fact_text(path, lang)
    return path if label is None else f"{path}（{label}）"


def words_of(type_: Type) -> tuple[str, ...]:
    """Give what the values of a fact may be: a closed set, or true and false."""
    item = type_.item if isinstance(type_, ListOf) else type_
    return item.words if isinstance(item, Word) else ("true", "false") if item == BOOL else ()


def _list_words(path: str, lang: Language) -> str:
    type_ = FACTS[path].type
    item = type_.item if isinstance(type_, ListOf) else type_
    words = words_of(type_)
    if lang == "en":
        return ", ".join(words)
    name = item.name if isinstance(item, Word) else ""
    labels = {word: _TRUTHS.get(word) or word_text(name, word, lang) for word in words}
    return "、".join(word if label is None else f"{word}（{label}）" for word, label in labels.items())


def comment_text(text: str) -> str:
    """A text as a comment holds it: one line, short."""
    return re.sub(r"\s+", " ", text)[:60]
