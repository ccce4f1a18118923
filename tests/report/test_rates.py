"""Intervals: as published, and what holds for all of them."""

from __future__ import annotations

from math import comb, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.report.rates import binomial_tail, rate, rate_change, standing_of

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(Path(__file__).with_name("rates.cases.yaml").read_text("utf-8"))
counts = st.integers(1, 10**7).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@pytest.mark.parametrize("case", CASES["wilson"], ids=str)
def test_intervals_are_those_published(case: dict[str, Any]) -> None:
    interval = rate(case["hits"], case["of"])
    assert (case["low"], case["high"]) == pytest.approx((interval.low, interval.high), abs=5e-5)


@pytest.mark.parametrize("case", CASES["change"], ids=str)
def test_differences_are_those_published(case: dict[str, Any]) -> None:
    change = rate_change(rate(*case["first"]), rate(*case["second"]))
    assert (case["low"], case["high"]) == pytest.approx((change.low, change.high), abs=5e-5)


@given(counts)
def test_an_interval_holds_its_share_and_stays_a_share(pair: tuple[int, int]) -> None:
    interval = rate(*pair)
    assert 0 <= interval.low <= (interval.share or 0) <= interval.high <= 1


@given(counts, st.integers(2, 50))
def test_more_visits_with_the_same_share_narrow_the_interval(pair: tuple[int, int], times: int) -> None:
    few, many = rate(*pair), rate(pair[0] * times, pair[1] * times)
    assert many.high - many.low < few.high - few.low


@given(counts, counts)
def test_a_change_reversed_is_the_opposite(first: tuple[int, int], second: tuple[int, int]) -> None:
    there, back = rate_change(rate(*first), rate(*second)), rate_change(rate(*second), rate(*first))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-12)


def test_few_visits_are_never_marked() -> None:
    """
    Six of six in breach, against 23.4% overall, among 871 collectors: one in seven such tables has that by chance.
    """
    assert "within" == standing_of(2, 2, 0.2, 900)
    assert "within" == standing_of(6, 6, 0.234, 871)
    assert "above" == standing_of(6, 6, 0.234, 1)
    assert "above" == standing_of(200, 200, 0.2, 900)
    assert "below" == standing_of(0, 200, 0.2, 900)


@given(st.integers(1, 120), st.floats(0.001, 0.999), st.integers(1, 1000))
def test_marks_by_chance_are_as_rare_as_they_are_said_to_be(of: int, overall: float, groups: int) -> None:
    """
    The exact probability that a group which is like all others is marked, over everything that can come out.
    """
    chances = [comb(of, hits) * overall**hits * (1 - overall) ** (of - hits) for hits in range(of + 1)]
    marked = sum(chance for hits, chance in enumerate(chances) if standing_of(hits, of, overall, groups) != "within")
    assert marked <= 0.05 / groups * (1 + 1e-9)


@given(st.integers(1, 200), st.floats(0.001, 0.999), st.data())
def test_the_tail_is_the_sum_of_its_terms(of: int, chance: float, data: st.DataObject) -> None:
    hits = data.draw(st.integers(min(of, int(of * chance) + 1), of))
    terms = (comb(of, one) * chance**one * (1 - chance) ** (of - one) for one in range(hits, of + 1))
    assert sum(terms) == pytest.approx(binomial_tail(hits, of, chance), rel=1e-9)


def test_the_tail_of_millions_is_that_of_the_normal_distribution() -> None:
    """
    Three standard deviations above the mean of ten million visits.
    """
    of, chance = 10_000_000, 0.2
    hits = round(of * chance + 3 * sqrt(of * chance * (1 - chance)))
    assert 1 - NormalDist().cdf(3) == pytest.approx(binomial_tail(hits, of, chance), rel=0.02)


@given(counts, st.integers(1, 5000))
def test_a_group_like_all_others_is_not_marked(pair: tuple[int, int], groups: int) -> None:
    assert "within" == standing_of(*pair, pair[0] / pair[1], groups)


def test_nothing_is_known_of_no_visits() -> None:
    assert (None, 0.0, 1.0) == ((nothing := rate(0, 0)).share, nothing.low, nothing.high)
    assert not rate_change(rate(0, 0), rate(1, 1)).certain
    with pytest.raises(ValueError, match="3 of 2"):
        rate(3, 2)


def test_what_is_beyond_all_chance_is_found_at_once() -> None:
    assert "above" == standing_of(5_000_000, 10_000_000, 0.001, 1_000)
