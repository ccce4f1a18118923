"""What simple reasoning says of conditions, held against the interpreter."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.authoring.lint.reasoning import ANYTHING, truths
from visitcheck.facts.types import BOOL, DATE, INT, STRING, ListOf, Record, Word
from visitcheck.language import Scope, compile_condition
from visitcheck.language.interpreter import interpret
from visitcheck.language.nodes import Const, Expr

COLOUR = Word("colour", ("red", "green", "blue"))
FACTS = Record("values", {"n": INT, "m": INT, "c": COLOUR, "p": BOOL, "ns": ListOf(INT)})
SCOPE = Scope(facts=FACTS, zone=Const("UTC", STRING), date=Const(None, DATE))


def compiled(text: str) -> Expr:
    return compile_condition(text, SCOPE)


@pytest.mark.parametrize(
    "text",
    [
        "n > 3 && n < 3",
        "n >= 3 && n < 3",
        "n > 3 && m == 1 && n <= 2",
        'c == "red" && c == "green"',
        'c in ["red", "green"] && c == "blue"',
        'c != "red" && c != "green" && c != "blue"',
        "p && !p",
        "!(p || n > 1) && p",
        "n != n",
        "ns.size() < 0",
        "1 > 2",
        "false && p",
        "ns.exists(x, x > 1 && x < 1)",
        "n == 1 && n > 5",
        "3 < n && n < 2",
    ],
)
def test_never_true(text: str) -> None:
    assert True not in truths(compiled(text))
    assert False not in truths(compiled(f"!({text})"))


@pytest.mark.parametrize(
    "text",
    [
        'c in ["red", "green", "blue"]',
        "n > 3 || n <= 3",
        'c == "red" || c != "red"',
        "p || !p",
        "ns.size() >= 0",
        "ns.all(x, x > 1 || x <= 1)",
    ],
)
def test_never_false(text: str) -> None:
    assert False not in truths(compiled(text))


@pytest.mark.parametrize(
    "text",
    [
        "n > 3 && m < 3",
        "n > 3 && n < 5",
        "n >= 3 && n <= 3",
        "n > 3 || n < 3",
        'c != "red" && c != "green"',
        "ns.size() <= 0",
    ],
)
def test_anything(text: str) -> None:
    assert truths(compiled(text)) == ANYTHING


numbers = st.integers(-2, 2)
atoms = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from("nm"), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers),
    st.builds("{} {} {}".format, numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from("nm")),
    st.builds('c {} "{}"'.format, st.sampled_from(["==", "!="]), st.sampled_from(COLOUR.words)),
    st.sampled_from(["p", 'c in ["red", "blue"]', "ns.size() > 1", "ns.size() <= 0", "ns.exists(x, x > n)", "n < m"]),
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " && ".join(parts) + ")"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " || ".join(parts) + ")"),
        inner.map("!({})".format),
    ),
    max_leaves=6,
)
maybe = st.none() | numbers


@given(
    conditions,
    maybe,
    maybe,
    st.none() | st.sampled_from(COLOUR.words),
    st.none() | st.booleans(),
    st.lists(numbers, max_size=2),
)
def test_what_is_found_is_never_ruled_out(
    text: str, n: int | None, m: int | None, c: str | None, p: bool | None, ns: list[int]
) -> None:
    condition = compiled(text)
    values = SimpleNamespace(n=n, m=m, c=c, p=p, ns=tuple(ns))

    assert interpret(condition, values) in truths(condition)
