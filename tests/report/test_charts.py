"""Charts as geometry: what is drawn adds up to what was counted."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.report.charts.heat import ENOUGH, SHADES, draw_heat
from visitcheck.report.charts.scale import make_scale
from visitcheck.report.charts.timeline import draw_timeline

months = st.lists(st.integers(0, 10**6), min_size=3, max_size=3).map(
    lambda numbers: dict(zip(("no_breach_found", "to_review", "breach"), numbers, strict=True))
)


@given(st.floats(1e-4, 1e9), st.integers(2, 6))
def test_a_scale_holds_its_largest_value_on_few_round_steps(largest: float, ticks: int) -> None:
    scale = make_scale(largest, 100, ticks)
    assert scale.top >= largest * 0.99999
    assert 2 <= len(scale.ticks) <= ticks + 1
    assert scale.ticks[-1] == pytest.approx(scale.top)


@given(st.lists(months.filter(lambda one: sum(one.values()) > 0), min_size=1, max_size=80))
def test_columns_are_as_high_as_their_counts(counts: list[dict[str, int]]) -> None:
    drawing = draw_timeline({f"{2000 + n // 12}-{n % 12 + 1:02}": one for n, one in enumerate(counts)})
    assert drawing is not None
    heights = [sum(segment.height for segment in column.segments) for column in drawing.columns]
    unit = max(heights) / max(sum(one.values()) for one in counts)
    for height, one in zip(heights, counts, strict=True):
        assert height == pytest.approx(sum(one.values()) * unit, abs=0.3)
    for column in drawing.columns:
        assert column.high <= column.y <= column.low <= drawing.rates_foot
        assert 0 <= column.x <= column.x + column.width <= 1032


def test_hours_with_few_visits_have_no_shade() -> None:
    """
    One visit short of enough is outlined; the highest share has the darkest shade, none the lightest.
    """
    drawing = draw_heat(
        {"1 09": {"breach": ENOUGH - 1}, "2 10": {"breach": 30, "no_breach_found": 70}, "7 23": {"no_breach_found": 50}}
    )
    assert drawing is not None
    shades = {(cell.weekday, cell.hour): cell.shade for cell in drawing.cells}
    assert {(1, 9): None, (2, 10): SHADES - 1, (7, 23): 0} == shades
    assert (list(range(9, 24)), ENOUGH - 1) == (drawing.hours, drawing.few)


def test_nothing_to_draw_is_no_drawing() -> None:
    assert draw_timeline({}) is None
    assert draw_heat({"(not known)": {"no_breach_found": 3}}) is None


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_numbers_in_shaded_cells_can_be_read() -> None:
    """
    WCAG 2 AA: a contrast of 4.5 to 1; white on the shades from 3 on, as the template has it, else the ink.
    """
    style = (files("visitcheck.report") / "templates" / "style.css").read_text("utf-8")
    ink = re.search(r"--ink: (#\w{6})", style)
    shades = re.findall(r"\.shade-(\d) \{ fill: (#\w{6})", style)
    assert ink is not None
    assert SHADES == len(shades)
    for number, shade in shades:
        light, dark = sorted((_luminance(shade), 1.0 if int(number) >= 3 else _luminance(ink[1])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, shade
