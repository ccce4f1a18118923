"""Matching in time linear in the text: all ways through a pattern are followed at once.

The pattern becomes a program of single steps, and the set of steps that a text may stand at is one state; states
are made when a text first leads there, and kept. Nothing is ever tried twice, so no text can make it slow.
Source: K. Thompson, "Regular expression search algorithm", CACM 11 (1968), 419-422.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from visitcheck.language.patterns.tree import Chars, Edge, Either, Pattern, Range, Repeat, Sequence

_KEPT_STATES = 500
_ACCEPT = -1


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of the program: over a character, past an edge of the text, or on to any of `then`."""

    then: tuple[int, ...]
    ranges: tuple[Range, ...] | None = None
    edge: bool | None = None
    """True at the start of the text, False at its end."""

    def takes(self, point: int) -> bool:
        return any(low <= point <= high for low, high in self.ranges or ())


@dataclass(slots=True)
class _State:
    """The steps that a text may stand at, what it comes to here, and where each character leads."""

    steps: tuple[int, ...]
    matched: bool
    matched_at_end: bool
    leads: dict[str, _State] = field(default_factory=dict)


class Automaton:
    """A pattern ready to be looked for. Threads may share it: a race only makes a state twice."""

    def __init__(self, pattern: Pattern) -> None:
        self._steps: list[_Step] = []
        self._start = self._compile(pattern, _ACCEPT)
        self._states: dict[frozenset[int], _State] = {}
        self._first = self._state((self._start,), at_start=True)

    def search(self, text: str) -> bool:
        """Whether the pattern is found anywhere in the text."""
        state = self._first
        for char in text:
            if state.matched:
                return True
            following = state.leads.get(char)
            state = self._follow(state, char) if following is None else following
        return state.matched or state.matched_at_end

    def _compile(self, part: Pattern, then: int) -> int:
        """The step that starts `part` and goes on to `then`; later parts are written first."""
        match part:
            case Chars():
                return self._add(_Step((then,), ranges=part.ranges))
            case Edge():
                return self._add(_Step((then,), edge=part.start))
            case Sequence():
                for inner in reversed(part.parts):
                    then = self._compile(inner, then)
                return then
            case Either():
                return self._add(_Step(tuple(self._compile(option, then) for option in part.options)))
            case Repeat():
                return self._compile_repeat(part, then)

    def _compile_repeat(self, part: Repeat, then: int) -> int:
        if part.most is None:
            again = self._add(_Step(()))
            self._steps[again] = _Step((self._compile(part.part, again), then))
            then = again
        else:
            after = then
            for _ in range(part.most - part.least):
                then = self._add(_Step((self._compile(part.part, then), after)))
        for _ in range(part.least):
            then = self._compile(part.part, then)
        return then

    def _add(self, step: _Step) -> int:
        self._steps.append(step)
        return len(self._steps) - 1

    def _follow(self, state: _State, char: str) -> _State:
        point = ord(char)
        taken = [then for at in state.steps if self._steps[at].takes(point) for then in self._steps[at].then]
        # The pattern may also begin after this character.
        following = self._state((*taken, self._start), at_start=False)
        state.leads[char] = following
        return following

    def _state(self, starts: Iterable[int], *, at_start: bool) -> _State:
        inside = self._reachable_steps(starts, at_start=at_start, at_end=False)
        key = frozenset(inside)
        # The first state alone stands at the start, where `^` holds: it is not to be met again.
        known = None if at_start else self._states.get(key)
        if known is not None:
            return known
        at_end = self._reachable_steps(starts, at_start=at_start, at_end=True)
        steps = tuple(at for at in inside if at != _ACCEPT and self._steps[at].ranges is not None)
        state = _State(steps, _ACCEPT in inside, _ACCEPT in at_end)
        if not at_start:
            if len(self._states) >= _KEPT_STATES:
                self._forget()
            self._states[key] = state
        return state

    def _forget(self) -> None:
        for state in self._states.values():
            state.leads = {}
        self._first.leads = {}
        self._states = {}

    def _reachable_steps(self, starts: Iterable[int], *, at_start: bool, at_end: bool) -> set[int]:
        """The steps reached without a character, steps over characters included."""
        seen: set[int] = set()
        waiting = list(starts)
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            if at == _ACCEPT:
                continue
            step = self._steps[at]
            holds = step.edge is None or (at_start if step.edge else at_end)
            if step.ranges is None and holds:
                waiting.extend(step.then)
        return seen
