"""The truths of a plan's conditions on a visit at every time of a grid, each worked out no more than needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from visitcheck.engines.python import NativeEngine
from visitcheck.engines.status import Judge, Verdict
from visitcheck.facts import Visit
from visitcheck.gate.slots.arrangements import ARRANGED
from visitcheck.gate.slots.breakpoints import Breakpoints, Stepping, find_steps
from visitcheck.gate.slots.grid import Grid, MovedVisit
from visitcheck.gate.slots.motion import MOVING, Motions
from visitcheck.ir.plan import Plan, Truths
from visitcheck.truth import Truth

_NOT_YET = object()


class Run(NamedTuple):
    """Starts in a row, `first` up to, not including, `last`, at which all conditions have the same truths."""

    first: int
    last: int
    truths: Truths
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Moving:
    """A condition that reads when the visit is: its place in the plan, its truth, and how it steps, if it does."""

    position: int
    truth: Callable[[Visit], Truths]
    stepping: Stepping | None


class Timeline:
    """Made once for a plan and shared between threads: the conditions compiled one by one, as each changes by itself.

    `whole` is the plan's own engine. What reads no fact that moves is evaluated once for a visit.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.judge = Judge(plan)
        self._whole = NativeEngine(plan)
        motions = Motions()
        self._moving = tuple(
            _Moving(
                position, _partial_engine(plan, [position]).evaluate, find_steps(plan.conditions[position], motions)
            )
            for position, reads in enumerate(plan.reads)
            if not MOVING.isdisjoint(reads)
        )
        self.arranged = tuple(at for at, reads in enumerate(plan.reads) if not ARRANGED.isdisjoint(reads))
        """The conditions that an arrangement can change."""
        self._arranged = _partial_engine(plan, self.arranged)
        hopeful = set(self.arranged)
        self.arrangeable = tuple(not hopeful.isdisjoint(rule.positions) for rule in plan.rules)
        """For each rule, whether an arrangement could change its status."""

    def runs(self, moved: MovedVisit, grid: Grid) -> Iterator[Run]:
        """Walk the grid from its first time on, in runs of equal truths."""
        moved.move(grid.at(0))
        truths = list(self._whole.evaluate(moved.visit))
        events = self._events(moved, grid)
        starts = sorted(events)
        for first, last in zip(starts, [*starts[1:], grid.size], strict=True):
            for position, truth in events[first]:
                truths[position] = truth
            frozen = tuple(truths)
            yield Run(first, last, frozen, self.judge.verdict(frozen))

    def _events(self, moved: MovedVisit, grid: Grid) -> dict[int, list[tuple[int, Truth]]]:
        """List, for each start at which something changes, the conditions that do, with their new truths."""
        breakpoints = Breakpoints(moved, grid)
        events: dict[int, list[tuple[int, Truth]]] = {0: []}
        for condition in self._moving:
            at = breakpoints.of(condition.stepping) if condition.stepping is not None else range(grid.size)
            last: object = _NOT_YET
            for index in at:
                moved.move(grid.at(index))
                (truth,) = condition.truth(moved.visit)
                if truth is not last:
                    events.setdefault(index, []).append((condition.position, truth))
                    last = truth
        return events

    def arranged_truths(self, visit: Visit) -> Truths:
        """Evaluate the conditions at `arranged`."""
        return self._arranged.evaluate(visit)

    def rearranged(self, truths: Truths, arranged: Truths) -> Truths:
        """Give all truths on a visit that differs from the one with `truths` in what was arranged alone."""
        changed = list(truths)
        for position, truth in zip(self.arranged, arranged, strict=True):
            changed[position] = truth
        return tuple(changed)


def _partial_engine(plan: Plan, positions: Sequence[int]) -> NativeEngine:
    """Compile an engine for some conditions of a plan, in this order."""
    conditions = tuple(plan.conditions[position] for position in positions)
    reads = tuple(plan.reads[position] for position in positions)
    return NativeEngine(replace(plan, conditions=conditions, reads=reads, rules=()))
