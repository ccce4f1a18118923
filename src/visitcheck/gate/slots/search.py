"""The search for slots: runs of times, what stands against them, and whether an arrangement settles it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from visitcheck.engines.status import Outcome, Verdict, leads_to
from visitcheck.facts import Visit
from visitcheck.facts.types import MINUTE
from visitcheck.gate.findings import FindingMaker
from visitcheck.gate.remedies.search import last_moment
from visitcheck.gate.slots.arrangements import AS_IT_IS, Arrangement, Arranger, possible_arrangements
from visitcheck.gate.slots.grid import Grid, MovedVisit
from visitcheck.gate.slots.slots import Blocker
from visitcheck.gate.slots.timeline import Run, Timeline
from visitcheck.ir.plan import Plan, Truths
from visitcheck.language.interpreter import CachedInterpretation


class Opening(NamedTuple):
    """Starts in a row that are allowed with one arrangement: the first and the last of them, by number."""

    first: int
    last: int
    arrangement: Arrangement
    truths: Truths
    """The truths at `first`, without the arrangement."""


@dataclass(slots=True)
class Obstacles:
    """Which rules stood against how many times, and where each first did."""

    times: Counter[int] = field(default_factory=Counter)
    first: dict[int, tuple[int, Arrangement, Truths]] = field(default_factory=dict)

    def add(self, rules: list[int], number: int, where: tuple[int, Arrangement, Truths]) -> None:
        """Count rules, by position, at `number` times from `where` on."""
        for rule in rules:
            self.times[rule] += number
            self.first.setdefault(rule, where)


def blocking_rules(plan: Plan, verdict: Verdict) -> list[int]:
    """List the positions of the rules that keep a visit from being allowed."""
    pairs = zip(plan.rules, verdict.statuses, strict=True)
    return [at for at, (rule, status) in enumerate(pairs) if leads_to(rule, status) is not Outcome.ALLOW]


class Search:
    """One visit, moved over one grid."""

    def __init__(self, timeline: Timeline, visit: Visit, grid: Grid, zone: str | None) -> None:
        self._timeline = timeline
        self._grid = grid
        self._zone = zone
        self._earliest: int = visit.visit.as_of  # type: ignore[union-attr, assignment]
        self._runs = list(timeline.runs(MovedVisit(visit, zone), grid))
        self.moved = MovedVisit(visit, zone)
        self.arranger = Arranger(self.moved)
        self._choices = possible_arrangements(visit)
        self.obstacles = Obstacles()
        self._verdicts_for: Truths | None = None
        self._verdicts: dict[Truths, tuple[Verdict, list[int]]] = {}

    def openings(self) -> Iterator[Opening]:
        """Give the openings in the order of time; what stands against the other times is counted in `obstacles`."""
        open_: Opening | None = None
        for first, last, arrangement, truths in self._pieces():
            joins = open_ is not None and open_.last == first - 1 and open_.arrangement == arrangement
            if open_ is not None and joins and arrangement is not None:
                open_ = open_._replace(last=last - 1)
                continue
            if open_ is not None:
                yield open_
            open_ = None if arrangement is None else Opening(first, last - 1, arrangement, truths)
        if open_ is not None:
            yield open_

    def _pieces(self) -> Iterator[tuple[int, int, Arrangement | None, Truths]]:
        """Give starts in a row with the arrangement that makes them lawful, None where there is none."""
        for run in self._runs:
            if run.verdict.outcome is Outcome.ALLOW:
                yield run.first, run.last, AS_IT_IS, run.truths
                continue
            against = blocking_rules(self._timeline.plan, run.verdict)
            firm = [at for at in against if not self._timeline.arrangeable[at]]
            if firm or run.verdict.no_rule_applies or not self._choices:
                self.obstacles.add(firm or against, run.last - run.first, (run.first, AS_IT_IS, run.truths))
                yield run.first, run.last, None, run.truths
                continue
            for index in range(run.first, run.last):  # an arrangement is made for one time
                yield index, index + 1, self._least_arrangement(run, index, against), run.truths

    def _least_arrangement(self, run: Run, index: int, against: list[int]) -> Arrangement | None:
        """Find the least arrangement, made at once, with which a visit at this time is allowed."""
        start, closest, best = self._grid.at(index), against, AS_IT_IS
        for choice in self._choices:
            verdict, left = self._judge_with(choice, run.truths, start, self._earliest)
            if verdict.outcome is Outcome.ALLOW:
                return choice
            if len(left) < len(closest):
                best, closest = choice, left
        self.obstacles.add(closest, 1, (index, best, run.truths))
        return None

    def _judge_with(self, arrangement: Arrangement, truths: Truths, start: int, at: int) -> tuple[Verdict, list[int]]:
        """Judge the visit with an arrangement: its verdict, and the rules that still block."""
        self.moved.move(start)
        self.arranger.put(arrangement, at)
        arranged = self._timeline.arranged_truths(self.moved.visit)
        if truths is not self._verdicts_for:  # most times follow another of the same run
            self._verdicts_for, self._verdicts = truths, {}
        judged = self._verdicts.get(arranged)
        if judged is None:
            verdict = self._timeline.judge.verdict(self._timeline.rearranged(truths, arranged))
            judged = self._verdicts[arranged] = verdict, blocking_rules(self._timeline.plan, verdict)
        return judged

    def place(self, opening: Opening) -> int | None:
        """Move the visit to the opening's first time with its arrangement; the last moment for that, if any.

        The moment is exact to the minute, and the visit is arranged, and judged, at it.
        """
        start = self._grid.at(opening.first)
        self.moved.move(start)
        if opening.arrangement == AS_IT_IS:
            self.arranger.undo()
            return None

        def allowed(at: int) -> bool:
            return self._judge_with(opening.arrangement, opening.truths, start, at)[0].outcome is Outcome.ALLOW

        by = last_moment(allowed, self._earliest, start, MINUTE)
        self.arranger.put(opening.arrangement, by)
        return by

    def blocker(self, rule: int) -> Blocker:
        """Describe a rule that stood against some times."""
        index, arrangement, truths = self.obstacles.first[rule]
        self.moved.move(self._grid.at(index))
        self.arranger.put(arrangement, self._earliest)
        plan, visit = self._timeline.plan, self.moved.fixed()
        arranged = self._timeline.rearranged(truths, self._timeline.arranged_truths(visit))
        status = self._timeline.judge.verdict(arranged).statuses[rule]
        explain = partial(
            FindingMaker(plan, CachedInterpretation(visit, plan.looks), self._zone).make, rule, status, arranged
        )
        return Blocker(plan.rules[rule].rule.id, self.obstacles.times[rule], explain)

    def settled(self, opening: Opening) -> tuple[str, ...]:
        """List the ids of the rules that the opening's arrangement settles."""
        plan = self._timeline.plan
        before = blocking_rules(plan, self._timeline.judge.verdict(opening.truths))
        return tuple(plan.rules[at].rule.id for at in before)
