"""The times at which a condition may change its truth while the visit moves, found on the visit itself.

The reference interpreter walks through the condition once, with every truth that moves taken for not known: so it
looks at each element of each list that any time could let in. Wherever it compares a moment that moves with one that
does not, the two meet at one start, and there and just after it the truth may change. Where it reads a local date,
the truth may change with the day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from visitcheck.facts.types import BOOL, DAY
from visitcheck.gate.slots.grid import Grid, MovedVisit, change_points
from visitcheck.gate.slots.motion import Motion, Motions, is_local_date
from visitcheck.ir.nodes import And, Call, Compare, Expr, Fact, Not, Or, Value
from visitcheck.ir.walk import distinct_nodes
from visitcheck.language.clock import local_reading
from visitcheck.language.interpreter import Binding, interpret

_Sides = tuple[Expr, Expr]


@dataclass(frozen=True, slots=True)
class Stepping:
    """A condition that steps: its nodes, by identity, at which something may change."""

    condition: Expr
    undecided: frozenset[int]
    """Truths that move and are no `&&`, `||` or `!` of others."""
    meetings: dict[int, _Sides]
    """Comparisons: first the side that moves, then the one that does not."""
    days: dict[int, _Sides]
    """Local dates: the moment, and the zone."""
    dated: frozenset[int]

    @property
    def sides(self) -> frozenset[int]:
        """The operands whose values are wanted."""
        return frozenset(id(side) for pair in (*self.meetings.values(), *self.days.values()) for side in pair)


def find_steps(condition: Expr, motions: Motions) -> Stepping | None:
    """Find the nodes to watch in a condition; None where it has to be worked out for every time."""
    if motions.of(condition) is not Motion.STEPS:
        return None
    undecided, dated = set(), set()
    meetings: dict[int, _Sides] = {}
    days: dict[int, _Sides] = {}
    for node in distinct_nodes(condition):
        if node.type == BOOL and motions.of(node) is Motion.STEPS and not isinstance(node, And | Or | Not):
            undecided.add(id(node))
        sides = _meeting_sides(node, motions)
        if sides is not None:
            meetings[id(node)] = sides
        elif isinstance(node, Call) and is_local_date(node) and motions.of(node.args[0]) is Motion.MOVES:
            days[id(node)] = node.args[0], node.args[1]
        elif isinstance(node, Fact) and node.path == ("visit", "date"):
            dated.add(id(node))
    return Stepping(condition, frozenset(undecided), meetings, days, frozenset(dated))


def _meeting_sides(node: Expr, motions: Motions) -> _Sides | None:
    if isinstance(node, Compare):
        left, right = node.left, node.right
    elif isinstance(node, Call) and node.function == "knownSince":
        left, right = node.args
    else:
        return None
    pair = (motions.of(left), motions.of(right))
    if pair == (Motion.MOVES, Motion.STILL):
        return left, right
    return (right, left) if pair == (Motion.STILL, Motion.MOVES) else None


class Breakpoints:
    """Finds breakpoints on one visit, as numbers of starts on the grid."""

    def __init__(self, moved: MovedVisit, grid: Grid) -> None:
        self._moved = moved
        self._grid = grid
        self._days: dict[tuple[int, str], list[int]] = {}
        self._dates: list[int] | None = None

    def of(self, steps: Stepping) -> list[int]:
        """Find the starts at which to work out the condition: the first, and each at which it may change."""
        at: set[int] = {0}
        sides = steps.sides
        values: dict[int, Value] = {}  # of the sides of comparisons; operands come before what is made of them

        def watch(node: Expr, bound: Binding, value: Value) -> None:
            key = id(node)
            if key in sides:
                values[key] = value
            if key in steps.meetings:
                moving, still = steps.meetings[key]
                at.update(self._met(values[id(moving)], values[id(still)]))
            elif key in steps.days:
                moment, zone = steps.days[key]
                at.update(self._new_days(values[id(moment)], values[id(zone)]))
            elif key in steps.dated:
                at.update(self._new_dates())

        def change(node: Expr, bound: Binding, value: Value) -> Value:
            return None if id(node) in steps.undecided else value

        interpret(steps.condition, self._moved.visit, watch=watch, change=change)
        return sorted(at)

    def _met(self, moving: Value, still: Value) -> list[int]:
        if moving is None or still is None:
            return []
        return self._grid.around(self._moved.start + cast("int", still) - cast("int", moving))

    def _new_days(self, moment: Value, zone: Value) -> list[int]:
        if moment is None or zone is None:
            return []
        key = (cast("int", moment) - self._moved.start, cast("str", zone))
        if key not in self._days:
            self._days[key] = change_points(self._grid.size, self._day(*key))
        return self._days[key]

    def _day(self, ahead: int, zone: str) -> Callable[[int], object]:
        def day(index: int) -> int | None:
            reading = local_reading(self._grid.at(index) + ahead, zone)
            return None if reading is None else reading // DAY

        return day

    def _new_dates(self) -> list[int]:
        if self._dates is None:
            self._dates = change_points(self._grid.size, lambda index: self._moved.date_at(self._grid.at(index)))
        return self._dates
