"""Windows of the local clock: against minute-by-minute readings, and an end unknown against every end."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitcheck.facts.types import DAY, HOUR, MINUTE
from visitcheck.facts.zones import zone_info, zone_names
from visitcheck.language import clock
from visitcheck.language.functions import FUNCTIONS
from visitcheck.language.functions.constants import timestamp
from visitcheck.language.hours import WeeklyHours, is_part_of, read_daily_hours, read_weekly_hours

# Half an hour is the unit: few enough values to meet edges often.
STEP = 30 * MINUTE
ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"]
# Around changes of the clock in these zones, and around the epoch.
BASES = [
    timestamp(text)
    for text in (
        "2026-03-07T20:00:00Z",
        "2026-10-24T20:00:00Z",
        "2026-10-31T20:00:00Z",
        "1969-12-31T12:00:00Z",
    )
]
MOMENTS = st.builds(lambda base, steps: base + steps * STEP, st.sampled_from(BASES), st.integers(0, 80))
LENGTHS = st.integers(0, 60).map(lambda steps: steps * STEP)
TIMES = st.integers(0, 48).map(lambda steps: steps * STEP)
WEEKDAYS = st.lists(st.integers(1, 7), max_size=3).map(tuple)
HOURS = st.builds(
    lambda spans, closed: WeeklyHours(tuple(spans), None, None, closed),
    st.lists(
        st.sampled_from([(), ((9 * HOUR, 21 * HOUR),), ((0, DAY),), ((0, 2 * HOUR), (3 * HOUR, DAY))]),
        min_size=7,
        max_size=7,
    ),
    st.booleans(),
)
DAILY, WEEKLY, WITHIN, OVERLAPS = (
    FUNCTIONS[name] for name in ("overlapsDaily", "overlapsWeekly", "within", "overlaps")
)


def _readings(start: int, end: int, zone: str) -> set[int]:
    """What the clock showed during a visit, quarter of an hour by quarter; a single moment shows itself."""
    moments = range(start, max(end, start + 1), STEP // 2)
    return {reading for at in moments if (reading := clock.local_reading(at, zone)) is not None}


def _in_window(reading: int, opens: int, closes: int) -> bool:
    time = reading % DAY
    if opens <= closes:
        return opens <= time < closes
    return time >= opens or time < closes


@settings(max_examples=400, deadline=None)
@given(MOMENTS, LENGTHS, TIMES, TIMES, st.sampled_from(ZONES))
def test_no_reading_inside_a_daily_window_is_missed(
    start: int, length: int, opens: int, closes: int, zone: str
) -> None:
    end = start + length

    inside = any(_in_window(reading, opens, closes) for reading in _readings(start, end, zone))
    truth = DAILY(start, end, opens, closes, zone)

    if inside:
        assert truth is True
    elif clock.offset(start, zone) == clock.offset(end, zone):
        assert truth is False


@settings(max_examples=300, deadline=None)
@given(MOMENTS, LENGTHS, WEEKDAYS, TIMES, TIMES, st.sampled_from(ZONES))
def test_a_weekly_window_is_the_daily_one_on_some_days(
    start: int, length: int, weekdays: tuple[int, ...], opens: int, closes: int, zone: str
) -> None:
    end = start + length

    some = WEEKLY(start, end, weekdays, opens, closes, zone)

    if some:
        assert DAILY(start, end, opens, closes, zone) is True
    assert WEEKLY(start, end, (1, 2, 3, 4, 5, 6, 7), opens, closes, zone) is DAILY(start, end, opens, closes, zone)
    assert some is any(WEEKLY(start, end, (day,), opens, closes, zone) for day in weekdays)


@settings(max_examples=300, deadline=None)
@given(MOMENTS, LENGTHS, TIMES, TIMES, st.sampled_from(ZONES))
def test_open_hours_are_the_window_that_is_not_closed(
    start: int, length: int, opens: int, closes: int, zone: str
) -> None:
    """Within 09:00-21:00 daily is the same as not overlapping 21:00-09:00."""
    if not opens < closes:
        opens, closes = 9 * HOUR, 21 * HOUR
    hours = WeeklyHours((((opens, closes),),) * 7)

    overlaps = DAILY(start, start + length, closes % DAY, opens, zone)
    if closes % DAY != opens:
        assert WITHIN(start, start + length, hours, zone) is not overlaps


@settings(max_examples=150, deadline=None)
@given(MOMENTS, WEEKDAYS, TIMES, TIMES, HOURS, st.sampled_from(ZONES))
def test_an_unknown_end_is_answered_when_every_end_agrees(
    known: int, weekdays: tuple[int, ...], opens: int, closes: int, hours: WeeklyHours, zone: str
) -> None:
    others = [0, 1, STEP, 3 * STEP, 12 * HOUR, DAY, 3 * DAY]
    for function, args in (
        (DAILY, (opens, closes, zone)),
        (WEEKLY, (weekdays, opens, closes, zone)),
        (WITHIN, (hours, zone)),
        (OVERLAPS, (hours, zone)),
    ):
        open_end = function(known, None, *args)
        open_start = function(None, known, *args)

        assert open_end is None or all(function(known, known + more, *args) is open_end for more in others)
        assert open_start is None or all(function(known - more, known, *args) is open_start for more in others)


def test_the_moment_in_a_nightly_window_settles_it_whatever_the_end() -> None:
    at = timestamp("2026-01-30T23:00:00+08:00")

    assert DAILY(at, None, 22 * HOUR, 8 * HOUR, "Asia/Shanghai") is True


@pytest.mark.parametrize("name", ["asia/shanghai", "+08:00", "Mars/Olympus", ""])
def test_a_zone_that_is_none_leaves_everything_unknown(name: str) -> None:
    assert clock.local_reading(0, name) is None
    assert DAILY(0, HOUR, 0, DAY, name) is None


def test_offsets_kept_by_the_hour_are_the_exact_ones_in_every_zone() -> None:
    """A zone may change its clock in the middle of an hour, but never twice within one."""
    start = timestamp("2026-01-01T00:00:00Z")
    moments = [start + day * DAY + rest for day in range(0, 366, 61) for rest in (0, 29 * MINUTE + 59_999_999)]
    for zone in sorted(zone_names()):
        info = zone_info(zone)
        for at in moments:
            moved = datetime.fromtimestamp(at // 1_000_000, info).utcoffset()

            assert timedelta(microseconds=clock.offset(at, zone)) == moved


def test_no_zone_changes_its_clock_twice_within_an_hour() -> None:
    """What `clock.offset` keeps by the hour rests on this; read from the compiled zone files themselves."""
    for zone in sorted(zone_names()):
        data = resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
        second = data.index(b"TZif", 4)  # the part with 64-bit times follows the one with 32-bit times
        (many,) = struct.unpack_from(">l", data, second + 32)
        changes = struct.unpack_from(f">{many}q", data, second + 44)
        hours = [change // 3600 for change in changes]

        assert len(hours) == len(set(hours)), zone


def test_weekly_hours_are_read_as_written() -> None:
    hours = read_weekly_hours({"mon-fri": ["13:00-21:00", "09:00-12:00", "12:00-13:00"], "sat": [], "ends": "closed"})

    assert hours.days[0] == ((9 * HOUR, 21 * HOUR),)
    assert hours.days[5] == hours.days[6] == ()
    assert hours.closed


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ({"mon": "09:00-12:00"}, "a list"),
        ({"mon": ["9-12"]}, "09:00-21:00"),
        ({"mon": ["22:00-08:00"]}, "over midnight"),
        ({"mon": ["09:00-12:00", "11:00-13:00"]}, "overlap"),
        ({"fri-mon": []}, "ends before"),
        ({"mon-fri": [], "tue": []}, "given already"),
        ({"monday": []}, "no day"),
        ({"mon": [], "ends": "shut"}, "`open` or `closed`"),
        ({"mon": [], "holiday": []}, "need a calendar"),
        ({"mon": [], "holiday": [], "calendar": "XX"}, "need a calendar"),
        ({"mon": ["09:00-24:30"]}, "24:00 at the latest"),
    ],
)
def test_weekly_hours_that_cannot_be_read_say_why(written: dict[str, object], part: str) -> None:
    with pytest.raises(ValueError, match=part):
        read_weekly_hours(written)


SPANS = st.tuples(st.integers(0, 47), st.integers(1, 47)).map(
    lambda span: f"{_clock(span[0])}-{_clock((span[0] + span[1]) % 48)}"
)


def _clock(half_hours: int) -> str:
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"


@settings(max_examples=300, deadline=None)
@given(MOMENTS, LENGTHS, TIMES, TIMES, st.sampled_from(ZONES))
def test_daily_hours_are_met_as_the_window_of_two_times_is(
    start: int, length: int, opens: int, closes: int, zone: str
) -> None:
    if opens % DAY == closes % DAY:
        return
    hours = read_daily_hours(f"{_clock(opens // STEP % 48)}-{_clock(closes // STEP)}")

    assert OVERLAPS(start, start + length, hours, zone) is DAILY(start, start + length, opens % DAY, closes, zone)


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(MOMENTS, LENGTHS, HOURS, HOURS, st.sampled_from(ZONES))
def test_more_hours_are_met_and_kept_within_more_often(
    start: int, length: int, one: WeeklyHours, other: WeeklyHours, zone: str
) -> None:
    """What the comparison of hours says of two holds of every visit."""
    end = start + length

    if is_part_of(one, other):
        assert not OVERLAPS(start, end, one, zone) or OVERLAPS(start, end, other, zone)
        assert not WITHIN(start, end, one, zone) or WITHIN(start, end, other, zone)


@settings(max_examples=300, deadline=None)
@given(MOMENTS, LENGTHS, HOURS, st.sampled_from(ZONES))
def test_what_is_within_hours_meets_none_that_are_left(start: int, length: int, hours: WeeklyHours, zone: str) -> None:
    left = WeeklyHours(tuple(_left_of(spans) for spans in hours.days), None, None, closed=False)
    if not hours.closed:
        assert WITHIN(start, start + length, hours, zone) is not OVERLAPS(start, start + length, left, zone)


def _left_of(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    ends = [0, *(end for span in spans for end in span), DAY]
    return tuple((start, end) for start, end in zip(ends[::2], ends[1::2], strict=True) if start < end)


@given(SPANS, st.lists(SPANS, min_size=1, max_size=2))
def test_a_span_is_part_of_hours_that_are_written_with_it(span: str, others: list[str]) -> None:
    """Over midnight or not; hours whose spans overlap are refused."""
    try:
        both = read_daily_hours([span, *others])
    except ValueError:
        return
    part = read_daily_hours(span)

    assert is_part_of(part, both)
    assert is_part_of(both, part) is (both == part)


@pytest.mark.parametrize(
    ("written", "days", "text"),
    [
        ("22:00-08:00", ((0, 8 * HOUR), (22 * HOUR, DAY)), "22:00-08:00"),
        ("22:00-24:00", ((22 * HOUR, DAY),), "22:00-24:00"),
        ("22:00-00:00", ((22 * HOUR, DAY),), "22:00-24:00"),
        ("00:00-24:00", ((0, DAY),), "00:00-24:00"),
        (["12:00-13:00", "13:00-14:30"], ((12 * HOUR, 14 * HOUR + STEP),), "12:00-14:30"),
        (
            ["22:00-02:00", "12:00-13:00"],
            ((0, 2 * HOUR), (12 * HOUR, 13 * HOUR), (22 * HOUR, DAY)),
            "12:00-13:00, 22:00-02:00",
        ),
    ],
)
def test_daily_hours_are_read_as_written(written: object, days: tuple[tuple[int, int], ...], text: str) -> None:
    hours = read_daily_hours(written)

    assert hours.days == (days,) * 7
    assert str(hours) == text


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("08:00-08:00", "no time at all"),
        (["22:00-08:00", "07:00-09:00"], "overlap"),
        ("22-8", "09:00-21:00"),
        (None, "a span of the day"),
        ([["22:00", "08:00"]], "no span"),
    ],
)
def test_daily_hours_that_cannot_be_read_say_why(written: object, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        read_daily_hours(written)


def test_weekly_hours_in_words() -> None:
    hours = read_weekly_hours(
        {"mon-thu": ["09:00-12:00", "13:00-21:00"], "sat": ["10:00-18:00"], "holiday": [], "calendar": "CN"}
    )

    assert str(hours) == "mon-thu 09:00-12:00+13:00-21:00, sat 10:00-18:00, holiday -"
