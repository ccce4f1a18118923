"""Engines for conditions without rules, and holding their truths against the interpreter's."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from typing import Any

from policies import shipped_policy
from visitcheck.engines.durable import DurableEngine
from visitcheck.ir.nodes import Expr
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.language.interpreter import interpret
from visitcheck.policy.model import Stage


@cache
def base_plan(stage: Stage = "proposed") -> Plan:
    return make_plan(shipped_policy("base"), stage)


def plan_of(conditions: tuple[Expr, ...]) -> Plan:
    """Return a plan with these conditions and no rules."""
    return Plan(base_plan().policy, "proposed", conditions, (), tuple(frozenset() for _ in conditions))


def assert_durable_agrees(conditions: tuple[Expr, ...], *visits: Any) -> None:
    """Assert that the durable engine gives the interpreter's truths, by value and type, also those it remembers."""
    with closing(DurableEngine(plan_of(conditions))) as engine:
        for visit in visits:
            expected = tuple(interpret(condition, visit) for condition in conditions)
            answers = engine.evaluate(visit)
            assert [(a, type(a)) for a in answers] == [(e, type(e)) for e in expected]
            assert all(engine.evaluate(visit) == answers for _ in range(2))
