"""Made-up visits: valid for the gate, the same for a seed, and wrong as often as they are said to be."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from visitcheck import read_visit
from visitcheck.testing import synthesise
from visitcheck.testing.synthetic import MISSING, QUALITIES, VIOLATIONS


def test_every_visit_is_valid_for_the_gate(tmp_path: Path) -> None:
    """
    300 visits as JSON Lines, each read as the gate reads it.
    """
    synthesise(tmp_path / "visits.jsonl", visits=300, seed=3)

    lines = (tmp_path / "visits.jsonl").read_text("utf-8").splitlines()
    ids = {visit.visit.id for visit in map(read_visit, lines) if visit.visit is not None}

    assert 300 == len(ids)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """
    And another one others.
    """
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        synthesise(tmp_path / f"{name}.parquet", visits=3_000, seed=seed)

    a, b, c = ((tmp_path / f"{name}.parquet").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_rates_are_those_that_are_documented(tmp_path: Path) -> None:
    """
    Within five standard deviations over 20,000 visits, and written beside the file.
    """
    number = 20_000
    made = synthesise(tmp_path / "visits.parquet", visits=number, seed=1)

    for rates, counts in ((VIOLATIONS, made.violations), (MISSING, made.missing)):
        for name, rate in rates.items():
            assert abs(counts[name] - rate * number) <= 5 * math.sqrt(rate * number) + 1, name
    assert made.to_dict() == json.loads((tmp_path / "visits.parquet.rates.json").read_text("utf-8"))


def test_qualities_of_agencies_average_to_one() -> None:
    """
    So a violation's rate is that of all agencies together.
    """
    assert len(QUALITIES) == pytest.approx(sum(QUALITIES))


def test_numbers_out_of_range_are_refused(tmp_path: Path) -> None:
    """
    Before anything is written.
    """
    with pytest.raises(ValueError, match="1 to"):
        synthesise(tmp_path / "visits.parquet", visits=0)

    assert [] == list(tmp_path.iterdir())
