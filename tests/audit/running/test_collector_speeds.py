"""Journeys that nobody makes: exact distances, rounded times, and no pair overlooked that a comparison of all finds."""

from __future__ import annotations

import math
import random

import pyarrow as pa
import pytest

from visitcheck.audit.running.collector_speeds import write_fast_journeys
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts.types import HOUR, MINUTE, SECOND

Stay = tuple[int, str, int, int, float, float]
NINE = 1_772_500_020_000_000
"""A moment that is no whole multiple of five minutes."""


def journeys(stays: list[Stay], max_speed_kmh: float = 120) -> set[tuple[int, int, str]]:
    names = ("visit", "collector", "arrives", "leaves", "latitude", "longitude")
    columns = dict(zip(names, map(list, zip(*stays, strict=True)), strict=True))
    with connect_duckdb() as con:
        con.register("stays", pa.table(columns))
        write_fast_journeys(con, "SELECT * FROM stays", "journeys", max_speed_kmh)
        return set(con.execute("SELECT earlier, later, collector FROM journeys").fetchall())


def one_way(minutes: float, kilometres: float, start: int = NINE) -> list[Stay]:
    """Two visits of one collector, this far and this long apart, on a meridian, whose degree is 111.195 km."""
    north = 30 + kilometres / (6371.0088 * math.pi / 180)
    leaves, arrives = start + HOUR, start + HOUR + round(minutes * MINUTE)
    return [(1, "T", start, leaves, 30.0, 120.0), (2, "T", arrives, arrives + HOUR, north, 120.0)]


@pytest.mark.parametrize(
    ("minutes", "kilometres", "speed", "fast"),
    [
        # A minute is added to the time that there was.
        (29, 59.99, 120, False),
        (29, 60.01, 120, True),
        (29, 59.99, 119, True),
        (29, 60.01, 121, False),
        (0, 1.99, 120, False),
        (0, 2.01, 120, True),
        (-30, 2.01, 120, True),  # arrived before having left
        (0, 0.99, 1, False),  # no journey, however slow people are
    ],
)
def test_a_journey_is_fast_beyond_the_speed(minutes: float, kilometres: float, speed: float, fast: bool) -> None:
    assert ({(1, 2, "T")} if fast else set()) == journeys(one_way(minutes, kilometres), speed)


def test_times_that_people_round_count_for_five_minutes() -> None:
    """Left at 10:30 and arrived at 10:30; not where the one was stamped by a clock."""
    round_start = NINE - NINE % (5 * MINUTE)
    assert not journeys(one_way(0, 9.99, round_start))
    assert journeys(one_way(0, 10.01, round_start))
    assert journeys(one_way(0, 9.99, round_start + SECOND))


def test_all_collectors_who_are_too_fast_anywhere_are_named() -> None:
    """Of random stays, nested and overlapping ones too, by a comparison of all pairs on the reference's formula."""
    draw = random.Random(7)  # noqa: S311 - the same stays in every run
    stays: list[Stay] = []
    for number in range(400):
        arrives = NINE + draw.randrange(0, 100 * 60) * MINUTE
        leaves = arrives + draw.choice([0, 20, 40, 600]) * MINUTE
        place = draw.choice([(31.23, 121.47), (31.23, 121.4705), (31.30, 120.58), (39.9, 116.4)])
        stays.append((number, f"T{number % 90}", arrives, leaves, *place))
    slow_enough = {who for _, who, *_ in stays} - {who for _, _, who in journeys(stays)}
    expected = {
        a[1]
        for a in stays
        for b in stays
        if a[1] == b[1] and a[2] <= b[2] and a[0] != b[0] and _kilometres(a, b) > max(1.0, 120 * _hours(a, b))
    }
    assert {who for _, who, *_ in stays} - expected == slow_enough
    assert 5 < len(expected) < 85


def _kilometres(a: Stay, b: Stay) -> float:
    """The spherical law of cosines, which is exact enough from a kilometre on."""
    n1, e1, n2, e2 = map(math.radians, (*a[4:], *b[4:]))
    cosine = math.sin(n1) * math.sin(n2) + math.cos(n1) * math.cos(n2) * math.cos(e1 - e2)
    return 6371.0088 * math.acos(min(1.0, cosine))


def _hours(a: Stay, b: Stay) -> float:
    by_hand = a[3] % (5 * MINUTE) == 0 == b[2] % (5 * MINUTE)
    return (max(b[2] - a[3], 0) + (5 if by_hand else 1) * MINUTE) / HOUR
