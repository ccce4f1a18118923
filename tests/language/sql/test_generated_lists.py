"""Macros, counts and list functions over generated lists: arrays and databases answer as the interpreter does."""

# ruff: noqa: S311 - chance for tests, not for secrets

from __future__ import annotations

import random
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from sqlglot import exp

from databases import ASK, BOTH, from_sql, table_of
from engines.arrays.array_checks import values_over
from visitcheck.engines.sql.build import cast
from visitcheck.engines.sql.compiler import Compiler
from visitcheck.engines.sql.dialects import DIALECTS
from visitcheck.engines.sql.steps import ColumnCache
from visitcheck.facts.types import (
    BOOL,
    COUNT,
    DURATION,
    INT,
    INT_MAX,
    INT_MIN,
    MONEY,
    STRING,
    TIMESTAMP,
    ListOf,
    Money,
    Record,
    Type,
)
from visitcheck.ir.nodes import (
    Aggregate,
    And,
    Arithmetic,
    Choose,
    Compare,
    CompareOp,
    Const,
    Distinct,
    Element,
    Exact,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    Has,
    ListCall,
    Map,
    Not,
    Or,
    Possible,
    RestCount,
    Size,
)
from visitcheck.language.interpreter import interpret

ROWS = 300
ITEM = Record(
    "item",
    {
        "kept": BOOL,
        "passes": BOOL,
        "key": STRING,
        "n": INT,
        "at": TIMESTAMP,
        "until": TIMESTAMP,
        "sum": MONEY,
    },
)
ITEMS, NUMBER, START, END = (
    Fact(("items",), ListOf(ITEM)),
    Fact(("n",), INT),
    Fact(("start",), TIMESTAMP),
    Fact(("end",), TIMESTAMP),
)
X = Element(0, ITEM)


def _field(name: str, element: Element = X) -> Field:
    return Field(record=element, name=name, type=ITEM.fields[name])


KEPT = Filter(source=ITEMS, binder=0, body=_field("kept"), type=ListOf(ITEM))
KEYS = Map(source=KEPT, binder=0, body=_field("key"), type=ListOf(STRING))
NUMBERS = Map(source=KEPT, binder=0, body=_field("n"), type=ListOf(INT))
SUMS = Map(source=KEPT, binder=0, body=_field("sum"), type=ListOf(MONEY))
LARGE = Compare(op=">", left=_field("n"), right=NUMBER)
SIZE = Size(source=KEPT)
OUTER = Element(1, ITEM)
SAME_KEY = And(parts=(Compare(op="==", left=_field("key"), right=_field("key", OUTER)), _field("kept")))


def _list_call(name: str, bodies: tuple[str, ...], args: tuple[Expr, ...], type_: Type) -> ListCall:
    return ListCall(function=name, source=KEPT, binder=0, bodies=tuple(map(_field, bodies)), args=args, type=type_)


LATE = Exists(source=ITEMS, binder=0, body=And(parts=(_field("passes"), LARGE)))
REST = RestCount(test=LATE)
OPEN = Arithmetic(op="+", left=SIZE, right=REST, type=COUNT)
"""A count that may have no upper end."""
AT_MOST = Arithmetic(op="-", left=NUMBER, right=OPEN, type=COUNT)
"""A count that may have no lower end."""
_ENDS: tuple[tuple[str, Expr], ...] = (
    ("number", NUMBER),
    ("greatest", Const(INT_MAX, INT)),
    ("least", Const(INT_MIN, INT)),
    ("size", Size(source=ITEMS)),
    ("open", OPEN),
    ("at-most", AT_MOST),
)
_OPS: tuple[CompareOp, ...] = ("==", "!=", "<", "<=", ">", ">=")
OPEN_ENDS: dict[str, Expr] = {
    f"{name}-{op}-{end}": Compare(op=op, left=count, right=other)
    for name, count in (("open", OPEN), ("at-most", AT_MOST))
    for op in _OPS
    for end, other in _ENDS
}

