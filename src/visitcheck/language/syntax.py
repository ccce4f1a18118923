"""The syntax tree: a condition as it is written, before names and types are looked up.

Each node knows the piece of text it stands for, `text[start:end]`, and how deep it is nested.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import NamedTuple, TypeAlias

from visitcheck.errors import Place

Locate: TypeAlias = Callable[[int, int], Place]
"""Gives the place in a file where `text[start:end]` of a condition is written."""
Joint: TypeAlias = OneOf["&&", "||"]
Sign: TypeAlias = OneOf["!", "-"]


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A piece of the condition's text, `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax(TextSpan):
    """Base of the syntax nodes; `depth` counts the levels from here down, brackets included."""

    depth: int


@dataclass(frozen=True, slots=True)
class Literal(Syntax):
    """A number, text or truth, with its value."""

    kind: OneOf["int", "double", "string", "bool"]
    value: int | float | str | bool


@dataclass(frozen=True, slots=True)
class Name(Syntax):
    """A single name: a group of facts, a `let`, a macro's variable, or `params`."""

    name: str


@dataclass(frozen=True, slots=True)
class Access(Syntax):
    """`record.name`."""

    record: Tree
    name: str
    name_span: TextSpan


@dataclass(frozen=True, slots=True)
class Invoke(Syntax):
    """`name(args)`, or `receiver.name(args)`."""

    receiver: Tree | None
    name: str
    name_span: TextSpan
    args: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Prefix(Syntax):
    """`!operand` or `-operand`."""

    op: Sign
    operand: Tree


@dataclass(frozen=True, slots=True)
class Binary(Syntax):
    """`left op right` for comparisons, `in` and arithmetic."""

    op: str
    op_span: TextSpan
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Logic(Syntax):
    """Two or more parts joined by `&&` or by `||`."""

    op: Joint
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Syntax):
    """`test ? then : other`."""

    test: Tree
    then: Tree
    other: Tree


@dataclass(frozen=True, slots=True)
class ListLiteral(Syntax):
    """`[items]`."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class LeftOut(Syntax):
    """A part of CEL that conditions do not have; `part` is a key of `LEFT_OUT_PARTS`."""

    part: str


Tree: TypeAlias = Literal | Name | Access | Invoke | Prefix | Binary | Logic | Conditional | ListLiteral | LeftOut


class LeftOutPart(NamedTuple):
    """A part of CEL by its usual name, and the help of the error that refuses it."""

    name: str
    instead: str


LEFT_OUT_PARTS: dict[str, LeftOutPart] = {
    "null": LeftOutPart("`null`", "a missing fact is UNKNOWN; ask for the fact itself"),
    "uint": LeftOutPart("unsigned ints", "leave out the `u`"),
    "bytes": LeftOutPart("bytes", 'write a text, like `"abc"`'),
    "map": LeftOutPart("maps", "compare the facts one by one"),
    "message": LeftOutPart("message construction", "compare the fields one by one"),
    "index": LeftOutPart("indexing", "use `exists`, `filter`, `min` or `max` on the list"),
    "dynamic": LeftOutPart("dynamic types", "every fact has one type; compare values of that type"),
    "conversion": LeftOutPart("conversion between types", "write the constant in the type it is compared with"),
    "user-macro": LeftOutPart("user-defined macros", "name the part under `let`"),
}
LEFT_OUT_FUNCTIONS: dict[str, str] = {
    "type": "dynamic",
    "dyn": "dynamic",
    "bool": "conversion",
    "bytes": "bytes",
    "double": "conversion",
    "int": "conversion",
    "string": "conversion",
    "uint": "uint",
    "optional": "dynamic",
}
RESERVED_WORDS: frozenset[str] = frozenset({
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
    "namespace", "null", "package", "return", "true", "var", "void", "while",
})  # fmt: skip
"""Words that CEL keeps for itself: no fact, `let` or variable may be called so."""
