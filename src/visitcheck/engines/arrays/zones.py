"""Local readings of many moments at once: how far clocks are ahead of UTC, by the hour, as `language.clock` says."""

from __future__ import annotations

import numpy as np

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.values import Ints, Numbers, both_known, spread, spread_known
from visitcheck.facts.types import HOUR, TIMESTAMP_MAX, TIMESTAMP_MIN
from visitcheck.language import clock

_FEW = 256
"""Moments that are asked of the clock one by one: as many as it takes to make a block of hours worth its while."""
_BLOCK = 2048
"""Hours whose offsets are worked out together, some twelve weeks."""
_MOST_BLOCKS = 512
"""Blocks that are kept, and moments apart further than these are looked at block by block."""
_CHANGES, _NONE = np.int64(2**62), np.int64(2**62 + 1)
"""In place of an offset: the clock changes within the hour; there is none."""


class ZoneClocks:
    """Offsets of zones by blocks of hours, kept from chunk to chunk."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[str, int], Ints] = {}

    def local(self, at: Numbers, zone: Numbers, codes: TextCodes, count: int) -> Numbers:
        """What a clock in the zone shows at each moment; UNKNOWN where `clock.local_reading` is."""
        given = spread_known(zone.known, count)
        if len(zone.values) == 1 and given.all():
            return self._in_zone(at, codes.texts[int(zone.values[0])])
        zones = spread(zone.values, count)
        distinct = codes.distinct(zones[given])
        if len(distinct) == 1 and given.all():
            return self._in_zone(at, codes.texts[int(distinct[0])])
        moments = Numbers(spread(at.values, count), at.known)
        values, known = np.zeros(count, np.int64), np.zeros(count, np.bool_)
        for code in distinct.tolist():
            rows = np.flatnonzero(given & (zones == code))
            known_there = None if at.known is None else spread(at.known, count)[rows]
            reading = self._in_zone(Numbers(moments.values[rows], known_there), codes.texts[code])
            values[rows] = reading.values
            known[rows] = True if reading.known is None else reading.known
        return Numbers(values, known)

    def _in_zone(self, at: Numbers, zone: str) -> Numbers:
        moments = at.values
        if at.known is not None:
            # Moments that are not known are taken for one that is, so that they are looked up with the others.
            given = moments[at.known] if len(at.known) == len(moments) else moments
            moments = np.where(at.known, moments, given[0] if len(given) else 0)
        offsets = self._offsets(moments, zone)
        readings = moments + offsets
        fits = (offsets < _CHANGES) & (readings >= TIMESTAMP_MIN) & (readings <= TIMESTAMP_MAX)
        return Numbers(readings, at.known if fits.all() else both_known(at.known, fits))

    def _offsets(self, moments: Ints, zone: str) -> Ints:
        """The offset at each moment; `_NONE` where there is none."""
        if len(moments) <= _FEW:
            return _ask_clock(moments, zone)
        hours = moments // HOUR
        first, last = int(hours.min()) // _BLOCK, int(hours.max()) // _BLOCK
        if last - first < _MOST_BLOCKS:
            table = np.concatenate([self._block(zone, block) for block in range(first, last + 1)])
            offsets: Ints = table[hours - first * _BLOCK]
        else:
            offsets = self._offsets_far_apart(hours, zone)
        changing = np.flatnonzero(offsets == _CHANGES)
        if len(changing):
            offsets[changing] = _ask_clock(moments[changing], zone)
        return offsets

    def _offsets_far_apart(self, hours: Ints, zone: str) -> Ints:
        blocks = hours // _BLOCK
        offsets = np.empty(len(hours), np.int64)
        for block in np.unique(blocks).tolist():
            rows = np.flatnonzero(blocks == block)
            if len(rows) <= _FEW:
                offsets[rows] = _CHANGES  # to be asked one by one
            else:
                offsets[rows] = self._block(zone, block)[hours[rows] - block * _BLOCK]
        return offsets

    def _block(self, zone: str, block: int) -> Ints:
        hours = self._blocks.get((zone, block))
        if hours is None:
            if len(self._blocks) >= _MOST_BLOCKS:
                self._blocks.clear()
            hours = self._blocks[zone, block] = _block_of_hours(zone, block)
        return hours


def _block_of_hours(zone: str, block: int) -> Ints:
    """The offset during each hour of a block; `_CHANGES` in an hour with a change, and near the ends of time."""
    starts = [(block * _BLOCK + hour) * HOUR for hour in range(_BLOCK + 1)]
    ends = [_offset_or_none(start, zone) for start in starts]
    before = [_offset_or_none(start - 1, zone) for start in starts[1:]]
    return np.array(
        [first if first == last else _CHANGES for first, last in zip(ends[:-1], before, strict=True)], np.int64
    )


def _ask_clock(moments: Ints, zone: str) -> Ints:
    return np.array([_offset_or_none(moment, zone) for moment in moments.tolist()], np.int64)


def _offset_or_none(at: int, zone: str) -> int:
    offset = clock.offset(at, zone)
    return int(_NONE) if offset is None else offset
