"""What generated code calls while it runs: lists kept as pairs, and local time in a zone known beforehand.

A list that is kept holds pairs of a flag (TRUE: in, None: maybe in) and a value.
"""

from __future__ import annotations

from typing import Any

from visitcheck.facts.types import DAY, HOUR, TIMESTAMP_MAX, TIMESTAMP_MIN
from visitcheck.language import clock
from visitcheck.truth import Truth

_MOST_HOURS = 50_000


def distinct_pairs(kept: list[tuple[Truth, Any]]) -> list[tuple[Truth, Any]]:
    """Keep equal values once, as `ir.nodes.Distinct` says; elements of UNKNOWN value stay apart."""
    flags: dict[Any, Truth] = {}
    unknown: list[Truth] = []
    for flag, value in kept:
        if value is None:
            unknown.append(flag)
        elif flag or value not in flags:
            flags[value] = flag
    pairs: list[tuple[Truth, Any]] = [(flag, value) for value, flag in flags.items()]
    # An UNKNOWN value may equal one that is in; it surely adds an element only where nothing is in so far.
    something = True in flags.values()
    for flag in unknown:
        pairs.append((None if something else flag, None))
        something = something or flag is True
    return pairs


def plain_values(kept: list[tuple[Truth, Any]] | None) -> tuple[Any, ...] | None:
    """Return the values alone; UNKNOWN when an element is only maybe in."""
    if kept is None or any(flag is None for flag, _ in kept):
        return None
    return tuple(value for _, value in kept)


def pairs_of(values: tuple[Any, ...] | None) -> list[tuple[Truth, Any]] | None:
    """Return pairs for values that are all in."""
    return None if values is None else [(True, value) for value in values]


class ZoneOffsets(dict[int, int | None]):
    """How far the clock of one zone is ahead of UTC in microseconds, by hour since 1970.

    Generated code adds the offset to a moment instead of asking `clock.local_reading` each time. None where it has
    to ask: in an hour with a change of the clock, near the ends of time, and for an unknown zone. Filled as hours are
    asked for, and emptied when it has grown large.
    """

    def __init__(self, zone: str) -> None:
        super().__init__()
        self.zone = zone

    def __missing__(self, hour: int) -> int | None:
        offset = self._offset_during(hour)
        if len(self) >= _MOST_HOURS:
            self.clear()
        self[hour] = offset
        return offset

    def _offset_during(self, hour: int) -> int | None:
        start = hour * HOUR
        if not TIMESTAMP_MIN + 2 * DAY < start < TIMESTAMP_MAX - 2 * DAY:
            return None
        first, last = clock.offset(start, self.zone), clock.offset(start + HOUR - 1, self.zone)
        return first if first == last else None

    def local(self, at: int) -> int | None:
        """Return the local reading at a moment, asked of the clock."""
        return clock.local_reading(at, self.zone)
