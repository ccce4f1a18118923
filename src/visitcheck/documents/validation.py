"""The shapes that parts of a YAML file may have, and the one validator that holds a document to them.

A file format is written down once, as shapes. From them come the strict reader (`validate`) and the JSON Schema for
editors (`documents.json_schema`). Packs, files of rule cases, accepted files and column mappings are read this way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from visitcheck.documents.nodes import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.errors import Problem
from visitcheck.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class TextShape:
    """Free text, on one line or several. `may_be_empty` is for texts whose reader says more about an empty one."""

    what: str = "a text"
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class PatternShape:
    """Text that a regular expression matches: the whole of it, or its beginning where the end is open.

    `code` is the code of whatever is wrong with the text, for formats that have one for it.
    """

    what: str
    pattern: str
    example: str
    code: str | None = None
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceShape:
    """One of a few words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnyShape:
    """Whatever YAML can say: read later by a type named elsewhere."""


@dataclass(frozen=True, slots=True)
class ListShape:
    """A list whose items have one shape, at least `minimum` of them."""

    item: Shape
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class OneOrManyShape:
    """One item, or a list of at least one."""

    item: Shape


@dataclass(frozen=True, slots=True)
class MapShape:
    """A mapping from names of one shape to values of one shape, at least `minimum` of them."""

    name: TextShape | PatternShape
    value: Shape
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a `RecordShape`: what it holds, and what it is for."""

    shape: Shape
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class RecordShape:
    """A mapping with known keys.

    `missing` is the code and the help for required keys that are not there, where the format has its own. Of the keys
    in `one_of`, where there are any, one must be given. A schema writes a shape with a `definition` once, under that
    name, with `doc` as its description.
    """

    what: str
    keys: Mapping[str, Key]
    missing: tuple[str, str] | None = None
    one_of: tuple[str, ...] = ()
    definition: str | None = None
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class EitherShape:
    """A text of one of several shapes. Only a schema can tell them apart: use it inside a `DeferredShape`."""

    shapes: tuple[ChoiceShape | PatternShape, ...]


@dataclass(frozen=True, slots=True)
class DeferredShape:
    """What another reader holds to `shape`, with codes of its own.

    The validator only asks that it be a mapping, a list or a text, as `shape` is; the schema says all.
    """

    shape: MapShape | RecordShape | ListShape | PatternShape | EitherShape
    what: str


Shape: TypeAlias = (
    TextShape
    | PatternShape
    | ChoiceShape
    | AnyShape
    | ListShape
    | OneOrManyShape
    | MapShape
    | RecordShape
    | EitherShape
    | DeferredShape
)


@dataclass(frozen=True, slots=True)
class ValidationCodes:
    """The codes of what a validator finds; each file format may have its own."""

    unknown_key: str = "unknown-key"
    missing_key: str = "missing-key"
    wrong_type: str = "wrong-type"
    empty_text: str = "empty-text"
    wrong_word: str = "wrong-word"
    wrong_form: str = "wrong-form"


COMMON_CODES = ValidationCodes()
"""The codes of packs and column mappings."""


def validate(
    node: YamlNode, shape: Shape, problems: list[Problem], codes: ValidationCodes = COMMON_CODES
) -> YamlNode | None:
    """`node` without the parts that do not fit `shape`, or None; each misfit is added to `problems`.

    Mappings and lists from which more than unknown keys was left out say so by `whole`.
    """
    return _Validator(problems, codes).validate(node, shape)


def validate_mapping(
    node: YamlNode, shape: MapShape | RecordShape, problems: list[Problem], codes: ValidationCodes = COMMON_CODES
) -> YamlMapping | None:
    """As `validate`, for shapes of mappings."""
    fitting = validate(node, shape, problems, codes)
    return fitting if isinstance(fitting, YamlMapping) else None


@dataclass(frozen=True, slots=True)
class _Validator:
    problems: list[Problem]
    codes: ValidationCodes = field(default=COMMON_CODES)

    def validate(self, node: YamlNode, shape: Shape) -> YamlNode | None:
        match shape:
            case AnyShape():
                return node
            case DeferredShape(inner, what):
                return self._validate_deferred(node, inner, what)
            case OneOrManyShape(item):
                inner_shape = ListShape(item, minimum=1) if isinstance(node, YamlSequence) else item
                return self.validate(node, inner_shape)
            case ListShape():
                return self._validate_list(node, shape)
            case MapShape():
                return self._validate_map(node, shape)
            case RecordShape():
                return self._validate_record(node, shape)
            case TextShape() | PatternShape() | ChoiceShape() | EitherShape():
                return self._validate_text(node, shape)

    def _report(self, code: str, message: str, help_: str | None, node: YamlNode) -> None:
        self.problems.append(Problem(code, message, help_, node.place()))

    def _report_wrong_type(
        self, node: YamlNode, expected: str, code: str | None = None, help_: str | None = None
    ) -> None:
        kind = {YamlScalar: "a text", YamlSequence: "a list", YamlMapping: "a mapping"}[type(node)]
        self._report(code or self.codes.wrong_type, f"{expected} belongs here, not {kind}", help_, node)

    def _validate_deferred(self, node: YamlNode, shape: Shape, what: str) -> YamlNode | None:
        match shape:
            case MapShape() | RecordShape():
                fits = isinstance(node, YamlMapping)
            case ListShape():
                fits = isinstance(node, YamlSequence)
            case _:
                return self._validate_text(node, TextShape(what))
        if fits:
            return node
        self._report_wrong_type(node, what)
        return None

    def _validate_list(self, node: YamlNode, shape: ListShape) -> YamlNode | None:
        if not isinstance(node, YamlSequence):
            self._report_wrong_type(node, f"a list of which each item is {_noun(shape.item)}")
            return None
        if len(node.items) < shape.minimum:
            self._report(self.codes.wrong_type, "the list is empty", "name at least one", node)
        validated = [self.validate(item, shape.item) for item in node.items]
        items = tuple(item for item in validated if item is not None)
        return replace(node, items=items, whole=all(map(_is_whole, validated)))

    def _validate_map(self, node: YamlNode, shape: MapShape) -> YamlNode | None:
        if not isinstance(node, YamlMapping):
            self._report_wrong_type(node, _noun(shape))
            return None
        if len(node.entries) < shape.minimum:
            self._report(self.codes.wrong_type, "the mapping is empty", "name at least one", node)
        entries: list[tuple[YamlScalar, YamlNode]] = []
        whole = True
        for key, value in node.entries:
            name = self.validate(key, shape.name)
            fitting = self.validate(value, shape.value)
            whole = whole and name is not None and _is_whole(fitting)
            if name is not None and fitting is not None:
                entries.append((key, fitting))
        return replace(node, entries=tuple(entries), whole=whole)

    def _validate_record(self, node: YamlNode, shape: RecordShape) -> YamlNode | None:
        if not isinstance(node, YamlMapping):
            self._report_wrong_type(node, shape.what, help_="its keys: " + ", ".join(shape.keys))
            return None
        entries: list[tuple[YamlScalar, YamlNode]] = []
        whole = True
        for name, value in node.entries:
            key = shape.keys.get(name.text)
            if key is None:
                message = f"{shape.what} has no key `{name.text}`"
                self._report(self.codes.unknown_key, message, did_you_mean(name.text, shape.keys), name)
                continue
            fitting = self.validate(value, key.shape)
            whole = whole and _is_whole(fitting)
            if fitting is not None:
                entries.append((name, fitting))
        self._report_missing_keys(node, shape)
        return replace(node, entries=tuple(entries), whole=whole)

    def _report_missing_keys(self, node: YamlMapping, shape: RecordShape) -> None:
        code, help_ = shape.missing or (self.codes.missing_key, None)
        for name, key in shape.keys.items():
            if key.required and name not in node:
                self._report(code, f"{shape.what} needs the key `{name}`", help_ or f"`{name}`: {key.doc}", node)
        if shape.one_of and not any(name in node for name in shape.one_of):
            names = " or ".join(f"`{name}`" for name in shape.one_of)
            docs = "; ".join(f"`{name}`: {shape.keys[name].doc}" for name in shape.one_of)
            self._report(code, f"{shape.what} needs the key {names}", docs, node)

    def _validate_text(
        self, node: YamlNode, shape: TextShape | PatternShape | ChoiceShape | EitherShape
    ) -> YamlNode | None:
        own_code = shape.code if isinstance(shape, PatternShape) else None
        if not isinstance(node, YamlScalar):
            self._report_wrong_type(node, _noun(shape), own_code)
            return None
        if isinstance(shape, TextShape) and shape.may_be_empty:
            return node
        if not node.text.strip():
            self._report(own_code or self.codes.empty_text, f"{_noun(shape)} is missing here", None, node)
            return None
        if isinstance(shape, ChoiceShape) and node.text not in shape.words:
            message = f"`{node.text}` is not {_noun(shape)}"
            self._report(self.codes.wrong_word, message, did_you_mean(node.text, shape.words), node)
            return None
        if isinstance(shape, PatternShape) and not _matches(shape, node.text):
            message = f"`{node.text}` is not {shape.what}"
            self._report(own_code or self.codes.wrong_form, message, f"write it like `{shape.example}`", node)
            return None
        return node


def _matches(shape: PatternShape, text: str) -> bool:
    match = re.match if shape.open_end else re.fullmatch
    return match(shape.pattern, text) is not None


def _is_whole(node: YamlNode | None) -> bool:
    return node is not None and (isinstance(node, YamlScalar) or node.whole)


def _noun(shape: Shape) -> str:
    match shape:
        case TextShape(what=what) | PatternShape(what=what) | RecordShape(what=what) | DeferredShape(what=what):
            return what
        case ChoiceShape(words):
            return "one of " + ", ".join(f"`{word}`" for word in words)
        case OneOrManyShape(item):
            return f"{_noun(item)}, or a list of them,"
        case ListShape():
            return "a list"
        case _:
            return "a mapping of names"
