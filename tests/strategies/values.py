"""Generated values in their inside form: few enough that equal ones and boundaries meet often."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from visitcheck.facts.types import (
    BOOL,
    DAILY_HOURS,
    DATE,
    DATE_MAX,
    DATE_MIN,
    DAY,
    DOUBLE,
    DURATION,
    HOUR,
    INT,
    INT_MAX,
    INT_MIN,
    MINUTE,
    MONEY,
    SECOND,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
    WEEKLY_HOURS,
    ListOf,
    Money,
    Type,
    Word,
)
from visitcheck.language.hours import WeeklyHours, read_daily_hours

ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
_NEW_YORK_BACK = 1_793_512_800 * SECOND  # 2026-11-01, the clock goes from 02:00 back to 01:00
_BASE = 20_500 * DAY
_TIMES = [
    _BASE,
    _BASE + 1,
    _BASE + 22 * HOUR,
    _BASE + DAY,
    _BASE - 7 * DAY,
    _NEW_YORK_BACK,
    _NEW_YORK_BACK - HOUR,
]
_HOURS = (
    WeeklyHours(((((9 * HOUR, 21 * HOUR)),),) * 7),
    WeeklyHours(((((8 * HOUR, 12 * HOUR)), ((13 * HOUR, 24 * HOUR))),) * 5 + ((), ()), (), "CN", closed=True),
)

CONSTANTS: dict[Type, st.SearchStrategy[Any]] = {
    BOOL: st.booleans(),
    INT: st.one_of(st.integers(-3, 8), st.sampled_from((INT_MAX, INT_MIN, 60))),
    DOUBLE: st.sampled_from((0.0, -0.5, 1.5, 1e308, -1e308, 3.0)),
    STRING: st.one_of(
        st.sampled_from(("", "a", "a7", "债务", "x'\"\\\n{0}", "我要打死你", "Asia/Kolkata", "\u2028", "#\r")),
        st.text(max_size=3),
    ),
    TIMESTAMP: st.one_of(
        st.sampled_from((*_TIMES, TIMESTAMP_MIN, TIMESTAMP_MAX)),
        st.integers(_BASE - 40 * DAY, _BASE + 40 * DAY),
    ),
    DURATION: st.sampled_from((0, 1, HOUR, -HOUR, DAY, 7 * DAY, 30 * MINUTE, INT_MAX, INT_MIN)),
    DATE: st.one_of(st.integers(20_495, 20_505), st.sampled_from((DATE_MIN, DATE_MAX, 0))),
    TIME_OF_DAY: st.sampled_from((0, 8 * HOUR, 22 * HOUR, 24 * HOUR, 12 * HOUR + 1)),
    MONEY: st.builds(Money, st.sampled_from((0, 1, -100, INT_MAX, INT_MIN)), st.sampled_from(("CNY", "USD"))),
    DAILY_HOURS: st.sampled_from((read_daily_hours("22:00-08:00"), read_daily_hours(["00:00-12:00", "13:00-24:00"]))),
    WEEKLY_HOURS: st.sampled_from(_HOURS),
}


def constant(type_: Type) -> st.SearchStrategy[Any]:
    """Known values of a type."""
    if isinstance(type_, Word):
        return st.sampled_from(type_.words[:3])
    if isinstance(type_, ListOf):
        return st.lists(constant(type_.item), max_size=3).map(tuple)
    return CONSTANTS[type_]
