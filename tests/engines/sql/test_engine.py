"""The engine as others use it: what it refuses, and what its query is like."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlglot

from engines.sql.agreement import plan_of
from engines.sql.reading_back import read_back
from policies import shipped_policy
from visitcheck.engines.columns import ROW
from visitcheck.engines.sql import SqlEngine
from visitcheck.engines.sql.dialects import DIALECTS, DuckDb
from visitcheck.errors import UnsupportedByEngine
from visitcheck.facts.types import BOOL, STRING
from visitcheck.ir.nodes import Call, Const, Expr, Fact, Not
from visitcheck.ir.plan import Plan, PlanRule, make_plan

PRIVATE = Fact(("place", "private"), BOOL)
ADDRESS = Fact(("place", "address"), STRING)


def _plan(condition: Expr) -> Plan:
    """A plan with one rule, `p/odd`, that applies where the condition holds."""
    plan = plan_of([PRIVATE])
    rule = PlanRule(cast("Any", SimpleNamespace(id="p/odd")), 1, 1, 1, (0,), (), (), "deny", "review")
    # What a condition nested too deeply reads is not asked: nobody could follow it.
    return Plan(plan.policy, plan.stage, (*plan.conditions, condition), (rule,), (*plan.reads, frozenset()))


def test_a_function_that_a_database_lacks_is_refused_by_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DuckDb, "lacks", {"contains": "there is no search in text"})
    condition = Call("contains", (ADDRESS, Const("a", STRING)), BOOL)

    with pytest.raises(UnsupportedByEngine, match=r"sql-duckdb cannot say `contains`: there is no .* \(in p/odd\)"):
        SqlEngine(_plan(condition), "duckdb")
    assert SqlEngine(_plan(condition), "spark").expressions()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_condition_too_deep_to_print_is_refused_by_rule(dialect: str) -> None:
    deep: Expr = PRIVATE
    for _ in range(2_000):
        deep = Not(deep)

    with pytest.raises(UnsupportedByEngine, match=r"nested this deeply \(in p/odd\)"):
        SqlEngine(_plan(deep), dialect)


def test_an_unknown_dialect_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="duckdb, spark"):
        SqlEngine(_plan(PRIVATE), "oracle")


@pytest.mark.long
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_condition_of_the_shipped_packs_is_read_back_as_it_is(dialect: str) -> None:
    for expression in SqlEngine(make_plan(shipped_policy("base"), "recorded"), dialect).expressions():
        written, read = read_back(expression, dialect)

        assert read == written


@pytest.mark.long
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_query_keeps_what_is_asked_for_and_can_be_made_twice(dialect: str) -> None:
    engine = SqlEngine(make_plan(shipped_policy("base"), "recorded"), dialect)

    first, second = (engine.dialect.print(engine.judge("visits", [ROW, "debt"])) for _ in range(2))

    assert first == second
    assert sqlglot.parse_one(first, dialect=dialect).named_selects[-2:] == ["outcome", "assessed_outcome"]
    assert engine.select("visits", [ROW, "debt"]).named_selects[:3] == [ROW, "debt", "c0"]
    assert len(engine.select("visits").named_selects) == len(engine.plan.conditions)
