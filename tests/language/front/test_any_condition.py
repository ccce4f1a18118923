"""Whatever the text, reading it ends in an expression or in problems; and what is printed reads back the same."""

from __future__ import annotations

import contextlib

import pytest
from condition_texts import TOKENS, condition_texts
from front_scope import ZONE, scope
from hypothesis import given, reject
from hypothesis import strategies as st

from strategies.visits import visits_for
from visitcheck.errors import InvalidCondition
from visitcheck.ir.nodes import Exists, Expr, Filter, ForAll, Has, ListCall, Map
from visitcheck.ir.walk import walk
from visitcheck.language import compile_condition
from visitcheck.language.interpreter import interpret
from visitcheck.language.printer import to_text

SCOPE = scope()
EVERYTHING = st.one_of(
    st.text(st.characters(), max_size=60),
    st.lists(st.sampled_from(TOKENS), max_size=25).map(" ".join),
    st.lists(st.sampled_from(TOKENS), max_size=25).map("".join),
)


def read_or_refuse(text: str) -> None:
    with contextlib.suppress(InvalidCondition):
        compile_condition(text, SCOPE, expected=None)


@given(EVERYTHING)
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


@given(condition_texts(), st.data())
def test_a_damaged_condition_is_read_or_refused(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 4))
    put = data.draw(st.sampled_from(("", *TOKENS)))

    read_or_refuse(text[:at] + put + text[at + cut :])


def read_condition(text: str) -> Expr:
    """The expression of a generated text; one that goes three macros deep into one list is no example."""
    try:
        return compile_condition(text, SCOPE)
    except InvalidCondition as error:
        if {problem.code for problem in error.problems} != {"list-nested"}:
            raise
        reject()


@pytest.mark.long
@given(condition_texts())
def test_printed_conditions_read_back_to_the_same_expression(text: str) -> None:
    expr = read_condition(text)

    assert expr == compile_condition(to_text(expr), SCOPE)
    assert expr == compile_condition(to_text(expr, zone=ZONE), SCOPE)


@given(condition_texts())
def test_no_inner_binder_hides_an_outer_one(text: str) -> None:
    """A macro's number is one more than the largest in its bodies."""
    expr = read_condition(text)

    for node in walk(expr):
        if isinstance(node, Exists | ForAll | Filter | Map | ListCall):
            bodies = node.bodies if isinstance(node, ListCall) else (node.body,)
            inside = [
                below.binder
                for body in bodies
                for below in walk(body)
                if isinstance(below, Exists | ForAll | Filter | Map | ListCall)
            ]
            assert 1 + max(inside, default=-1) == node.binder


@given(condition_texts(), st.data())
def test_a_condition_of_nothing_known_is_no_error(text: str, data: st.DataObject) -> None:
    """On a visit without any facts every condition has a truth, and one that is known there holds on any visit.

    `has()` alone may change its answer: it asks whether something is missing.
    """
    expr = read_condition(text)

    truth = interpret(expr, object())

    assert any(truth is expected for expected in (True, False, None))
    if truth is not None and not any(isinstance(node, Has) for node in walk(expr)):
        assert interpret(expr, data.draw(visits_for([expr]))) is truth


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("place.private", None),
        ("place.private || true", True),
        ("place.private && false", False),
        ("has(place.private)", False),
        ("contacts.exists(c, true)", None),
        ("contacts.size() > 3", None),
    ],
)
def test_nothing_known_is_unknown_and_not_false(text: str, truth: bool | None) -> None:
    assert interpret(compile_condition(text, SCOPE), object()) is truth


def test_the_names_of_elements_come_from_their_binders() -> None:
    expr = compile_condition("contacts.exists(c, contacts.exists(d, c.id == d.id))", SCOPE)

    assert "contacts.exists(y, contacts.exists(x, y.id == x.id))" == to_text(expr)
