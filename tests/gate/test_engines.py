"""The gate with two engines: both must say the same, and whatever is out of the ordinary is a denial."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

import visitcheck as vc
from visitcheck.engines.durable import conclusion
from visitcheck.engines.durable.core import BUILD_LINE
from visitcheck.engines.tally import COUNTS, KINDS, conclude
from visitcheck.errors import EngineFailure, EngineUnavailable
from visitcheck.gate import engine_pair
from visitcheck.gate.schema import decision_schema


@pytest.fixture(scope="module")
def made(base: vc.Policy) -> Iterator[vc.Gate]:
    with vc.Gate(base, engine="both") as gate:
        yield gate


@pytest.fixture
def both(made: vc.Gate) -> Iterator[vc.Gate]:
    """A gate with two engines, whole again when a test has replaced them."""
    pair = pair_of(made)
    engines = pair.engines
    yield made
    pair.engines = engines


def pair_of(gate: vc.Gate, stage: str = "proposed") -> engine_pair.EnginePair:
    return gate._by_stage[stage].engine_pair


class Says:
    """An engine that answers what it is told, or raises it."""

    def __init__(self, name: str, answer: Any) -> None:
        self.name, self._answer = name, answer

    def evaluate(self, visit: object) -> Any:
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


def replaced(gate: vc.Gate, name: str, answer: Any) -> None:
    pair = pair_of(gate)
    pair.engines = tuple(Says(name, answer) if engine.name == name else engine for engine in pair.engines)  # type: ignore[misc]


def flipped(gate: vc.Gate, visit: dict[str, Any]) -> tuple[Any, ...]:
    """The truths of a visit with the first check of the first rule turned round."""
    pair = pair_of(gate)
    truths = list(pair.engines[0].evaluate(gate.read(visit)))
    position = pair.plan.rules[0].checks[0]
    truths[position] = not truths[position]
    return tuple(truths)


@pytest.mark.parametrize(
    ("choice", "engines"),
    [
        ("native", ("native",)),
        ("durable", ("durable",)),
        ("both", ("native", "durable")),
        (None, ("native", "durable")),
    ],
)
def test_the_choice_of_engines(base: vc.Policy, allowed: dict[str, Any], choice: Any, engines: tuple[str, ...]) -> None:
    """Whichever engines answer, they say the same, and the decision names them."""
    with vc.Gate(base, engine=choice) as gate:
        decision = gate.check(allowed)

    assert engines == gate.engines == decision.engines
    assert decision.allowed
    assert dict.fromkeys(engines, "allow") == decision.trail.answers
    assert f"engines={'+'.join(engines)}" in repr(gate)


def test_without_durable_rules_the_gate_says_so(
    base: vc.Policy, allowed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What was asked for is refused with the line that mends it; the default answers with one engine, and warns."""
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)

    for choice in ("both", "durable"):
        with pytest.raises(EngineUnavailable) as raised:
            vc.Gate(base, engine=choice)  # type: ignore[arg-type]
        assert BUILD_LINE in str(raised.value)
    assert not caplog.records
    gate = vc.Gate(base)
    assert ("native",) == gate.engines == gate.check(allowed).engines
    assert [logging.WARNING] == [record.levelno for record in caplog.records]
    assert BUILD_LINE in caplog.text


