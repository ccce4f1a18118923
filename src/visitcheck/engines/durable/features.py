"""Conditions as formulas over int features, and the features' values for a visit.

| atom | feature |
| --- | --- |
| a comparison of two ordered values | the sign of left - right: -1, 0 or 1 |
| a closed word `==` or `!=` a constant | the word's position in its type |
| anything else that is true or false | 0 or 1 |

A value that is UNKNOWN has no feature value. Operands are read by a function that is written here (see `source`) over
the kernels of `language`, neither by the interpreter nor by the native engine's code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from visitcheck.concurrency import cached_property
from visitcheck.engines.durable.formulas import Atom, Formula, Op, join, negate
from visitcheck.engines.durable.source import FeatureWriter, Read, unless_unknown
from visitcheck.errors import EngineFailure
from visitcheck.facts.types import DATE, DOUBLE, DURATION, INT, MONEY, STRING, TIME_OF_DAY, TIMESTAMP, Type, Word
from visitcheck.ir.nodes import And, Compare, Const, Expr, Not, Or
from visitcheck.ir.open_lists import open_lists

_ORDERED: tuple[Type, ...] = (INT, DOUBLE, TIMESTAMP, DURATION, DATE, TIME_OF_DAY, MONEY, STRING)
_INTS = frozenset((INT, TIMESTAMP, DURATION, DATE, TIME_OF_DAY))
"""Ordered as the ints that they are inside."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """The sign of left - right; UNKNOWN where either is, and for money of two currencies."""

    left: int
    right: int
    type: Type

    def text(self, writer: FeatureWriter) -> str:
        """Return what the feature's value is in the function that reads it."""
        left, right = writer.names[self.left], writer.names[self.right]
        if self.type in _INTS:
            return unless_unknown((left, right), f"({left} > {right}) - ({left} < {right})")
        return unless_unknown((left, right), f"sign({writer.constant(self.type)}, {left}, {right})")


@dataclass(frozen=True, slots=True)
class _Code:
    """A closed word's position in its type."""

    operand: int
    words: tuple[str, ...]

    def text(self, writer: FeatureWriter) -> str:
        """Return what the feature's value is in the function that reads it."""
        word = writer.names[self.operand]
        return unless_unknown((word,), f"{writer.constant(_Codes(self.words))}[{word}]")


class _Codes(dict[str, int]):
    """The positions of words; any other word is an `EngineFailure`."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__({word: code for code, word in enumerate(words)})

    def __missing__(self, word: object) -> int:
        raise EngineFailure(f"{word!r} is not among the words {', '.join(self)}")


@dataclass(frozen=True, slots=True)
class _Truth:
    """1 for TRUE, 0 for FALSE."""

    operand: int

    def text(self, writer: FeatureWriter) -> str:
        """Return what the feature's value is in the function that reads it."""
        truth = writer.names[self.operand]
        return f"1 if {truth} is True else 0 if {truth} is False else None if {truth} is None else truth({truth})"


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
        self._operands = tuple(operands)
        self._features = features
        self._read = self._written(self._operands)

    @cached_property
    def _read_open(self) -> Read:
        """Two threads may both make it: they make the same."""
        return self._written(tuple(map(open_lists, self._operands)))

    def _written(self, operands: tuple[Expr, ...]) -> Read:
        writer = FeatureWriter(operands)
        return writer.function([feature.text(writer) for feature in self._features])

    def __len__(self) -> int:
        return len(self._features)

    @property
    def domains(self) -> tuple[tuple[int, ...], ...]:
        """For each feature every value that it can have, besides UNKNOWN."""
        return tuple(map(_domain, self._features))

    def read(self, visit: object) -> list[int | None]:
        """Return each feature's value by its number; None where it is UNKNOWN."""
        going_on = getattr(visit, "completeness", None) is not None
        return self._read_open(visit) if going_on else self._read(visit)


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
