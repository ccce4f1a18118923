"""Conditions as formulas over int features, and the features' values for a visit.

| atom | feature |
| --- | --- |
| a comparison of two ordered values | the sign of left - right: -1, 0 or 1 |
| a closed word `==` or `!=` a constant | the word's position in its type |
| anything else that is true or false | 0 or 1 |

A value that is UNKNOWN has no feature value. Operands are read by closures over the interpreter's own kernels (see
`closures`), not by the interpreter itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from visitcheck.engines.durable.formulas import Atom, Formula, Op, join, negate
from visitcheck.engines.durable.operands import Operands
from visitcheck.errors import EngineFailure
from visitcheck.facts.types import DATE, DOUBLE, DURATION, INT, MONEY, STRING, TIME_OF_DAY, TIMESTAMP, Type, Word
from visitcheck.ir.nodes import And, Compare, Const, Expr, Not, Or
from visitcheck.ir.open_lists import open_lists
from visitcheck.language import operators

_ORDERED: tuple[Type, ...] = (INT, DOUBLE, TIMESTAMP, DURATION, DATE, TIME_OF_DAY, MONEY, STRING)
_INTS = frozenset((INT, TIMESTAMP, DURATION, DATE, TIME_OF_DAY))
"""Ordered as the ints that they are inside."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """The sign of left - right; UNKNOWN where either is, and for money of two currencies."""

    left: int
    right: int
    type: Type

    def value(self, operands: list[Any]) -> int | None:
        """Return the feature's value for the values of all operands."""
        left, right = operands[self.left], operands[self.right]
        if left is None or right is None:
            return None
        if self.type in _INTS and type(left) is type(right) is int:
            return (left > right) - (left < right)
        if operators.compare("==", self.type, left, right) is None:
            return None
        for op, sign in _SIGNS:
            if operators.compare(op, self.type, left, right):
                return sign
        raise EngineFailure(f"{left!r} is neither below, equal to nor above {right!r}")


_SIGNS: tuple[tuple[Any, int], ...] = (("<", -1), ("==", 0), (">", 1))


@dataclass(frozen=True, slots=True)
class _Code:
    """A closed word's position in its type."""

    operand: int
    words: tuple[str, ...]

    def value(self, operands: list[Any]) -> int | None:
        """Return the feature's value for the values of all operands."""
        word = operands[self.operand]
        if word is None:
            return None
        if word not in self.words:
            raise EngineFailure(f"{word!r} is not among the words {', '.join(self.words)}")
        return self.words.index(word)


@dataclass(frozen=True, slots=True)
class _Truth:
    """1 for TRUE, 0 for FALSE."""

    operand: int

    def value(self, operands: list[Any]) -> int | None:
        """Return the feature's value for the values of all operands."""
        truth = operands[self.operand]
        if truth is None:
            return None
        if truth is not True and truth is not False:
            raise EngineFailure(f"{truth!r} is not a truth")
        return int(truth)


_Feature: TypeAlias = _Sign | _Code | _Truth
SIGNS, TRUTHS = (-1, 0, 1), (0, 1)


def _domain(feature: _Feature) -> tuple[int, ...]:
    """Return every value that a feature can have, besides UNKNOWN."""
    if isinstance(feature, _Code):
        return tuple(range(len(feature.words)))
    return SIGNS if isinstance(feature, _Sign) else TRUTHS


class FeatureReader:
    """Reads the values of features from visits. Immutable.

    A visit with lists that may go on has the same features: only its operands are read in another way, which is
    settled when the first such visit comes. An operand is never a junction or its opposite, so what further elements
    do to a condition they do within its operands (`ir.open_lists`).
    """

    def __init__(self, operands: Iterable[Expr], features: tuple[_Feature, ...]) -> None:
        self._expressions = tuple(operands)
        self._operands, self._features = Operands(self._expressions), features

    @cached_property
    def _open_operands(self) -> Operands:
        """Two threads may both make it: they make the same."""
        return Operands(map(open_lists, self._expressions))

    def __len__(self) -> int:
        return len(self._features)

    @property
    def domains(self) -> tuple[tuple[int, ...], ...]:
        """For each feature every value that it can have, besides UNKNOWN."""
        return tuple(map(_domain, self._features))

    def read(self, visit: object) -> list[int | None]:
        """Return each feature's value by its number; None where it is UNKNOWN."""
        going_on = getattr(visit, "completeness", None) is not None
        operands = (self._open_operands if going_on else self._operands).values(visit)
        return [feature.value(operands) for feature in self._features]


class Features:
    """The features of some conditions, collected while `formula_of` reads these; equal ones are one."""

    def __init__(self) -> None:
        self._operands: dict[Expr, int] = {}
        self._features: dict[_Feature, int] = {}

    def formula_of(self, condition: Expr) -> Formula | bool:
        """Return the condition over features; True or False where it is that for every visit."""
        match condition:
            case Const(value=True | False as truth):
                return bool(truth)
            case Not():
                operand = self.formula_of(condition.operand)
                return not operand if isinstance(operand, bool) else negate(operand)
            case And():
                return join("and", map(self.formula_of, condition.parts))
            case Or():
                return join("or", map(self.formula_of, condition.parts))
            case Compare():
                return self._formula_of_comparison(condition)
            case _:
                return self._formula_of_truth(condition)

    def reader(self) -> FeatureReader:
        """Return what reads the features collected so far."""
        return FeatureReader(self._operands, tuple(self._features))

    def _formula_of_comparison(self, node: Compare) -> Formula:
        left, right = node.left, node.right
        if left.type == right.type and left.type in _ORDERED:
            sign = _Sign(self._operand_number(left), self._operand_number(right), left.type)
            return Atom(self._feature_number(sign), node.op, 0)
        if isinstance(left, Const):
            left, right = right, left
        word_type = left.type
        if isinstance(word_type, Word) and isinstance(right, Const) and node.op in ("==", "!="):
            return self._formula_of_word(left, word_type, node.op, right, node)
        return self._formula_of_truth(node)

    def _formula_of_word(self, operand: Expr, type_: Word, op: Op, constant: Const, node: Compare) -> Formula:
        codes: Mapping[object, int] = {word: code for code, word in enumerate(type_.words)}
        if constant.value not in codes:
            return self._formula_of_truth(node)
        feature = _Code(self._operand_number(operand), type_.words)
        return Atom(self._feature_number(feature), op, codes[constant.value])

    def _formula_of_truth(self, node: Expr) -> Atom:
        return Atom(self._feature_number(_Truth(self._operand_number(node))), "is", 1)

    def _operand_number(self, node: Expr) -> int:
        return self._operands.setdefault(node, len(self._operands))

    def _feature_number(self, feature: _Feature) -> int:
        return self._features.setdefault(feature, len(self._features))
