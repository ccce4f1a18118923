"""Text of a condition to its syntax tree (`syntax`), with Lark's LALR parser over `grammar.lark`.

The tree is built while the parser reduces, so no step recurses and deep text ends in a problem.
Lark is imported with this module, which is why `language` imports this module only when it has text to read.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files
from typing import cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from visitcheck.errors import InvalidCondition, Problem
from visitcheck.facts.types import INT_MAX
from visitcheck.language import syntax as s
from visitcheck.language.escapes import EscapeError, unquote
from visitcheck.language.left_out import RESERVED
from visitcheck.language.unexpected import explain

MAX_LENGTH = 10_000
"""Characters of a condition's text."""
MAX_DEPTH = 64
"""Levels of nesting in a condition's text."""


class RefusedError(Exception):
    """A problem found while the tree is built."""

    def __init__(self, code: str, message: str, help_: str | None, start: int, end: int) -> None:
        super().__init__(message)
        self.code, self.message, self.help, self.start, self.end = code, message, help_, start, end


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
        found = error.orig_exc
        if not isinstance(found, RefusedError):
            raise
        raise refuse(found.code, found.message, found.help, found.start, found.end) from None
    except RefusedError as found:
        raise refuse(found.code, found.message, found.help, found.start, found.end) from None
    except UnexpectedInput as error:
        raise refuse(*explain(text, error)) from None


@cache
def _parser() -> Lark:
    grammar = files("visitcheck.language").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Builder(), maybe_placeholders=False)


def _deeper(start: int, end: int, *parts: s.Tree) -> int:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise RefusedError(
            "condition-too-deep",
            f"the condition is nested more than {MAX_DEPTH} levels deep",
            "name the inner parts with `let`",
            start,
            end,
        )
    return depth


def _trees(children: list[object]) -> tuple[s.Tree, ...]:
    return tuple(cast("s.Tree", child) for child in children if isinstance(child, s.Syntax))


def _ends(children: list[object]) -> tuple[int, int]:
    """Where the first child starts and the last one ends."""
    first, last = children[0], children[-1]
    start = first.start_pos if isinstance(first, Token) else cast("s.Syntax", first).start
    end = last.end_pos if isinstance(last, Token) else cast("s.Syntax", last).end
    return cast("int", start), cast("int", end)


def _span(token: Token) -> s.Span:
    return s.Span(cast("int", token.start_pos), cast("int", token.end_pos))


def _fresh(token: Token) -> str:
    """A name that CEL does not keep for itself."""
    if token.value in RESERVED:
        span = _span(token)
        raise RefusedError(
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
        start, end = _ends(children)
        test, then, other = _trees(children)
        return s.Conditional(start, end, test, then, other, depth=_deeper(start, end, test, then, other))

    def logic(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        parts = _trees(children)
        op: s.Joint = "&&" if cast("Token", children[1]).type == "AND" else "||"
        return s.Logic(start, end, op, parts, depth=_deeper(start, end, *parts))

    def binary(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        left, right = _trees(children)
        op = cast("Token", children[1])
        return s.Binary(start, end, str(op), _span(op), left, right, depth=_deeper(start, end, left, right))

    def prefix(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        (operand,) = _trees(children)
        op: s.Sign = "!" if cast("Token", children[0]).type == "NOT" else "-"
        return s.Prefix(start, end, op, operand, depth=_deeper(start, end, operand))

    def access(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        record, name = cast("s.Tree", children[0]), cast("Token", children[2])
        return s.Access(start, end, record, _fresh(name), _span(name), depth=_deeper(start, end, record))

    def method(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        receiver, *args = _trees(children)
        name = cast("Token", children[2])
        depth = _deeper(start, end, receiver, *args)
        return s.Invoke(start, end, receiver, _fresh(name), _span(name), tuple(args), depth=depth)

    def function(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        args = _trees(children)
        name = cast("Token", children[0])
        return s.Invoke(start, end, None, _fresh(name), _span(name), args, depth=_deeper(start, end, *args))

    def brackets(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        (inner,) = _trees(children)
        if isinstance(inner, s.LeftOut):
            return inner
        _deeper(start, end, inner)
        return _at(inner, start, end)

    def name(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        return s.Name(start, end, _fresh(cast("Token", children[0])), depth=1)

    def list_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        items = _trees(children)
        return s.ListLiteral(start, end, items, depth=_deeper(start, end, *items))

    def int_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        text = str(children[0])
        # Python refuses to read thousands of digits; leading zeros apart, 20 are too many here.
        digits = text.removeprefix("0x").removeprefix("0X").lstrip("0") or "0"
        value = INT_MAX + 2 if len(digits) > 20 else int(text, 16) if text[:2].lower() == "0x" else int(text)
        # One more than the largest int may stand after a minus.
        if value > INT_MAX + 1:
            raise RefusedError("number-range", f"`{text[:40]}` is more than 64 bits hold", None, start, end)
        return s.Literal(start, end, "int", value, depth=1)

    def double_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        value = float(str(children[0]))
        if not math.isfinite(value):
            raise RefusedError("number-range", f"`{children[0]}` is more than a double holds", None, start, end)
        return s.Literal(start, end, "double", value, depth=1)

    def string_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
        try:
            value = unquote(str(children[0]))
        except EscapeError as bad:
            raise RefusedError(
                "bad-escape",
                str(bad),
                "write `\\\\` for a backslash, or `r` before the opening quote",
                start + bad.start,
                start + bad.end,
            ) from None
        return s.Literal(start, end, "string", value, depth=1)

    def bool_literal(self, children: list[object]) -> s.Tree:
        start, end = _ends(children)
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
    start, end = _ends(children)
    return s.LeftOut(start, end, part, depth=_deeper(start, end, *_trees(children)))


def _at(inner: s.Tree, start: int, end: int) -> s.Tree:
    """`inner` with the brackets around it, which count as a level."""
    from dataclasses import replace

    return replace(inner, start=start, end=end, depth=inner.depth + 1)
