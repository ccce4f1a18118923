"""Text of a condition to its syntax tree (`syntax`), with Lark's LALR parser over `grammar.lark`.

The tree is built while the parser reduces, so no step recurses and deep text ends in a problem.
Lark is imported with this module, which is why `language` imports this module only when it has text to read.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TypeAlias, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from visitcheck.errors import InvalidCondition, Problem
from visitcheck.facts.types import INT_MAX
from visitcheck.language import syntax as s
from visitcheck.language.constants import EscapeError, unquote

MAX_LENGTH = 10_000
"""Characters of a condition's text."""
MAX_DEPTH = 64
"""Levels of nesting in a condition's text."""


_Refusal: TypeAlias = tuple[str, str, str | None, int, int]
"""Code, message, help, start and end."""


class _RefusedError(Exception):
    """A problem found while the tree is built."""

    def __init__(self, code: str, message: str, help_: str | None, start: int, end: int) -> None:
        super().__init__(message)
        self.refusal: _Refusal = (code, message, help_, start, end)


def parse(text: str, locate: s.Locate) -> s.Tree:
    """The syntax tree of `text`; `InvalidCondition` with one problem where it is none."""

    def refuse(code: str, message: str, help_: str | None, start: int, end: int) -> InvalidCondition:
        return InvalidCondition([Problem(code, message, help_, locate(start, end))])

    if len(text) > MAX_LENGTH:
        raise refuse(
            "condition-too-long",
            f"the condition has {len(text):,} characters, more than {MAX_LENGTH:,}",
            "split it with `let` or into several checks",
            0,
            1,
        )
    try:
        return cast("s.Tree", _parser().parse(text))
    except VisitError as error:
        if not isinstance(error.orig_exc, _RefusedError):
            raise
        raise refuse(*error.orig_exc.refusal) from None
    except _RefusedError as error:
        raise refuse(*error.refusal) from None
    except UnexpectedInput as error:
        raise refuse(*_explain_unexpected(text, error)) from None


@cache
def _parser() -> Lark:
    grammar = files("visitcheck.language").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Builder(), maybe_placeholders=False)


def _depth_above(start: int, end: int, *parts: s.Tree) -> int:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise _RefusedError(
            "condition-too-deep",
            f"the condition is nested more than {MAX_DEPTH} levels deep",
            "name the inner parts with `let`",
            start,
            end,
        )
    return depth


def _trees(children: list[object]) -> tuple[s.Tree, ...]:
    return tuple(cast("s.Tree", child) for child in children if isinstance(child, s.Syntax))


def _ends_of(children: list[object]) -> tuple[int, int]:
    """Where the first child starts and the last one ends."""
    first, last = children[0], children[-1]
    start = first.start_pos if isinstance(first, Token) else cast("s.Syntax", first).start
    end = last.end_pos if isinstance(last, Token) else cast("s.Syntax", last).end
    return cast("int", start), cast("int", end)


def _span(token: Token) -> s.TextSpan:
    return s.TextSpan(cast("int", token.start_pos), cast("int", token.end_pos))


def _unreserved_name(token: Token) -> str:
    """A name that CEL does not keep for itself."""
    if token.value in s.RESERVED_WORDS:
        span = _span(token)
        raise _RefusedError(
            "reserved-word",
            f"`{token}` is a reserved word of CEL",
            "choose another name",
            span.start,
            span.end,
        )
    return str(token)


