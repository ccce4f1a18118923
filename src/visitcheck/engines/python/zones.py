"""Local readings for a zone that is known when a policy is compiled, without a call for most moments."""

from __future__ import annotations

from visitcheck.facts.types import DAY, HOUR, TIMESTAMP_MAX, TIMESTAMP_MIN
from visitcheck.language import clock

_MOST = 50_000


class Offsets(dict[int, int | None]):
    """How far the clock of one zone is ahead of UTC, by hour since 1970.

    None where `clock.local` has to be asked: in an hour with a change of the clock, near the ends of time,
    and for an unknown zone. Filled as hours are asked for, and emptied when it has grown large.
    """

    def __init__(self, zone: str) -> None:
        super().__init__()
        self.zone = zone

    def __missing__(self, hour: int) -> int | None:
        found = self._of(hour)
        if len(self) >= _MOST:
            self.clear()
        self[hour] = found
        return found

    def _of(self, hour: int) -> int | None:
        start = hour * HOUR
        if not TIMESTAMP_MIN + 2 * DAY < start < TIMESTAMP_MAX - 2 * DAY:
            return None
        first, last = clock.offset(start, self.zone), clock.offset(start + HOUR - 1, self.zone)
        return first if first == last else None

    def local(self, at: int) -> int | None:
        """The reading at a moment, asked of the clock."""
        return clock.local(at, self.zone)
