"""Messages with placeholders: `{name}` shows a value, `{{` and `}}` are braces."""

from __future__ import annotations

import re

from visitcheck.documents import YamlScalar
from visitcheck.documents.parts import Part
from visitcheck.errors import Problem
from visitcheck.ir.facts_read import is_record
from visitcheck.policy.conditions import Conditions
from visitcheck.policy.model import Message, Placeholder

_TOKEN = re.compile(r"\{\{|\}\}|\{|\}")


def read_message(part: Part | None, conditions: Conditions) -> Message | None:
    """A message in both languages, its placeholders typed; None where there is none."""
    if part is None:
        return None
    return Message(en=_pieces(part.scalar("en"), conditions), zh=_pieces(part.scalar("zh"), conditions))


def _pieces(text: YamlScalar | None, conditions: Conditions) -> tuple[str | Placeholder, ...]:
    if text is None:
        return ()
    pieces: list[str | Placeholder] = []
    literal, at = "", 0
    while (found := _TOKEN.search(text.text, at)) is not None:
        literal += text.text[at : found.start()]
        at = found.end()
        if found[0] in ("{{", "}}"):
            literal += found[0][0]
            continue
        close = text.text.find("}", at) if found[0] == "{" else -1
        if close < 0:
            what = "opens and does not close" if found[0] == "{" else "closes nothing"
            _bad(f"`{found[0]}` {what}", text, found.start(), found.end(), conditions)
            continue
        placeholder = _placeholder(text, at, close, conditions)
        if placeholder is not None:
            pieces.extend([literal, placeholder] if literal else [placeholder])
            literal = ""
        at = close + 1
    literal += text.text[at:]
    return _trimmed([*pieces, literal] if literal else pieces)


def _placeholder(text: YamlScalar, start: int, end: int, conditions: Conditions) -> Placeholder | None:
    source = text.text[start:end].strip()
    if not source:
        _bad("the placeholder is empty", text, start - 1, end + 1, conditions)
        return None
    expr = conditions.expression(text, expected=None, allow_has=True, start=start, end=end)
    if expr is None:
        return None
    if is_record(expr):
        _bad(f"`{source}` is a {expr.type}, which cannot be shown", text, start, end, conditions)
        return None
    return Placeholder(source, expr)


def _bad(message: str, text: YamlScalar, start: int, end: int, conditions: Conditions) -> None:
    help_ = "name a `let`, a parameter or a fact, like `{params.min_team}`; write `{{` and `}}` for braces"
    conditions.problems.append(Problem("bad-placeholder", message, help_, text.place(start, end)))


def _trimmed(pieces: list[str | Placeholder]) -> tuple[str | Placeholder, ...]:
    """Without the white space that block scalars leave at the ends."""
    if pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].lstrip()
    if pieces and isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip()
    return tuple(piece for piece in pieces if piece != "")