class _Builder(Transformer[Token, s.Tree]):
    """Makes a syntax node for each rule of the grammar; each method is called with the rule's children."""

    def start(self, children: list[object]) -> s.Tree:
        return _trees(children)[0]

    def conditional(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        test, then, other = _trees(children)
        return s.Conditional(start, end, test, then, other, depth=_depth_above(start, end, test, then, other))

    def logic(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        parts = _trees(children)
        op: s.Joint = "&&" if cast("Token", children[1]).type == "AND" else "||"
        return s.Logic(start, end, op, parts, depth=_depth_above(start, end, *parts))

    def binary(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        left, right = _trees(children)
        op = cast("Token", children[1])
        return s.Binary(start, end, str(op), _span(op), left, right, depth=_depth_above(start, end, left, right))

    def prefix(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        (operand,) = _trees(children)
        op: s.Sign = "!" if cast("Token", children[0]).type == "NOT" else "-"
        return s.Prefix(start, end, op, operand, depth=_depth_above(start, end, operand))

    def access(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        record, name = cast("s.Tree", children[0]), cast("Token", children[2])
        return s.Access(start, end, record, _unreserved_name(name), _span(name), depth=_depth_above(start, end, record))

    def method(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        receiver, *args = _trees(children)
        name = cast("Token", children[2])
        depth = _depth_above(start, end, receiver, *args)
        return s.Invoke(start, end, receiver, _unreserved_name(name), _span(name), tuple(args), depth=depth)

    def function(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        args = _trees(children)
        name = cast("Token", children[0])
        depth = _depth_above(start, end, *args)
        return s.Invoke(start, end, None, _unreserved_name(name), _span(name), args, depth=depth)

    def brackets(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        (inner,) = _trees(children)
        if isinstance(inner, s.LeftOut):
            return inner
        _depth_above(start, end, inner)
        return _with_brackets(inner, start, end)

    def name(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        return s.Name(start, end, _unreserved_name(cast("Token", children[0])), depth=1)

    def list_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        items = _trees(children)
        return s.ListLiteral(start, end, items, depth=_depth_above(start, end, *items))

    def int_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        text = str(children[0])
        # Python refuses to read thousands of digits; leading zeros apart, 20 are too many here.
        digits = text.removeprefix("0x").removeprefix("0X").lstrip("0") or "0"
        value = INT_MAX + 2 if len(digits) > 20 else int(text, 16) if text[:2].lower() == "0x" else int(text)
        # One more than the largest int may stand after a minus.
        if value > INT_MAX + 1:
            raise _RefusedError("number-range", f"`{text[:40]}` is more than 64 bits hold", None, start, end)
        return s.Literal(start, end, "int", value, depth=1)

    def double_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        value = float(str(children[0]))
        if not math.isfinite(value):
            raise _RefusedError("number-range", f"`{children[0]}` is more than a double holds", None, start, end)
        return s.Literal(start, end, "double", value, depth=1)

    def string_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        try:
            value = unquote(str(children[0]))
        except EscapeError as bad:
            raise _RefusedError(
                "bad-escape",
                str(bad),
                "write `\\\\` for a backslash, or `r` before the opening quote",
                start + bad.start,
                start + bad.end,
            ) from None
        return s.Literal(start, end, "string", value, depth=1)

    def bool_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends_of(children)
        return s.Literal(start, end, "bool", cast("Token", children[0]).type == "TRUE", depth=1)

    def index(self, children: list[object]) -> s.Tree:
        return _left_out("index", children)

    def message(self, children: list[object]) -> s.Tree:
        return _left_out("message", children)

    def map_literal(self, children: list[object]) -> s.Tree:
        return _left_out("map", children)

    def null_literal(self, children: list[object]) -> s.Tree:
        return _left_out("null", children)

    def uint_literal(self, children: list[object]) -> s.Tree:
        return _left_out("uint", children)

    def bytes_literal(self, children: list[object]) -> s.Tree:
        return _left_out("bytes", children)


def _left_out(part: str, children: list[object]) -> s.Tree:
    start, end = _ends_of(children)
    return s.LeftOut(start, end, part, depth=_depth_above(start, end, *_trees(children)))


def _with_brackets(inner: s.Tree, start: int, end: int) -> s.Tree:
    """`inner` with the brackets around it, which count as a level."""
    return replace(inner, start=start, end=end, depth=inner.depth + 1)


# What to say where a text does not follow the grammar.

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


def _explain_unexpected(text: str, error: UnexpectedInput) -> _Refusal:
    """Code, message, help and place of a problem with the grammar."""
    if isinstance(error, UnexpectedCharacters):
        return _unexpected_character(text, error)
    if isinstance(error, UnexpectedToken):
        return _unexpected_token(text, error)
    end = len(text)
    return "unexpected-text", "the condition ends too early", None, max(0, end - 1), end


def _unexpected_character(text: str, error: UnexpectedCharacters) -> _Refusal:
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


def _unexpected_token(text: str, error: UnexpectedToken) -> _Refusal:
    token = error.token
    wanted = _wanted_text(error)
    if token.type == "$END":
        end = len(text.rstrip()) or len(text)
        if not text.strip():
            help_ = "write `true` where nothing is asked"
            return "unexpected-text", "the condition is empty", help_, 0, len(text)
        return "unexpected-text", "the condition ends too early", f"expected {wanted}", max(0, end - 1), end
    start, end = token.start_pos or 0, token.end_pos or 0
    return "unexpected-text", f"unexpected `{token}`", _unexpected_help(text, token, wanted), start, end


def _unexpected_help(text: str, token: Token, wanted: str) -> str:
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


def _wanted_text(error: UnexpectedToken) -> str:
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
    newline = text.find("\n", start)
    return len(text) if newline < 0 else newline
