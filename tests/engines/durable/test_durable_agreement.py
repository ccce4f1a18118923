"""The durable engine gives the interpreter's answer: on generated visits, for generated conditions.

`tests/rules` holds it to the cases.
"""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.durable.durable_checks import assert_durable_agrees, base_plan, plan_of
from policies import shipped_policy
from strategies.expressions import conditions, usual_conditions
from strategies.visits import visits_for
from visitcheck.engines.durable import DurableEngine
from visitcheck.engines.outcomes import Outcome
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.engines.self_test import probes
from visitcheck.engines.status import Judge
from visitcheck.engines.tally import COUNTS, KINDS, conclude
from visitcheck.errors import UnsupportedByEngine
from visitcheck.facts import Visit, read_visit
from visitcheck.facts.types import BOOL, DATE, INT, STRING, ListOf
from visitcheck.facts.vocabulary import ROOT
from visitcheck.ir.nodes import (
    And,
    Arithmetic,
    Choose,
    Compare,
    Const,
    Element,
    Exists,
    Expr,
    Fact,
    Filter,
    ForAll,
    Map,
    Not,
    Or,
)
from visitcheck.ir.plan import Plan, PlanRule, make_plan
from visitcheck.language import Scope, compile_condition
from visitcheck.language.interpreter import interpret
from visitcheck.policy.model import STAGES, Stage
from visitcheck.testing import visit_mappings

_GENERATED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@cache
def engine(stage: Stage) -> DurableEngine:
    return DurableEngine(base_plan(stage))


@pytest.mark.parametrize("stage", STAGES)
def test_generated_visits_have_the_references_truths(stage: Stage) -> None:
    plan = base_plan(stage)
    reference = ReferenceEngine(plan)

    @settings(max_examples=20, deadline=None, suppress_health_check=_GENERATED)
    @given(visit_mappings(stage, facts=plan.facts))
    def check(mapping: dict[str, object]) -> None:
        visit: Visit = read_visit(mapping)
        assert engine(stage).evaluate(visit) == reference.evaluate(visit)

    check()


