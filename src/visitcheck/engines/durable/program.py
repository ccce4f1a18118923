"""A Plan compiled for durable-rules: features, formulas, the rule sets they go to, and truths from what fired."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import TypeAlias

from visitcheck.engines.durable.features import Features
from visitcheck.engines.durable.formulas import Formula, Word, negate
from visitcheck.engines.durable.limits import RULE_SETS
from visitcheck.engines.durable.shards import Combined, Split, TooComplex, pack, split
from visitcheck.errors import EngineFailure, UnsupportedByEngine
from visitcheck.ir.nodes import Const
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
    """What is compiled once; immutable. Equal formulas are one."""

    def __init__(self, plan: Plan) -> None:
        self._reading = Features()
        self._numbers: dict[Formula, int] = {}
        self._answers = tuple(self._answer(plan, position) for position in range(len(plan.conditions)))
        self.features = self._reading.finish()
        self.formulas = tuple(self._numbers)
        self._packed = pack(self.formulas)
        self._meanings = {
            f"{letter}{number}": (number, want)
            for number in range(len(self.formulas))
            for letter, want in (("T", True), ("F", False))
        }
        if len(self._packed) > RULE_SETS:
            raise UnsupportedByEngine(self._too_many(plan))

    def patterns(self) -> Iterator[list[tuple[int, bool, Formula]]]:
        """For each rule set, the formulas whose firing says TRUE (True) or FALSE (False), by number."""
        for numbers in self._packed:
            yield [
                (number, want, formula if want else negate(formula))
                for number in numbers
                for formula in (self.formulas[number],)
                for want in (True, False)
            ]

    def truths(self, fired: Set[str]) -> Truths:
        """Each condition's truth from the names that fired: `T0` says that formula 0 is TRUE, `F0` FALSE."""
        found: list[Truth] = [None] * len(self.formulas)
        for name in fired:
            number, want = self._meanings[name]
            if found[number] not in (None, want):
                raise EngineFailure(f"durable-rules found formula {number} both true and false")
            found[number] = want
        return tuple([found[answer] if type(answer) is int else _truth(answer, found) for answer in self._answers])

    def _answer(self, plan: Plan, position: int) -> _Answer:
        condition = plan.conditions[position]
        if isinstance(condition, Const) and condition.value is None:
            return _Fixed(None)
        try:
            formula = self._reading.formula(condition)
            return _Fixed(formula) if isinstance(formula, bool) else self._placed(split(formula))
        except (TooComplex, RecursionError) as error:
            raise UnsupportedByEngine(
                f"durable-rules cannot hold a condition of {_rules(plan, position)}: it is too deep or too wide"
            ) from error

    def _placed(self, found: Split) -> _Answer:
        if isinstance(found, Combined):
            return _Parts(found.word, tuple(map(self._placed, found.parts)))
        return self._numbers.setdefault(found, len(self._numbers))

    def _too_many(self, plan: Plan) -> str:
        beyond = self._packed[RULE_SETS][0]
        first = next(at for at, answer in enumerate(self._answers) if beyond in _numbers(answer))
        return f"durable-rules would need more than {RULE_SETS} rule sets, from {_rules(plan, first)} on"


def _truth(answer: _Answer, found: list[Truth]) -> Truth:
    if isinstance(answer, int):
        return found[answer]
    if isinstance(answer, _Fixed):
        return answer.truth
    truths = [_truth(part, found) for part in answer.parts]
    return and_(truths) if answer.word == "and" else or_(truths)


def _numbers(answer: _Answer) -> Iterator[int]:
    if isinstance(answer, int):
        yield answer
    elif isinstance(answer, _Parts):
        for part in answer.parts:
            yield from _numbers(part)


def _rules(plan: Plan, position: int) -> str:
    """The ids of the rules that a condition belongs to."""
    return ", ".join(f"`{rule}`" for rule in plan.rule_ids(position)) or f"condition {position}"
