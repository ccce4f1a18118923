"""Strategies for single facts: boundary times, any text, all words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from visitcheck.facts.constraints import Length, Pattern, Range
from visitcheck.facts.fields import FieldShape, Zone
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DAY,
    DOUBLE,
    DURATION,
    HOUR,
    INT,
    INT_MAX,
    MINUTE,
    MONEY,
    SECOND,
    TIME_OF_DAY,
    TIMESTAMP,
)

# Where clocks change, where they never do, and where offsets are odd.
ZONES = (
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/New_York",
    "Europe/London",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "UTC",
)
# Days around which visits lie: an ordinary one, clock changes of the zones above, ends of months and years.
ANCHORS = (
    "2026-01-30T02:00:00Z",
    "2025-12-31T16:00:00Z",
    "2026-02-28T15:59:59.999999Z",
    "2026-03-08T06:59:59Z",
    "2026-03-29T01:00:00Z",
    "2026-04-04T15:00:00Z",
    "2026-11-01T05:59:59.999999Z",
    "2024-02-29T12:00:00Z",
    "2011-12-30T10:00:00Z",
)
_STEPS = (MINUTE, HOUR, 2 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 365 * DAY)
_TEXTS = (
    "短信通知",
    "报警",
    "不要再来了",
    "Ａｂｃ",
    "e\u0301",
    "👪🏽",
    "\u202e\u3000x",
    'It\'s "quoted"\\\n',
    "x" * 300,
)
_IDS = ("a", "b", "c", "案-7", "x:1")


@dataclass(frozen=True, slots=True)
class MomentOffset:
    """A moment, `offset` microseconds from the visit's anchor."""

    offset: int


def _offsets() -> st.SearchStrategy[int]:
    exact = [0, *(sign * step for step in _STEPS for sign in (-1, 1))]
    off = st.sampled_from([0, 0, 0, 1, -1, SECOND, -SECOND])
    near = st.tuples(st.sampled_from(exact), off).map(sum)
    return near | st.integers(-90, 30).map(lambda days: days * DAY) | st.integers(-2 * DAY, 2 * DAY)


_MOMENTS = _offsets().map(MomentOffset)
_DATES = st.integers(-40, 40).map(lambda days: ("date", days))
_CLOCK = st.sampled_from(["00:00", "07:59:59.999999", "08:00", "12:30", "20:00", "21:59", "22:00", "24:00"])
_REFUSED = "".join(map(chr, (*range(9), 0xB, 0xC, *range(0xE, 0x20), 0x7F, 0xFFFE, 0xFFFF)))
_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=_REFUSED), min_size=1, max_size=12)
_TEXT = st.sampled_from(_TEXTS) | _ANY_TEXT
_MONEY = st.sampled_from(["0", "0.01", "1234.50", 7]) | st.integers(0, 10**9).map(lambda cents: f"{cents / 100:.2f}")
_SCALARS: dict[object, st.SearchStrategy[Any]] = {
    BOOL: st.booleans(),
    DATE: _DATES,
    TIMESTAMP: _MOMENTS,
    TIME_OF_DAY: _CLOCK,
    DURATION: st.sampled_from(["0s", "1us", "24h", "-1h30m", "720h"]),
    DOUBLE: st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 0.1]),
    MONEY: _MONEY,
}
_ZONE_TYPE = Zone.__metadata__[0]  # type: ignore[attr-defined]


def field_values(shape: FieldShape) -> st.SearchStrategy[Any]:
    """Right values of one field that is no record, in their outside form; moments as `At`."""
    strategy = _single_values(shape)
    return st.lists(strategy, max_size=4) if shape.listed is not None else strategy


def _single_values(shape: FieldShape) -> st.SearchStrategy[Any]:
    if shape.scalar is None:
        return st.sampled_from(shape.words)
    if shape.scalar is _ZONE_TYPE:
        return st.sampled_from(ZONES)
    if shape.scalar.type == INT:
        return _whole_numbers(shape)
    if shape.scalar.type == DOUBLE and shape.constraints:
        return _numbers_in_range(shape)
    strategy = _SCALARS.get(shape.scalar.type)
    return _texts(shape) if strategy is None else strategy


def _whole_numbers(shape: FieldShape) -> st.SearchStrategy[int]:
    limits = next(one for one in shape.constraints if isinstance(one, Range))
    edges = [edge for edge in (limits.low, 0, 1, 2, 7, 30, 90, limits.high) if limits.low <= edge <= limits.high]
    return st.sampled_from(edges) | st.integers(limits.low, min(limits.high, INT_MAX))


def _numbers_in_range(shape: FieldShape) -> st.SearchStrategy[float]:
    limits = next(one for one in shape.constraints if isinstance(one, Range))
    edges = [float(limits.low), -0.0, 31.2304, float(limits.high)]
    return st.sampled_from(edges) | st.floats(limits.low, limits.high)


def _texts(shape: FieldShape) -> st.SearchStrategy[str]:
    patterns = [one for one in shape.constraints if isinstance(one, Pattern)]
    if any(isinstance(one, Length) for one in shape.constraints):
        return st.sampled_from(_IDS) if patterns else _TEXT
    return st.sampled_from(["CNY", "USD"] if shape.name == "currency" else ["CN-GD", "CN-11", "US-NY"])
