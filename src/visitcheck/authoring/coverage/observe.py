"""Watches conditions and their atomic conditions on visits: their truths, and which atoms decide.

Atomic conditions are what `&&`, `||`, `!`, `?:`, `exists` and `all` join together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from visitcheck.authoring.source_spans import Site, is_membership, site_of, text_of
from visitcheck.facts import Visit
from visitcheck.facts.types import BOOL
from visitcheck.ir.nodes import (
    And,
    Call,
    Choose,
    Const,
    Element,
    Exists,
    Expr,
    Fact,
    ForAll,
    Has,
    Not,
    Or,
    Param,
    Value,
)
from visitcheck.ir.walk import children, free_names, walk
from visitcheck.language.interpreter import Binding, interpret
from visitcheck.truth import Truth

ALL_TRUTHS: tuple[Truth, ...] = (True, False, None)
_CONNECTIVES = (And, Or, Not, Exists, ForAll, Choose)
_ALWAYS_GIVEN = frozenset({("visit", "id"), ("visit", "stage")})


@dataclass(frozen=True, slots=True)
class AtomicCondition:
    """An atomic condition as it is written; `nodes` are all the places where it stands after `let`s are put in."""

    site: Site
    nodes: tuple[Expr, ...]

    @property
    def text(self) -> str:
        """The atom as written."""
        return text_of(self.site)


def atomic_conditions(condition: Expr) -> tuple[AtomicCondition, ...]:
    """The atomic conditions of `condition`, also those inside filters, in the order they are written."""
    by_site: dict[Site, list[Expr]] = {}
    for node in _atomic(condition, set()):
        if node.origin is not None:
            by_site.setdefault(site_of(node.origin), []).append(node)
    return tuple(AtomicCondition(where, tuple(nodes)) for where, nodes in by_site.items())


def _atomic(node: Expr, seen: set[int]) -> Iterator[Expr]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if is_membership(node):
        yield node
        yield from _below(_membership_sides(node), seen)
        return
    if node.type == BOOL and not isinstance(node, (*_CONNECTIVES, Const)):
        yield node
    yield from _below(children(node), seen)


def _below(nodes: Iterator[Expr], seen: set[int]) -> Iterator[Expr]:
    for node in nodes:
        yield from _atomic(node, seen)


def _membership_sides(node: Expr) -> Iterator[Expr]:
    """What stands to the left and right of an `in`."""
    if isinstance(node, Or):
        yield from children(node.parts[0])
    elif isinstance(node, Exists):
        yield node.source
        yield from children(node.body)


def possible_truths(node: Expr) -> tuple[Truth, ...]:
    """The truths that an atomic condition can have: what is never UNKNOWN, or never FALSE, says so."""
    match node:
        case Call(function="knownSince"):
            return (True, None)
        case Has():
            return (True, False)
    reads = [below.path for below in walk(node) if isinstance(below, Fact)]
    others = any(isinstance(below, Element | Param) for below in walk(node))
    if not others and reads and _ALWAYS_GIVEN.issuperset(reads):
        return (True, False)
    return ALL_TRUTHS


_Looked: TypeAlias = tuple[object, ...]
"""The elements that an atom looked at, by value or, for records, by identity."""


@dataclass
class AtomShown:
    """What the visits so far showed of one atom of a condition."""

    atom: AtomicCondition
    truths: set[Truth] = field(default_factory=set)
    decides: bool = False
    """Whether the condition came out otherwise when the atom was turned from TRUE to FALSE or back."""

    @property
    def text(self) -> str:
        """The atom as written."""
        return self.atom.text

    @property
    def possible(self) -> tuple[Truth, ...]:
        """The truths that the atom can have."""
        return possible_truths(self.atom.nodes[0])


class ConditionShown:
    """What the visits so far showed of one condition and its atoms."""

    def __init__(self, condition: Expr) -> None:
        self.condition = condition
        self.truths: set[Truth] = set()
        self.atoms = [AtomShown(atom) for atom in atomic_conditions(condition)]
        self._of_node = {id(node): shown for shown in self.atoms for node in shown.atom.nodes}
        self._binders = {id(node): sorted(free_names(node)) for shown in self.atoms for node in shown.atom.nodes}

    @property
    def possible(self) -> tuple[Truth, ...]:
        """The truths that the condition can have, as far as that is plain."""
        return possible_truths(self.condition)

    def look(self, visit: Visit) -> None:
        """Evaluate the condition on one more visit, and once more for each atom that might have decided it."""
        seen: dict[int, dict[_Looked, Truth]] = {}

        def watch(node: Expr, binding: Binding, value: Value) -> None:
            shown = self._of_node.get(id(node))
            if shown is not None:
                truth = cast("Truth", value)
                shown.truths.add(truth)
                seen.setdefault(id(shown), {})[self._looked(node, binding)] = truth

        truth = cast("Truth", interpret(self.condition, visit, watch=watch))
        self.truths.add(truth)
        for shown in self.atoms:
            if not shown.decides:
                turns = _known_truths(seen.get(id(shown), {}).items())
                shown.decides = any(self._turned(shown, looked, was, visit) is not truth for looked, was in turns)

    def _turned(self, shown: AtomShown, looked: _Looked, was: bool, visit: Visit) -> Truth:
        """The condition's truth if the atom had been the opposite on the elements that it looked at."""

        def change(node: Expr, binding: Binding, value: Value) -> Value:
            turned = self._of_node.get(id(node)) is shown and self._looked(node, binding) == looked
            return not was if turned else value

        return cast("Truth", interpret(self.condition, visit, change=change))

    def _looked(self, node: Expr, binding: Binding) -> _Looked:
        elements = (binding[binder] for binder in self._binders[id(node)])
        return tuple(
            element if isinstance(element, (bool, int, float, str, tuple)) else id(element) for element in elements
        )


def _known_truths(turns: Iterable[tuple[_Looked, Truth]]) -> Iterable[tuple[_Looked, bool]]:
    return [(looked, truth) for looked, truth in turns if truth is not None]
