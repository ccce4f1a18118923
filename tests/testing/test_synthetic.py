"""Made-up visits: valid for the gate, the same for a seed, and wrong as often as they are said to be."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import visitcheck as vc
from visitcheck import read_visit
from visitcheck.testing import synthesise
from visitcheck.testing.synthetic import KINDS, QUALITIES, SEEN, SEEN_SOMETIMES, faults_of


def test_every_visit_is_valid_for_the_gate(tmp_path: Path) -> None:
    """
    300 visits as JSON Lines, each read as the gate reads it.
    """
    synthesise(tmp_path / "visits.jsonl", visits=300, seed=3)

    lines = (tmp_path / "visits.jsonl").read_text("utf-8").splitlines()
    ids = {visit.visit.id for visit in map(read_visit, lines) if visit.visit is not None}

    assert 300 == len(ids)


@pytest.mark.long
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """
    And another one others.
    """
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        synthesise(tmp_path / f"{name}.parquet", visits=3_000, seed=seed)

    a, b, c = ((tmp_path / f"{name}.parquet").read_bytes() for name in "abc")
    assert a == b
    assert a != c


@pytest.mark.long
def test_rates_are_those_that_are_documented(tmp_path: Path) -> None:
    """
    Within five standard deviations over 20,000 visits, and written beside the file.
    """
    number = 20_000
    made = synthesise(tmp_path / "visits.parquet", visits=number, seed=1)

    for rates in KINDS.values():
        for name, rate in rates.items():
            assert abs(made.faults[name] - rate * number) <= 5 * math.sqrt(rate * number) + 1, name
    assert made.to_dict() == json.loads((tmp_path / "visits.parquet.rates.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("policy", "number"),
    [
        ("base", 60),
        ("cn", 20),
        pytest.param("base", 400, marks=pytest.mark.long),
        pytest.param("cn", 1_500, marks=pytest.mark.long),
    ],
)
def test_a_policy_sees_what_was_put_into_a_visit_and_nothing_else(policy: str, number: int, tmp_path: Path) -> None:
    """
    A visit without a fault is allowed; one with a fault that the policy asks about never is; of a single fault
    the finding is of its own kind. The counts by policy are those of the gate.
    """
    made = synthesise(tmp_path / "visits.jsonl", visits=number, seed=1)
    faults = faults_of(number, seed=1)
    rules = vc.load_policy(policy)
    gate = vc.Gate(rules, engine="native")

    allowed, wrong = 0, []
    for line in (tmp_path / "visits.jsonl").read_text("utf-8").splitlines():
        decision = gate.check(json.loads(line) | {"earlier_visits": []})
        named = set(faults[decision.visit.visit.id])
        allowed += decision.allowed
        expected = _kinds_of(named & SEEN[policy])
        possible = expected | _kinds_of(named & SEEN_SOMETIMES[policy])
        shown = {finding.status for finding in decision.findings if rules.rule(finding.rule).effect != "note"}
        told = {"violations": "violated" in shown, "doubts": bool(decision.doubts)}
        if decision.allowed != (not expected) and not possible - expected:
            wrong.append((named, decision.outcome))
        sure = set(told) - (possible - expected)
        # What contradicts another fact may break a rule, too, and the reverse: that is neither asked for nor wrong.
        if expected & set(told):
            sure &= expected
        # Of two faults one may hide the other: a list that goes on leaves open what it would show.
        if len(named) == 1 and any(told[kind] != (kind in expected) for kind in sure):
            wrong.append((named, told))

    assert [] == wrong
    by_policy = made.by_policy[policy]
    assert by_policy["nothing"] <= allowed <= by_policy["nothing"] + len(SEEN_SOMETIMES[policy]) * number // 50
    assert number // 3 < by_policy["nothing"] < number * 2 // 3


def _kinds_of(names: set[str]) -> set[str]:
    return {kind for kind, rates in KINDS.items() if names & rates.keys()}


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
