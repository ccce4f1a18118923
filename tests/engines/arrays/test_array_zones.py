"""Local readings of many moments at once are the clock's, one by one."""

from __future__ import annotations

import struct
from importlib import resources
from itertools import pairwise

import numpy as np
import pytest

from visitcheck.engines.arrays import zones
from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.values import Numbers
from visitcheck.engines.arrays.zones import ZoneClocks
from visitcheck.facts.types import DAY, HOUR, INT_MAX, INT_MIN, MINUTE, SECOND, TIMESTAMP_MAX, TIMESTAMP_MIN
from visitcheck.facts.zones import zone_names
from visitcheck.language import clock

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "UTC",
    "No/Zone",
)
NOW = 20_500 * DAY


def moments(chance: np.random.Generator, count: int, low: int, high: int) -> np.ndarray:
    return chance.integers(low, high, count)


def assert_clocks(at: np.ndarray, known: np.ndarray | None, named: list[str | None]) -> None:
    codes = TextCodes(["elsewhere"])
    given = np.array([zone is not None for zone in named])
    zone_codes = codes.encode([zone or "elsewhere" for zone in named])
    column = Numbers(zone_codes, None if given.all() else given)

    local = ZoneClocks().local(Numbers(at, known), column, codes, len(at))

    for place, moment in enumerate(at.tolist()):
        zone = named[place if len(named) > 1 else 0]
        is_given = zone is not None and (known is None or known[place])
        wanted = clock.local_reading(moment, zone) if is_given and zone is not None else None
        is_known = local.known is None or local.known[place if len(local.known) > 1 else 0]
        assert (int(local.values[place]) if is_known else None) == wanted, (moment, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_moments_of_some_years(zone: str) -> None:
    """Few of them, many of them, and each minute of the days on which clocks change."""
    chance = np.random.default_rng(1)
    for count in (5, 2_000):
        assert_clocks(moments(chance, count, NOW - 700 * DAY, NOW + 100 * DAY), None, [zone])
    for day in (20_520, 20_758, 20_366):  # 2026-03-08 and 2026-11-01 in New York, 2025-10-05 in Lord Howe
        assert_clocks(np.arange((day - 1) * DAY, (day + 2) * DAY, 7 * MINUTE + SECOND), None, [zone])


@pytest.mark.parametrize("zone", ZONES)
def test_moments_of_all_time(zone: str) -> None:
    """From the first year to the last, the ends of time themselves, and no moment at all where none is known."""
    chance = np.random.default_rng(2)
    ends = np.array([TIMESTAMP_MIN, TIMESTAMP_MAX, TIMESTAMP_MIN + HOUR, TIMESTAMP_MAX - 9 * HOUR, INT_MAX, INT_MIN])
    at = np.concatenate((ends, moments(chance, 600, TIMESTAMP_MIN, TIMESTAMP_MAX), NOW + np.arange(400) * HOUR))
    known = chance.random(len(at)) < 0.8
    known[:4], known[4:6] = True, False

    assert_clocks(at, known, [zone])


def test_zones_that_differ_from_row_to_row() -> None:
    """Each row by the clock of its own zone; UNKNOWN where none is given."""
    chance = np.random.default_rng(3)
    named = [([*ZONES, None])[place] for place in chance.integers(0, len(ZONES) + 1, 3_000)]
    at = moments(chance, len(named), NOW - 100 * DAY, NOW)

    assert_clocks(at, None, named)
    assert_clocks(at, chance.random(len(at)) < 0.7, named)


def test_changes_are_further_apart_than_they_are_looked_for() -> None:
    """Two changes within a probe could cancel each other unseen: no zone of the pinned data has any so close."""
    closest = min(
        (later - earlier, name) for name in zone_names() for earlier, later in pairwise(changes_of_offset(name))
    )

    assert closest[0] * SECOND > 2 * zones._PROBE, closest


def changes_of_offset(name: str) -> list[int]:
    """The moments, in seconds, at which a zone's file changes its offset from UTC (RFC 9636)."""
    data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    utc, standard, leaps, times, types, letters = struct.unpack(">6l", data[20:44])
    start = 44 + times * 5 + types * 6 + letters + leaps * 8 + standard + utc  # past the part for 32 bits
    times, types = struct.unpack(">2l", data[start + 32 : start + 40])
    moments = struct.unpack(f">{times}q", data[start + 44 : start + 44 + 8 * times])
    kinds = data[start + 44 + 8 * times : start + 44 + 9 * times]
    entries = data[start + 44 + 9 * times :]
    offsets = [struct.unpack(">l", entries[6 * kind : 6 * kind + 4])[0] for kind in range(types)]
    listed = [offsets[0], *(offsets[kind] for kind in kinds)]
    return [at for at, (before, after) in zip(moments, pairwise(listed), strict=True) if before != after]


@pytest.mark.parametrize("zone", ["America/New_York", "Africa/Casablanca", "Pacific/Apia"])
def test_few_moments_far_from_many(zone: str) -> None:
    """Spans with many moments beside spans with few, before, between and after them, in chunks one by one."""
    chance = np.random.default_rng(4)
    clocks = ZoneClocks()
    for start in (NOW, NOW - 9_000 * DAY, NOW + 4_000 * DAY):
        many = moments(chance, 400, start, start + 300 * DAY)
        few = moments(chance, 50, NOW - 20_000 * DAY, NOW + 20_000 * DAY)
        at = np.concatenate((many, few))

        local = clocks.local(Numbers(at), Numbers(np.zeros(1, np.int64)), TextCodes([zone]), len(at))

        assert local.values.tolist() == [clock.local_reading(moment, zone) for moment in at.tolist()]
