"""What a condition shows on one visit: its truth, the truths of its atoms, and which of them decide it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from visitcheck.authoring.coverage.atoms import AtomicCondition, atomic_conditions, possible_truths
from visitcheck.facts import Visit
from visitcheck.ir.nodes import Expr, Value
from visitcheck.ir.walk import free_names
from visitcheck.language.interpreter import Binding, interpret
from visitcheck.truth import Truth

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
        """Reads the condition on one more visit."""
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
