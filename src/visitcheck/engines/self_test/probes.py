"""Visits made up around a condition: one usual visit, at which most parts hold or most fail, a fact changed in each.

They stand for what an engine might get wrong for a policy: a boundary, a word, a missing fact. They are not validated.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from visitcheck.engines.self_test.tried_values import EACH, NOW, USUAL_TEXT, Leaf, Path, leaves_of, usual_values
from visitcheck.facts import Visit
from visitcheck.facts.completeness import OPEN_LISTS, WORDS
from visitcheck.facts.types import DAY, ListOf, Word
from visitcheck.ir.nodes import Expr

_M = TypeVar("_M", bound=BaseModel)


def probes(condition: Expr, model: type[Visit] = Visit, *, boundaries: bool = True) -> Iterator[Visit]:
    """Yield the empty visit, then the usual ones, each with every fact left out, or on either side of a boundary.

    Without `boundaries`: facts are left out, and lists are empty or longer, no more. `model` is the policy's own where
    it declares further facts.
    """
    leaves = leaves_of(condition)
    yield _empty_record(model)
    for usual in _usual_visits(condition, leaves):
        yield from _probes_around(leaves, usual, model, boundaries)


def open_probes(condition: Expr, model: type[Visit] = Visit) -> Iterator[Visit]:
    """Yield the usual visits with each list going on, in every way that matters to the condition.

    Facts are not tried on either side of a boundary: what a whole condition says of further elements is a matter of its
    macros, not of a comparison's values.
    """
    leaves = leaves_of(condition)
    for usual in _usual_visits(condition, leaves):
        lengths = _lengths_of(leaves, usual)
        for path, length in lengths.items():
            if ".".join(path) in OPEN_LISTS:
                for said, size in product(_ways_to_go_on(path, leaves), sorted({0, length or 0})):
                    yield _make_visit(model, usual | said, lengths | {path: size})


def _usual_visits(condition: Expr, leaves: dict[Path, Leaf]) -> Iterator[dict[Path, Any]]:
    return (usual_values(condition, leaves, wanted) for wanted in (True, False))


def _lengths_of(leaves: dict[Path, Leaf], usual: dict[Path, Any]) -> dict[Path, Any]:
    return {path: usual[path] for path, leaf in leaves.items() if isinstance(leaf.type, ListOf) and EACH not in path}


def _probes_around(
    leaves: dict[Path, Leaf], usual: dict[Path, Any], model: type[Visit], boundaries: bool
) -> Iterator[Visit]:
    lengths = _lengths_of(leaves, usual)
    yield _make_visit(model, usual, lengths)
    for path, leaf in leaves.items():
        missing = () if path[-1] == EACH else (None,)  # a list of plain values has no gaps
        for value in (*(leaf.tried if boundaries or path in lengths else ()), *missing):
            if path in lengths:
                yield _make_visit(model, usual, lengths | {path: value})
            elif value is None or value != usual[path]:
                yield _make_visit(model, usual | {path: value}, lengths)


def _ways_to_go_on(path: Path, leaves: dict[Path, Leaf]) -> Iterator[dict[Path, Any]]:
    """Yield what may be said of a list that goes on: nothing more, or words of one closing fact or of all.

    The words are those that a condition asks for, or one that it does not.
    """
    about = ("completeness", *path)
    goes_on = {(*about, "complete"): False}
    yield goes_on
    asked: dict[Path, Any] = {}
    for fact in OPEN_LISTS[".".join(path)].closing:
        leaf = leaves.get((*path, EACH) if fact == WORDS else (*path, EACH, fact))
        if leaf is not None and isinstance(leaf.type, Word):
            named = (*about, "all_with", fact)
            asked[named] = tuple(leaf.tried)
            yield goes_on | {named: asked[named]}
            others = tuple(word for word in leaf.type.words if word not in leaf.tried)
            yield goes_on | {named: others[:1]}
    if len(asked) > 1:
        yield goes_on | asked


def _make_visit(model: type[Visit], values: dict[Path, Any], lengths: dict[Path, Any]) -> Visit:
    inside: dict[Path, Any] = {path: value for path, value in values.items() if EACH not in path}
    for path, length in lengths.items():
        elements = {
            inner[len(path) + 1 :]: value for inner, value in values.items() if inner[: len(path) + 1] == (*path, EACH)
        }
        item = _model_below(model, path)
        inside[path] = None if length is None else tuple(_make_element(item, elements, at) for at in range(length))
    return _make_record(model, inside)


def _make_element(model: type[BaseModel] | None, values: dict[Path, Any], at: int) -> Any:
    """Return element number `at`: texts differ from element to element, and each is a day older than the one before."""
    numbered = {path: _number_value(value, at) for path, value in values.items()}
    return numbered.get(()) if model is None else _make_record(model, numbered)


def _number_value(value: Any, at: int) -> Any:
    if at and value == USUAL_TEXT:
        return f"{value}{at}"
    return value - at * DAY if type(value) is int and abs(value - NOW) < 1_000 * DAY else value


def _make_record(model: type[_M], values: dict[Path, Any]) -> _M:
    """Return a record with these fields, by path below it, and no others."""
    fields: dict[str, Any] = {path[0]: value for path, value in values.items() if len(path) == 1}
    for name in {path[0] for path in values if len(path) > 1}:
        inner = _model_below(model, (name,))
        if inner is not None:
            fields[name] = _make_record(inner, _below((name,), values))
    record: _M = _empty_record(model).model_copy(update=fields)
    return record


def _below(path: Path, values: dict[Path, Any]) -> dict[Path, Any]:
    """Return the values at and below a path, by what remains of theirs."""
    size = len(path)
    return {inner[size:]: value for inner, value in values.items() if inner[:size] == path}


@lru_cache(maxsize=128)  # bounded: policies with facts of their own bring models of their own
def _empty_record(model: type[_M]) -> _M:
    """Return the one record of a model without any fact; it is never changed."""
    return model.model_construct()


@lru_cache(maxsize=256)
def _model_below(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model of the records at a path, or of a list's elements; None where these are plain values."""
    for name in path:
        models = _models_in(model.model_fields[name].annotation)
        if not models:
            return None
        model = models[0]
    return model


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
