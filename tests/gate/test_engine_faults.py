"""Engines that are wrong, visits that no reader would let through, and what a gate must not keep."""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from one_rule import pushed_past_validation
from pydantic import create_model

import visitcheck as vc
from visitcheck.engines.durable.engine import DurableEngine
from visitcheck.engines.durable.features import FeatureReader
from visitcheck.engines.durable.program import Program
from visitcheck.engines.self_test import probes
from visitcheck.engines.status import Judge
from visitcheck.errors import EngineFailure
from visitcheck.facts import zones
from visitcheck.facts.breaches import _checks_of
from visitcheck.facts.fields import shapes
from visitcheck.facts.quick_check import quick_check
from visitcheck.facts.types import BOOL
from visitcheck.facts.zones import zone_info
from visitcheck.gate import engine_pair
from visitcheck.ir.nodes import Const
from visitcheck.ir.plan import make_plan
from visitcheck.policy import policy_from_texts

PACK = """
pack: own
title: {en: Own, zh: 自定}
version: 1.0.0
facts:
  flag: {type: bool, known: before, description: {en: One truth., zh: 一}}
  other: {type: bool, known: before, description: {en: Another., zh: 二}}
  NAME: {type: int, known: before, description: {en: A number., zh: 数}}
instruments: {own: {title: {en: House rules, zh: 内部规定}, force: own}}
rules:
"""
RULE = """
  - id: r-{number}
    title: {{en: R, zh: 规}}
    stages: [proposed]
    require: {{c: '{condition}'}}
    effect: deny
    message: {{en: M, zh: 信}}
    cites: [{{instrument: own, article: "1", reading: own}}]
"""


def policy_of(*conditions: str, name: str = "number") -> vc.Policy:
    rules = (RULE.format(number=number, condition=text) for number, text in enumerate(conditions))
    return policy_from_texts({"own.yaml": PACK.replace("NAME", name) + "".join(rules)})


def visit_of(**extra: Any) -> dict[str, Any]:
    start, now = "2026-03-10T10:00:00+08:00", "2026-03-01T00:00:00Z"
    return {"visit": {"id": "V", "stage": "proposed", "starts_at": start, "as_of": now}, "extra": extra}


def all_true(engine: DurableEngine, *_: object) -> Any:
    return (True,) * len(engine.plan.conditions)


def one_place_on(right: Callable[..., Any]) -> Callable[..., Any]:
    def turned(program: Program, fired: Any) -> Any:
        first, *others = right(program, fired)
        return (*others, first)

    return turned