@settings(max_examples=25, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_usual_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    drawn = data.draw(usual_conditions())
    assert_durable_agrees(drawn, *(data.draw(visits_for(drawn)) for _ in range(3)))


@settings(max_examples=25, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_generated_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    drawn = data.draw(conditions(depth=3))
    assert_durable_agrees(drawn, *(data.draw(visits_for(drawn)) for _ in range(3)))


def test_elements_that_are_maybe_in_stay_so_through_a_choice() -> None:
    """Once found by generated conditions: `c ? filtered : other` was taken for a list that is not known."""
    scope = Scope(facts=ROOT, zone=Const("Asia/Shanghai", STRING), date=Const(20_000, DATE))
    asked = compile_condition("notices.filter(n, n.sent).exists(n, n.delivered)", scope)
    test = compile_condition("visit.requested_by_debtor", scope)
    assert isinstance(asked, Exists)
    sent = asked.source
    condition = replace(asked, source=Choose(test, sent, sent, sent.type))
    visit = read_visit(
        {
            "visit": {"id": "V", "stage": "proposed", "requested_by_debtor": True},
            "notices": [{"delivered": True}, {"sent": True, "delivered": True}],
        }
    )

    assert interpret(condition, visit) is True
    assert_durable_agrees((condition,), visit)


@pytest.mark.long
@settings(max_examples=1_000, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_many_deep_conditions_have_the_interpreters_truths(data: st.DataObject) -> None:
    drawn = data.draw(conditions(most=5, depth=5))
    assert_durable_agrees(drawn, *(data.draw(visits_for(drawn)) for _ in range(4)))


@settings(max_examples=200, suppress_health_check=_GENERATED)
@given(
    counts=st.fixed_dictionaries({name: st.sampled_from((0, 0, 0, 0, 1, 2, 300)) for name in COUNTS}),
    lost=st.sampled_from((0, 0, 0, 1, -1)),
)
def test_any_counts_come_to_the_outcome_of_the_table(counts: dict[str, int], lost: int) -> None:
    """Each kind of rule and each floor, alone and together; a rule lost or counted twice denies."""
    kept = counts | {"rules": sum(counts[name] for name in KINDS) + lost}

    assert engine("proposed").conclude(kept) is (Outcome.DENY if lost else conclude(kept))


def test_engines_of_both_stages_can_be_closed() -> None:
    for stage in STAGES:
        with closing(DurableEngine(base_plan(stage))) as made:
            assert made.rule_sets >= 1


@st.composite
def policies(draw: st.DrawFn) -> Plan:
    """A plan with rules over generated conditions: any of them as W, checks and exceptions, any effect."""
    drawn = draw(conditions(most=6, depth=3))
    positions = st.integers(0, len(drawn) - 1)
    rules = []
    for number in range(draw(st.integers(1, 5))):
        unless = tuple(draw(st.lists(positions, max_size=2)))
        effects = st.sampled_from(("deny", "review", "note"))
        rules.append(
            PlanRule(
                rule=cast("Any", SimpleNamespace(id=f"generated/{number}")),
                law=draw(positions),
                in_force=draw(positions),
                when=draw(positions),
                checks=tuple(draw(st.lists(positions, min_size=1, max_size=3))),
                unless=unless,
                weak=tuple(draw(st.booleans()) for _ in unless),
                effect=cast("Any", draw(effects)),
                on_unknown=cast("Any", draw(effects)),
            )
        )
    return replace(plan_of(drawn), rules=tuple(rules))


def same_decisions(plan: Plan, visits: list[Any]) -> None:
    """Native and durable give the reference's truths, and durable-rules concludes the outcome of the table."""
    judge, native, reference = Judge(plan), NativeEngine(replace(plan, rules=())), ReferenceEngine(plan)
    with closing(DurableEngine(plan)) as durable:
        for visit in visits:
            truths = durable.evaluate(visit)
            verdict = judge.verdict(truths)
            assert truths == reference.evaluate(visit) == native.evaluate(visit)
            assert durable.conclude(verdict.tally.counts) is verdict.outcome


@settings(max_examples=25, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_generated_policies_come_to_the_same_decisions(data: st.DataObject) -> None:
    plan = data.draw(policies())
    same_decisions(plan, [data.draw(visits_for(plan.conditions)) for _ in range(3)])


@pytest.mark.long
@settings(max_examples=700, deadline=None, suppress_health_check=_GENERATED)
@given(st.data())
def test_many_generated_policies_come_to_the_same_decisions(data: st.DataObject) -> None:
    plan = data.draw(policies())
    same_decisions(plan, [data.draw(visits_for(plan.conditions)) for _ in range(4)])


@pytest.mark.long
def test_a_million_rule_evaluations_agree() -> None:
    """The rules of `cn` on visits around each of their conditions, for each stage: three engines, the same answers."""
    compared = 0
    for stage in STAGES:
        plan = make_plan(shipped_policy("cn"), stage)
        judge, native, reference = Judge(plan), NativeEngine(plan), ReferenceEngine(plan)
        around = [probe for condition in plan.conditions for probe in probes(condition)]
        chosen = random.Random(5).sample(around, min(len(around), 4_500))  # noqa: S311
        with closing(DurableEngine(plan)) as durable:
            for visit in chosen:
                truths = durable.evaluate(visit)
                assert truths == native.evaluate(visit) == reference.evaluate(visit)
                statuses = judge.verdict(truths).statuses
                assert durable.conclude(judge.verdict(truths).tally.counts) is judge.verdict(truths).outcome
                compared += len(statuses)
    print(f"{compared:,} rule evaluations compared on three engines")
    assert compared >= 1_000_000


def test_a_body_nested_beyond_what_python_allows_in_a_block_is_read_by_functions_of_its_own() -> None:
    words = [Const(f"word{number}", STRING) for number in range(70)]
    contacts = Fact(("contacts",), ListOf(STRING))
    body: Expr = Compare("==", Element(0, STRING), words[0])
    for level, word in enumerate(words):
        part = Compare("==", Element(0, STRING), word)
        body = (And, Or)[level % 2]((Not(part), body)) if level % 3 else Choose(part, body, part, BOOL)
    nested: Expr = Exists(contacts, 0, body)
    for binder in range(1, 25):  # more loops than Python nests
        nested = ForAll(contacts, binder, Or((nested, Compare("!=", Element(binder, STRING), words[binder]))))

    said: list[Any] = [None, (), ("word0",), ("word7",), (None,), tuple(word.value for word in words)]
    visits = [SimpleNamespace(contacts=values) for values in said]
    assert_durable_agrees((Exists(contacts, 0, body), Not(ForAll(contacts, 0, body))), *visits)
    assert_durable_agrees((nested,), *visits[:-1])  # with as many elements it would take too long


def test_what_is_nested_beyond_the_stack_within_a_macro_is_refused_by_name() -> None:
    body: Expr = Compare("==", Element(0, STRING), Const("", STRING))
    for level in range(2_000):
        body = (And, Or)[level % 2]((Compare("==", Element(0, STRING), Const(str(level), STRING)), body))

    with pytest.raises(UnsupportedByEngine, match="condition 1: it is too deep"):
        DurableEngine(plan_of((Const(True, BOOL), Exists(Fact(("contacts",), ListOf(STRING)), 0, body))))


def test_values_of_one_element_are_not_taken_for_those_of_another_under_the_same_number() -> None:
    starts = Fact(("starts",), ListOf(INT))
    later = Arithmetic("+", Element(0, INT), Const(10, INT), INT)
    mapped = Map(starts, 0, later, ListOf(INT))
    above = Compare(">", later, Const(15, INT))

    said = [None, (), (1,), (5, 6), (None, 4), (20, None)]
    visits = [SimpleNamespace(starts=values) for values in said]
    assert_durable_agrees((Exists(mapped, 0, above), ForAll(Filter(mapped, 0, above, ListOf(INT)), 0, above)), *visits)
