"""Text to nodes, by walking YAML events: nothing is constructed, and deep or endless input stops early."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from visitcheck.documents.nodes import Span, Style, YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.documents.source import Source
from visitcheck.errors import Place, Problem

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STYLES: dict[str | None, Style] = {None: "plain", "": "plain", "'": "'", '"': '"', "|": "|", ">": ">"}
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be. A value is a scalar, a list or a mapping; keys count too."""

    characters: int = 4_000_000
    values: int = 400_000
    depth: int = 64


LIMITS = Limits()


def parse_yaml(text: str, file: str, *, limits: Limits = LIMITS) -> tuple[YamlNode | None, list[Problem]]:
    """The document in `text` and everything wrong with it.

    The node is None where the document is empty or broken beyond reading; otherwise it may be read further
    even when there are problems. Anchors, aliases, tags, merge keys, duplicate keys and several documents are
    problems. `file` is only a name, for places.
    """
    if len(text) > limits.characters:
        message = f"the document has {len(text):,} characters"
        help_ = f"at most {limits.characters:,} are read"
        return None, [Problem("yaml-too-large", message, help_, Source(file, "").place(0))]
    source = Source.of(file, text)
    refused = _REFUSED.search(source.text)
    if refused is not None:
        message = f"the character U+{ord(refused[0]):04X} is not allowed in a document"
        place = source.place(refused.start(), refused.end())
        return None, [Problem("yaml-character", message, "remove it", _printable(place))]
    reader = _Reader(source, limits)
    return reader.read(), reader.problems


def _printable(place: Place) -> Place:
    """The place without its excerpt, which holds a character that terminals and encoders choke on."""
    return Place(place.file, place.line, place.column, place.width)


@dataclass
class _Open:
    """A list or mapping still being read; a mapping's `items` are keys and values in turn."""

    start: int
    mapping: bool
    items: list[YamlNode] = field(default_factory=list)


class _StopError(Exception):
    """The document cannot be read further."""


@dataclass
class _Reader:
    source: Source
    limits: Limits
    problems: list[Problem] = field(default_factory=list)
    broken: bool = False
    values: int = 0

    def read(self) -> YamlNode | None:
        try:
            node = self._document(self._events())
        except _StopError:
            return None
        return None if self.broken else node

    def _problem(self, code: str, message: str, help_: str | None, start: int, end: int | None = None) -> None:
        self.problems.append(Problem(code, message, help_, self.source.place(start, end)))

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.source.text, Loader=_LOADER)
        except yaml.YAMLError as error:
            self._syntax(error)
            raise _StopError from error
        except (RecursionError, ValueError) as error:
            self._problem("yaml-syntax", "the document cannot be read", None, 0)
            raise _StopError from error

    def _syntax(self, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "not well-formed"
        context = getattr(error, "context", None)
        message = f"the YAML cannot be read: {reason}" + (f" {context}" if context else "")
        self._problem("yaml-syntax", message, None, getattr(mark, "index", 0))

    def _document(self, events: Iterator[Any]) -> YamlNode | None:
        stack: list[_Open] = []
        root: YamlNode | None = None
        documents = 0
        for event in events:
            start, end = event.start_mark.index, event.end_mark.index
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message, help_ = "a second document starts here", "keep one document in a file"
                    self._problem("yaml-documents", message, help_, start, end)
                    return root
                continue
            if isinstance(event, yaml.NodeEvent):
                self._refuse(event)
            node = self._node(event, stack)
            if node is None:
                continue
            if stack:
                stack[-1].items.append(node)
            else:
                root = node
        return root

    def _node(self, event: Any, stack: list[_Open]) -> YamlNode | None:
        """The node that this event completes, if it does."""
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, start, end)
        if isinstance(event, yaml.AliasEvent):
            self.broken = True
            return YamlScalar("", "plain", Span(self.source, start, end))
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            if len(stack) >= self.limits.depth:
                message = f"nested more than {self.limits.depth} deep"
                self._problem("yaml-too-deep", message, "flatten the document", start)
                raise _StopError
            stack.append(_Open(start, isinstance(event, yaml.MappingStartEvent)))
            return None
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            return self._close(stack.pop(), end)
        return None

    def _refuse(self, event: Any) -> None:
        """Counts the value, and records what it may not carry."""
        start, end = event.start_mark.index, event.end_mark.index
        self.values += 1
        if self.values > self.limits.values:
            help_ = f"at most {self.limits.values:,} are read"
            self._problem("yaml-too-large", "the document has too many values", help_, start)
            raise _StopError
        if isinstance(event, yaml.AliasEvent):
            self._problem("yaml-alias", f"`*{event.anchor}` is an alias", "write the value out here", start, end)
        elif event.anchor is not None:
            help_ = "leave it out, and write the value out where it is used"
            self._problem("yaml-alias", f"`&{event.anchor}` is an anchor", help_, start)
        if getattr(event, "tag", None) is not None:
            self._problem("yaml-tag", f"`{event.tag}` is a tag", "leave the tag out", start)

    def _scalar(self, event: Any, start: int, end: int) -> YamlScalar:
        scalar = YamlScalar(event.value, _STYLES[event.style], Span(self.source, start, end))
        refused = None if scalar.plain else _REFUSED.search(scalar.text)
        if refused is not None:
            self.broken = True
            message = f"the escape stands for U+{ord(refused[0]):04X}, which is not allowed in a text"
            self.problems.append(Problem("yaml-character", message, "remove it", scalar.place(*refused.span())))
        return scalar

    def _close(self, opened: _Open, end: int) -> YamlNode:
        span = Span(self.source, opened.start, end)
        if not opened.mapping:
            return YamlSequence(tuple(opened.items), span)
        entries: dict[str, tuple[YamlScalar, YamlNode]] = {}
        for key, value in zip(opened.items[::2], opened.items[1::2], strict=True):
            if not isinstance(key, YamlScalar):
                self.problems.append(
                    Problem("yaml-key", "a key is a list or mapping", "write keys as `name: value`", key.place())
                )
            elif key.plain and key.text == "<<":
                self.problems.append(
                    Problem("yaml-merge-key", "`<<` is a merge key", "write the keys out", key.place())
                )
            elif key.text in entries:
                first = entries[key.text][0].place()
                message = f"the key `{key.text}` is given twice"
                help_ = f"it is in line {first.line} too; keep one"
                self.problems.append(Problem("yaml-duplicate-key", message, help_, key.place()))
            else:
                entries[key.text] = (key, value)
        return YamlMapping(tuple(entries.values()), span)
