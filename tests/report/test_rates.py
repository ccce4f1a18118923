"""Intervals: as published, and what holds for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.report.rates import change, rate, standing

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(Path(__file__).with_name("rates.cases.yaml").read_text("utf-8"))
counts = st.integers(1, 10**7).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@pytest.mark.parametrize("case", CASES["wilson"], ids=str)
def test_intervals_are_those_published(case: dict[str, Any]) -> None:
    found = rate(case["hits"], case["of"])
    assert (case["low"], case["high"]) == pytest.approx((found.low, found.high), abs=5e-5)


@pytest.mark.parametrize("case", CASES["change"], ids=str)
def test_differences_are_those_published(case: dict[str, Any]) -> None:
    found = change(rate(*case["first"]), rate(*case["second"]))
    assert (case["low"], case["high"]) == pytest.approx((found.low, found.high), abs=5e-5)


@given(counts)
def test_an_interval_holds_its_share_and_stays_a_share(pair: tuple[int, int]) -> None:
    found = rate(*pair)
    assert 0 <= found.low <= (found.share or 0) <= found.high <= 1


@given(counts, st.integers(2, 50))
def test_more_visits_with_the_same_share_narrow_the_interval(pair: tuple[int, int], times: int) -> None:
    few, many = rate(*pair), rate(pair[0] * times, pair[1] * times)
    assert many.high - many.low < few.high - few.low


@given(counts, counts)
def test_a_change_reversed_is_the_opposite(first: tuple[int, int], second: tuple[int, int]) -> None:
    there, back = change(rate(*first), rate(*second)), change(rate(*second), rate(*first))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-12)


def test_few_visits_are_never_marked() -> None:
    """
    Two of two in breach, against 20% overall, among 900 collectors: chance explains it. 200 of 200 it does not.
    """
    assert "within" == standing(2, 2, 0.2, 900)
    assert "above" == standing(200, 200, 0.2, 900)
    assert "below" == standing(0, 200, 0.2, 900)


@given(counts, st.integers(1, 5000))
def test_a_group_like_all_others_is_not_marked(pair: tuple[int, int], groups: int) -> None:
    assert "within" == standing(*pair, pair[0] / pair[1], groups)


def test_nothing_is_known_of_no_visits() -> None:
    assert (None, 0.0, 1.0) == ((found := rate(0, 0)).share, found.low, found.high)
    assert not change(rate(0, 0), rate(1, 1)).certain
    with pytest.raises(ValueError, match="3 of 2"):
        rate(3, 2)
