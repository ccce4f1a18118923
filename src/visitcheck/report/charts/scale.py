"""Scales whose ends and steps are round numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from 0 to `top`, spread over `length` units of the drawing."""

    top: float
    step: float
    length: float

    def position(self, value: float) -> float:
        """The distance of a value from the beginning of the scale, in units of the drawing."""
        return round(min(max(value / self.top, 0.0), 1.0) * self.length, 1)

    @property
    def ticks(self) -> list[float]:
        """The values that get a line."""
        return [self.step * number for number in range(round(self.top / self.step) + 1)]


def make_scale(largest: float, length: float, ticks: int = 4, limit: float | None = None) -> Scale:
    """Make a scale that holds `largest`, with about `ticks` steps; it never goes beyond `limit`."""
    if largest <= 0:
        largest = limit or 1.0
    raw = largest / ticks
    power = 10.0 ** floor(log10(raw))
    step = next(factor * power for factor in _STEPS if factor * power >= raw * 0.999999)
    number = ceil(round(largest / step, 6))
    top = step * max(number, 1)
    return Scale(min(top, limit) if limit is not None else top, step, length)
