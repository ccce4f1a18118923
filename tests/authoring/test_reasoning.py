"""What simple reasoning says of conditions, held against the interpreter."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from conditions import compiled, conditions, values
from hypothesis import given

from visitcheck.authoring.lint.reasoning import ANYTHING, truths
from visitcheck.language.interpreter import interpret


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


@given(conditions, values)
def test_what_is_found_is_never_ruled_out(text: str, facts: SimpleNamespace) -> None:
    condition = compiled(text)

    assert interpret(condition, facts) in truths(condition)
