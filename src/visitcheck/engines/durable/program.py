"""A Plan compiled for durable-rules: features, formulas, the rule sets they go to, and truths from what fired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from visitcheck.engines.durable.features import FeatureReader, Features
from visitcheck.engines.durable.formulas import Formula, Word, negate
from visitcheck.engines.durable.packing import RULE_SETS, Combined, Split, TooComplex, pack, split
from visitcheck.errors import EngineFailure, UnsupportedByEngine
from visitcheck.ir.nodes import Const, Expr
from visitcheck.ir.plan import Plan, Truths
from visitcheck.truth import Truth, and_, or_


@dataclass(frozen=True, slots=True)
class _Fixed:
    """The same truth for every visit."""

    truth: Truth


@dataclass(frozen=True, slots=True)
class _Parts:
    """Kleene's And or Or of truths found apart."""

    word: Word
    parts: tuple[_Answer, ...]


_Answer: TypeAlias = int | _Fixed | _Parts
"""How a condition's truth is found; an int is the number of a formula."""


class Program:
    """What is compiled once; immutable. Equal formulas are one; rule sets take them in the order of their numbers."""

    def __init__(self, plan: Plan) -> None:
        self._collected = Features()
        self._numbers: dict[Formula, int] = {}
        self._answers = tuple(self._answer_of(plan, position) for position in range(len(plan.conditions)))
        self.features = self._reader(plan)
        self.formulas = tuple(self._numbers)
        self._packed = pack(self.formulas)
        self._meanings = tuple(
            {
                f"{letter}{number}": (place, want)
                for place, number in enumerate(numbers)
                for letter, want in (("T", True), ("F", False))
            }
            for numbers in self._packed
        )
        if len(self._packed) > RULE_SETS:
            raise UnsupportedByEngine(self._too_many_message(plan))

    def _reader(self, plan: Plan) -> FeatureReader:
        try:
            return self._collected.reader()
        except RecursionError as error:
            deep = next(at for at, condition in enumerate(plan.conditions) if _is_too_deep(condition))
            raise UnsupportedByEngine(
                f"durable-rules cannot read a condition of {_rule_names(plan, deep)}: it is too deep"
            ) from error

    def patterns(self) -> Iterator[list[tuple[int, bool, Formula]]]:
        """Yield for each rule set the formulas whose firing says TRUE (True) or FALSE (False), by number."""
        for numbers in self._packed:
            yield [
                (number, want, formula if want else negate(formula))
                for number in numbers
                for formula in (self.formulas[number],)
                for want in (True, False)
            ]

    def truths_in(self, rule_set: int, fired: Set[str]) -> Truths:
        """Return the truth of each formula in a rule set from the names that fired: `T0` says that formula 0 is TRUE.

        Raises `EngineFailure` where a formula was found both TRUE and FALSE.
        """
        known: list[Truth] = [None] * len(self._packed[rule_set])
        for name in fired:
            place, want = self._meanings[rule_set][name]
            if known[place] not in (None, want):
                raise EngineFailure(f"durable-rules found formula {name[1:]} both true and false")
            known[place] = want
        return tuple(known)

    def truths(self, known: Sequence[Truth]) -> Truths:
        """Return each condition's truth from those of all formulas, rule set after rule set."""
        return tuple([known[answer] if type(answer) is int else _truth(answer, known) for answer in self._answers])

    def _answer_of(self, plan: Plan, position: int) -> _Answer:
        condition = plan.conditions[position]
        if isinstance(condition, Const) and condition.value is None:
            return _Fixed(None)
        try:
            formula = self._collected.formula_of(condition)
            return _Fixed(formula) if isinstance(formula, bool) else self._place(split(formula))
        except (TooComplex, RecursionError) as error:
            raise UnsupportedByEngine(
                f"durable-rules cannot hold a condition of {_rule_names(plan, position)}: it is too deep or too wide"
            ) from error

    def _place(self, formula: Split) -> _Answer:
        """Give each formula that is inferred by itself a number."""
        if isinstance(formula, Combined):
            return _Parts(formula.word, tuple(map(self._place, formula.parts)))
        return self._numbers.setdefault(formula, len(self._numbers))

    def _too_many_message(self, plan: Plan) -> str:
        beyond = self._packed[RULE_SETS][0]
        first = next(at for at, answer in enumerate(self._answers) if beyond in _numbers(answer))
        return f"durable-rules would need more than {RULE_SETS} rule sets, from {_rule_names(plan, first)} on"


def _is_too_deep(condition: Expr) -> bool:
    features = Features()
    try:
        features.formula_of(condition)
        features.reader()
    except RecursionError:
        return True
    return False


def _truth(answer: _Answer, known: Sequence[Truth]) -> Truth:
    if isinstance(answer, int):
        return known[answer]
    if isinstance(answer, _Fixed):
        return answer.truth
    truths = [_truth(part, known) for part in answer.parts]
    return and_(truths) if answer.word == "and" else or_(truths)


def _numbers(answer: _Answer) -> Iterator[int]:
    if isinstance(answer, int):
        yield answer
    elif isinstance(answer, _Parts):
        for part in answer.parts:
            yield from _numbers(part)


def _rule_names(plan: Plan, position: int) -> str:
    """Return the ids of the rules that a condition belongs to, for a message."""
    return ", ".join(f"`{rule}`" for rule in plan.rule_ids(position)) or f"condition {position}"
