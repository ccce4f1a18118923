"""Walking and rewriting typed expressions, whatever nodes they are made of.

This is the one place that knows what a node's parts are, and which of them see the element of a list: the bodies of
a `Macro`. All else that must hold of nodes is written in `nodes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, TypeAlias, TypeVar, cast

from visitcheck.ir.nodes import Distinct, Element, Expr, Filter, ListCall, Macro, Map, Node

_N = TypeVar("_N", bound=Node)
_FIELD_NAMES: dict[type[Node], tuple[str, ...]] = {}
_PART_NAMES: dict[type[Node], tuple[str, ...]] = {}
_NODES = re.compile(r"\b(?:Expr|Fact|Field)\b")
"""What annotations of fields that hold nodes name."""
Around: TypeAlias = Mapping[int, Macro]
"""The macros whose elements a node sees, by binder number."""


def field_names(kind: type[Node]) -> tuple[str, ...]:
    """The fields that give a kind of node its meaning: all but `origin`."""
    names = _FIELD_NAMES.get(kind)
    if names is None:
        names = _FIELD_NAMES[kind] = tuple(item.name for item in fields(kind) if item.name != "origin")
    return names


def part_names(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes, by their annotations."""
    names = _PART_NAMES.get(kind)
    if names is None:
        names = tuple(item.name for item in fields(kind) if _NODES.search(str(item.type)))
        _PART_NAMES[kind] = names
    return names


def children(node: Expr) -> Iterator[Expr]:
    """The nodes directly below `node`, in the order they are written."""
    for name in part_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield cast("Expr", value)
        elif isinstance(value, tuple):
            yield from (cast("Expr", part) for part in value if isinstance(part, Node))


def bodies_of(node: Expr) -> tuple[Expr, ...]:
    """The children of a macro that see its element; none for any other node."""
    if isinstance(node, ListCall):
        return node.bodies
    return (node.body,) if isinstance(node, Macro) else ()


def outer_parts(node: Expr) -> tuple[Expr, ...]:
    """The children that see no more elements than `node` itself: of a macro its list and its plain arguments."""
    if isinstance(node, ListCall):
        return (node.source, *node.args)
    return (node.source,) if isinstance(node, Macro) else tuple(children(node))


def walk(node: Expr) -> Iterator[Expr]:
    """`node` and everything below it, parents first; what several parents share comes once for each."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(children(top))))


def walk_within(node: Expr, around: Around | None = None) -> Iterator[tuple[Expr, Around]]:
    """`node` and everything below it, each with the macros whose elements it sees."""
    stack: list[tuple[Expr, Around]] = [(node, around or {})]
    while stack:
        top, outside = stack.pop()
        yield top, outside
        if isinstance(top, Macro):
            inside = {**outside, top.binder: top}
            stack += [(body, inside) for body in bodies_of(top)]
        stack += [(part, outside) for part in outer_parts(top)]


def distinct_nodes(*roots: Expr, key: Callable[[Expr], Hashable] = id) -> Iterator[Expr]:
    """Everything in `roots` once, parents first: each object, or with a `key` the first node of each key.

    What a `let` stands for is one object in all the places that use it, so an expression that would be
    exponential as a tree takes linear time.
    """
    seen: set[Hashable] = set()
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        node_key = key(node)
        if node_key not in seen:
            seen.add(node_key)
            yield node
            stack.extend(reversed(list(children(node))))


def free_names(node: Expr, below: Callable[[Expr], frozenset[int]] | None = None) -> frozenset[int]:
    """The binder numbers of the elements that `node` looks at and does not bind itself.

    `below`, where given, answers the same for a child, for callers that keep answers.
    """
    if below is None:
        return _free_names(node, {})
    if isinstance(node, Element):
        return frozenset({node.binder})
    outside = frozenset[int]().union(*map(below, outer_parts(node)))
    if not isinstance(node, Macro):
        return outside
    return outside | (frozenset[int]().union(*map(below, bodies_of(node))) - {node.binder})


def _free_names(node: Expr, known: dict[int, frozenset[int]]) -> frozenset[int]:
    names = known.get(id(node))
    if names is None:
        names = known[id(node)] = free_names(node, lambda child: _free_names(child, known))
    return names


def base_list(source: Expr, through: tuple[type[Filter | Map | Distinct], ...] = (Filter, Map, Distinct)) -> Expr:
    """The list that `source` is made from, looking through filters, maps and `distinct` (or some of these)."""
    while isinstance(source, through):
        source = source.source
    return source


def rebuild(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """`expr` with what `change` gives in place of a node; where it gives None, its parts are looked at.

    What does not change is kept, not copied. A part that several parents share stays shared, and is visited once.
    """
    done: dict[int, Expr] = {}

    def part(node: Expr) -> Expr:
        if id(node) not in done:
            changed = change(node)
            done[id(node)] = rebuild_parts(node, part) if changed is None else changed
        return done[id(node)]

    return part(expr)


def rebuild_parts(node: _N, change: Callable[[Expr], Expr]) -> _N:
    """The same node over what `change` makes of each child; the node itself where nothing changes."""
    changes: dict[str, Any] = {}
    for name in field_names(type(node)):
        before = getattr(node, name)
        after = _change_nodes(before, change)
        if after is not before:
            changes[name] = after
    return replace(node, **changes) if changes else node


def _change_nodes(value: object, change: Callable[[Expr], Expr]) -> object:
    """A field's value with its nodes changed: it is a node, a tuple of nodes, or anything else, which stays."""
    if isinstance(value, Node):
        return change(cast("Expr", value))
    if not isinstance(value, tuple) or not any(isinstance(item, Node) for item in value):
        return value
    items = tuple(change(cast("Expr", item)) if isinstance(item, Node) else item for item in value)
    return items if any(after is not before for after, before in zip(items, value, strict=True)) else value
