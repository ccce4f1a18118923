"""Binder numbers: one more than the largest number in what a macro binds over.

So equal text is equal nodes. While a macro's bodies are read its variable has a provisional number below
zero; when they are done their height is known, and the provisional number gives way to the final one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from visitcheck.facts.types import ListOf
from visitcheck.ir.nodes import Distinct, Element, Exists, Expr, Fact, Field, Filter, ForAll, ListCall, Map, Node
from visitcheck.ir.walk import children, rebuild, walk

_MACROS = (Exists, ForAll, Filter, Map, ListCall)


def number(bodies: tuple[Expr, ...]) -> int:
    """The binder number of a macro with these bodies: 0 where no macro is inside."""
    inside = (node.binder for node in _distinct(bodies) if isinstance(node, _MACROS))
    return 1 + max(inside, default=-1)


def renumbered(expr: Expr, old: int, new: int) -> Expr:
    """`expr` with the elements of binder `old` given to binder `new`; other parts are kept."""

    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Element):
            return None
        return replace(node, binder=new) if node.binder == old else node

    return rebuild(expr, change)


def _distinct(roots: tuple[Expr, ...]) -> Iterator[Expr]:
    """The nodes below `roots`, one that several parents share only once."""
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            stack.extend(children(node))


def nested_same_list(expr: Expr) -> list[Node]:
    """The macros in `expr` that stand inside another macro over the same list, which takes quadratic time.

    Two macros go over the same list when both start from the same fact, whatever filters stand between.
    """
    return [node for node, levels in _nesting(expr, {}) if levels == 2]


def nested_too_often(expr: Expr) -> list[Node]:
    """The macros in `expr` that are the third level over the same list."""
    return [node for node, levels in _nesting(expr, {}) if levels == 3]


def _nesting(expr: Expr, around: dict[Expr, int]) -> Iterator[tuple[Node, int]]:
    """Each macro with how many macros over its list stand around it, itself included."""
    if not isinstance(expr, _MACROS):
        for child in children(expr):
            yield from _nesting(child, around)
        return
    yield from _nesting(expr.source, around)
    root = _root(expr.source)
    inner = around
    if root is not None:
        inner = around | {root: around.get(root, 0) + 1}
        yield expr, inner[root]
    for child in children(expr):
        if child is not expr.source:
            yield from _nesting(child, inner)


def _root(source: Expr) -> Expr | None:
    """The fact a list comes from. A list field of an element is another list for each element: none."""
    while isinstance(source, (Filter, Map, Distinct)):
        source = source.source
    return source if isinstance(source, (Fact, Field)) and isinstance(source.type, ListOf) and _closed(source) else None


def _closed(source: Expr) -> bool:
    return not any(isinstance(node, Element) for node in walk(source))
