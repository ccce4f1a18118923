"""Lists that go on: every engine says what the edge table says, for each macro and list function."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from language.open_list_rows import open_list_rows
from policies import shipped_policy
from visitcheck.engines.arrays import ArrayEngine
from visitcheck.engines.available import engine_types
from visitcheck.engines.contract import Engine
from visitcheck.ir.nodes import Expr
from visitcheck.ir.open_lists import open_lists
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.language.interpreter import CachedInterpretation, interpret

ROWS = open_list_rows()
CONDITIONS: tuple[Expr, ...] = tuple(dict.fromkeys(row.condition for row in ROWS))


@cache
def plan() -> Plan:
    base = make_plan(shipped_policy("base"), "recorded")
    reads = tuple(frozenset[str]() for _ in CONDITIONS)
    return replace(base, conditions=CONDITIONS, rules=(), reads=reads, doubts=(), protective=())


@cache
def engines() -> tuple[Engine, ...]:
    return tuple(make(plan()) for make in engine_types())


def test_every_row_on_every_engine() -> None:
    """The whole table on the reference, native and durable; all that is wrong at once."""
    wrong = [
        f"{engine.name}: {row.name} is {truth}, not {row.truth}"
        for row in ROWS
        for engine in engines()
        if (truth := engine.evaluate(row.visit)[CONDITIONS.index(row.condition)]) is not row.truth
    ]

    assert len(engines()) == 3
    assert not wrong


def test_every_row_where_answers_are_kept() -> None:
    """The whole table by the reading that explanations are made from."""
    wrong = [row.name for row in ROWS if CachedInterpretation(row.visit).interpret(row.condition, {}) is not row.truth]

    assert not wrong


def test_every_row_on_arrays() -> None:
    """The whole table at once, its visits once and again and again."""
    engine = ArrayEngine(plan())
    few, many = (engine.evaluate_all([row.visit for row in ROWS] * times) for times in (1, 5))
    wrong = [
        f"{row.name} is {truths[place]}, not {row.truth}"
        for answers in (few, many)
        for row, truths in zip(ROWS * 5, answers, strict=False)
        if truths[place := CONDITIONS.index(row.condition)] is not row.truth
    ]

    assert not wrong
    assert not engine.work.by_native


def test_rewritten_conditions_say_the_same() -> None:
    """What engines that know no rests are given."""
    wrong = [row.name for row in ROWS if interpret(open_lists(row.condition), row.visit, rests=False) is not row.truth]

    assert not wrong


def test_the_table_tells_complete_lists_from_those_that_go_on() -> None:
    """What complete lists settle is often open where they go on, and often settled again by words."""
    complete = {(row.text, row.given): row.truth for row in ROWS if row.way == "complete"}
    going_on = [row for row in ROWS if row.way != "complete" and complete[row.text, row.given] is not None]
    opened = [row for row in going_on if row.truth is None]

    assert len({row.name for row in ROWS}) == len(ROWS)
    assert len(opened) > 100
    assert len(going_on) - len(opened) > 100


@pytest.mark.parametrize("engine", range(3))
def test_a_hundred_rows_at_random_in_any_order_are_answered_alike(engine: int) -> None:
    """Visits with lists that go on and without take turns: neither is answered by what is made for the other."""
    asked = engines()[engine]
    first = [asked.evaluate(row.visit) for row in ROWS[:100]]

    assert [asked.evaluate(row.visit) for row in reversed(ROWS[:100])] == first[::-1]
