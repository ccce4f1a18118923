"""What the C core of durable-rules takes in one rule set, checked before it is asked.

Beyond these limits it answers with an error for some facts only, never returns, or crashes the process; and a rule
set that it refuses leaks memory. The values stay below those at which it was seen to fail (in brackets).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from visitcheck.engines.durable.formulas import Formula, Pattern, atoms, marked, negate, pattern

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

_Key: TypeAlias = tuple[str, str, int]
_HOLDS = {
    "$eq": int.__eq__,
    "$neq": int.__ne__,
    "$lt": int.__lt__,
    "$lte": int.__le__,
    "$gt": int.__gt__,
    "$gte": int.__ge__,
}


def fits(formulas: Iterable[Formula]) -> bool:
    """Whether one rule set can hold the patterns for TRUE and for FALSE of all these formulas."""
    network, features, count = _Node(), set[int](), 1
    for formula in formulas:
        found = list(atoms(formula))
        features.update(atom.feature for atom in found)
        count += 2
        if len(found) > ATOMS or len(features) > PROPERTIES or count > PATTERNS:
            return False
        for wanted in (formula, negate(formula)):
            made = marked(pattern(wanted, _name))
            if groups(made) > GROUPS or paths(made) > PATHS:
                return False
            network.add(made)
    return network.widest() <= ATOMS_UNDER_ONE and network.bound() <= STACK


def groups(found: Pattern) -> int:
    """How many And and Or groups a pattern has."""
    word, parts = _opened(found)
    return 1 + sum(map(groups, parts)) if word in ("$and", "$or") else 0


def paths(found: Pattern) -> int:
    """In how many ways one fact can fire a pattern, at most."""
    word, parts = _opened(found)
    if word == "$or":
        return sum(map(paths, parts))
    number = 1
    if word == "$and":
        for part in parts:
            number *= paths(part)
    return number


def _name(feature: int) -> str:
    return f"a{feature}"


def _opened(found: Pattern) -> tuple[str, Any]:
    return next(iter(found.items()))


class _Node:
    """A model of the core's alpha network: equal atoms below one node are one child; an Or ends in a join."""

    def __init__(self) -> None:
        self.named: dict[_Key, _Node] = {}
        self.joins: list[_Node] = []

    def add(self, found: Pattern) -> _Node:
        """Enters a pattern below this node; what follows it goes below the node returned."""
        word, value = _opened(found)
        if word == "$and":
            node = self
            for part in value:
                node = node.add(part)
            return node
        if word == "$or":
            join = _Node()
            for part in value:
                self.add(part).joins.append(join)
            return join
        key = (word, *_opened(value)) if word[0] == "$" else ("$eq", word, value)
        return self.named.setdefault(key, _Node())

    def children(self) -> list[_Node]:
        return [*self.named.values(), *self.joins]

    def width(self) -> int:
        """How many children one fact can match, at most: per property, the best value around its constants."""
        by_property: dict[str, list[tuple[str, int]]] = {}
        for op, name, value in self.named:
            by_property.setdefault(name, []).append((op, value))
        return len(self.joins) + sum(map(_most_at_once, by_property.values()))

    def bound(self) -> int:
        """The stack that a fact needs here and below, at most."""
        here = self.width()
        return max([here, *(here - 1 + child.bound() for child in self.children())])

    def widest(self) -> int:
        """The most children of any node."""
        children = self.children()
        return max([len(children), *(child.widest() for child in children)])


def _most_at_once(tests: list[tuple[str, int]]) -> int:
    values = {near for _, value in tests for near in (value - 1, value, value + 1)}
    return max(sum(_HOLDS[op](near, value) for op, value in tests) for near in values)
