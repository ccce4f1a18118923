"""Scales whose ends and steps are round numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """From 0 to `top`, over `length` units of the drawing."""

    top: float
    step: float
    length: float

    def at(self, value: float) -> float:
        """Where a value is, from the beginning of the scale."""
        return round(min(max(value / self.top, 0.0), 1.0) * self.length, 1)

    @property
    def ticks(self) -> list[float]:
        """The values with a line."""
        return [self.step * number for number in range(round(self.top / self.step) + 1)]


def scale(largest: float, length: float, ticks: int = 4, limit: float | None = None) -> Scale:
    """A scale that holds `largest`, with about as many steps as asked for; it never goes beyond `limit`."""
    if largest <= 0:
        largest = limit or 1.0
    raw = largest / ticks
    power = 10.0 ** floor(log10(raw))
    step = next(one * power for one in _STEPS if one * power >= raw * 0.999999)
    number = ceil(round(largest / step, 6))
    top = step * max(number, 1)
    return Scale(min(top, limit) if limit is not None else top, step, length)
