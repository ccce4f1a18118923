"""What a pack file may hold, as data: from it come the strict reader and the JSON Schema of pack files.

`check` compares a document with a shape, reports everything that does not fit, and gives back the document
without the misfits, so that the rest can still be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.errors import Problem
from visitcheck.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Words:
    """Free text, on one line or several."""

    what: str = "a text"


@dataclass(frozen=True, slots=True)
class Form:
    """Text of one form; `example` shows it."""

    what: str
    pattern: str
    example: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever YAML can say: read later by a type named elsewhere."""


@dataclass(frozen=True, slots=True)
class ListShape:
    """A list whose items have one shape."""

    item: Shape
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from names of one form to values of one shape."""

    name: Form
    value: Shape
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """One key of `Fields`: what it holds, and what it is for."""

    shape: Shape
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with known keys. `missing` is the code and help for required keys that are not there."""

    what: str
    keys: Mapping[str, Key]
    missing: tuple[str, str | None] = field(default=("missing-key", None))


Shape: TypeAlias = Words | Form | OneOf | Anything | ListShape | Table | Fields


def check(node: YamlNode, shape: Shape, problems: list[Problem]) -> YamlNode | None:
    """`node` without the parts that do not fit `shape`, each of which is added to `problems`."""
    match shape:
        case Anything():
            return node
        case ListShape():
            return _list(node, shape, problems)
        case Table() | Fields():
            if not isinstance(node, YamlMapping):
                return _wrong(node, _noun(shape), problems)
            return (
                _table(node, shape, problems) if isinstance(shape, Table) else _fields(node, shape, problems)
            )
        case _:
            return _scalar(node, shape, problems)


def _wrong(node: YamlNode, expected: str, problems: list[Problem]) -> YamlNode | None:
    found = {YamlScalar: "a text", YamlSequence: "a list", YamlMapping: "a mapping"}[type(node)]
    problems.append(Problem("wrong-type", f"{expected} belongs here, not {found}", None, node.place()))
    return None


def _noun(shape: Shape) -> str:
    match shape:
        case Words(what) | Form(what=what) | Fields(what=what):
            return what
        case OneOf(words):
            return "one of " + ", ".join(f"`{word}`" for word in words)
        case ListShape():
            return "a list"
        case _:
            return "a mapping of names"


def _list(node: YamlNode, shape: ListShape, problems: list[Problem]) -> YamlNode | None:
    if not isinstance(node, YamlSequence):
        return _wrong(node, f"a list of which each item is {_noun(shape.item)}", problems)
    if len(node.items) < shape.minimum:
        problems.append(Problem("wrong-type", "the list is empty", "name at least one", node.place()))
    kept = (check(item, shape.item, problems) for item in node.items)
    return replace(node, items=tuple(item for item in kept if item is not None))


def _table(node: YamlMapping, shape: Table, problems: list[Problem]) -> YamlNode:
    if len(node.entries) < shape.minimum:
        problems.append(Problem("wrong-type", "the mapping is empty", "name at least one", node.place()))
    kept: list[tuple[YamlScalar, YamlNode]] = []
    for key, value in node.entries:
        known = check(key, shape.name, problems)
        fitting = check(value, shape.value, problems)
        if known is not None and fitting is not None:
            kept.append((key, fitting))
    return replace(node, entries=tuple(kept))


def _fields(node: YamlMapping, shape: Fields, problems: list[Problem]) -> YamlNode:
    kept: list[tuple[YamlScalar, YamlNode]] = []
    for key, value in node.entries:
        known = shape.keys.get(key.text)
        if known is None:
            help_ = did_you_mean(key.text, shape.keys)
            message = f"{shape.what} has no key `{key.text}`"
            problems.append(Problem("unknown-key", message, help_, key.place()))
            continue
        fitting = check(value, known.shape, problems)
        if fitting is not None:
            kept.append((key, fitting))
    code, help_ = shape.missing
    for name, key_ in shape.keys.items():
        if key_.required and name not in node:
            message = f"{shape.what} needs the key `{name}`"
            problems.append(Problem(code, message, help_ or f"`{name}`: {key_.doc}", node.place()))
    return replace(node, entries=tuple(kept))


def _scalar(node: YamlNode, shape: Words | Form | OneOf, problems: list[Problem]) -> YamlNode | None:
    if not isinstance(node, YamlScalar):
        return _wrong(node, _noun(shape), problems)
    if not node.text.strip():
        problems.append(Problem("empty-text", f"{_noun(shape)} is missing here", None, node.place()))
        return None
    if isinstance(shape, OneOf) and node.text not in shape.words:
        message = f"`{node.text}` is not {_noun(shape)}"
        problems.append(Problem("wrong-word", message, did_you_mean(node.text, shape.words), node.place()))
        return None
    if isinstance(shape, Form) and re.fullmatch(shape.pattern, node.text) is None:
        message = f"`{node.text}` is not {shape.what}"
        problems.append(Problem("wrong-form", message, f"write it like `{shape.example}`", node.place()))
        return None
    return node
