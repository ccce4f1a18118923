"""Local readings of many moments at once are the clock's, one by one."""

from __future__ import annotations

import numpy as np
import pytest

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.values import Numbers
from visitcheck.engines.arrays.zones import ZoneClocks
from visitcheck.facts.types import DAY, HOUR, INT_MAX, INT_MIN, MINUTE, SECOND, TIMESTAMP_MAX, TIMESTAMP_MIN
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


def assert_clocks(at: np.ndarray, known: np.ndarray | None, zones: list[str | None]) -> None:
    codes = TextCodes(["elsewhere"])
    given = np.array([zone is not None for zone in zones])
    zone_codes = codes.encode([zone or "elsewhere" for zone in zones])
    column = Numbers(zone_codes, None if given.all() else given)

    local = ZoneClocks().local(Numbers(at, known), column, codes, len(at))

    for place, moment in enumerate(at.tolist()):
        zone = zones[place if len(zones) > 1 else 0]
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
    zones = [([*ZONES, None])[place] for place in chance.integers(0, len(ZONES) + 1, 3_000)]
    at = moments(chance, len(zones), NOW - 100 * DAY, NOW)

    assert_clocks(at, None, zones)
    assert_clocks(at, chance.random(len(at)) < 0.7, zones)
