"""Conditions over int features, with Not moved into the atoms, and the patterns that find them true or false.

A feature that is UNKNOWN is left out of the fact, and an absent property matches no comparison, so a pattern made
of And and Or over atoms fires exactly where Kleene's logic says TRUE. FALSE is TRUE of the negated formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, cast

from visitcheck.language.operators import ORDER
from visitcheck.truth import Truth, and_, or_

Op: TypeAlias = Literal["is", "==", "!=", "<", "<=", ">", ">="]
Word: TypeAlias = Literal["and", "or"]
Pattern: TypeAlias = dict[str, object]
"""The form durable-rules reads: `{"a0": 1}`, `{"$lt": {"a0": 1}}`, `{"$and": [...]}` or `{"$or": [...]}`."""

_OPPOSITE: dict[Op, Op] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_OPERATORS: dict[Op, str] = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_COMPARE = cast("dict[Op, Callable[[int, int], bool]]", {"is": ORDER["=="], **ORDER})


@dataclass(frozen=True, slots=True)
class Atom:
    """A comparison of a feature, by its number, with an int.

    `is` is for features that are 0 or 1 only: its opposite asks for the other value, not for any other.
    """

    feature: int
    op: Op
    value: int


@dataclass(frozen=True, slots=True)
class Junction:
    """And or Or over two or more formulas, none of them a junction of the same word; made by `join`."""

    word: Word
    parts: tuple[Formula, ...]


Formula: TypeAlias = Atom | Junction


def join(word: Word, parts: Iterable[Formula | bool]) -> Formula | bool:
    """Return And or Or of formulas and constants: flattened, equal parts once, constants worked in."""
    neutral = word == "and"
    kept: dict[Formula, None] = {}
    for part in parts:
        if isinstance(part, bool):
            if part is not neutral:
                return part
        elif isinstance(part, Junction) and part.word == word:
            kept.update(dict.fromkeys(part.parts))
        else:
            kept[part] = None
    if not kept:
        return neutral
    return Junction(word, tuple(kept)) if len(kept) > 1 else next(iter(kept))


def negate(formula: Formula) -> Formula:
    """Return a formula that is TRUE where this one is FALSE, and FALSE where it is TRUE."""
    if isinstance(formula, Junction):
        word: Word = "or" if formula.word == "and" else "and"
        return Junction(word, tuple(map(negate, formula.parts)))
    if formula.op == "is":
        return replace(formula, value=1 - formula.value)
    return replace(formula, op=_OPPOSITE[formula.op])


def atoms(formula: Formula) -> Iterator[Atom]:
    """Yield all atoms, in the order they are written."""
    stack = [formula]
    while stack:
        top = stack.pop()
        if isinstance(top, Atom):
            yield top
        else:
            stack.extend(reversed(top.parts))


def truth_of(formula: Formula, values: Sequence[int | None] | Mapping[int, int | None]) -> Truth:
    """Return the truth by Kleene's tables, for feature values by number: what a formula's patterns are held against."""
    if isinstance(formula, Junction):
        parts = [truth_of(part, values) for part in formula.parts]
        return and_(parts) if formula.word == "and" else or_(parts)
    value = values[formula.feature]
    return None if value is None else _COMPARE[formula.op](value, formula.value)


def pattern_of(formula: Formula, name: Callable[[int], str]) -> Pattern:
    """Return the pattern that fires where the formula is TRUE; `name` gives the property of a feature."""
    if isinstance(formula, Junction):
        return {f"${formula.word}": [pattern_of(part, name) for part in formula.parts]}
    equal: Pattern = {name(formula.feature): formula.value}
    return equal if formula.op in ("is", "==") else {_OPERATORS[formula.op]: equal}


def mark_pattern(pattern: Pattern) -> Pattern:
    """Return the pattern with the marker property, which every fact of ours has and the core's own facts lack."""
    marker: Pattern = {"v": 1}
    parts = pattern.get("$and", [pattern])
    assert isinstance(parts, list)  # noqa: S101 - the value of $and is a list, by construction
    return {"$and": [marker, *parts]}
