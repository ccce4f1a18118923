"""Zones: the databases' clocks against the pinned zone data, and zones that keep one offset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databases import spark
from policies import shipped_policy
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.engines.sql.fixed_offset_zones import fixed_offset
from visitcheck.engines.sql.zones import check_zones, zones_of
from visitcheck.errors import EngineFailure
from visitcheck.facts.types import TIMESTAMP_MAX
from visitcheck.ir.plan import make_plan
from visitcheck.language import clock

USED = ("Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/London", "UTC")


def ask_duckdb(query: str) -> Sequence[Sequence[object]]:
    with connect_duckdb() as connection:
        return connection.execute(query).fetchall()


@pytest.mark.long
def test_duckdb_s_clocks_are_right() -> None:
    check_zones(USED, "duckdb", ask_duckdb)


@pytest.mark.long
@pytest.mark.spark
def test_spark_s_clocks_are_right() -> None:
    check_zones(USED, "spark", lambda query: spark().sql(query).collect())


@pytest.mark.long
def test_a_difference_is_refused_with_the_zone_the_moment_and_both_offsets() -> None:
    """A database whose data lacks the summer time of New York."""

    def wrong(query: str) -> Sequence[Sequence[object]]:
        rows = ask_duckdb(query)
        return [[[-5 * 3_600_000_000] * len(rows[0][0])]] if "New_York" in query else rows  # type: ignore[arg-type]

    with pytest.raises(EngineFailure) as refused:
        check_zones(USED, "duckdb", wrong)

    message = str(refused.value)
    assert "tzdata 20" in message
    assert re.search(r"America/New_York at 1970-04-26 07:00:00\+00:00 is -5 h, not -4 h, and at \d+ other", message)
    assert "Shanghai" not in message


def test_the_zones_of_a_plan() -> None:
    assert zones_of(make_plan(shipped_policy("base"), "recorded")) >= {"Asia/Shanghai"}


@pytest.mark.parametrize(("name", "since"), [("Asia/Shanghai", 1991), ("Asia/Kolkata", 1945), ("UTC", 1900)])
def test_zones_that_keep_their_offset(name: str, since: int) -> None:
    since_and_offset = fixed_offset(name)

    assert since_and_offset is not None
    assert abs((datetime(1970, 1, 1, tzinfo=UTC).year + since_and_offset[0] / 31_556_952e6) - since) < 1


@pytest.mark.parametrize("name", ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Nowhere"])
def test_zones_that_do_not(name: str) -> None:
    assert fixed_offset(name) is None


@given(st.sampled_from(["Asia/Shanghai", "Asia/Kolkata", "Pacific/Apia"]), st.integers(0, TIMESTAMP_MAX))
def test_a_steady_offset_is_the_clock_s(name: str, past: int) -> None:
    since_and_offset = fixed_offset(name)
    assert since_and_offset is not None
    since, offset = since_and_offset
    at = since + past % (TIMESTAMP_MAX - since - 10**12)

    assert clock.offset(at, name) == offset
