"""The conditions and messages of one rule, compiled in the scope that its pack and its `let` give them.

In a message `{name}` shows a value; `{{` and `}}` are braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from visitcheck.documents import YamlScalar
from visitcheck.documents.parts import Part
from visitcheck.errors import InvalidCondition, Place, Problem
from visitcheck.facts.types import BOOL, Record, Type
from visitcheck.ir.facts_read import is_record
from visitcheck.ir.nodes import Expr
from visitcheck.policy.context import PackContext
from visitcheck.policy.model import Condition, Message, Placeholder

if TYPE_CHECKING:
    from visitcheck.language import Scope


@dataclass
class Conditions:
    """Compiles texts to conditions and remembers where each text is written.

    A text that uses a name whose own definition is broken is passed over: that problem is reported already.
    """

    pack: PackContext
    root: Record
    zone: Expr
    date: Expr
    allow_has: bool
    problems: list[Problem]
    lets: dict[str, Condition] = field(default_factory=dict)
    _broken: set[str] = field(default_factory=set)
    _written: dict[str, tuple[YamlScalar, int]] = field(default_factory=dict)
    _compiled: dict[tuple[str, Type | None, bool], Expr] = field(default_factory=dict)
    _scopes: dict[bool, Scope] = field(default_factory=dict)

    def let(self, entries: Iterable[tuple[YamlScalar, object]]) -> None:
        """Compiles the rule's `let`, each in the scope of those before it."""
        for key, text in entries:
            if not isinstance(text, YamlScalar):
                continue
            if key.text in self.root.fields or key.text == "params":
                message = f"`{key.text}` is the name of a group of facts"
                self.problems.append(Problem("name-taken", message, "choose another name", key.place()))
                self._broken.add(key.text)
                continue
            # `has()` is free in a `let` that only messages use: the compiler refuses it where a rule decides by it.
            expr = self.expression(text, expected=None, allow_has=True)
            if expr is None:
                self._broken.add(key.text)
                continue
            self.lets[key.text] = Condition(expr, text.text.strip(), text.place())
            self._scopes.clear()

    def condition(self, text: YamlScalar | None) -> Condition | None:
        """A condition that decides: a truth, without `has()` where the rule may deny or review."""
        if text is None:
            return None
        expr = self.expression(text, expected=BOOL, allow_has=self.allow_has)
        if expr is None:
            return None
        return Condition(expr, text.text.strip(), text.place())

    def expression(
        self,
        text: YamlScalar,
        *,
        expected: Type | None,
        allow_has: bool,
        start: int = 0,
        end: int | None = None,
    ) -> Expr | None:
        """The typed expression of `text[start:end]`, or None after its problems were reported."""
        piece = text.text[start:end]
        start += len(piece) - len(piece.lstrip())
        piece = piece.strip()
        if any(re.search(rf"\b{re.escape(name)}\b", piece) for name in self._broken | self.pack.broken):
            return None
        self._written.setdefault(piece, (text, start))
        # The two languages of a message mostly show the same values.
        key = (piece, expected, allow_has)
        if key not in self._compiled:
            expr = self._compile(piece, text, start, expected, allow_has)
            if expr is None:
                return None
            self._compiled[key] = expr
        return self._compiled[key]

    def remember(self, text: YamlScalar) -> None:
        """Notes where a condition is written that was compiled elsewhere."""
        stripped = text.text.strip()
        self._written.setdefault(stripped, (text, text.text.index(stripped)))

    def _compile(self, piece: str, text: YamlScalar, start: int, expected: Type | None, allow_has: bool) -> Expr | None:
        from visitcheck.language import compile_condition

        scope = self._scope(allow_has)
        try:
            return compile_condition(
                piece,
                scope,
                expected=expected,
                locate=lambda first, last: text.place(start + first, start + last),
            )
        except InvalidCondition as error:
            self.problems.extend(error.problems)
            return None

    def place(self, node: Expr, otherwise: Place) -> Place:
        """Where a node is written in the pack."""
        origin = node.origin
        where = None if origin is None else self._written.get(origin.text)
        if origin is None or where is None:
            return otherwise
        text, start = where
        return text.place(start + origin.start, start + origin.end)

    def _scope(self, allow_has: bool) -> Scope:
        from visitcheck.language import ParamType, Scope

        if allow_has not in self._scopes:
            parameters, lexicons = self.pack.in_scope()
            params: Mapping[str, ParamType] = {
                name: ParamType(parameter.type, parameter.values) for name, parameter in parameters.items()
            }
            self._scopes[allow_has] = Scope(
                facts=self.root,
                zone=self.zone,
                date=self.date,
                params=params,
                lets={name: condition.expr for name, condition in self.lets.items()},
                lexicons=lexicons,
                allow_has=allow_has,
            )
        return self._scopes[allow_has]


_TOKEN = re.compile(r"\{\{|\}\}|\{|\}")


def read_message(part: Part | None, conditions: Conditions) -> Message | None:
    """A message in both languages, its placeholders typed; None where there is none."""
    if part is None:
        return None
    return Message(en=_read_pieces(part.scalar("en"), conditions), zh=_read_pieces(part.scalar("zh"), conditions))


def _read_pieces(text: YamlScalar | None, conditions: Conditions) -> tuple[str | Placeholder, ...]:
    if text is None:
        return ()
    pieces: list[str | Placeholder] = []
    literal, at = "", 0
    while (brace := _TOKEN.search(text.text, at)) is not None:
        literal += text.text[at : brace.start()]
        at = brace.end()
        if brace[0] in ("{{", "}}"):
            literal += brace[0][0]
            continue
        close = text.text.find("}", at) if brace[0] == "{" else -1
        if close < 0:
            what = "opens and does not close" if brace[0] == "{" else "closes nothing"
            _report_placeholder(f"`{brace[0]}` {what}", text, brace.start(), brace.end(), conditions)
            continue
        placeholder = _read_placeholder(text, at, close, conditions)
        if placeholder is not None:
            pieces.extend([literal, placeholder] if literal else [placeholder])
            literal = ""
        at = close + 1
    literal += text.text[at:]
    return _trim_ends([*pieces, literal] if literal else pieces)


def _read_placeholder(text: YamlScalar, start: int, end: int, conditions: Conditions) -> Placeholder | None:
    source = text.text[start:end].strip()
    if not source:
        _report_placeholder("the placeholder is empty", text, start - 1, end + 1, conditions)
        return None
    expr = conditions.expression(text, expected=None, allow_has=True, start=start, end=end)
    if expr is None:
        return None
    if is_record(expr):
        _report_placeholder(f"`{source}` is a {expr.type}, which cannot be shown", text, start, end, conditions)
        return None
    return Placeholder(source, expr)


def _report_placeholder(message: str, text: YamlScalar, start: int, end: int, conditions: Conditions) -> None:
    help_ = "name a `let`, a parameter or a fact, like `{params.min_team}`; write `{{` and `}}` for braces"
    conditions.problems.append(Problem("bad-placeholder", message, help_, text.place(start, end)))


def _trim_ends(pieces: list[str | Placeholder]) -> tuple[str | Placeholder, ...]:
    """Without the white space that block scalars leave at the ends."""
    if pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].lstrip()
    if pieces and isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip()
    return tuple(piece for piece in pieces if piece != "")
