"""Types written as text: `int`, `list<timestamp>`, `{at: timestamp}`, `"home" | "workplace"`."""

from __future__ import annotations

import re

from visitcheck.errors import InvalidCondition, Place, Problem
from visitcheck.facts.types import SCALARS, ListOf, Record, Type, Word

_TOKEN = re.compile(r'\s*(?:([A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|([<>{}:,|])|(\S))')
_MAX_DEPTH = 16


def read_type(text: str, name: str = "value") -> Type:
    """The type that `text` names; records and closed words inside are called by `name` and their field.

    Raises `InvalidCondition` where it names none.
    """
    reading = _Reading(text)
    found = reading.type(name, 0)
    if reading.kind != "end":
        raise reading.refuse("unexpected text after the type")
    return found


class _Reading:
    """A type's text being read, one token ahead."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self.kind, self.word = "", ""
        self._next()

    def refuse(self, message: str) -> InvalidCondition:
        known = ", ".join(sorted(SCALARS))
        column = max(1, min(self._at, len(self._text)))
        place = Place("<type>", 1, column, 1, self._text.replace("\n", " "))
        help_ = f'a type is one of {known}, or like `list<int>`, `{{at: timestamp}}`, `"a" | "b"`'
        return InvalidCondition([Problem("no-such-value-type", message, help_, place)])

    def type(self, name: str, depth: int) -> Type:
        if depth > _MAX_DEPTH:
            raise self.refuse("the type is nested too deeply")
        if self.kind == "text":
            return self._words(name)
        if self._taken("{"):
            return self._record(name, depth)
        word = self.word
        if self.kind != "name":
            raise self.refuse("a type is missing here")
        self._next()
        if word == "list":
            self._expect("<")
            item = self.type(name, depth + 1)
            self._expect(">")
            return ListOf(item)
        if word not in SCALARS:
            raise self.refuse(f"there is no type `{word}`")
        return SCALARS[word]

    def _words(self, name: str) -> Type:
        words = [self.word]
        self._next()
        while self._taken("|"):
            if self.kind != "text":
                raise self.refuse("a word in quotes is missing after `|`")
            words.append(self.word)
            self._next()
        return Word(name, tuple(words))

    def _record(self, name: str, depth: int) -> Type:
        fields: dict[str, Type] = {}
        while not self._taken("}"):
            field = self.word
            if self.kind != "name" or field in fields:
                raise self.refuse("a new field name is missing here")
            self._next()
            self._expect(":")
            fields[field] = self.type(f"{name}.{field}", depth + 1)
            if not self._taken(","):
                self._expect("}")
                break
        return Record(name, fields)

    def _taken(self, mark: str) -> bool:
        if self.kind == "mark" and self.word == mark:
            self._next()
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._taken(mark):
            raise self.refuse(f"`{mark}` is missing here")

    def _next(self) -> None:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            self.kind, self.word = "end", ""
            return
        self._at = match.end()
        kinds = ("name", "text", "mark", "other")
        self.kind = kinds[(match.lastindex or 1) - 1]
        self.word = match[match.lastindex or 1]