CASES: dict[str, Expr] = OPEN_ENDS | {
    "rest": REST,
    "open": OPEN,
    "at-most": AT_MOST,
    "open-sum": Arithmetic(op="+", left=OPEN, right=OPEN, type=COUNT),
    "open-past-64-bits": Arithmetic(op="+", left=OPEN, right=Const(INT_MAX - 1, INT), type=COUNT),
    "at-most-past-64-bits": Arithmetic(op="+", left=AT_MOST, right=Const(INT_MAX - 1, INT), type=COUNT),
    "open-less-a-size": Arithmetic(op="-", left=OPEN, right=Size(source=ITEMS), type=COUNT),
    "open-exact": Exact(operand=OPEN, type=INT),
    "open-or-size": Choose(test=LATE, then=OPEN, other=SIZE, type=COUNT),
    "open-or-size-is-large": Compare(op=">", left=Choose(test=LATE, then=SIZE, other=OPEN, type=COUNT), right=NUMBER),
    "possible": Possible(operand=LATE),
    "impossible": Not(operand=Possible(operand=Not(operand=LATE))),
    "possible-of-each": ForAll(source=KEPT, binder=0, body=Possible(operand=LARGE)),
    "rest-of-each": Exists(
        source=ITEMS,
        binder=1,
        body=Compare(op="<", left=Arithmetic("+", SIZE, RestCount(_field("kept", OUTER)), COUNT), right=NUMBER),
    ),
    "exists": Exists(source=ITEMS, binder=0, body=LARGE),
    "exists-filtered": Exists(source=KEPT, binder=0, body=LARGE),
    "all": ForAll(source=ITEMS, binder=0, body=LARGE),
    "all-filtered": ForAll(source=KEPT, binder=0, body=LARGE),
    "nested": Exists(source=ITEMS, binder=1, body=ForAll(source=ITEMS, binder=0, body=Or(parts=(SAME_KEY, LARGE)))),
    "has": ForAll(source=ITEMS, binder=0, body=Has(target=_field("key"))),
    "size": SIZE,
    "size-at-most": Compare(op="<=", left=SIZE, right=NUMBER),
    "size-equals": Compare(op="==", left=SIZE, right=Size(source=ITEMS)),
    "size-sum": Arithmetic(op="+", left=SIZE, right=NUMBER, type=COUNT),
    "size-exact": Exact(operand=SIZE, type=INT),
    "exists-one": Compare(op="==", left=SIZE, right=Const(1, INT)),
    "filter-twice": Size(source=Filter(source=KEPT, binder=0, body=Not(operand=LARGE), type=ListOf(ITEM))),
    "distinct": Size(source=Distinct(source=KEYS, type=ListOf(STRING))),
    "distinct-filtered": Size(
        source=Filter(
            source=Distinct(source=KEYS, type=ListOf(STRING)),
            binder=0,
            body=Compare(op="!=", left=Element(0, STRING), right=Const("a", STRING)),
            type=ListOf(STRING),
        )
    ),
    "min": Aggregate(kind="min", source=NUMBERS, default=None, type=INT),
    "max-or": Aggregate(kind="max", source=NUMBERS, default=NUMBER, type=INT),
    "sum": Aggregate(kind="sum", source=NUMBERS, default=None, type=INT),
    "sum-money": Aggregate(kind="sum", source=SUMS, default=None, type=MONEY),
    "max-money": Aggregate(kind="max", source=SUMS, default=None, type=MONEY),
    "max-per-group": _list_call("maxPerGroup", ("key",), (), COUNT),
    "max-per-two-keys": _list_call("maxPerGroup", ("key", "n"), (), COUNT),
    "last-run": _list_call("lastRun", ("at", "passes"), (), COUNT),
    "distinct-in-order": Compare(
        op="==", left=Distinct(source=KEYS, type=ListOf(STRING)), right=Const(("b", "a"), ListOf(STRING))
    ),
    "distinct-least": Aggregate(kind="min", source=Distinct(source=NUMBERS, type=ListOf(INT)), default=None, type=INT),
    "covers": _list_call("covers", ("at", "until"), (START, END, Const(1, DURATION)), BOOL),
    "covers-strictly": _list_call("covers", ("at", "until"), (START, END, Const(0, DURATION)), BOOL),
}


