"""What conditions are read as."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from front_scope import read, scope

from visitcheck.documents import parse_yaml, to_python
from visitcheck.errors import InvalidCondition
from visitcheck.facts.types import COUNT, INT
from visitcheck.ir.binders import find_nested_macros
from visitcheck.ir.nodes import Arithmetic, Compare, Exact
from visitcheck.language import compile_condition
from visitcheck.language.printer import to_text

_FILE = Path(__file__).parent / "readings.yaml"
_TREE, _PROBLEMS = parse_yaml(_FILE.read_text(encoding="utf-8"), _FILE.name)
assert _TREE is not None, _PROBLEMS
CASES: list[dict[str, Any]] = to_python(_TREE)  # type: ignore[assignment]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_readings(case: dict[str, Any]) -> None:
    """The printed form is as expected, and reads back to the same expression."""
    if case.get("refused"):
        with pytest.raises(InvalidCondition):
            read(case["text"])
        return
    expr = read(case["text"])

    assert case["reads"] == to_text(expr)
    assert expr == read(to_text(expr))


def test_equal_text_is_equal_nodes_wherever_it_stands() -> None:
    alone = read("contacts.exists(c, c.connected)")
    inside = read("notices.exists(n, n.sent) && contacts.exists(d, d.connected)")

    assert alone in inside.parts  # type: ignore[union-attr]


def test_counts_stay_intervals_where_they_may() -> None:
    """Under comparisons, `+` and `-` a count stays one; elsewhere it is made exact."""
    compared = read("contacts.size() + 1 - notices.size() > 2")
    assert isinstance(compared, Compare)
    assert COUNT == compared.left.type

    multiplied = read("contacts.size() * 2")
    assert isinstance(multiplied, Arithmetic)
    assert isinstance(multiplied.left, Exact)
    assert INT == multiplied.type


def test_a_let_is_put_in_as_it_is() -> None:
    lets = {"calls": 'contacts.filter(c, c.channel == "phone")', "many": "contacts.size() > 3"}
    expr = compile_condition("many && calls.size() > 1", scope(lets=lets))

    assert read('contacts.size() > 3 && contacts.filter(c, c.channel == "phone").size() > 1') == expr


def test_a_broken_let_is_no_further_problem() -> None:
    given = scope()
    broken = type(given)(facts=given.facts, zone=given.zone, date=given.date, lets={"b": None})
    with pytest.raises(InvalidCondition) as failure:
        compile_condition("b > 3 && place.private", broken)

    assert () == failure.value.problems


def test_every_node_knows_where_it_was_written() -> None:
    text = "place.private && contacts.size() > 2"
    expr = read(text)

    assert ["place.private", "contacts.size() > 2"] == [str(part.origin) for part in expr.parts]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "nested"),
    [
        ("contacts.exists(c, contacts.exists(d, c.id == d.id))", 1),
        ("contacts.filter(c, c.connected).exists(c, contacts.filter(d, d.id == c.id).size() > 1)", 1),
        ("contacts.filter(c, c.connected).exists(c, c.planned)", 0),
        ("contacts.exists(c, notices.exists(n, n.id == c.id))", 0),
        # An argument that does not see the element is worked out once, not for each.
        ('contacts.covers(c, c.at, c.at, contacts.map(d, d.at).min(), visit.starts_at, duration("0s"))', 0),
        ("wishes.avoid_times.exists(w, w.weekdays.exists(d, d == 1))", 0),
    ],
)
def test_macros_over_one_list_inside_each_other_are_found(text: str, nested: int) -> None:
    assert nested == len(find_nested_macros(read(text), levels=2))
