"""Zones that keep one offset for good, so that a clock's reading is a sum."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from visitcheck.facts.types import EPOCH
from visitcheck.facts.zones import zone_info

_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
# Rules of the clock that repeat each year show in the last twenty years of the hundred that are looked at.
_QUIET = timedelta(days=20 * 366)


@cache
def fixed_offset(name: str) -> tuple[int, int] | None:
    """From which moment on a zone keeps one offset, and that offset; None where it goes on changing.

    Both in microseconds.
    """
    info = zone_info(name)
    if info is None:
        return None
    days = [_FIRST + timedelta(days=day) for day in range((_LAST - _FIRST).days)]
    offsets = [day.astimezone(info).utcoffset() for day in days]
    last = offsets[-1]
    changed = max((day for day, offset in zip(days, offsets, strict=True) if offset != last), default=_FIRST)
    if last is None or changed > _LAST - _QUIET:
        return None
    one = timedelta(microseconds=1)
    return (changed + timedelta(days=2) - EPOCH) // one, last // one
