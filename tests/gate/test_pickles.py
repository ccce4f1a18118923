"""Decisions copied and pickled: what was judged is all there, and the policy is not."""

from __future__ import annotations

import copy
import pickle
from multiprocessing import get_context
from pathlib import Path

import pytest

import visitcheck as vc
from policies import shipped_policy

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("proposed-allowed.json", "proposed-denied.json", "proposed-review.yaml", "recorded-breach.yaml")


@pytest.fixture(scope="module")
def gate() -> vc.Gate:
    return vc.Gate(shipped_policy("base"))


def decide(gate: vc.Gate, name: str) -> vc.Decision:
    return gate.check(gate.read((EXAMPLES / name).read_text(encoding="utf-8"), format="yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_decision_that_was_pickled_says_the_same(gate: vc.Gate, name: str) -> None:
    decision = decide(gate, name)

    again = pickle.loads(pickle.dumps(decide(gate, name)))  # noqa: S301 - our own

    assert type(again) is vc.Decision
    assert (again.outcome, again.allowed, again.findings) == (decision.outcome, decision.allowed, decision.findings)
    assert [finding.evidence for finding in again.findings] == [finding.evidence for finding in decision.findings]
    assert again.to_json() == decision.to_json()
    assert again.to_dict(detail="brief") == decision.to_dict(detail="brief")
    assert [again.render(lang) for lang in ("en", "zh")] == [decision.render(lang) for lang in ("en", "zh")]
    assert (repr(again), again.trail, again.verdict) == (repr(decision), decision.trail, decision.verdict)
    assert pickle.loads(pickle.dumps(again)).to_json() == decision.to_json()  # noqa: S301


def test_a_pickle_does_not_hold_the_policy(gate: vc.Gate) -> None:
    decision = decide(gate, "proposed-denied.json")
    pickled = pickle.dumps(decision)
    again = pickle.loads(pickled)  # noqa: S301

    assert len(pickled) < len(pickle.dumps(gate.policy)) / 3
    for ask in (lambda: again.policy, again.explain, lambda: again.remedies, lambda: again.render(for_="agent")):
        with pytest.raises(LookupError, match=decision.policy_digest):
            ask()


def test_remedies_that_were_asked_for_are_kept(gate: vc.Gate) -> None:
    decision = decide(gate, "proposed-denied.json")
    remedies = decision.remedies

    assert pickle.loads(pickle.dumps(decision)).remedies == remedies  # noqa: S301
    assert remedies.steps


@pytest.mark.long
def test_decisions_come_back_from_other_processes(gate: vc.Gate) -> None:
    decision = decide(gate, "proposed-denied.json")
    with get_context("spawn").Pool(1) as pool:
        [told] = pool.map(vc.Decision.to_dict, [decision])

    assert told == decision.to_dict()


def test_a_gate_is_neither_pickled_nor_copied(gate: vc.Gate) -> None:
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="make one in each process"):
            take(gate)


def test_a_decision_is_its_own_copy(gate: vc.Gate) -> None:
    decision = decide(gate, "proposed-denied.json")

    assert copy.copy(decision) is decision
    assert copy.deepcopy([decision])[0] is decision
