"""Which truths a condition can have at all, as far as simple reasoning tells.

Constants and parameters that never change are folded, a value compared with them is followed within one `&&` or
`||`, closed words run out, counts are never below zero. What cannot be told so is taken to be able to be anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias, cast

from visitcheck.facts.types import COUNT, Word
from visitcheck.ir.fold import known_constant
from visitcheck.ir.nodes import (
    And,
    Call,
    Compare,
    CompareOp,
    Const,
    Exists,
    Expr,
    ForAll,
    Has,
    Not,
    Or,
    Size,
)
from visitcheck.language.interpreter import interpret
from visitcheck.truth import Truth, and_, not_, or_

Truths: TypeAlias = frozenset[Truth]
ANYTHING: Truths = frozenset({True, False, None})
_OPPOSITE: dict[CompareOp, CompareOp] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED: dict[CompareOp, CompareOp] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def truths(node: Expr) -> Truths:
    """The truths that a condition may have."""
    match node:
        case Const(value=value):
            return frozenset({cast("Truth", value)})
        case Not(operand=operand):
            return frozenset(not_(truth) for truth in truths(operand))
        case And(parts=parts):
            values = _joined(parts, conjunction=True)
            return values - {True} if _contradict(parts, holds=True) else values
        case Or(parts=parts):
            values = _joined(parts, conjunction=False)
            return values - {False} if _contradict(parts, holds=False) else values
        case Exists(body=body):
            return ANYTHING if True in truths(body) else frozenset({False, None})
        case ForAll(body=body):
            return ANYTHING if False in truths(body) else frozenset({True, None})
        case Has():
            return frozenset({True, False})
        case Call(function="knownSince"):
            return frozenset({True, None})
        case Compare():
            return _compared(node)
        case _:
            return ANYTHING


def _joined(parts: tuple[Expr, ...], *, conjunction: bool) -> Truths:
    values: Truths = frozenset({conjunction})
    for part in parts:
        join = and_ if conjunction else or_
        values = frozenset(join((first, second)) for first in values for second in truths(part))
    return values


def _compared(node: Compare) -> Truths:
    left, right = known_constant(node.left), known_constant(node.right)
    if left is not None and right is not None:
        return frozenset({cast("Truth", interpret(replace(node, left=left, right=right), None))})
    if node.left == node.right and node.left.type != COUNT:
        return frozenset({node.op in ("==", "<=", ">="), None})
    bounds = _Bounds()
    if not (bounds.take(node, holds=True) and bounds.possible()):
        return frozenset({False, None})
    bounds = _Bounds()
    return ANYTHING if bounds.take(node, holds=False) and bounds.possible() else frozenset({True, None})


def _contradict(parts: tuple[Expr, ...], *, holds: bool) -> bool:
    """Whether the parts cannot all hold (or all fail) at once."""
    about: dict[Expr, _Bounds] = {}
    plain: dict[Expr, bool] = {}
    for literal, wanted in _literals(parts, holds=holds):
        subject = _subject(literal)
        if subject is not None:
            if not about.setdefault(subject, _Bounds()).take(literal, holds=wanted):
                return True
        elif plain.setdefault(literal, wanted) is not wanted:
            return True
    return not all(bounds.possible() for bounds in about.values())


def _literals(parts: tuple[Expr, ...], *, holds: bool) -> Iterator[tuple[Expr, bool]]:
    """The simple conditions that must hold or fail when all parts do; what is joined the other way says nothing."""
    for part in parts:
        match part:
            case Not(operand=operand):
                yield from _literals((operand,), holds=not holds)
            case And(parts=inner) if holds:
                yield from _literals(inner, holds=True)
            case Or(parts=inner) if not holds:
                yield from _literals(inner, holds=False)
            case Or(parts=inner) if holds and _one_of(inner):
                yield part, True
            case _:
                yield part, holds


def _one_of(parts: tuple[Expr, ...]) -> bool:
    """Whether the parts say that one value is one of several constants."""
    subjects = {_subject(part) for part in parts}
    return len(subjects) == 1 and None not in subjects and all(isinstance(p, Compare) and p.op == "==" for p in parts)


def _subject(literal: Expr) -> Expr | None:
    """What a comparison with a constant is about; None for anything else."""
    if isinstance(literal, Or) and _one_of(literal.parts):
        return _subject(literal.parts[0])
    if isinstance(literal, Compare):
        for one, other in ((literal.left, literal.right), (literal.right, literal.left)):
            if known_constant(other) is not None and known_constant(one) is None and not isinstance(one, Const):
                return one
    return None


@dataclass
class _Bounds:
    """What is known of one value: bounds, words or texts it is or is not."""

    low: tuple[object, bool] | None = None
    """A lower bound, and whether the value may be it."""
    high: tuple[object, bool] | None = None
    among: frozenset[object] | None = None
    never: set[object] = field(default_factory=set)
    _domain: Expr | None = None

    def take(self, literal: Expr, *, holds: bool) -> bool:
        """Learns a comparison; False where it is plainly at odds with those before."""
        if isinstance(literal, Or):
            listed = frozenset(self._constant(part)[1] for part in literal.parts)
            self._domain = _subject(literal)
            return self._one_of(listed) if holds else self._none_of(listed)
        op, value = self._constant(literal)
        self._domain = _subject(literal)
        if self._domain is None:
            return True
        op = op if holds else _OPPOSITE[op]
        if op == "==":
            return self._one_of(frozenset({value}))
        if op == "!=":
            return self._none_of(frozenset({value}))
        return self._bound(op, value)

    def possible(self) -> bool:
        """Whether any value is left."""
        subject = self._domain
        if subject is None:
            return True
        among = self.among
        if among is None and isinstance(subject.type, Word):
            among = frozenset(subject.type.words)
        if among is not None:
            return any(value not in self.never and self._within(value) for value in among)
        high = self.high
        if isinstance(subject, Size) and high is not None:
            return cast("int", high[0]) > 0 or (high[0] == 0 and high[1])
        return self._apart()

    def _apart(self) -> bool:
        if self.low is None or self.high is None:
            return True
        low, high = cast("int", self.low[0]), cast("int", self.high[0])
        return low < high or (low == high and self.low[1] and self.high[1])

    def _within(self, value: object) -> bool:
        above = self.low is None or value > self.low[0] or (value == self.low[0] and self.low[1])  # type: ignore[operator]
        below = self.high is None or value < self.high[0] or (value == self.high[0] and self.high[1])  # type: ignore[operator]
        return above and below

    def _one_of(self, values: frozenset[object]) -> bool:
        self.among = values if self.among is None else self.among & values
        return bool(self.among)

    def _none_of(self, values: frozenset[object]) -> bool:
        self.never |= values
        return True

    def _bound(self, op: CompareOp, value: object) -> bool:
        including = "=" in op
        if op.startswith(">"):
            old = self.low
            if old is None or value > old[0] or (value == old[0] and not including):  # type: ignore[operator]
                self.low = (value, including)
        else:
            old = self.high
            if old is None or value < old[0] or (value == old[0] and not including):  # type: ignore[operator]
                self.high = (value, including)
        return True

    @staticmethod
    def _constant(literal: Expr) -> tuple[CompareOp, object]:
        compare = cast("Compare", literal)
        right = known_constant(compare.right)
        if right is not None:
            return compare.op, right.value
        left = known_constant(compare.left)
        return _TURNED[compare.op], None if left is None else left.value