def test_engines_that_differ_deny(both: vc.Gate, allowed: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """Both answers and the rules they differ on are in the decision and the log; what they differ on is not known."""
    replaced(both, "native", flipped(both, allowed))
    decision = both.check(allowed)
    problem = decision.problems[0]
    rule = pair_of(both).plan.rules[0].rule.id

    assert "deny" == decision.outcome
    assert "engines-disagree" == problem.code
    assert "native says" in problem.message
    assert "durable says allow" in problem.message
    assert f"{rule}: native FALSE, durable TRUE" in problem.message
    assert problem.message in caplog.text
    assert rule in [finding.rule for finding in decision.findings if finding.status == "undetermined"]
    jsonschema.validate(json.loads(decision.to_json()), decision_schema())


@pytest.mark.parametrize("name", ["native", "durable"])
def test_an_engine_that_breaks_denies(
    both: vc.Gate, allowed: dict[str, Any], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The other engine's answer is shown, and not followed."""
    replaced(both, name, EngineFailure("odd"))
    decision = both.check(allowed)
    other = {"native": "durable", "durable": "native"}[name]

    assert "deny" == decision.outcome
    assert not decision.allowed
    assert ["engine-failure"] == [problem.code for problem in decision.problems]
    assert {name: None, other: "allow"} == decision.trail.answers
    assert "denied" in caplog.text
    jsonschema.validate(json.loads(decision.to_json()), decision_schema())


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
@pytest.mark.parametrize("name", ["native", "durable"])
def test_an_interrupt_is_passed_on(both: vc.Gate, allowed: dict[str, Any], name: str, error: BaseException) -> None:
    """Whoever stops the program stops it; no answer is made of it."""
    replaced(both, name, error)
    with pytest.raises(type(error)):
        both.check(allowed)


def test_a_closed_gate_denies(base: vc.Policy, allowed: dict[str, Any]) -> None:
    gate = vc.Gate(base)
    gate.close()

    assert "deny" == gate.check(allowed).outcome


@pytest.mark.parametrize("fired", [set(), {"allow", "deny"}, {"allow", "review", "deny"}])
def test_a_conclusion_that_is_not_one_denies(
    both: vc.Gate, allowed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, fired: set[str]
) -> None:
    """None of the three outcomes, or several: that is no answer."""
    durable = pair_of(both).durable
    assert durable is not None
    durable.forget()
    monkeypatch.setattr(durable._conclusion, "run", lambda _: set(fired))
    decision = both.check(allowed)

    assert "deny" == decision.outcome
    assert "concluded" in decision.problems[0].message


def test_a_conclusion_other_than_the_tables_denies(
    both: vc.Gate, allowed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal truths with different outcomes are a disagreement, too."""
    durable = pair_of(both).durable
    assert durable is not None
    durable.forget()
    monkeypatch.setattr(durable._conclusion, "run", lambda _: {"review"})
    decision = both.check(allowed)

    assert "deny" == decision.outcome
    assert {"native": "allow", "durable": "review"} == decision.trail.answers
    assert ["engines-disagree"] == [problem.code for problem in decision.problems]


def test_nothing_is_remembered_of_engines_that_differed(
    both: vc.Gate, allowed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule set that fired wrongly twice in a row would be remembered, and visits denied for it ever after."""
    durable = pair_of(both).durable
    assert durable is not None
    durable.forget()
    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(durable._sets[0], "run", lambda _: set())
            assert ["engines-disagree"] == [problem.code for problem in both.check(allowed).problems]
    assert all(both.check(allowed).allowed for _ in range(3))


def test_counts_that_do_not_add_up_are_a_denial(both: vc.Gate) -> None:
    """A rule that got lost between the rules and the decision bars the visit."""
    durable = pair_of(both).durable
    assert durable is not None
    counts = dict.fromkeys(COUNTS, 0) | {"rules": 3, "binding": 3, "surely_binding": 3, "satisfied": 3}

    assert "allow" == durable.conclude(counts) == conclude(counts)
    assert "deny" == durable.conclude(counts | {"rules": 4})
    assert "review" == durable.conclude(counts | {"surely_binding": 0})
    assert conclusion.FEATURES[:-1] == COUNTS


def test_the_trail_counts_every_rule_once(both: vc.Gate, allowed: dict[str, Any]) -> None:
    """The counts are those of the rules' statuses, and the ids behind them are the rules of the stage."""
    del allowed["notices"]
    trail = both.check(allowed).trail
    ids = [rule for kind in KINDS for rule in trail.behind[kind]]

    assert sorted(ids) == sorted(rule.rule.id for rule in pair_of(both).plan.rules)
    assert {name: len(trail.behind[name]) for name in KINDS} == {name: trail.counts[name] for name in KINDS}
    assert len(ids) == trail.counts["rules"]
    assert "base.notice/told-beforehand" in trail.behind["undetermined_review"]


@pytest.mark.long
def test_a_gate_whose_engines_differ_does_not_start(base: vc.Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The self-test at load refuses a fault in either engine, and in durable-rules itself."""
    from visitcheck.engines.durable.engine import DurableEngine

    class AlwaysTrue:
        name = "native"

        def __init__(self, plan: Any) -> None:
            self.plan = plan

        def evaluate(self, visit: object) -> Any:
            return (True,) * len(self.plan.conditions)

    faults: list[tuple[Any, str, Any]] = [
        (engine_pair, "NativeEngine", AlwaysTrue),
        (DurableEngine, "fired_patterns", lambda engine, number, values: set()),
        (DurableEngine, "conclude", lambda engine, counts: vc.Outcome.ALLOW),
    ]
    for type_, name, fault in faults:
        with monkeypatch.context() as patch:
            patch.setattr(engine_pair, "_TESTED", set())
            patch.setattr(type_, name, fault)
            with pytest.raises(EngineFailure, match=r"self-test|durable-rules (finds|concludes)"):
                vc.Gate(base).prepare()


@pytest.mark.parametrize("choice", ["both", pytest.param("durable", marks=pytest.mark.long)])
def test_a_self_test_passed_by_one_engine_stands_for_no_other(
    base: vc.Policy, monkeypatch: pytest.MonkeyPatch, choice: Any
) -> None:
    """A policy whose native gate has started is tested again for a gate that asks other engines."""
    from visitcheck.engines.durable.engine import DurableEngine

    monkeypatch.setattr(engine_pair, "_TESTED", set())
    vc.Gate(base, engine="native").prepare()
    monkeypatch.setattr(DurableEngine, "conclude", lambda engine, counts: vc.Outcome.ALLOW)

    with pytest.raises(EngineFailure, match="durable-rules concludes"):
        vc.Gate(base, engine=choice).prepare()
