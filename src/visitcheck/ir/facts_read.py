"""Which facts a condition reads, as paths like `contacts[].at`, and which parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from visitcheck.facts.types import ListOf, Record
from visitcheck.ir.nodes import Choose, Distinct, Element, Expr, Fact, Field, Filter, Macro, Map, Param
from visitcheck.ir.walk import bodies_of, distinct_nodes, outer_parts

_Paths: TypeAlias = frozenset[str]
_Env: TypeAlias = Mapping[int, _Paths]
_NONE: _Paths = frozenset()


def facts_read(*conditions: Expr) -> frozenset[str]:
    """Paths of the facts that the conditions read; of a list also the list itself, as `contacts`."""
    return frozenset(path for path, _ in facts_with_nodes(conditions))


def facts_with_nodes(conditions: Iterable[Expr]) -> Iterator[tuple[str, Expr]]:
    """Each fact read with a node that reads it. A `let` used often is looked through once."""
    seen: set[tuple[int, tuple[tuple[int, _Paths], ...]]] = set()
    for condition in conditions:
        yield from _reads(condition, {}, seen)


def _reads(node: Expr, env: _Env, seen: set[tuple[int, tuple[tuple[int, _Paths], ...]]]) -> Iterator[tuple[str, Expr]]:
    key = (id(node), tuple(sorted(env.items())))
    if key in seen:
        return
    seen.add(key)
    if isinstance(node, Fact | Field):
        for path in _paths(node, env):
            yield path, node
    for part in outer_parts(node):
        yield from _reads(part, env, seen)
    if isinstance(node, Macro):
        inside = {**env, node.binder: _elements(node.source, env)}
        for body in bodies_of(node):
            yield from _reads(body, inside, seen)


def _paths(node: Expr, env: _Env) -> _Paths:
    """The paths that a value comes from unchanged; none for one that is worked out."""
    match node:
        case Fact(path=path):
            return frozenset({".".join(path)})
        case Element(binder=binder):
            return env.get(binder, _NONE)
        case Field(record=record, name=name):
            return frozenset(f"{path}.{name}" for path in _paths(record, env))
        case Choose(then=then, other=other):
            return _paths(then, env) | _paths(other, env)
        case _:
            return _NONE


def _elements(source: Expr, env: _Env) -> _Paths:
    """The paths of a list's elements, looking through what only selects or picks."""
    match source:
        case Filter(source=inner) | Distinct(source=inner):
            return _elements(inner, env)
        case Map(source=inner, binder=binder, body=body):
            return _paths(body, {**env, binder: _elements(inner, env)})
        case Choose(then=then, other=other):
            return _elements(then, env) | _elements(other, env)
        case _:
            return frozenset(f"{path}[]" for path in _paths(source, env))


def parameters_read(*conditions: Expr) -> frozenset[str]:
    """Names of the parameters that the conditions read."""
    return frozenset(node.name for node in distinct_nodes(*conditions) if isinstance(node, Param))


def is_record(expr: Expr) -> bool:
    """Whether the value is a record, or a list of them: nothing that could be shown as text."""
    type_ = expr.type
    while isinstance(type_, ListOf):
        type_ = type_.item
    return isinstance(type_, Record)
