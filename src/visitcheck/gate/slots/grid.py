"""The times looked at, and a visit that can be put at each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from visitcheck.facts import Visit
from visitcheck.facts.types import DAY
from visitcheck.language.clock import local_reading


@dataclass(frozen=True, slots=True)
class Grid:
    """Starts at `first`, `first + step`, ...: `size` of them."""

    first: int
    step: int
    size: int

    def at(self, index: int) -> int:
        """Give the start with this number."""
        return self.first + index * self.step

    def around(self, moment: int) -> list[int]:
        """Number the starts from which on `start >= moment` holds, and from which on `start > moment`."""
        index, rest = divmod(moment - self.first, self.step)
        numbers = {index + 1} if rest else {index, index + 1}
        return [number for number in numbers if 0 < number < self.size]


class MovedVisit:
    """A copy of a visit that is put at one time after another.

    It is changed in place, below what pydantic guards, since it is read a thousand times between two changes of
    anything else; nobody else may hold it. `fixed()` gives a visit to keep.
    """

    def __init__(self, visit: Visit, zone: str | None) -> None:
        self.visit = visit.model_copy()
        group = cast("Any", visit.visit)
        self._group = group.model_copy()
        self._put("visit", self._group)
        self.start: int = group.starts_at
        self.length: int | None = None if group.ends_at is None else group.ends_at - group.starts_at
        self._dated = group.date is not None
        self._zone = group.timezone or zone

    def _put(self, name: str, value: object) -> None:
        self.visit.__dict__[name] = value

    def move(self, start: int) -> None:
        """Put the visit at `start`, as long as it was; its date goes with it."""
        self.start = start
        facts = self._group.__dict__
        facts["starts_at"] = start
        if self.length is not None:
            facts["ends_at"] = start + self.length
        if self._dated:
            facts["date"] = self.date_at(start)

    def date_at(self, start: int) -> int | None:
        """Give the local date of a visit that begins at `start`; None where it has no date or no zone."""
        reading = local_reading(start, self._zone) if self._dated and self._zone else None
        return None if reading is None else reading // DAY

    def judge_at(self, as_of: int) -> None:
        """Let the visit be judged at another moment."""
        self._group.__dict__["as_of"] = as_of

    def replace(self, **groups: object) -> None:
        """Put other groups or lists in the place of its own."""
        for name, value in groups.items():
            self._put(name, value)

    def fixed(self) -> Visit:
        """Copy the visit as it now is."""
        return self.visit.model_copy(update={"visit": self._group.model_copy()})


def change_points(size: int, value: Callable[[int], object]) -> list[int]:
    """List the numbers below `size`, from 1, at which `value` is another than before."""
    numbers, last = [], value(0)
    for index in range(1, size):
        now = value(index)
        if now != last:
            numbers.append(index)
            last = now
    return numbers
