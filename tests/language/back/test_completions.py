"""Unknown is monotone: whatever is filled in later, an answer given before stays true.

Small lists with unknown values are completed in every way; each completion's answer must agree with the
answer given for the unknown ones: be in the interval, or be the same truth or value.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitcheck.facts.types import BOOL, COUNT, DURATION, INT, STRING, TIMESTAMP, ListOf, Record, Type
from visitcheck.ir.nodes import (
    Aggregate,
    Arithmetic,
    Compare,
    Const,
    Distinct,
    Element,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    ListCall,
    Map,
    Not,
    Size,
)
from visitcheck.language.interpreter import interpret
from visitcheck.truth import Count

FIELDS: dict[str, Type] = {
    "kept": BOOL,
    "passes": BOOL,
    "key": STRING,
    "n": INT,
    "at": TIMESTAMP,
    "until": TIMESTAMP,
}
# The values an unknown field may have: those the lists use, one that they do not, and both ends of times.
DOMAINS: dict[str, list[Any]] = {
    "kept": [True, False],
    "passes": [True, False],
    "key": ["a", "b", "fresh 1", "fresh 2"],
    "n": [0, 1, 5],
    "at": [-9, 1, 2, 9],
    "until": [-9, 1, 2, 9],
}
ITEM = Record("item", FIELDS)
X = Element(0, ITEM)
ITEMS = Fact(("items",), ListOf(ITEM))


def _field(name: str) -> Field:
    return Field(record=X, name=name, type=FIELDS[name])


KEPT = Filter(source=ITEMS, binder=0, body=_field("kept"), type=ListOf(ITEM))


def _map(name: str, source: Expr = KEPT) -> Map:
    return Map(source=source, binder=0, body=_field(name), type=ListOf(FIELDS[name]))


def _call(name: str, bodies: tuple[str, ...], args: tuple[Expr, ...], type_: Type) -> ListCall:
    return ListCall(function=name, source=KEPT, binder=0, bodies=tuple(map(_field, bodies)), args=args, type=type_)


def _covers(tolerance: int, start: int = 0, end: int = 3) -> ListCall:
    args = (Const(start, TIMESTAMP), Const(end, TIMESTAMP), Const(tolerance, DURATION))
    return _call("covers", ("at", "until"), args, BOOL)


def _fewer(than: int) -> Compare:
    return Compare(op="<", left=Size(source=KEPT), right=Const(than, INT))


# Each with the fields that it reads: only those are completed, the others do not matter.
CASES: dict[str, tuple[Expr, tuple[str, ...]]] = {
    "exists": (Exists(source=KEPT, binder=0, body=_field("passes")), ("kept", "passes")),
    "all": (ForAll(source=KEPT, binder=0, body=_field("passes")), ("kept", "passes")),
    "not-all": (Not(operand=ForAll(source=ITEMS, binder=0, body=_field("passes"))), ("passes",)),
    "size": (Size(source=KEPT), ("kept",)),
    "size-twice": (
        Size(source=Filter(source=KEPT, binder=0, body=_field("passes"), type=ListOf(ITEM))),
        ("kept", "passes"),
    ),
    "size-less": (_fewer(2), ("kept",)),
    "size-difference": (
        Arithmetic(op="-", left=Size(source=ITEMS), right=Size(source=KEPT), type=COUNT),
        ("kept",),
    ),
    "exists-one": (Compare(op="==", left=Size(source=KEPT), right=Const(1, INT)), ("kept",)),
    "distinct": (Size(source=Distinct(source=_map("key"), type=ListOf(STRING))), ("kept", "key")),
    "distinct-few": (
        Compare(op="<=", left=Size(source=Distinct(source=_map("key"), type=ListOf(STRING))), right=Const(1, INT)),
        ("kept", "key"),
    ),
    "min": (Aggregate(kind="min", source=_map("n"), default=None, type=INT), ("kept", "n")),
    "max": (Aggregate(kind="max", source=_map("n"), default=Const(7, INT), type=INT), ("kept", "n")),
    "sum": (Aggregate(kind="sum", source=_map("n"), default=None, type=INT), ("kept", "n")),
    "maxPerGroup": (_call("maxPerGroup", ("key",), (), COUNT), ("kept", "key")),
    "maxPerGroup-two-keys": (_call("maxPerGroup", ("key", "n"), (), COUNT), ("kept", "key", "n")),
    "lastRun": (_call("lastRun", ("at", "passes"), (), COUNT), ("kept", "at", "passes")),
    "covers": (_covers(0), ("kept", "at", "until")),
    "covers-with-gaps": (_covers(1), ("kept", "at", "until")),
    "covers-a-moment": (_covers(0, 1, 1), ("kept", "at", "until")),
}
TIGHT = {"size", "size-twice", "exists", "all", "distinct", "maxPerGroup", "lastRun"}
"""Where the interval's ends, or a truth other than UNKNOWN, must also be reached by completions."""


def _items(read: tuple[str, ...]) -> st.SearchStrategy[tuple[SimpleNamespace, ...]]:
    known = {
        "kept": st.sampled_from([True, True, False, None]),
        "passes": st.sampled_from([True, False, None]),
        "key": st.sampled_from(["a", "b", None]),
        "n": st.sampled_from([0, 1, None]),
        "at": st.sampled_from([0, 1, 2, 3, None]),
        "until": st.sampled_from([0, 1, 2, 3, None]),
    }
    item = st.builds(SimpleNamespace, **{name: known[name] if name in read else st.just(0) for name in FIELDS})
    return st.lists(item, max_size=3).map(tuple).filter(lambda items: _unknowns(items) <= 5)


def _unknowns(items: tuple[SimpleNamespace, ...]) -> int:
    return sum(value is None for item in items for value in vars(item).values())


def _completions(items: tuple[SimpleNamespace, ...]) -> Iterator[tuple[SimpleNamespace, ...]]:
    choices = [DOMAINS[name] if value is None else [value] for item in items for name, value in vars(item).items()]
    size = len(FIELDS)
    for values in product(*choices):
        yield tuple(
            SimpleNamespace(**dict(zip(FIELDS, values[start : start + size], strict=True)))
            for start in range(0, len(values), size)
        )


def _agrees(before: Any, after: Any) -> bool:
    if before is None:
        return True
    if isinstance(before, Count):
        return bool(before.low <= after.low and after.high <= before.high)
    return bool(before == after)


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_every_completion_agrees_with_the_answer(name: str) -> None:
    node, read = CASES[name]

    @settings(max_examples=60, deadline=None)
    @given(_items(read))
    def check(items: tuple[SimpleNamespace, ...]) -> None:
        before = interpret(node, SimpleNamespace(items=items))
        answers = [interpret(node, SimpleNamespace(items=full)) for full in _completions(items)]

        assert all(_agrees(before, after) for after in answers), (before, set(answers))
        if name in TIGHT:
            _is_tight(before, answers)

    check()


def _is_tight(before: Any, answers: list[Any]) -> None:
    """No better answer could have been given."""
    if isinstance(before, Count):
        assert before.low == min(count.low for count in answers)
        assert before.high == max(count.high for count in answers)
    elif before is None:
        assert {True, False} <= set(answers)


@pytest.mark.parametrize("name", CASES)
def test_an_absent_list_is_unknown(name: str) -> None:
    node, _ = CASES[name]

    assert interpret(node, SimpleNamespace(items=None)) is None
