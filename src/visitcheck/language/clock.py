"""What a local clock shows: instants to readings of a zone, never the other way round.

A *reading* is what a clock on the wall shows, as microseconds since it showed 1970-01-01 00:00.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from visitcheck.facts.types import EPOCH, HOUR, TIMESTAMP_MAX, TIMESTAMP_MIN
from visitcheck.facts.zones import zone_info

_MOST_HOURS = 50_000
_hours: dict[tuple[str, int], int | None] = {}


def local_reading(at: int, zone: str) -> int | None:
    """The reading of a clock in `zone` at a moment; UNKNOWN for an unknown zone or a year outside 1-9999."""
    moved = offset(at, zone)
    if moved is None or not TIMESTAMP_MIN <= at + moved <= TIMESTAMP_MAX:
        return None
    return at + moved


def offset(at: int, zone: str) -> int | None:
    """How far a clock in `zone` is ahead of UTC at a moment, in microseconds.

    Almost every hour has one offset, found by looking at both its ends and kept; no zone changes its clock
    twice within an hour. An hour with a change is looked at afresh each time.
    """
    key = (zone, at // HOUR)
    try:
        ahead = _hours[key]
    except KeyError:
        ahead = _offset_of_hour(key)
    if ahead is not None:
        return ahead
    info = zone_info(zone)
    return None if info is None else _offset_at(at, info)


def _offset_of_hour(key: tuple[str, int]) -> int | None:
    info = zone_info(key[0])
    if info is None:
        return None
    start = key[1] * HOUR
    first, last = _offset_at(start, info), _offset_at(start + HOUR - 1, info)
    ahead = first if first == last else None
    if len(_hours) >= _MOST_HOURS:
        _hours.clear()
    _hours[key] = ahead
    return ahead


def _offset_at(at: int, info: ZoneInfo) -> int | None:
    if not TIMESTAMP_MIN <= at <= TIMESTAMP_MAX:
        return None
    try:
        reading = (EPOCH + timedelta(microseconds=at)).astimezone(info)
    except OverflowError:
        return None
    moved = reading.utcoffset()
    return None if moved is None else moved // timedelta(microseconds=1)
