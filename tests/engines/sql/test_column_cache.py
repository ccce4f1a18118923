"""What shares a pass over a list, and that it changes no truth."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.sql.agreement import expected, plan_of, truths_alone, truths_in
from visitcheck.engines.sql import SqlEngine
from visitcheck.engines.sql.steps import MOST_TESTS
from visitcheck.facts import ROOT
from visitcheck.facts.types import INT, TIMESTAMP, ListOf
from visitcheck.ir.nodes import (
    Aggregate,
    And,
    Compare,
    Const,
    Element,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    Map,
    Size,
)
from visitcheck.ir.walk import walk

CONTACTS = Fact(("contacts",), ROOT.fields["contacts"])
ITEM = CONTACTS.type.item  # type: ignore[union-attr]


def _of(binder: int, name: str) -> Field:
    return Field(Element(binder, ITEM), name, ITEM.fields[name])


AT, CONNECTED = _of(0, "at"), _of(0, "connected")


def _after(moment: int) -> Compare:
    return Compare(">", AT, Const(moment, TIMESTAMP))


def _visit(contacts: list[tuple[int | None, bool | None]] | None) -> SimpleNamespace:
    visit = SimpleNamespace(**dict.fromkeys(ROOT.fields))
    if contacts is not None:
        blank = dict.fromkeys(ITEM.fields)
        visit.contacts = tuple(SimpleNamespace(**{**blank, "at": at, "connected": c}) for at, c in contacts)
    return visit


# More tests of one list than one number holds; `all` beside `exists`; counts; a test that needs another's answer.
LATEST = Aggregate("max", Map(CONTACTS, 0, AT, ListOf(TIMESTAMP)), None, TIMESTAMP)
MANY: list[Expr] = [
    *(Exists(CONTACTS, 0, _after(moment)) for moment in range(MOST_TESTS + 3)),
    *(ForAll(CONTACTS, 0, And((_after(moment), CONNECTED))) for moment in range(3)),
    Exists(CONTACTS, 1, Compare("==", _of(1, "at"), LATEST)),
    Exists(CONTACTS, 1, And((_of(1, "connected"), Exists(CONTACTS, 0, Compare("<", _of(0, "at"), _of(1, "at")))))),
    Exists(CONTACTS, 1, And((_of(1, "connected"), Exists(CONTACTS, 0, _of(0, "connected"))))),
    *(Compare("<=", Size(Filter(CONTACTS, 0, _after(m), CONTACTS.type)), Const(2, INT)) for m in range(3)),
]


@pytest.mark.parametrize(
    ("dialect", "examples"),
    [
        ("duckdb", 2),
        pytest.param("duckdb", 10, marks=pytest.mark.long),
        pytest.param("spark", 5, marks=[pytest.mark.spark, pytest.mark.long]),
    ],
)
def test_the_truths_are_the_plain_form_s(dialect: str, examples: int) -> None:
    """Many visits an example: a query over one takes as long as over twenty."""
    plan = plan_of(MANY)

    @settings(max_examples=examples, deadline=None)
    @given(
        st.lists(
            st.none() | st.lists(st.tuples(st.none() | st.integers(0, 20), st.none() | st.booleans()), max_size=5),
            min_size=20,
            max_size=30,
        )
    )
    def hold(lists: list[list[tuple[int | None, bool | None]] | None]) -> None:
        visits = [_visit(contacts) for contacts in lists]
        wanted = expected(plan, visits)

        assert truths_alone(plan, visits) == wanted
        assert truths_in(dialect, plan, visits) == wanted

    hold()


@pytest.mark.long
def test_a_list_longer_than_a_counter_of_eight_bits() -> None:
    """Some ways to pack counts overflow at 256 elements; this one does not."""
    plan = plan_of([one for one in MANY if not any(isinstance(below, Element) and below.binder for below in walk(one))])
    visits = [_visit([(at % 40, at % 2 == 0) for at in range(length)]) for length in (255, 256, 257, 600)]

    assert truths_in("duckdb", plan, visits) == expected(plan, visits)


def test_tests_of_one_list_share_a_pass() -> None:
    three = plan_of(MANY[:3])
    queries = [SqlEngine(plan, "duckdb").select("visits").sql("duckdb") for plan in (three, plan_of(MANY))]
    passes = [query.count("LIST_BIT_OR") for query in queries]

    assert passes[0] == 1
    assert passes[1] < len(MANY) / 3
