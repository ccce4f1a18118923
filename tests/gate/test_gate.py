"""The gate: what it answers, what it refuses, and that nothing fails open."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import visitcheck as vc
from visitcheck.policy import policy_from_texts

pytestmark = pytest.mark.usefixtures("shared_engines")

EXAMPLES = Path(__file__).parents[2] / "examples"
OUTCOMES = {
    "proposed-allowed.json": "allow",
    "proposed-denied.json": "deny",
    "proposed-review.yaml": "review",
    "recorded-compliant.json": "allow",
    "recorded-review.yaml": "review",
    "recorded-breach.yaml": "deny",
    "smallest-proposal.yaml": "allow",
}


@pytest.mark.parametrize(("name", "outcome"), OUTCOMES.items())
def test_examples(base: vc.Policy, name: str, outcome: str) -> None:
    """Each example comes out as its name says, asked the day before."""
    gate = vc.Gate(base, clock=lambda: datetime(2026, 3, 9, 10, tzinfo=UTC))
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    visit = gate.read(text, format="yaml" if name.endswith("yaml") else "json")

    assert outcome == gate.check(visit).outcome


def test_a_mapping_a_text_and_a_visit_get_the_same_answer(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    """The form of the input makes no difference."""
    text = json.dumps(allowed, ensure_ascii=False)
    answers = {gate.check(form).to_json() for form in (allowed, text, text.encode(), gate.read(allowed))}

    assert len(answers) == 1


def test_only_allowed_answers_yes(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    """`bool(decision)` is refused, so that a denial is never taken for a yes."""
    decision = gate.check(allowed)

    assert decision.allowed
    with pytest.raises(TypeError, match=r"decision\.allowed"):
        bool(decision)
    decision.raise_unless_allowed()


def test_a_denial_raises_with_the_decision(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    """`raise_unless_allowed` carries the decision and reads as it."""
    allowed["debt"]["days_overdue"] = 0
    decision = gate.check(allowed)

    with pytest.raises(vc.VisitNotAllowed, match="debt-overdue") as refused:
        decision.raise_unless_allowed()
    assert refused.value.decision is decision


@pytest.mark.parametrize("fact", ["id", "starts_at", "stage"])
def test_a_visit_without_a_selector_is_no_input(gate: vc.Gate, allowed: dict[str, Any], fact: str) -> None:
    """Without its id, stage or start there is no answer, but an error that names the fact."""
    del allowed["visit"][fact]
    if fact == "starts_at":
        allowed["visit"].pop("ends_at", None)
        allowed["visit"].pop("date", None)

    with pytest.raises(vc.InvalidVisit) as refused:
        gate.check(allowed)
    assert f"$.visit.{fact}" in {problem.path for problem in refused.value.problems}


@pytest.mark.parametrize("nothing", [{}, "{}", b"{}", "", "[]", "null", "[1", {"visit": None}, {"visit": {}}, "\x00"])
def test_nothing_is_no_visit(gate: vc.Gate, nothing: Any) -> None:
    """Empty and broken input is refused, never answered."""
    with pytest.raises(vc.InvalidVisit):
        gate.check(nothing)


def test_a_policy_without_an_applicable_rule_does_not_allow(allowed: dict[str, Any]) -> None:
    """No rule that applies: review, with the problem that says so."""
    pack = """
pack: none
title: {en: None, zh: 无}
version: 1.0.0
applies: 'debt.product == "auto_loan"'
instruments: {own: {title: {en: Own, zh: 自有}, force: own}}
rules:
  - id: r
    title: {en: R, zh: 规}
    stages: [proposed]
    require: {c: debt.days_overdue > 0}
    effect: deny
    message: {en: M, zh: 信}
    cites: [{instrument: own, article: "1", reading: own}]
"""
    allowed["debt"]["product"] = "credit_card"
    decision = vc.Gate(policy_from_texts({"none.yaml": pack})).check(allowed)

    assert "review" == decision.outcome
    assert ["no-rule-applies"] == [problem.code for problem in decision.problems]


def test_the_only_engine_breaking_denies(
    base: vc.Policy, allowed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An engine's own failure is a denial with a code, logged, and its JSON still has its form."""
    gate = vc.Gate(base, engine="native")

    def broken(visit: object) -> Any:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(gate._by_stage["proposed"], "_alone", broken)
    decision = gate.check(allowed)

    assert "deny" == decision.outcome
    assert not decision.allowed
    assert ["engine-failure"] == [problem.code for problem in decision.problems]
    assert {"native": None} == decision.trail.answers
    assert "denied" in caplog.text
    json.loads(decision.to_json())


