"""The quick test for broken constraints overlooks nothing that the close look finds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visitcheck.facts import ROOT, Visit
from visitcheck.facts.breaches import _checks_of, _collect
from visitcheck.facts.fields import shapes
from visitcheck.facts.quick_check import quick_check
from visitcheck.facts.types import BOOL, MONEY, ListOf, Money, Record, Type, Word

TIMES = st.integers(0, 3)


@st.composite
def loose_visits(draw: st.DrawFn) -> Any:
    """Visits of right types whose few values contradict each other as often as not."""
    names = draw(st.lists(st.sampled_from(list(ROOT.fields)), min_size=1, max_size=3, unique=True))
    given_facts = {name: draw(_values(ROOT.fields[name])) for name in {*names, "visit"} - {"extra"}}
    return _built(Visit, given_facts)


def _values(type_: Type) -> st.SearchStrategy[Any]:
    if isinstance(type_, Record):
        return st.dictionaries(st.sampled_from(sorted(type_.fields) or ["?"]), st.none(), max_size=6).flatmap(
            lambda names: st.fixed_dictionaries({name: _values(type_.fields[name]) for name in names})
        )
    if isinstance(type_, ListOf):
        return st.lists(_values(type_.item), max_size=3).map(tuple)
    if isinstance(type_, Word):
        return st.sampled_from(type_.words)
    if type_ == BOOL:
        return st.booleans()
    return st.builds(Money, TIMES, st.just("CNY")) if type_ == MONEY else TIMES


def _built(model: Any, facts: dict[str, Any]) -> Any:
    fields = {}
    for name, value in facts.items():
        record = shapes(model)[name].record
        if record is None:
            fields[name] = value
        elif isinstance(value, tuple):
            fields[name] = tuple(_built(record, element) for element in value)
        else:
            fields[name] = _built(record, value)
    return model.model_construct(_fields_set=set(fields), **fields)


@pytest.mark.long
@settings(max_examples=400, suppress_health_check=list(HealthCheck), deadline=None)
@given(loose_visits())
def test_the_quick_check_overlooks_nothing(visit: Any) -> None:
    broken: list[Any] = []
    as_of = visit.visit.as_of
    _collect(visit, _checks_of(Visit), as_of, (), broken)
    suspects = quick_check(Visit)
    assert suspects is not None

    assert suspects(visit, as_of) or not broken
