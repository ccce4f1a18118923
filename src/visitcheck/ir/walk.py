"""Copies of expressions with some parts replaced; what does not change is kept, not copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

from visitcheck.ir.nodes import Expr, Node

_N = TypeVar("_N", bound=Node)


def rebuilt(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """`expr` with what `change` gives in place of a node; where it gives None, its parts are looked at.

    A part that several parents share stays shared, and is visited once.
    """
    done: dict[int, Expr] = {}

    def part(node: Expr) -> Expr:
        if id(node) not in done:
            changed = change(node)
            done[id(node)] = with_parts(node, part) if changed is None else changed
        return done[id(node)]

    return part(expr)


def with_parts(node: _N, part: Callable[[Expr], Expr]) -> _N:
    """The same node over what `part` makes of each node directly below; the node itself where nothing changes."""
    changes: dict[str, Any] = {}
    for item in fields(node):
        before = getattr(node, item.name)
        after = before if item.name == "origin" else _with_changed(before, part)
        if after is not before:
            changes[item.name] = after
    return replace(node, **changes) if changes else node


def _with_changed(value: object, part: Callable[[Expr], Expr]) -> object:
    """A field's value: a node, a tuple of nodes, or anything else, which stays."""
    if isinstance(value, Node):
        return part(cast("Expr", value))
    if not isinstance(value, tuple) or not any(isinstance(item, Node) for item in value):
        return value
    items = tuple(part(cast("Expr", item)) if isinstance(item, Node) else item for item in value)
    return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
