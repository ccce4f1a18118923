"""The answer of `Gate.next_slot`: when a visit may begin, or what stands against every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from visitcheck.errors import Problem
from visitcheck.gate.remedies.model import Remedy
from visitcheck.policy.model import Language

if TYPE_CHECKING:
    from visitcheck.gate.decision import Decision
    from visitcheck.gate.findings import Finding
    from visitcheck.gate.json_form import JsonObject


@dataclass(frozen=True, slots=True)
class Slot:
    """Starts in a row at which the visit is allowed: from `starts_at` to `latest_start`, all times of the grid.

    `ends_at` goes with `starts_at`; None where the proposal has no end. With `remedies` the visit is allowed once
    they are done, and `by` of each is for a visit that begins at `starts_at`. `decision` is the gate's own answer,
    of all its engines, on the visit so moved. Moments are microseconds since 1970 UTC.
    """

    starts_at: int
    ends_at: int | None
    latest_start: int
    remedies: tuple[Remedy, ...]
    decision: Decision


@dataclass(frozen=True)
class Blocker:
    """A rule, by id, that stood against `times` of the times looked at.

    `finding` is its finding at the first of them, worked out when first asked for, by `explain`.
    """

    rule: str
    times: int
    explain: Callable[[], Finding] = field(repr=False, compare=False)

    @cached_property
    def finding(self) -> Finding:
        """Why the rule stood against the first of those times."""
        return self.explain()


@dataclass(frozen=True, slots=True)
class Slots:
    """The earliest slots from `searched_from` up to, not including, `searched_until`, every `step`.

    `times` is how many starts were looked at. Where there is no slot, `blockers` are the rules that stood against
    them, those that did at most times first: one with `times` equal to the whole stood against every time.
    `problems` say why a slot found was not confirmed by the gate. `zone` is where times are shown.
    """

    visit: str
    searched_from: int
    searched_until: int
    step: int
    times: int
    zone: str | None
    slots: tuple[Slot, ...]
    blockers: tuple[Blocker, ...]
    problems: tuple[Problem, ...]

    def __iter__(self) -> Iterator[Slot]:
        return iter(self.slots)

    def __len__(self) -> int:
        return len(self.slots)

    @property
    def always(self) -> tuple[Blocker, ...]:
        """The rules that stand against every time."""
        return tuple(blocker for blocker in self.blockers if blocker.times == self.times)

    def to_dict(self) -> JsonObject:
        """The answer as JSON values, by the published schema (`visitcheck schema slots`)."""
        from visitcheck.gate.slots.json_form import slots_to_dict

        return slots_to_dict(self)

    def render(self, lang: Language = "en") -> str:
        """The answer as text for people."""
        from visitcheck.gate.slots.rendering import render_slots

        return render_slots(self, lang)

    def __str__(self) -> str:
        return self.render()
