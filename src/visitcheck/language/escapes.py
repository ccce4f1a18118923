"""Quoted text constants of CEL: single or double quotes, triple quotes, raw texts, escapes."""

from __future__ import annotations

import re

_SIMPLE = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "?": "?", '"': '"', "'": "'", "`": "`",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))"
)


class EscapeError(ValueError):
    """An escape that CEL does not know, at `start` to `end` of the quoted text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, end


def unquote(quoted: str) -> str:
    """The text that a text constant stands for; raises `EscapeError`."""
    raw = quoted[0] in "rR"
    body = quoted[1:] if raw else quoted
    width = 3 if body[:3] in ('"""', "'''") else 1
    inner = body[width:-width]
    if raw or "\\" not in inner:
        return inner
    return _ESCAPE.sub(lambda match: _character(match, width), inner)


def quote(text: str) -> str:
    """A text constant, in double quotes, that stands for `text`."""
    names = {value: name for name, value in _SIMPLE.items() if name not in "?'`"}
    return '"' + "".join(_escaped(char, names) for char in text) + '"'


def _escaped(char: str, names: dict[str, str]) -> str:
    if char in names:
        return "\\" + names[char]
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def _character(match: re.Match[str], offset: int) -> str:
    simple, short, four, eight, octal, other = match.groups()
    if simple is not None:
        return _SIMPLE[simple]
    start, end = match.start() + offset, match.end() + offset
    if other is not None:
        raise EscapeError(f"`\\{other}` is no escape", start, end)
    code = int(octal, 8) if octal is not None else int(short or four or eight, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise EscapeError(f"`{match[0]}` is no character", start, end)
    return chr(code)
