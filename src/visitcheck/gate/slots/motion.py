"""How a value moves when the visit is moved in time: the ground of evaluating each part no more than needed.

What must hold, for every shift of `visit.starts_at` and `visit.ends_at` (and `visit.date` with them):

- a STILL value stays the same;
- a MOVES value is a moment, and is shifted by as much as the visit;
- a STEPS value changes at the breakpoints of its parts and nowhere else (`breakpoints` finds them);
- of a FREE value nothing is known: it is worked out for every time.

A node is put down as FREE wherever that is not plain to see, which costs time and never an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from visitcheck.facts.types import TIMESTAMP
from visitcheck.ir.dated_values import never_changes
from visitcheck.ir.nodes import (
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    Distinct,
    Element,
    Expr,
    Fact,
    Field,
    Filter,
    Has,
    Macro,
    Map,
    Param,
)
from visitcheck.ir.walk import children

MOVING = frozenset({"visit.starts_at", "visit.ends_at", "visit.date"})
"""The facts that move with a visit."""


class Motion(IntEnum):
    """How a value moves; see the module's text."""

    STILL = 0
    STEPS = 1
    MOVES = 2
    FREE = 3


class Motions:
    """The motion of nodes, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[int, Motion] = {}
        self._kept: list[Expr] = []  # keeps the ids in `_known` valid

    def of(self, node: Expr) -> Motion:
        """Classify a node."""
        motion = self._known.get(id(node))
        if motion is None:
            motion = self._known[id(node)] = self._work_out(node)
            self._kept.append(node)
        return motion

    def _work_out(self, node: Expr) -> Motion:
        match node:
            case Const() | Element():  # what an element is made of is looked at where its list is
                return Motion.STILL
            case Fact(path=path):
                return _fact_motion(".".join(path))
            case Has(target=Fact()):
                return Motion.STILL  # a fact that moves does not come or go
            case Field(record=record):
                return Motion.STILL if self.of(record) is Motion.STILL else Motion.FREE
            case Param(values=values, date=date):
                return Motion.STILL if never_changes(values) else self._stepwise([date])
            case Compare(left=left, right=right):
                return self._compared(self.of(left), self.of(right))
            case Arithmetic():
                return self._arithmetic(node)
            case Call():
                return self._call(node)
            case Choose(test=test, then=then, other=other):
                return self._stepwise([then, other]) if self.of(test) is Motion.STILL else Motion.FREE
            case _ if isinstance(node, Macro) and not self._elements_still(node):
                return Motion.FREE
            case _:
                return self._stepwise(children(node))

    def _stepwise(self, parts: Iterable[Expr]) -> Motion:
        """Classify what is worked out from these parts, and from nothing else that moves."""
        motion = max((self.of(part) for part in parts), default=Motion.STILL)
        return motion if motion <= Motion.STEPS else Motion.FREE

    def _compared(self, left: Motion, right: Motion) -> Motion:
        if {left, right} == {Motion.STILL, Motion.MOVES}:
            return Motion.STEPS
        if left is right is Motion.MOVES:
            return Motion.STILL
        return max(left, right) if max(left, right) <= Motion.STEPS else Motion.FREE

    def _arithmetic(self, node: Arithmetic) -> Motion:
        left, right = self.of(node.left), self.of(node.right)
        if Motion.MOVES not in (left, right):
            return self._stepwise([node.left, node.right])
        if left is right and node.op == "-":
            return Motion.STILL
        shifted = node.type == TIMESTAMP and Motion.STILL in (left, right)
        return Motion.MOVES if shifted else Motion.FREE

    def _call(self, node: Call) -> Motion:
        motions = [self.of(arg) for arg in node.args]
        if is_local_date(node) and motions == [Motion.MOVES, Motion.STILL]:
            return Motion.STEPS
        if node.function == "knownSince":
            return self._compared(*motions)
        return self._stepwise(node.args)

    def _elements_still(self, macro: Macro) -> bool:
        """Tell whether moving the visit changes which elements are there, but no element."""
        source: Expr = macro.source
        while isinstance(source, Filter | Distinct | Map):
            if isinstance(source, Map) and self.of(source.body) is not Motion.STILL:
                return False
            source = source.source
        return isinstance(source, Fact | Field)


def is_local_date(node: Expr) -> bool:
    """Tell whether a node reads a moment's local date."""
    return isinstance(node, Call) and node.function == "localDate"


def _fact_motion(path: str) -> Motion:
    if path == "visit.date":
        return Motion.STEPS
    return Motion.MOVES if path in MOVING else Motion.STILL
