"""Generated conditions and visits put to all engines, many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from databases import ASK
from engines.native_checks import compile_conditions
from strategies.values import ZONES
from visitcheck.engines.columns import ROW, arrow_schema, row_of
from visitcheck.engines.sql import SqlEngine
from visitcheck.facts.zones import zone_names
from visitcheck.ir.facts_read import facts_read
from visitcheck.ir.nodes import Const, Expr
from visitcheck.ir.plan import Plan
from visitcheck.ir.walk import walk
from visitcheck.language.interpreter import interpret
from visitcheck.truth import Truth


def drawn(strategy: st.SearchStrategy[Any], count: int, start: int = 0) -> list[Any]:
    """So many examples of a strategy, always the same for a `start`."""
    examples: list[Any] = []

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: Any) -> None:
        examples.append(example)

    collect()
    return examples


def plan_of(conditions: Sequence[Expr]) -> Plan:
    """A plan of these conditions without any rule."""
    nothing: frozenset[str] = frozenset()
    facts = SimpleNamespace(name="generated", never_collected=nothing, selectors=nothing, extra_facts={})
    policy = cast("Any", facts)
    return Plan(policy, "recorded", tuple(conditions), (), tuple(map(facts_read, conditions)))


def sayable(condition: Expr) -> bool:
    """Whether SQL has all the condition's texts: none holds U+0000, which no policy can."""
    texts = [node.value for node in walk(condition) if isinstance(node, Const)]
    return not any("\0" in repr(text) or "\\x00" in repr(text) for text in texts)


def zones_of(visits: Sequence[object]) -> frozenset[str]:
    """The zones that the visits name, as an audit takes them from its rows, and those that are always drawn."""
    named = {getattr(getattr(visit, "visit", None), "timezone", None) for visit in visits}
    return frozenset(ZONES) | (named & zone_names())


def truths_in(
    dialect: str, plan: Plan, visits: Sequence[object], *, complete_lists: bool = False
) -> list[tuple[Truth, ...]]:
    """What a database answers, the conditions sharing what they can."""
    engine = SqlEngine(plan, dialect, zones=zones_of(visits), complete_lists=complete_lists)
    rows = [{ROW: number, **row_of(visit)} for number, visit in enumerate(visits)]
    return ASK[dialect](engine.select("visits", [ROW]), {"visits": pa.Table.from_pylist(rows, arrow_schema())})


def truths_alone(plan: Plan, visits: Sequence[object]) -> list[tuple[Truth, ...]]:
    """What DuckDB answers where each condition stands on its own."""
    from sqlglot import exp

    engine = SqlEngine(plan, "duckdb", zones=zones_of(visits))
    named = [exp.Alias(this=one, alias=exp.to_identifier(f"c{n}")) for n, one in enumerate(engine.expressions())]
    query = exp.Select(expressions=[exp.column(ROW), *named]).from_("visits")
    rows = [{ROW: number, **row_of(visit)} for number, visit in enumerate(visits)]
    return ASK["duckdb"](query, {"visits": pa.Table.from_pylist(rows, arrow_schema())})


def expected(plan: Plan, visits: Sequence[object], *, native: bool = True) -> list[tuple[Truth, ...]]:
    """The interpreter's truths, after native's were found to be the same."""
    by_reference = [tuple(interpret(one, visit) for one in plan.conditions) for visit in visits]
    if native:
        evaluate, _ = compile_conditions(plan.open_conditions)
        assert [evaluate(visit) for visit in visits] == by_reference
    return cast("list[tuple[Truth, ...]]", by_reference)


def compare(plan: Plan, visits: Sequence[object], answer: Callable[[], list[tuple[Truth, ...]]]) -> int:
    """How many truths agreed; an AssertionError shows the first condition and visit that do not."""
    wanted, answers = expected(plan, visits), answer()
    assert len(answers) == len(visits)
    for visit, a, b in zip(visits, wanted, answers, strict=True):
        for condition, x, y in zip(plan.conditions, a, b, strict=True):
            assert x is y, f"interpreter {x}, SQL {y}\n{condition}\n{visit}"
    return len(visits) * len(plan.conditions)