def test_a_proposal_is_judged_as_of_now(base: vc.Policy, allowed: dict[str, Any]) -> None:
    """The gate's clock fills in `as_of`, and what is said to have happened later is an input error."""
    del allowed["visit"]["as_of"]
    starts = datetime.fromisoformat(allowed["visit"]["starts_at"])
    late = vc.Gate(base, clock=lambda: starts)

    assert late.check(allowed).as_of == int(starts.timestamp()) * 1_000_000
    early = vc.Gate(base, clock=lambda: datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(vc.InvalidVisit, match="as_of"):
        early.check(allowed)


def test_registers_fill_in_and_contradict(base: vc.Policy, allowed: dict[str, Any]) -> None:
    """Facts of an agency come from the register by id; a visit that says otherwise is an input error."""
    registers = {"agencies": {"A-9": {"name": "远信资产", "whitelisted": True}}}
    gate = vc.Gate(base, registers=registers)
    allowed["agency"] = {"id": "A-9"}
    visit = gate.read(allowed)

    assert visit.agency is not None
    assert visit.agency.whitelisted is True
    allowed["agency"]["whitelisted"] = False
    with pytest.raises(vc.InvalidVisit, match="register"):
        gate.check(allowed)


def test_a_visit_that_was_read_before_meets_the_registers_too(base: vc.Policy, allowed: dict[str, Any]) -> None:
    """A `Visit` is filled in from the registers, and refused where it contradicts them, as a mapping is."""
    registers = {"agencies": {"A-9": {"whitelisted": True}}}
    gate = vc.Gate(base, registers=registers, engine="native")
    silent, contradicting = (
        vc.read_visit(allowed | {"agency": agency}) for agency in ({"id": "A-9"}, {"id": "A-9", "whitelisted": False})
    )

    agency = gate.check(silent).visit.agency
    assert agency is not None
    assert agency.whitelisted is True
    with pytest.raises(vc.InvalidVisit, match="register"):
        gate.check(contradicting)


def test_representation_names_policy_and_engines(base: vc.Policy, gate: vc.Gate) -> None:
    """Which engines answer is visible, so that nothing falls back silently."""
    assert f"<Gate base {base.digest[:12]} engines=native+durable>" == repr(gate)
    with pytest.raises(ValueError, match="no engine is called 'none'"):
        vc.Gate(base, engine="none")  # type: ignore[arg-type]


@pytest.mark.long
def test_threads_share_a_gate(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    """Eight threads, two kinds of visit: every answer is the answer of one thread."""
    other = copy.deepcopy(allowed)
    other["debt"]["days_overdue"] = 0
    expected = {0: gate.check(allowed).to_json(), 1: gate.check(other).to_json()}
    wrong: list[int] = []

    def ask(number: int) -> None:
        for turn in range(20):
            which = (number + turn) % 2
            if gate.check((allowed, other)[which]).to_json() != expected[which]:
                wrong.append(turn)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong


_ELSEWHERE = """
import sys, visitcheck as vc
policy = vc.load_policy("base")
print(policy.digest)
print(vc.Gate(policy).check(open(sys.argv[1], encoding="utf-8").read()).to_json())
"""


@pytest.mark.long
def test_another_process_gives_the_same_bytes(gate: vc.Gate) -> None:
    """Same input, policy and options: same bytes, whatever the hash seed."""
    path = EXAMPLES / "proposed-denied.json"
    here = gate.policy.digest + "\n" + gate.check(path.read_text(encoding="utf-8")).to_json() + "\n"
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", _ELSEWHERE, str(path)],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "utf-8"},
        )
        assert here == there.stdout.decode("utf-8")


def test_import_is_light() -> None:
    """`import visitcheck` loads no engine that it may never use, nor a test library."""
    heavy = ("duckdb", "pyspark", "durable", "jinja2", "hypothesis", "lark")
    code = f"import sys, visitcheck; print([name for name in {heavy} if name in sys.modules])"
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, env={"PYTHONPATH": ":".join(sys.path)}
    )

    assert "[]\n" == process.stdout
