"""Readers of lists and of what looks at their elements.

A list that is read for its elements is a Python list of pairs (held, value), held being TRUE for in, UNKNOWN for
maybe; a list as a value of a visit is a tuple.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from visitcheck.errors import EngineFailure
from visitcheck.ir.nodes import (
    Aggregate,
    Choose,
    Distinct,
    Exists,
    Expr,
    Fact,
    Filter,
    ForAll,
    ListCall,
    Map,
    Size,
)
from visitcheck.language.functions import LIST_FUNCTIONS
from visitcheck.language.interpreter import Member, aggregate_members, distinct_members
from visitcheck.truth import Count

Reader: TypeAlias = Callable[[Any, dict[int, Any]], Any]
MakeReader: TypeAlias = Callable[[Any], Reader]


def member_reader(node: Expr, reader: MakeReader) -> Reader:
    """What reads a list's elements as pairs; None where the list is absent. `reader` makes those of other parts."""
    match node:
        case Filter():
            return _filter(node, reader)
        case Map():
            return _map(node, reader)
        case Distinct():
            source = member_reader(node.source, reader)
            return _if_present(source, lambda found: list(distinct_members(tuple(Member(*pair) for pair in found))))
        case Choose():
            return _choose(node, reader)
        case Fact():
            return _if_present(path_reader(node.path), _pairs)
        case _:
            return _if_present(reader(node), _pairs)


def path_reader(path: tuple[str, ...]) -> Reader:
    """What follows a path from the visit; None where a link is missing."""

    def read(visit: Any, _elements: dict[int, Any]) -> Any:
        for name in path:
            if visit is None:
                return None
            visit = getattr(visit, name, None)
        return visit

    return read


def _pairs(found: Any) -> list[tuple[bool | None, Any]]:
    """A shared part is a list of pairs already; values as they stand in a visit are a tuple."""
    if type(found) is list:
        return found
    if not isinstance(found, tuple):
        raise EngineFailure(f"{type(found).__name__} is no list of a validated visit")
    return [(True, value) for value in found]


def list_reader(node: Expr, reader: MakeReader) -> Reader:
    """What reads a single value from a list: a truth, a count, an aggregate, the answer of a list function."""
    match node:
        case Exists():
            return _any(node, reader)
        case ForAll():
            return _all(node, reader)
        case Size():
            return _if_present(member_reader(node.source, reader), _count)
        case Aggregate():
            return _aggregate(node, reader)
        case ListCall():
            return _list_call(node, reader)
        case _:
            raise TypeError(f"no reader for {type(node).__name__}")


def _if_present(source: Reader, then: Callable[[Any], Any]) -> Reader:
    def read(visit: Any, elements: dict[int, Any]) -> Any:
        found = source(visit, elements)
        return None if found is None else then(found)

    return read


def _count(found: Any) -> Count:
    return Count(sum(held is True for held, _ in found), len(found))


def _each(source: Reader, binder: int, body: Reader) -> Callable[[Any, dict[int, Any]], Any]:
    """(held, value, body) of each element in turn; None where the list is absent."""

    def read(visit: Any, elements: dict[int, Any]) -> Any:
        found = source(visit, elements)
        if found is None:
            return None
        inside = dict(elements)
        rows = []
        for held, value in found:
            inside[binder] = value
            rows.append((held, value, body(visit, inside)))
        return rows

    return read


def _choose(node: Choose, reader: MakeReader) -> Reader:
    test, then, other = reader(node.test), member_reader(node.then, reader), member_reader(node.other, reader)

    def read(visit: Any, elements: dict[int, Any]) -> Any:
        truth = test(visit, elements)
        if truth is True:
            return then(visit, elements)
        return other(visit, elements) if truth is False else None  # anything else is no truth

    return read


def _filter(node: Filter, reader: MakeReader) -> Reader:
    def kept(rows: Any) -> list[tuple[bool | None, Any]]:
        return [(True if held and truth is True else None, value) for held, value, truth in rows if truth is not False]

    return _if_present(_each(member_reader(node.source, reader), node.binder, reader(node.body)), kept)


def _map(node: Map, reader: MakeReader) -> Reader:
    rows = _each(member_reader(node.source, reader), node.binder, reader(node.body))
    return _if_present(rows, lambda found: [(held, body) for held, _, body in found])


def _any(node: Exists, reader: MakeReader) -> Reader:
    source, binder, body = member_reader(node.source, reader), node.binder, reader(node.body)

    def read(visit: Any, elements: dict[int, Any]) -> Any:
        found = source(visit, elements)
        if found is None:
            return None
        inside, answer = dict(elements), False
        for held, inside[binder] in found:
            truth = body(visit, inside)
            if truth is True and held:
                return True
            if truth is not False:  # maybe in, or not known to have it
                answer = None  # type: ignore[assignment]
        return answer

    return read


def _all(node: ForAll, reader: MakeReader) -> Reader:
    source, binder, body = member_reader(node.source, reader), node.binder, reader(node.body)

    def read(visit: Any, elements: dict[int, Any]) -> Any:
        found = source(visit, elements)
        if found is None:
            return None
        inside, answer = dict(elements), True
        for held, inside[binder] in found:
            truth = body(visit, inside)
            if truth is False and held:
                return False
            if truth is not True:
                answer = None  # type: ignore[assignment]
        return answer

    return read


def _aggregate(node: Aggregate, reader: MakeReader) -> Reader:
    source = member_reader(node.source, reader)
    default = None if node.default is None else reader(node.default)

    def read(visit: Any, elements: dict[int, Any]) -> Any:
        found = source(visit, elements)
        if found is None:
            return None
        other = None if default is None else default(visit, elements)
        return aggregate_members(node, tuple(Member(*pair) for pair in found), other)

    return read


def _list_call(node: ListCall, reader: MakeReader) -> Reader:
    source, evaluate = member_reader(node.source, reader), LIST_FUNCTIONS[node.function].evaluate
    bodies, args = tuple(map(reader, node.bodies)), tuple(map(reader, node.args))
    binder = node.binder

    def read(visit: Any, elements: dict[int, Any]) -> Any:
        found = source(visit, elements)
        if found is None:
            return None
        inside, rows = dict(elements), []
        for held, inside[binder] in found:
            rows.append((held, tuple(body(visit, inside) for body in bodies)))
        return evaluate(tuple(rows), *(arg(visit, elements) for arg in args))

    return read