def unknown_as_false(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda program, fired: tuple(truth or False for truth in right(program, fired))


def last_unread(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda values, visit: [*right(values, visit)[:-1], None]


@pytest.mark.parametrize(
    ("owner", "name", "fault", "choice"),
    [
        (DurableEngine, "evaluate", lambda _: all_true, "both"),
        (Program, "truths", unknown_as_false, "durable"),
        pytest.param(DurableEngine, "truths", lambda _: all_true, "durable", marks=pytest.mark.long),
        pytest.param(Program, "truths", one_place_on, "both", marks=pytest.mark.long),
        pytest.param(DurableEngine, "evaluate", lambda _: all_true, "durable", marks=pytest.mark.long),
        pytest.param(DurableEngine, "truths", lambda _: all_true, "both", marks=pytest.mark.long),
        pytest.param(Program, "truths", one_place_on, "durable", marks=pytest.mark.long),
        pytest.param(Program, "truths", unknown_as_false, "both", marks=pytest.mark.long),
    ],
)
def test_an_engine_that_puts_truths_together_wrongly_does_not_start(
    base: vc.Policy, monkeypatch: pytest.MonkeyPatch, choice: Any, owner: Any, name: str, fault: Any
) -> None:
    """Its rule sets may fire rightly, and its features be read rightly: what joins them is tested, too."""
    monkeypatch.setattr(engine_pair, "_TESTED", set())
    monkeypatch.setattr(owner, name, fault(getattr(owner, name)))
    with pytest.raises(EngineFailure, match="self-test at load"):
        vc.Gate(base, engine=choice).prepare()


def test_a_feature_that_an_engine_never_reads_keeps_it_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FeatureReader, "read", last_unread(FeatureReader.read))
    with pytest.raises(EngineFailure, match="self-test at load"):
        vc.Gate(policy_of("extra.flag", "extra.number > 4"), engine="durable").prepare()


class Raises(logging.Handler):
    def handle(self, record: logging.LogRecord) -> bool:
        raise OSError("no space left on device")


def test_a_log_that_cannot_be_written_keeps_no_denial_back() -> None:
    logger, handler = logging.getLogger("visitcheck.gate"), Raises()
    with vc.Gate(policy_of("extra.flag", "extra.number > 4"), engine="both") as gate:
        good = gate.read(visit_of(flag=True, number=5))
        assert good.extra is not None
        broken = pushed_past_validation(good, extra=good.extra.model_copy(update={"number": "x"}))
        logger.addHandler(handler)
        try:
            decision = gate.check(broken)
        finally:
            logger.removeHandler(handler)
    assert "deny" == decision.outcome
    assert ["engine-failure"] * 2 == [problem.code for problem in decision.problems]


@pytest.mark.long
@pytest.mark.usefixtures("shared_engines")
@pytest.mark.parametrize("value", [0, 1, "", "no", "yes", (), [], 1.0], ids=repr)
@pytest.mark.parametrize("field", ["sent", "delivered", "cancelled"])
@pytest.mark.parametrize("choice", ["durable", "both"])
def test_what_is_no_truth_is_none_in_a_list_either(
    base: vc.Policy, allowed: dict[str, Any], choice: Any, field: str, value: Any
) -> None:
    """A notice that was not sent, with 0 for False, was once taken for one that was."""
    with vc.Gate(base, engine=choice) as gate:
        good = gate.read(allowed)
        assert gate.check(good).allowed
        assert good.notices
        notices = tuple(notice.model_copy(update={field: value}) for notice in good.notices)
        assert "deny" == gate.check(pushed_past_validation(good, notices=notices)).outcome


def test_what_is_no_tuple_is_no_list(base: vc.Policy, allowed: dict[str, Any]) -> None:
    with vc.Gate(base, engine="durable") as gate:
        good = gate.read(allowed)
        odd: list[Any] = ["", {}, (one for one in good.contacts or ())]
        for value in odd:
            assert "deny" == gate.check(pushed_past_validation(good, contacts=value)).outcome


@pytest.mark.long
def test_models_of_policies_that_are_gone_are_let_go() -> None:
    """Each policy with facts of its own has models of its own: what is learnt of them is not kept for ever."""
    living = [weakref.ref(_learnt_of(number)) for number in range(300)]
    gc.collect()
    assert living[0]() is living[1]() is None
    assert sum(model() is not None for model in living) < 280


def _learnt_of(number: int) -> type[vc.Visit]:
    model = create_model(f"Visit{number}", __base__=vc.Visit)
    quick_check(model)
    shapes(model)
    _checks_of(model)
    for probe in probes(Const(True, BOOL), model):
        assert type(probe) is model
    return model


def test_names_that_are_no_zones_are_not_kept() -> None:
    """Policies may ask for the time in a zone that a visit names."""
    assert zone_info("Asia/Shanghai") is zone_info("Asia/Shanghai")
    kept = zones._read.cache_info().currsize
    assert all(zone_info(f"No/Zone{number}") is None for number in range(100))
    assert kept == zones._read.cache_info().currsize


def test_verdicts_kept_are_fewer_for_more_rules() -> None:
    """Memory is bounded by truths, not by verdicts: those of thousands of rules are large."""
    plan = make_plan(policy_of(*(f"extra.number != {number}" for number in range(120))), "proposed")
    judge, size = Judge(plan), len(plan.conditions)
    most = 0
    for turn in range(3_000):
        bits = f"{turn:012b}"
        judge.verdict(tuple(bit == "1" for bit in bits) + (True,) * (size - len(bits)))
        most = max(most, len(judge._memo))
    assert 1_000 < most
    assert most * size < 2**18 + size
