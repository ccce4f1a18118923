"""Strategies for whole visits: facts missing at random, lists absent, empty or long, times at boundaries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, TypeVar

from hypothesis import strategies as st

from visitcheck.facts.diagnosis import diagnose
from visitcheck.facts.fields import FactModel, FieldShape, shapes
from visitcheck.facts.times import date_text, read_timestamp, timestamp_text
from visitcheck.facts.types import DAY
from visitcheck.facts.visit import Visit
from visitcheck.testing.values import ANCHORS, MomentOffset, field_values

AnyVisit = TypeVar("AnyVisit", bound=Visit)
Stage = Literal["proposed", "recorded"]
_LONGEST = 7


def visits(
    stage: Stage | None = None,
    *,
    min_facts: int = 0,
    facts: frozenset[str] | None = None,
    model: type[AnyVisit] = Visit,  # type: ignore[assignment]
) -> st.SearchStrategy[AnyVisit]:
    """Valid visits: facts missing at random, lists absent, empty or long, times around boundaries.

    `stage` fixes `visit.stage`; `facts` limits what is given to these paths (`contacts[].at`); of those, at
    least `min_facts` single facts outside lists are given, as far as they do not contradict each other.
    """
    mappings = visit_mappings(stage, min_facts=min_facts, facts=facts, model=model)
    return mappings.map(lambda mapping: _read_valid_visit(mapping, model))


def _read_valid_visit(mapping: dict[str, Any], model: type[AnyVisit]) -> AnyVisit:
    _, visit = diagnose(mapping, model)
    assert visit is not None, mapping  # noqa: S101 - the mappings are valid by construction
    return visit


def visit_mappings(
    stage: Stage | None = None,
    *,
    min_facts: int = 0,
    facts: frozenset[str] | None = None,
    model: type[Visit] = Visit,
) -> st.SearchStrategy[dict[str, Any]]:
    """The same as plain mappings, as a caller sends them: times as text with an offset, money as text.

    Contradictory facts are left out, so `read_visit` accepts all of them.
    """
    drawn = st.tuples(
        _record_strategy(model, "", facts),
        st.sampled_from(ANCHORS),
        st.sampled_from(_single_facts(model, facts)) if min_facts else st.none(),
        _filling_strategy(model, facts) if min_facts else st.none(),
    )

    def build_mapping(parts: tuple[dict[str, Any], str, Any, Any]) -> dict[str, Any]:
        mapping, anchor, start, fillings = parts
        if fillings is not None:
            _fill_up(mapping, _single_facts(model, facts), start, fillings, min_facts)
        if stage is not None:
            mapping["visit"] = {**(mapping.get("visit") or {}), "stage": stage}
        _, visit = diagnose(_place_in_time(mapping, read_timestamp(anchor)), model)
        return visit.to_dict() if visit is not None else {}

    return drawn.map(build_mapping)


@lru_cache(maxsize=256)
def _record_strategy(
    model: type[FactModel], prefix: str, facts: frozenset[str] | None
) -> st.SearchStrategy[dict[str, Any]]:
    optional = {
        name: _field_strategy(shape, f"{prefix}{name}", facts)
        for name, shape in shapes(model).items()
        if _is_wanted(f"{prefix}{name}", facts)
    }
    return st.fixed_dictionaries({}, optional=optional)


def _is_wanted(path: str, facts: frozenset[str] | None) -> bool:
    """Whether a path, or something below it, is wanted."""
    return facts is None or path in facts or any(one.startswith((f"{path}.", f"{path}[]")) for one in facts)


def _field_strategy(shape: FieldShape, path: str, facts: frozenset[str] | None) -> st.SearchStrategy[Any]:
    if shape.record is None:
        return field_values(shape)
    if path.startswith("completeness.") and "complete" in shapes(shape.record):
        return _completeness_strategy(shape.record)
    below = facts if facts is None or any(one.startswith((f"{path}.", f"{path}[].")) for one in facts) else None
    if shape.listed is None:
        return _record_strategy(shape.record, f"{path}.", below)
    return st.lists(_record_strategy(shape.record, f"{path}[].", below), max_size=_LONGEST)


def _completeness_strategy(model: type[FactModel]) -> st.SearchStrategy[dict[str, Any]]:
    """What one list lacks: mostly it goes on, and names a few words or most for some of its closing facts."""
    goes_on: dict[str, Any] = {"complete": False}
    options = [st.just(goes_on), st.just({"complete": True})]
    all_with = shapes(model)["all_with"].record if "all_with" in shapes(model) else None
    if all_with is not None:
        closing = {name: _few_or_most(shape.words) for name, shape in shapes(all_with).items()}
        named = st.sets(st.sampled_from(sorted(closing)), min_size=1).flatmap(
            lambda names: st.fixed_dictionaries({name: closing[name] for name in sorted(names)})
        )
        options += [named.map(lambda words: goes_on | {"all_with": words})] * 3
    return st.one_of(options)


def _few_or_most(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Some words of a set: whether a condition's word is among them is as often true as not."""
    some = st.sets(st.sampled_from(words), max_size=3)
    most = some.map(lambda few: set(words) - few)
    return (some | most).map(lambda chosen: [word for word in words if word in chosen])


@lru_cache(maxsize=64)
def _single_facts(model: type[FactModel], facts: frozenset[str] | None) -> tuple[tuple[str, str], ...]:
    """Group and name of every single fact outside lists."""
    return tuple(_walk_single_facts(model, facts)) or (("visit", "id"),)


def _walk_single_facts(model: type[FactModel], facts: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    for group, shape in shapes(model).items():
        if shape.record is not None and shape.listed is None:
            for name, inner in shapes(shape.record).items():
                if inner.record is None and _is_wanted(f"{group}.{name}", facts):
                    yield group, name


@lru_cache(maxsize=64)
def _filling_strategy(
    model: type[FactModel], facts: frozenset[str] | None
) -> st.SearchStrategy[dict[tuple[str, str], Any]]:
    fields = {}
    for group, name in _single_facts(model, facts):
        record = shapes(model)[group].record
        assert record is not None  # noqa: S101 - as chosen in `_each_single`
        fields[group, name] = field_values(shapes(record)[name])
    return st.fixed_dictionaries(fields)


def _fill_up(
    mapping: dict[str, Any],
    singles: tuple[tuple[str, str], ...],
    start: tuple[str, str],
    fillings: dict[tuple[str, str], Any],
    wanted: int,
) -> None:
    """Add single facts, beginning at a random one, until enough are given."""
    given = sum(name in (mapping.get(group) or {}) for group, name in singles)
    first = singles.index(start)
    for group, name in singles[first:] + singles[:first]:
        if given >= wanted:
            return
        if name not in mapping.setdefault(group, {}):
            mapping[group][name] = fillings[group, name]
            given += 1


def _place_in_time(value: Any, anchor: int) -> Any:
    """Write moments and days that are relative to the anchor as text."""
    match value:
        case MomentOffset(offset):
            return timestamp_text(anchor + offset)
        case ("date", int(days)):
            return date_text(anchor // DAY + days)
        case dict():
            return {key: _place_in_time(below, anchor) for key, below in value.items()}
        case list():
            return [_place_in_time(below, anchor) for below in value]
        case _:
            return value
