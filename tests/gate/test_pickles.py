"""Decisions copied and pickled: what was judged is all there, and the policy is not."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest

import visitcheck as vc
from policies import shipped_policy
from visitcheck.policy import policy_from_texts

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("proposed-allowed.json", "proposed-denied.json", "proposed-review.yaml", "recorded-breach.yaml")

OWN = """
pack: own
title: {en: Own, zh: 自定}
version: 1.0.0
facts:
  level: {type: word, words: [low, high], known: before, description: {en: A word., zh: 一}}
  seen: {type: timestamp, known: before, description: {en: A moment., zh: 二}}
instruments: {own: {title: {en: House rules, zh: 内部规定}, force: own}}
rules:
  - id: r-1
    title: {en: R, zh: 规}
    stages: [proposed]
    require: {c: 'extra.level == "low" && extra.seen < visit.starts_at'}
    effect: deny
    message: {en: M, zh: 信}
    cites: [{instrument: own, article: "1", reading: own}]
"""
OWN_VISIT = {
    "visit": {
        "id": "V",
        "stage": "proposed",
        "starts_at": "2026-03-10T10:00:00+08:00",
        "as_of": "2026-03-01T00:00:00Z",
    },
    "debt": {"amount": "12.30", "currency": "CNY"},
    "extra": {"level": "high", "seen": "2026-02-01T00:00:00Z"},
}


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


def test_a_visit_with_facts_of_packs_is_pickled(tmp_path: Path) -> None:
    """Its model is made for the policy, and has no name by which another process would find it."""
    gate = vc.Gate(policy_from_texts({"own.yaml": OWN}), engine="native")
    decision = gate.check(OWN_VISIT)
    pickled = tmp_path / "decision"
    pickled.write_bytes(pickle.dumps(decision))
    program = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).to_json())"
    done = subprocess.run([sys.executable, "-c", program, str(pickled)], capture_output=True, text=True, check=True)

    assert decision.to_json() == done.stdout.rstrip("\n")
    again = pickle.loads(pickle.dumps(decision.visit))  # noqa: S301
    assert (decision.visit, type(decision.visit)) == (again, type(again))
    assert gate.check(again).to_json() == decision.to_json()


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
