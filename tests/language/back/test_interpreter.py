"""The reference interpreter where macros, operators and functions meet facts, parameters and watchers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from visitcheck.facts.types import BOOL, DATE, INT, MONEY, STRING, TIMESTAMP, ListOf, Money, Record
from visitcheck.ir.nodes import (
    Aggregate,
    And,
    Choose,
    Compare,
    Const,
    DatedValue,
    Element,
    Exists,
    Fact,
    Field,
    Filter,
    Has,
    Map,
    Or,
    Param,
)
from visitcheck.language.functions import FUNCTIONS, LIST_FUNCTIONS
from visitcheck.language.functions.constants import duration, read_date, timestamp
from visitcheck.language.interpreter import Member, interpret

DAY = Fact(("visit", "date"), DATE)
ITEM = Record("item", {"n": INT})
ITEMS = Fact(("items",), ListOf(ITEM))
N = Field(record=Element(0, ITEM), name="n", type=INT)


def _dated(*values: tuple[str | None, str | None, int]) -> Param:
    read = [DatedValue(start and read_date(start), end and read_date(end), value) for start, end, value in values]
    return Param(name="most", type=INT, values=tuple(read), date=DAY)


@pytest.mark.parametrize(
    ("values", "day", "expected"),
    [
        ([(None, "2026-01-30", 3), ("2026-01-30", None, 2)], "2026-01-29", 3),
        ([(None, "2026-01-30", 3), ("2026-01-30", None, 2)], "2026-01-30", 2),
        ([(None, "2026-01-30", 3), ("2026-01-30", None, 2)], None, None),
        ([(None, "2026-01-30", 3), ("2026-01-30", None, 3)], None, 3),
        ([(None, "2026-01-01", 3), ("2026-02-01", None, 3)], "2026-01-15", None),
        ([("2026-01-01", None, 3)], "2025-12-31", None),
        ([], "2026-01-15", None),
        ([], None, None),
    ],
)
def test_a_parameter_has_its_value_of_the_day(values: Any, day: str | None, expected: int | None) -> None:
    visit = SimpleNamespace(visit=SimpleNamespace(date=day and read_date(day)))

    assert interpret(_dated(*values), visit) == expected


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        (SimpleNamespace(debtor=SimpleNamespace(name="王")), True),
        (SimpleNamespace(debtor=SimpleNamespace(name=None)), False),
        (SimpleNamespace(debtor=None), False),
        (SimpleNamespace(debtor=SimpleNamespace(name="")), True),
        (SimpleNamespace(debtor=SimpleNamespace(name=())), True),
    ],
)
def test_has_asks_for_every_link(visit: object, expected: bool) -> None:
    assert interpret(Has(target=Fact(("debtor", "name"), STRING)), visit) is expected


def test_a_filtered_list_is_itself_only_when_every_element_is_surely_in() -> None:
    node = Filter(source=ITEMS, binder=0, body=Compare(op=">", left=N, right=Const(1, INT)), type=ListOf(ITEM))
    one, two, unknown = (SimpleNamespace(n=n) for n in (1, 2, None))

    assert interpret(node, SimpleNamespace(items=(one, two))) == (two,)
    assert interpret(node, SimpleNamespace(items=(one, unknown))) is None
    assert interpret(node, SimpleNamespace(items=())) == ()
    assert interpret(node, SimpleNamespace(items=None)) is None


def test_every_part_is_watched_also_where_the_first_settles_it() -> None:
    seen: list[tuple[str, object]] = []
    true = Compare(op="==", left=Const(1, INT), right=Const(1, INT))
    node = Or(parts=(true, And(parts=(true, Compare(op="==", left=Const(1, INT), right=Const(2, INT))))))

    value = interpret(node, None, watch=lambda node, binding, value: seen.append((type(node).__name__, value)))

    assert value is True
    assert [value for name, value in seen if name == "Compare"] == [True, True, False]
    assert seen[-1] == ("Or", True)


def test_watchers_see_each_element_a_macro_looks_at() -> None:
    bodies: list[tuple[object, object]] = []
    mapped = Map(source=ITEMS, binder=0, body=N, type=ListOf(INT))
    node = Exists(source=mapped, binder=1, body=Compare(op="==", left=Element(1, INT), right=Const(2, INT)))
    items = tuple(SimpleNamespace(n=n) for n in (1, 2, None))

    def watch(seen: Any, binding: dict[int, object], value: object) -> None:
        if seen is mapped:
            assert value == (Member(True, 1), Member(True, 2), Member(True, None))
        if seen is node.body:
            bodies.append((binding[1], value))

    assert interpret(node, SimpleNamespace(items=items), watch=watch) is True
    assert bodies == [(1, False), (2, True), (None, None)]


def test_only_the_branch_taken_is_evaluated() -> None:
    seen: list[object] = []
    node = Choose(test=Const(True, BOOL), then=Const(1, INT), other=Const(2, INT), type=INT)

    interpret(node, None, watch=lambda node, binding, value: seen.append(value))

    assert seen == [True, 1, 1]


@pytest.mark.parametrize(
    ("kind", "values", "default", "expected"),
    [
        ("sum", [], None, None),
        ("sum", [Money(5, "CNY"), Money(7, "CNY")], None, Money(12, "CNY")),
        ("sum", [Money(5, "CNY"), Money(7, "USD")], None, None),
        ("max", [Money(5, "CNY"), Money(7, "USD")], None, None),
        ("max", [], Money(1, "CNY"), Money(1, "CNY")),
        ("min", [Money(5, "CNY"), None], None, None),
    ],
)
def test_sums_of_money(kind: Any, values: list[Any], default: Any, expected: Any) -> None:
    other = None if default is None else Const(default, MONEY)
    node = Aggregate(kind=kind, source=Fact(("sums",), ListOf(MONEY)), default=other, type=MONEY)

    assert interpret(node, SimpleNamespace(sums=tuple(values))) == expected


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (duration, "24h", 86_400_000_000),
        (duration, "1h30m0.5s", 5_400_500_000),
        (duration, "-1.5s", -1_500_000),
        (duration, ".5s", 500_000),
        (duration, "1000ns", 1),
        (duration, "1ns", None),
        (duration, "0", 0),
        (duration, "", None),
        (duration, "-", None),
        (duration, "1d", None),
        (duration, "24 h", None),
        (duration, "2562047789h", None),
        (timestamp, "1970-01-01T00:00:00Z", 0),
        (timestamp, "1970-01-01T08:00:00.000001+08:00", 1),
        (timestamp, "1970-01-01T00:00:00.0000010Z", None),
        (timestamp, "1970-01-01T00:00:00.0000001Z", None),
        (timestamp, "1970-01-01T00:00:00", None),
        (timestamp, "1970-01-01", None),
        (timestamp, "1970-02-29T00:00:00Z", None),
        (timestamp, "1970-01-01T24:00:00Z", None),
        (timestamp, "0001-01-01T00:00:00+08:00", None),
        (timestamp, "0000-01-01T00:00:00Z", None),
        (timestamp, "1970-01-01T00:00:00+24:00", None),
        (timestamp, "１９７０-01-01T00:00:00Z", None),
        (read_date, "1970-01-02", 1),
        (read_date, "1970-1-2", None),
        (read_date, "2025-02-29", None),
        (read_date, "0000-01-01", None),
    ],
)
def test_constants_are_read_exactly_or_not_at_all(read: Any, text: str, expected: int | None) -> None:
    assert read(text) == expected


def test_functions_are_registered_under_their_names_and_documented() -> None:
    for name, function in {**FUNCTIONS, **LIST_FUNCTIONS}.items():
        assert function.name == name
        assert function.doc.endswith(".")
    for function in FUNCTIONS.values():
        longest = max(len(signature.params) for signature in function.signatures)
        assert all(position < longest for position in function.constant)
        if function.zone:
            assert function.signatures[0].params[-1] == STRING
            assert function.signatures[0].params[0] == TIMESTAMP
