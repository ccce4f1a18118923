"""Strategies that dirty a valid visit in one or two of many ways, as files in the wild are dirty."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from visitcheck.testing import visit_mappings

# What stands where something else belongs. JSON can say all of it.
WRONG_VALUES: tuple[Any, ...] = (
    "", " ", "unknown", "Unknown ", "N/A", "不详", "　", "-", "?", "abc", "x" * 201, "a\nb", "a\u0000b", "a\u0085b",
    "\ufffe", "2026-01-30", "2026-02-30", "2026-01-30T10:00:00", "2026-01-30T10:00:00Z", "2026-01-30 10:00:00Z",
    "2026-01-30T24:00:00Z", "2026-01-30T23:59:60Z", "2026-01-30T10:00:00.1234567Z", "2026-01-30T10:00:00.5+23:59",
    "0000-12-31T23:00:00-23:00", "0001-01-01T00:00:00+08:00", "0999-01-01T00:00:00Z", "9999-12-31T23:59:59-00:01",
    "2099-01-01T00:00:00+08:00", "1969-12-31T23:59:59Z", "22:00", "24:00", "24:01", "7:30", "22:00:30.25",
    "Asia/Shanghai", "asia/shanghai", "Factory", "UTC+8", "CNY", "cny", "CN-GD", "home", "Home", "bank", "true", "45",
    "1234.50", "1,234.50", "12.345", "-1", "1e3", "9" * 30, 0, 1, -1, 7, 8, 10**6, 2**63 - 1, 2**63, -(2**63) - 1,
    1.0, 1.5, 12.345, 1e30, -0.0, True, False, None, [], ["a"], [None], {}, {"id": "x"}, [{}], [[]], [{"id": 5}],
)  # fmt: skip

# A copy each time: a list that stands in two places, one of them inside itself, has no end.
_wrong_values = st.sampled_from(WRONG_VALUES).map(copy.deepcopy)

# Without these no policy gives an answer.
_SELECTORS = (
    ("visit", "id", "v"), ("visit", "stage", "recorded"), ("visit", "date", "2026-01-30"), ("lender", "kind", "bank"),
)  # fmt: skip


def _containers(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a visit: the container and the key or position."""
    if isinstance(value, dict):
        here = [(value, key) for key in value]
        return here + [place for below in value.values() for place in _containers(below)]
    if isinstance(value, list):
        here = [(value, at) for at in range(len(value))]
        return here + [place for below in value for place in _containers(below)]
    return []


@st.composite
def dirty_visits(draw: st.DrawFn) -> dict[str, Any]:
    """A visit as a caller sends it, which the gate may or may not refuse."""
    visit = copy.deepcopy(draw(visit_mappings(draw(st.sampled_from([None, "proposed", "recorded"])), min_facts=4)))
    if draw(st.booleans()):
        visit.setdefault("visit", {}).setdefault("as_of", "2026-01-30T12:00:00+08:00")
    if draw(st.integers(0, 3)):
        for group, name, value in _SELECTORS:
            visit.setdefault(group, {}).setdefault(name, value)
    for _ in range(draw(st.integers(0, 2))):
        _spoil(draw, visit)
    return visit


_SOUND = {
    "visit": {"id": "sound", "stage": "recorded", "starts_at": "2026-01-30T02:00:00Z"},
    "lender": {"kind": "bank"},
}
_BROKEN = {"visit": {"id": "broken", "stage": "recorded", "starts_at": "2026-02-30T02:00:00Z"}}


def draw_dirty_visits(count: int) -> list[Any]:
    """
    Visits drawn one by one to be read together, as one query for each would take a second; and a sound and a broken
    one, so that there are rows of either kind whatever is drawn.
    """
    visits: list[Any] = []

    @settings(max_examples=count, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(visit=dirty_visits())
    def draw(visit: dict[str, Any]) -> None:
        visits.append(visit)

    draw()
    return [*visits, copy.deepcopy(_SOUND), copy.deepcopy(_BROKEN)]


def _spoil(draw: st.DrawFn, visit: dict[str, Any]) -> None:
    places = _containers(visit)
    way = draw(st.sampled_from(["value", "value", "value", "swap", "name", "repeat", "time"]))
    if not places or way == "name":
        within = draw(st.sampled_from([visit, *(c for c, _ in places if isinstance(c, dict))]))
        name = draw(st.sampled_from(["ID", "starts", "foo", "kind", "private", "amount", "extra", "visit"]))
        within[name] = draw(_wrong_values)
        return
    container, key = draw(st.sampled_from(places))
    if way == "value":
        container[key] = draw(_wrong_values)
    elif way == "swap":
        other, at = draw(st.sampled_from(places))
        container[key] = copy.deepcopy(other[at])
    elif way == "repeat" and isinstance(container, list):
        container.append(copy.deepcopy(container[key]))
    elif way == "time" and isinstance(container, dict):
        name = draw(
            st.sampled_from([one for one in container if one.endswith(("_at", "at", "_from", "until"))] or [key])
        )
        container[name] = draw(st.sampled_from(["2026-01-30T04:00:00Z", "2031-01-01T00:00:00+08:00", "2026-01-30"]))
