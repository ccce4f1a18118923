"""The self-test at load: it finds a comparison that an engine reads otherwise, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any, cast

import pytest

from policies import shipped_policy
from visitcheck.engines.durable.self_test import feature_evaluators
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.self_test import (
    compare_evaluators,
    compare_open_lists,
    comparisons,
    engine_evaluators,
    interpreter_evaluators,
    probes,
)
from visitcheck.errors import EngineFailure
from visitcheck.facts.types import BOOL, INT, ListOf
from visitcheck.facts.vocabulary import ROOT
from visitcheck.ir.nodes import Aggregate, Compare, Const, Element, Exists, Expr, Fact, Field, Filter, Not, Size
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.ir.walk import rebuild, walk
from visitcheck.language.interpreter import interpret
from visitcheck.policy.model import STAGES, Stage

WRONG = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}


@cache
def base_plan(stage: Stage) -> Plan:
    return make_plan(shipped_policy("base"), stage)


def plan_of(stage: Stage, *conditions: Expr) -> Plan:
    plan = base_plan(stage)
    if not conditions:
        return plan
    return replace(plan, conditions=conditions, rules=(), reads=tuple(frozenset() for _ in conditions))


def misread(node: Expr, wrong: Compare) -> Expr:
    """The same expression, one comparison turned into its neighbour."""
    turned = replace(wrong, op=cast("Any", WRONG[wrong.op]))
    return rebuild(node, lambda part: turned if part is wrong else None)


def misreadings(stage: Stage) -> Iterator[tuple[Expr, Expr]]:
    for alone in comparisons(plan_of(stage).conditions):
        wrong = next((node for node in walk(alone) if isinstance(node, Compare)), None)
        if wrong is not None and not compares_a_list_with_itself(wrong):
            yield alone, misread(alone, wrong)


def compares_a_list_with_itself(node: Compare) -> bool:
    """Elements of a visit that is made up are all alike, so no boundary between two of them is tried."""
    return isinstance(node.left, Aggregate) and isinstance(node.right, Aggregate)


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_every_misread_comparison_of_the_base_policy_is_found(stage: Stage) -> None:
    """`<` for `<=` and the like, one at a time: an engine with such a fault does not start."""
    pairs = list(misreadings(stage))
    missed = []
    for right, wrong in pairs:
        plan = plan_of(stage, right)
        try:
            compare_evaluators(
                plan, feature_evaluators, lambda asked, wrong=wrong: feature_evaluators(plan_of(stage, wrong))
            )
        except EngineFailure:
            continue
        missed.append(right)

    assert len(pairs) > 70
    assert not missed


@pytest.mark.parametrize("stage", ["proposed", pytest.param("recorded", marks=pytest.mark.long)])
def test_engines_pass_and_thousands_of_truths_are_compared(stage: Stage) -> None:
    plan = plan_of(stage)

    assert compare_evaluators(plan, engine_evaluators(NativeEngine(plan), NativeEngine), feature_evaluators) > 2_000
    assert compare_evaluators(plan, feature_evaluators, interpreter_evaluators) > 2_000


def test_most_conditions_come_out_both_ways() -> None:
    """A probe that never makes a condition TRUE, or never FALSE, would find little."""
    conditions = plan_of("proposed").conditions
    truths = [{interpret(condition, probe) for probe in probes(condition)} for condition in conditions]

    assert sum({True, False} <= both for both in truths) >= 0.8 * len(conditions)


def test_the_failure_names_the_rule_and_the_comparison() -> None:
    """A whole plan whose engine has one condition the wrong way round says where."""
    plan = plan_of("proposed")
    last = max(position for rule in plan.rules for position in rule.positions)
    turned = (*plan.conditions[:last], Not(plan.conditions[last]), *plan.conditions[last + 1 :])
    broken = NativeEngine(replace(plan, conditions=turned))
    ids = list(plan.rule_ids(last))

    class Misreading:
        name = "native"

        def __init__(self) -> None:
            self.plan = plan

        def evaluate(self, visit: Any) -> Any:
            return broken.evaluate(visit)

    with pytest.raises(EngineFailure, match=ids[0]):
        compare_evaluators(plan, engine_evaluators(Misreading(), NativeEngine), interpreter_evaluators)


@pytest.mark.parametrize("stage", STAGES)
def test_an_engine_that_takes_lists_that_go_on_as_complete_is_found(stage: Stage) -> None:
    """Nothing else is wrong with it."""

    def without_rests(plan: Plan) -> Any:
        return [partial(interpret, condition, rests=False) for condition in plan.conditions]

    with pytest.raises(EngineFailure, match=r"base\."):
        compare_open_lists(plan_of(stage), interpreter_evaluators, without_rests)


def test_an_element_of_a_constant_list_is_no_element_of_the_visit() -> None:
    """A comparison that looks for a member of a parameter inside a filter of a filter stands by itself as it is."""
    consents = Fact(("consents",), ROOT.fields["consents"])
    kind = ROOT.fields["consents"].item.fields["kind"]  # type: ignore[union-attr]
    words = Const(("entry", "filming"), ListOf(kind))
    named = Exists(words, 0, Compare("==", Element(0, kind), Field(Element(1, consents.type.item), "kind", kind)))  # type: ignore[union-attr]
    given = Field(Element(0, consents.type.item), "given", BOOL)  # type: ignore[union-attr]
    inner = Filter(consents, 1, named, consents.type)
    none = Compare("==", Size(Filter(inner, 0, given, consents.type)), Const(0, INT))

    assert none in comparisons([none])
