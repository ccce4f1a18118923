"""What to say where a condition's text does not follow the grammar."""

from __future__ import annotations

import re

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

Said = tuple[str, str, str | None, int, int]
"""Code, message, help, start and end."""

_MARKS = {"COLON": "`:`", "COMMA": "`,`", "RPAR": "`)`", "RBRACKET": "`]`", "RBRACE": "`}`"}
_WORDS = {
    "and": "&&", "AND": "&&", "or": "||", "OR": "||", "not": "!", "NOT": "!", "is": "==", "IS": "==",
    "且": "&&", "并且": "&&", "或": "||", "或者": "||", "非": "!",
}  # fmt: skip
_CHARACTERS = {
    "=": "write `==` to compare",
    "&": "write `&&` for and",
    "|": "write `||` for or",
    "（": "write `(`", "）": "write `)`", "，": "write `,`", "＝": "write `==`", "：": "write `:`",
    "【": "write `[`", "】": "write `]`", "“": 'write `"`', "”": 'write `"`', "‘": "write `'`",
    "’": "write `'`",
    "！": "write `!`", "＆": "write `&&`", "｜": "write `||`", "＜": "write `<`", "＞": "write `>`",
    "≤": "write `<=`", "≥": "write `>=`", "≠": "write `!=`", "×": "write `*`", "÷": "write `/`",
    "　": "write an ordinary space", "\u00a0": "write an ordinary space",
    "#": "a comment starts with `//`",
    ";": "join conditions with `&&`",
    "$": "name the fact by its path, like `place.kind`",
    "@": "name the fact by its path, like `place.kind`",
}  # fmt: skip

_WORD_BEFORE = re.compile(r"([A-Za-z_]+)\s*$")


def explain(text: str, error: UnexpectedInput) -> Said:
    """Code, message, help and place of a problem with the grammar."""
    if isinstance(error, UnexpectedCharacters):
        return _character(text, error)
    if isinstance(error, UnexpectedToken):
        return _token(text, error)
    end = len(text)
    return "unexpected-text", "the condition ends too early", None, max(0, end - 1), end


def _character(text: str, error: UnexpectedCharacters) -> Said:
    at = error.pos_in_stream or 0
    char = text[at]
    if char in "\"'":
        end = _line_end(text, at)
        return (
            "text-not-closed",
            "a text constant is not closed",
            f"end it with `{char}` on the same line, or use triple quotes",
            at,
            end,
        )
    if _WORDS.get(text[at : at + 2]) or _WORDS.get(char):
        word = text[at : at + 2] if text[at : at + 2] in _WORDS else char
        return "unexpected-text", f"unexpected `{word}`", f"write `{_WORDS[word]}`", at, at + len(word)
    shown = f"`{char}`" if char.isprintable() else f"the character U+{ord(char):04X}"
    return "unexpected-text", f"unexpected {shown}", _CHARACTERS.get(char), at, at + 1


def _token(text: str, error: UnexpectedToken) -> Said:
    token = error.token
    wanted = _wanted(error)
    if token.type == "$END":
        end = len(text.rstrip()) or len(text)
        if not text.strip():
            help_ = "write `true` where nothing is asked"
            return "unexpected-text", "the condition is empty", help_, 0, len(text)
        return "unexpected-text", "the condition ends too early", f"expected {wanted}", max(0, end - 1), end
    start, end = token.start_pos or 0, token.end_pos or 0
    return "unexpected-text", f"unexpected `{token}`", _help(text, token, wanted), start, end


def _help(text: str, token: Token, wanted: str) -> str:
    start = token.start_pos or 0
    if token.type == "NAME" and token.value in _WORDS:
        return f"write `{_WORDS[token.value]}`"
    before = _WORD_BEFORE.search(text, 0, start)
    if before and before[1] in _WORDS and token.type in ("NAME", "TRUE", "FALSE"):
        return f"write `{_WORDS[before[1]]}` for `{before[1]}`"
    if token.type == "NAME" and start and text[start - 1].isdigit():
        return 'a span of time is written like `duration("24h")` or `days(3)`'
    if token.type == "STRING" and start and text[start - 1] in "\"'":
        return 'write `\\"` for a quote inside a text constant'
    return f"expected {wanted}"


def _wanted(error: UnexpectedToken) -> str:
    accepted = error.accepts or error.expected
    kinds = []
    if accepted >= {"LPAR", "NAME", "NOT"}:
        kinds.append("a value")
    elif "NAME" in accepted:
        kinds.append("a name")
    if accepted & {"OR", "EQUAL", "PLUS"}:
        kinds.append("an operator")
    kinds += [mark for kind, mark in _MARKS.items() if kind in accepted]
    if "$END" in accepted:
        kinds.append("the end")
    return " or ".join([", ".join(kinds[:-1]), kinds[-1]]) if len(kinds) > 1 else "".join(kinds)


def _line_end(text: str, start: int) -> int:
    found = text.find("\n", start)
    return len(text) if found < 0 else found
