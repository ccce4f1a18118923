"""A small reader of protocol buffers' text format, as far as the CEL specification's test files use it.

A message becomes a dictionary from field name to the list of its values, in order; a value is text, bytes, a
number, a word (`true`, an enum's name) as text, or a message. An extension or `Any` name in brackets is a
field name.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

Message = dict[str, list[Any]]

_TOKEN = re.compile(
    r"(?P<space>\s+|#[^\n]*)"
    r"|(?P<string>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
    r"|(?P<name>\[[^\]\n]*\](?=\s*[:{])|[A-Za-z_][A-Za-z0-9_.]*)"
    r"|(?P<number>-?(?:0x[0-9a-fA-F]+|[0-9.]+(?:[eE][-+]?[0-9]+)?)f?|-inf|-nan)"
    r"|(?P<sign>[{}<>\[\]:;,])",
    re.DOTALL,
)
_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11}
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))", re.DOTALL)


class Token(NamedTuple):
    """A piece of the text, and which group of the pattern found it."""

    kind: str
    text: str


class Word(str):
    """A word without quotes, like `true` or an enum's name."""

    __slots__ = ()


def read(text: str) -> Message:
    """The message of a whole file."""
    reader = _Reader(_tokens(text))
    return reader.message(None)


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"no token at {text[at : at + 30]!r}")
        if match.lastgroup != "space":
            tokens.append(Token(str(match.lastgroup), match[0]))
        at = match.end()
    return tokens


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def message(self, closing: str | None) -> Message:
        fields: Message = {}
        while self.at < len(self.tokens) and self.tokens[self.at].text != closing:
            name = self._next().text
            self._skip(":")
            fields.setdefault(name, []).extend(self._values())
            self._skip(",", ";")
        if closing is not None:
            self._next()
        return fields

    def _values(self) -> list[Any]:
        if self.tokens[self.at].text != "[":
            return [self._value()]
        self._next()
        values = []
        while self.tokens[self.at].text != "]":
            values.append(self._value())
            self._skip(",")
        self._next()
        return values

    def _value(self) -> Any:
        token = self._next()
        if token.text in ("{", "<"):
            return self.message("}" if token.text == "{" else ">")
        if token.kind == "string":
            return self._string(token)
        if token.kind == "number":
            return _number(token.text)
        return Word(token.text)

    def _string(self, token: Token) -> str | bytes:
        """Strings side by side are one. Bytes that are no UTF-8 stay bytes."""
        raw = _unescaped(token.text)
        while self.at < len(self.tokens) and self.tokens[self.at].kind == "string":
            raw += _unescaped(self._next().text)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _skip(self, *signs: str) -> None:
        if self.at < len(self.tokens) and self.tokens[self.at].text in signs:
            self.at += 1


def _unescaped(quoted: str) -> bytes:
    return _ESCAPE.sub(_meant, quoted[1:-1].encode())


def _meant(match: re.Match[bytes]) -> bytes:
    two, four, eight, octal, other = match.groups()
    if four or eight:
        return chr(int(four or eight, 16)).encode()
    if two:
        return bytes([int(two, 16)])
    if octal:
        return bytes([int(octal, 8)])
    letter = other.decode()
    return bytes([_ESCAPES[letter]]) if letter in _ESCAPES else other


def _number(text: str) -> int | float:
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    if text.lower().lstrip("-").startswith("0x"):
        return int(text, 16)
    return float(text.rstrip("f")) if text not in ("-inf", "-nan") else float(text)
