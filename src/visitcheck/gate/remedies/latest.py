"""The last moment at which something may still be done."""

from __future__ import annotations

from collections.abc import Callable


def last_moment(holds: Callable[[int], bool], first: int, last: int, grain: int) -> int:
    """The last moment, in steps of `grain` from `first`, of those in a row from `first` at which `holds` is true.

    `holds` is taken to turn false once at most; it is true at `first`, and at the moment found.
    """
    low, high = 0, (last - first) // grain + 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(first + middle * grain):
            low = middle
        else:
            high = middle
    return first + low * grain
