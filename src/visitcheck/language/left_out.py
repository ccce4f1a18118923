"""The parts of CEL that conditions do not have, each with what to write instead."""

from __future__ import annotations

from typing import NamedTuple


class Part(NamedTuple):
    """A part of CEL by its usual name, and the help of the error that refuses it."""

    name: str
    instead: str


PARTS: dict[str, Part] = {
    "null": Part("`null`", "a missing fact is UNKNOWN; ask for the fact itself"),
    "uint": Part("unsigned ints", "leave out the `u`"),
    "bytes": Part("bytes", 'write a text, like `"abc"`'),
    "map": Part("maps", "compare the facts one by one"),
    "message": Part("message construction", "compare the fields one by one"),
    "index": Part("indexing", "use `exists`, `filter`, `min` or `max` on the list"),
    "dynamic": Part("dynamic types", "every fact has one type; compare values of that type"),
    "conversion": Part("conversion between types", "write the constant in the type it is compared with"),
    "user-macro": Part("user-defined macros", "name the part under `let`"),
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
RESERVED: frozenset[str] = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "void",
        "while",
    ]
)
