"""Local readings of many moments at once: a zone's changes, looked for where moments are, as `language.clock` says."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.values import Ints, Numbers, both_known, spread, spread_known
from visitcheck.facts.types import DAY, TIMESTAMP_MAX, TIMESTAMP_MIN
from visitcheck.language import clock

_FEW = 64
"""Moments of a span that are asked of the clock one by one: about what it takes to look for the span's changes."""
_PROBE = 3 * DAY
"""How far apart a zone is looked at. No zone has ever changed its clock twice within this time."""
_SPAN = 170 * _PROBE
"""The time for which changes are looked for together, some 17 months."""
_FIRST_SPAN, _LAST_SPAN = TIMESTAMP_MIN // _SPAN + 1, TIMESTAMP_MAX // _SPAN - 1
"""The spans that lie wholly within time; outside of them the clock is asked one by one."""
_MANY_SPANS = 512
"""Where moments are apart further than these they are sorted to be counted."""
_NONE = np.int64(2**62)
"""In place of an offset: there is none."""


class _Changes(NamedTuple):
    """From when on a clock is how far ahead of UTC: each span known of a zone begins one."""

    since: Ints
    offsets: Ints


class ZoneClocks:
    """Changes of zones, kept from chunk to chunk."""

    def __init__(self) -> None:
        self._looked_at: dict[str, dict[int, tuple[list[int], list[int]]]] = {}
        self._known: dict[str, _Changes] = {}

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
        fits = (offsets < _NONE) & (readings >= TIMESTAMP_MIN) & (readings <= TIMESTAMP_MAX)
        return Numbers(readings, at.known if fits.all() else both_known(at.known, fits))

    def _offsets(self, moments: Ints, zone: str) -> Ints:
        """The offset at each moment; `_NONE` where there is none."""
        if len(moments) <= _FEW:
            return _ask_clock(moments, zone)
        spans = moments // _SPAN
        alone = self._look_for_changes(zone, *_count_spans(spans))
        known = self._known.get(zone)
        if known is None:
            return _ask_clock(moments, zone)
        # A moment before all that is known is one of those asked one by one, whatever stands there until then.
        offsets = known.offsets[np.searchsorted(known.since, moments, side="right") - 1]
        if alone:
            rows = np.flatnonzero(np.isin(spans, alone))
            offsets[rows] = _ask_clock(moments[rows], zone)
        return offsets

    def _look_for_changes(self, zone: str, spans: Ints, counts: Ints) -> list[int]:
        """Look for a zone's changes in the spans that hold many moments; gives the others."""
        looked_at = self._looked_at.setdefault(zone, {})
        alone, is_new = [], False
        for span, count in zip(spans.tolist(), counts.tolist(), strict=True):
            if span in looked_at:
                continue
            if count <= _FEW or not _FIRST_SPAN <= span <= _LAST_SPAN:
                alone.append(span)
                continue
            looked_at[span] = _changes_of(zone, span)
            is_new = True
        if is_new:
            parts = [looked_at[span] for span in sorted(looked_at)]
            since, offsets = (
                np.concatenate([np.array(each, np.int64) for each in part]) for part in zip(*parts, strict=True)
            )
            self._known[zone] = _Changes(since, offsets)
        return alone


def _count_spans(spans: Ints) -> tuple[Ints, Ints]:
    """The distinct spans, and how often each comes."""
    first = spans.min()
    if spans.max() - first > _MANY_SPANS:
        return np.unique(spans, return_counts=True)
    counts = np.bincount(spans - first)
    distinct = np.flatnonzero(counts)
    return distinct + first, counts[distinct]


def _changes_of(zone: str, span: int) -> tuple[list[int], list[int]]:
    """From when on a zone's clock is how far ahead within a span, from its start on."""
    first = span * _SPAN
    since, offsets = [first], [_offset_or_none(first, zone)]
    for probe in range(first, first + _SPAN, _PROBE):
        last = min(probe + _PROBE, first + _SPAN - 1)
        if _offset_or_none(last, zone) != offsets[-1]:
            change = _find_change(zone, probe, last)
            since.append(change)
            offsets.append(_offset_or_none(change, zone))
    return since, offsets


def _find_change(zone: str, low: int, high: int) -> int:
    """The first moment after `low` with the offset that holds at `high`."""
    wanted = _offset_or_none(high, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset_or_none(middle, zone) == wanted else (middle, high)
    return high


def _ask_clock(moments: Ints, zone: str) -> Ints:
    return np.array([_offset_or_none(moment, zone) for moment in moments.tolist()], np.int64)


def _offset_or_none(at: int, zone: str) -> int:
    offset = clock.offset(at, zone)
    return int(_NONE) if offset is None else offset
