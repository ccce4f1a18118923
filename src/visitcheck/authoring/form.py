"""Checks that the parts of a case file have the form expected there, collecting problems."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence, parse_yaml
from visitcheck.engines.status import Outcome, Status
from visitcheck.errors import InvalidPolicy, Place, Problem
from visitcheck.suggest import did_you_mean

_Word = TypeVar("_Word", Status, Outcome)


class Form:
    """Readers for the parts of a file. Where a part has another form, they report it and give nothing."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def root(self, text: str, file: str, what: str) -> YamlMapping:
        """The mapping that a whole file is; raises `InvalidPolicy` where `text` is no YAML, or another form."""
        node, problems = parse_yaml(text, file)
        if problems:
            raise InvalidPolicy(problems)
        if not isinstance(node, YamlMapping):
            place = node.place() if node is not None else Place(file, 1, 1)
            self.problem("case-form", f"{what} is a mapping", place, "it begins with `pack:`")
            raise InvalidPolicy(self.problems)
        return node

    def problem(self, code: str, message: str, place: Place, right: str | None = None) -> None:
        """Adds a problem; `right` says what would be right."""
        self.problems.append(Problem(code, message, right, place))

    def text(self, node: YamlNode | None) -> str | None:
        """A piece of text that is not empty."""
        if node is None:
            return None
        if isinstance(node, YamlScalar) and node.text:
            return node.text
        self.problem("case-form", "a piece of text belongs here", node.place())
        return None

    def word(self, node: YamlNode, words: type[_Word]) -> _Word | None:
        """One of the words of an enumeration."""
        text = self.text(node)
        if text is None:
            return None
        if text not in {word.value for word in words}:
            message = f"`{text}` is none of the words expected here"
            self.problem("case-status", message, node.place(), _listed(words))
            return None
        return words(text)

    def items(self, node: YamlNode | None, message: str) -> tuple[YamlNode, ...]:
        """The items of a list that is not empty."""
        if node is None:
            return ()
        if isinstance(node, YamlSequence) and node.items:
            return node.items
        self.problem("case-form", message, node.place())
        return ()

    def mappings(self, node: YamlNode | None, message: str) -> dict[str, YamlMapping]:
        """Names with a mapping each."""
        if node is None:
            return {}
        if not isinstance(node, YamlMapping):
            self.problem("case-form", message, node.place())
            return {}
        found = {}
        for key, value in node.entries:
            if isinstance(value, YamlMapping):
                found[key.text] = value
            else:
                self.problem("case-form", f"`{key.text}` is to be a mapping", value.place())
        return found

    def keys(self, node: YamlMapping, known: Iterable[str], needed: tuple[str, ...]) -> None:
        """Reports keys that are not known, and needed ones that are missing."""
        known = tuple(known)
        for key, _ in node.entries:
            if key.text not in known:
                right = did_you_mean(key.text, known)
                self.problem("case-key", f"there is no key `{key.text}` here", key.place(), right)
        for name in needed:
            if name not in node:
                self.problem("case-missing", f"`{name}` is missing", node.place())


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
