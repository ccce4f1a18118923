"""What the C core of durable-rules takes in one rule set, and formulas split and packed to stay within.

Beyond these limits it answers with an error for some facts only, never returns, or crashes the process; and a rule
set that it refuses leaks memory. So they are checked before it is asked. The values stay below those at which it was
seen to fail (in brackets).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from visitcheck.engines.durable.formulas import (
    Atom,
    Formula,
    Pattern,
    Word,
    atoms,
    join,
    mark_pattern,
    negate,
    pattern_of,
)

GROUPS = 15
"""And and Or groups in one pattern (16)."""
PATHS = 64
"""Ways in which one fact fires one pattern: each costs time, and they multiply."""
STACK = 48
"""Children of the alpha network that one fact has waiting at a time, at most (64)."""
PATTERNS = 200
"""Patterns in a rule set, the sentinel included (255 that end at the same atom)."""
PROPERTIES = 200
"""Properties of a fact besides `v` and `id` (251)."""
ATOMS_UNDER_ONE = 400
"""Different atoms under one node of the alpha network (511)."""
ATOMS = 256
"""Atoms of one formula: keeps the checks themselves cheap."""
RULE_SETS = 256
"""Rule sets of one engine (131,071 in a process)."""

_ChildKey: TypeAlias = tuple[str, str, int]
_HOLDS = {
    "$eq": int.__eq__,
    "$neq": int.__ne__,
    "$lt": int.__lt__,
    "$lte": int.__le__,
    "$gt": int.__gt__,
    "$gte": int.__ge__,
}


class TooComplex(Exception):
    """A formula that has no parts to split into, and still does not fit."""


@dataclass(frozen=True, slots=True)
class Combined:
    """And or Or over formulas that are inferred each by itself; their truths are then combined by Kleene's table."""

    word: Word
    parts: tuple[Split, ...]


Split: TypeAlias = Formula | Combined


def split(formula: Formula) -> Split:
    """Return the formula as it is where it fits into a rule set; else its parts, as many together as fit.

    Raises `TooComplex` for an atom that does not fit.
    """
    if fits([formula]):
        return formula
    if isinstance(formula, Atom):
        raise TooComplex
    done: list[Split] = []
    together: Formula | None = None  # the parts since the last in `done`, which fit as one
    for part in formula.parts:
        if not fits([part]):
            done.append(split(part))
            continue
        grown = part if together is None else join(formula.word, (together, part))
        assert not isinstance(grown, bool)  # noqa: S101 - there are no constants in it
        if together is not None and not fits([grown]):
            done.append(together)
            grown = part
        together = grown
    if together is not None:
        done.append(together)
    return Combined(formula.word, tuple(done))


def pack(formulas: Sequence[Formula]) -> list[list[int]]:
    """Return the positions of formulas that share a rule set, in order; each formula must fit by itself.

    Each rule set takes formulas until the next does not fit. Few are better: a visit runs through them all.
    """
    packed: list[list[int]] = []
    rule_set: _RuleSetModel | None = None
    for position, formula in enumerate(formulas):
        if rule_set is not None and rule_set.add(formula):
            packed[-1].append(position)
            continue
        rule_set = _RuleSetModel()  # the one before has taken in part of what it cannot hold, and is done
        rule_set.add(formula)
        packed.append([position])
    return packed


def fits(formulas: Iterable[Formula]) -> bool:
    """Whether one rule set can hold the patterns for TRUE and for FALSE of all these formulas."""
    rule_set = _RuleSetModel()
    return all(map(rule_set.add, formulas))


class _RuleSetModel:
    """What is in a rule set, and so far within the limits."""

    def __init__(self) -> None:
        self._network = _AlphaNode()
        self._features: set[int] = set()
        self._patterns = 1

    def add(self, formula: Formula) -> bool:
        """Take in the patterns of a formula; return whether all is still within the limits."""
        own_atoms = list(atoms(formula))
        self._features.update(atom.feature for atom in own_atoms)
        self._patterns += 2
        if len(own_atoms) > ATOMS or len(self._features) > PROPERTIES or self._patterns > PATTERNS:
            return False
        for wanted in (formula, negate(formula)):
            marked = mark_pattern(pattern_of(wanted, _property_name))
            if _count_groups(marked) > GROUPS or _count_paths(marked) > PATHS:
                return False
            self._network.add(marked)
        widest, stack = self._network.bounds()
        return widest <= ATOMS_UNDER_ONE and stack <= STACK


def _count_groups(pattern: Pattern) -> int:
    """Return how many And and Or groups a pattern has."""
    word, parts = _word_and_value(pattern)
    return 1 + sum(map(_count_groups, parts)) if word in ("$and", "$or") else 0


def _count_paths(pattern: Pattern) -> int:
    """Return in how many ways one fact can fire a pattern, at most."""
    word, parts = _word_and_value(pattern)
    if word == "$or":
        return sum(map(_count_paths, parts))
    return math.prod(map(_count_paths, parts)) if word == "$and" else 1


def _property_name(feature: int) -> str:
    return f"a{feature}"


def _word_and_value(pattern: Pattern) -> tuple[str, Any]:
    """Return the operator or property of a pattern, which has one, and what is under it."""
    return next(iter(pattern.items()))


class _AlphaNode:
    """A model of the core's alpha network: equal atoms below one node are one child; an Or ends in a join."""

    def __init__(self) -> None:
        self.named: dict[_ChildKey, _AlphaNode] = {}
        self.joins: list[_AlphaNode] = []
        self._bounds: tuple[int, int] | None = None

    def add(self, pattern: Pattern) -> _AlphaNode:
        """Enter a pattern below this node; what follows it goes below the node returned."""
        self._bounds = None
        word, value = _word_and_value(pattern)
        if word == "$and":
            node = self
            for part in value:
                node = node.add(part)
            return node
        if word == "$or":
            join = _AlphaNode()
            for part in value:
                branch = self.add(part)
                branch.joins.append(join)
                branch._bounds = None
            return join
        key = (word, *_word_and_value(value)) if word[0] == "$" else ("$eq", word, value)
        return self.named.setdefault(key, _AlphaNode())

    def children(self) -> list[_AlphaNode]:
        return [*self.named.values(), *self.joins]

    def width(self) -> int:
        """Return how many children one fact can match, at most: per property, the best value around its constants."""
        by_property: dict[str, list[tuple[str, int]]] = {}
        for op, name, value in self.named:
            by_property.setdefault(name, []).append((op, value))
        return len(self.joins) + sum(map(_most_at_once, by_property.values()))

    def bounds(self) -> tuple[int, int]:
        """Return the most children of any node from here on, and the stack that a fact needs, at most.

        One child is popped before its own are pushed. Kept until something is entered below: a pattern goes through
        every node above what it adds to.
        """
        if self._bounds is None:
            here, children = self.width(), self.children()
            below = [child.bounds() for child in children]
            widest = max([len(children), *(widest for widest, _ in below)])
            self._bounds = widest, max([here, *(here - 1 + stack for _, stack in below)])
        return self._bounds


def _most_at_once(tests: list[tuple[str, int]]) -> int:
    """Return how many tests of one property hold at once, at most: on, or just beside, one of their constants."""
    values = {near for _, value in tests for near in (value - 1, value, value + 1)}
    return max(sum(_HOLDS[op](near, value) for op, value in tests) for near in values)
