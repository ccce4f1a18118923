"""Statuses and outcomes in SQL: for every combination of truths what `engines.status` says."""

# ruff: noqa: S608 - the queries are made of constants of these tests

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pytest
from sqlglot import exp

from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.verdicts import (
    OUTCOME_CODES,
    STATUS_CODES,
    outcome_expression,
    status_expression,
    status_name,
    truth_name,
)
from visitcheck.engines.status import Judge, Outcome, Status
from visitcheck.facts.types import BOOL
from visitcheck.ir.nodes import Const
from visitcheck.ir.plan import Plan, PlanRule

TRUTHS = (True, False, None)
EFFECTS = ("deny", "review", "note")
EXCUSES = ((), (False,), (True,), (True, False), (False, False))


def plan(*rules: PlanRule, size: int, never: frozenset[str] = frozenset()) -> Plan:
    policy = cast("Any", SimpleNamespace(never_collected=never))
    reads = tuple(frozenset({f"fact{n}"}) for n in range(size))
    return Plan(policy, "recorded", cast("Any", (None,) * size), rules, reads)


def rule(
    checks: int, weak: tuple[bool, ...], first: int = 0, effect: str = "deny", on_unknown: str = "review"
) -> PlanRule:
    at = itertools.count(first)
    return PlanRule(
        rule=cast("Any", SimpleNamespace(id=f"p/r{first}")),
        applies=next(at),
        checks=tuple(itertools.islice(at, checks)),
        unless=tuple(itertools.islice(at, len(weak))),
        weak=weak,
        effect=cast("Any", effect),
        on_unknown=cast("Any", on_unknown),
    )


def asked(plan_: Plan) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """For every combination of truths: the truths, and what DuckDB makes of them."""
    names = [truth_name(n) for n in range(len(plan_.conditions))]
    rows = list(itertools.product(TRUTHS, repeat=len(names)))
    values = ", ".join("(" + ", ".join("NULL" if v is None else str(v) for v in row) + ")" for row in rows)
    typed = ", ".join(f"CAST({name} AS BOOLEAN) AS {name}" for name in names)
    statuses = [status_expression(plan_, one, plan_.policy.never_collected) for one in plan_.rules]
    outcomes = outcome_expression(plan_), outcome_expression(plan_, without=(Status.NOT_ASSESSED,))
    inner = f"SELECT {typed} FROM (VALUES {values}) v({', '.join(names)})"
    judged = f"SELECT *, {_columns(statuses)} FROM ({inner})"
    query = f"SELECT *, {_columns(list(outcomes), 'o')} FROM ({judged})"
    return [(row[: len(names)], row[len(names) :]) for row in duckdb.sql(query).fetchall()]


def _columns(values: list[Sql], prefix: str = "s") -> str:
    assert status_name(3) == "s3"
    return ", ".join(exp.Alias(this=v, alias=f"{prefix}{n}").sql("duckdb") for n, v in enumerate(values))


@pytest.mark.parametrize("never", [frozenset(), frozenset({"fact1"}), frozenset({"fact0", "fact2"})], ids=len)
@pytest.mark.parametrize("weak", EXCUSES, ids=str)
@pytest.mark.parametrize("checks", [1, 2])
def test_one_rule(checks: int, weak: tuple[bool, ...], never: frozenset[str]) -> None:
    plan_ = plan(rule(checks, weak), size=1 + checks + len(weak), never=never)
    judge = Judge(plan_)

    for truths, (status, outcome, assessable) in asked(plan_):
        verdict = judge.verdict(truths)

        assert STATUS_CODES[verdict.statuses[0]] == status, truths
        assert (OUTCOME_CODES[verdict.outcome], OUTCOME_CODES[verdict.assessable]) == (outcome, assessable), truths


@pytest.mark.parametrize("never", [frozenset(), frozenset({"fact1"})], ids=len)
@pytest.mark.parametrize("weak", [(), (True,)], ids=str)
def test_one_rule_that_always_applies(weak: tuple[bool, ...], never: frozenset[str]) -> None:
    applying = plan(rule(2, weak), size=3 + len(weak), never=never)
    conditions = (Const(True, BOOL), *applying.conditions[1:])
    plan_ = replace(applying, conditions=conditions)
    judge = Judge(plan_)
    rows = [row for row in asked(plan_) if row[0][0] is True]

    assert len(rows) == 3 ** (2 + len(weak))
    for truths, (status, *_) in rows:
        assert STATUS_CODES[judge.verdict(truths).statuses[0]] == status, truths


@pytest.mark.parametrize("effects", list(itertools.product(EFFECTS, EFFECTS, ("review", "note"), ("deny", "note"))))
def test_two_rules(effects: tuple[str, ...]) -> None:
    rules = rule(1, (), 0, effects[0], effects[2]), rule(1, (False,), 2, effects[1], effects[3])
    plan_ = plan(*rules, size=5, never=frozenset({"fact1"}))
    judge = Judge(plan_)

    for truths, codes in asked(plan_):
        verdict = judge.verdict(truths)

        expected = [*(STATUS_CODES[s] for s in verdict.statuses)]
        expected += [OUTCOME_CODES[verdict.outcome], OUTCOME_CODES[verdict.assessable]]
        assert list(codes) == expected, truths


def test_codes_are_apart_and_small() -> None:
    assert sorted(STATUS_CODES.values()) == list(range(len(Status)))
    assert [OUTCOME_CODES[o] for o in sorted(Outcome)] == [0, 1, 2]
