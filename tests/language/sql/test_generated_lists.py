"""Macros, counts and list functions over generated lists: DuckDB answers as the interpreter does."""

# ruff: noqa: S311, S608 - the queries and rows are made of constants of these tests

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from sql_rendering import render
from sql_values import from_sql, literal, sql_type

from visitcheck.facts.types import (
    BOOL,
    COUNT,
    DURATION,
    INT,
    MONEY,
    STRING,
    TIMESTAMP,
    ListOf,
    Money,
    Record,
    Type,
)
from visitcheck.language.interpreter import interpret
from visitcheck.language.nodes import (
    Aggregate,
    And,
    Arithmetic,
    Compare,
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
    Size,
)

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
    return ListCall(
        function=name, source=KEPT, binder=0, bodies=tuple(map(_field, bodies)), args=args, type=type_
    )


CASES: dict[str, Expr] = {
    "exists": Exists(source=ITEMS, binder=0, body=LARGE),
    "exists-filtered": Exists(source=KEPT, binder=0, body=LARGE),
    "all": ForAll(source=ITEMS, binder=0, body=LARGE),
    "all-filtered": ForAll(source=KEPT, binder=0, body=LARGE),
    "nested": Exists(
        source=ITEMS, binder=1, body=ForAll(source=ITEMS, binder=0, body=Or(parts=(SAME_KEY, LARGE)))
    ),
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
    return SimpleNamespace(
        items=items, n=rng.choice([None, 0, 1, 2, 3]), start=start, end=rng.choice([None, 1, 3, 6])
    )


@pytest.fixture(scope="module")
def visits() -> list[SimpleNamespace]:
    return [_visit(random.Random(seed)) for seed in range(ROWS)]


@pytest.fixture(scope="module")
def duck(visits: list[SimpleNamespace]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    types = {"items": ListOf(ITEM), "n": INT, "start": TIMESTAMP, "end": TIMESTAMP}
    rows = ", ".join(
        f"({n}, {', '.join(literal(getattr(visit, name), type_) for name, type_ in types.items())})"
        for n, visit in enumerate(visits)
    )
    columns = ", ".join(f'"{name}"' for name in types)
    connection.execute(f"CREATE TABLE visits AS SELECT * FROM (VALUES {rows}) t(row_, {columns})")
    return connection


@pytest.mark.parametrize("name", CASES)
def test_sql_answers_as_the_interpreter(
    name: str, duck: duckdb.DuckDBPyConnection, visits: list[Any]
) -> None:
    node = CASES[name]

    expected = [interpret(node, visit) for visit in visits]
    query = f"SELECT CAST({render(node)} AS {sql_type(node.type)}) FROM visits ORDER BY row_"
    found = [from_sql(answer, node.type) for (answer,) in duck.execute(query).fetchall()]

    wrong = [(visit, a, b) for visit, a, b in zip(visits, expected, found, strict=True) if a != b]
    assert not wrong, wrong[0]
    assert len(set(map(str, expected))) > 1, "the rows do not tell anything apart"