def _item(rng: random.Random) -> SimpleNamespace:
    at = rng.choice([None, *range(8)])
    until = rng.choice([None, *range(at or 0, 10)] + [9] * 3)
    return SimpleNamespace(
        kept=rng.choice([True, True, True, None, False]),
        passes=rng.choice([True, True, None, False]),
        key=rng.choice([None, "a", "b", "家"]),
        n=rng.choice([None, 0, 1, 2, 2**62]),
        at=at,
        until=until,
        sum=rng.choice([None, Money(5, "CNY"), Money(2**62, "CNY"), Money(7, "CNY"), Money(7, "USD")]),
    )


def _visit(rng: random.Random) -> SimpleNamespace:
    size = rng.choice([0, 1, 2, 3, 5])
    items = None if rng.random() < 0.05 else tuple(_item(rng) for _ in range(size))
    start = rng.choice([None, 0, 1, 2, 3])
    return SimpleNamespace(items=items, n=rng.choice([None, 0, 1, 2, 3]), start=start, end=rng.choice([None, 1, 3, 6]))


VISITS = [_visit(random.Random(seed)) for seed in range(ROWS)]


@cache
def answers(dialect: str, shared: bool) -> list[tuple[Any, ...]]:
    """What a database answers to all cases, a column for each."""
    types: dict[str, Type] = {"items": ITEMS.type, "n": INT, "start": TIMESTAMP, "end": TIMESTAMP}
    table = table_of(types, [[getattr(visit, name) for name in types] for visit in VISITS])
    shared_columns = ColumnCache(DIALECTS[dialect])
    values = [
        cast(Compiler(DIALECTS[dialect], cache=shared_columns if shared else None).truth(node), node.type)
        for node in CASES.values()
    ]
    chosen = [exp.Alias(this=value, alias=exp.to_identifier(f"r{n}")) for n, value in enumerate(values)]
    query = shared_columns.query(exp.to_table("visits"), [exp.column("n_"), *chosen])
    return ASK[dialect](query, {"visits": table})


@pytest.mark.long
@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize("shared", [False, True], ids=["alone", "shared"])
@pytest.mark.parametrize("name", CASES)
def test_sql_answers_as_the_interpreter(name: str, shared: bool, dialect: str) -> None:
    node, place = CASES[name], list(CASES).index(name)

    expected = [interpret(node, visit) for visit in VISITS]
    values = [from_sql(row[place], node.type) for row in answers(dialect, shared)]

    wrong = [(visit, a, b) for visit, a, b in zip(VISITS, expected, values, strict=True) if a != b]
    assert not wrong, wrong[0]
    assert len(set(map(str, expected))) > 1, "the rows do not tell anything apart"


@cache
def answers_of_arrays() -> list[list[Any]]:
    """What the array engine answers to all cases over all visits at once, a column for each."""
    types: dict[str, Type] = {"items": ITEMS.type, "n": INT, "start": TIMESTAMP, "end": TIMESTAMP}
    rows = [[getattr(visit, name) for name in types] for visit in VISITS]
    return values_over(list(CASES.values()), table_of(types, rows))


@pytest.mark.parametrize("name", CASES)
def test_arrays_answer_as_the_interpreter(name: str) -> None:
    node, place = CASES[name], list(CASES).index(name)

    expected = [interpret(node, visit) for visit in VISITS]
    values = answers_of_arrays()[place]

    wrong = [(visit, a, b) for visit, a, b in zip(VISITS, expected, values, strict=True) if a != b]
    assert not wrong, wrong[0]
    assert list(map(type, values)) == list(map(type, expected))
