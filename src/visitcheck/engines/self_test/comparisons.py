"""The comparisons of a condition, and where in a visit their parts read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from visitcheck.facts.types import BOOL, Record
from visitcheck.ir.nodes import Call, Compare, Element, Exists, Expr, Fact, Field, Filter, ForAll, ListCall, Map
from visitcheck.ir.walk import children

Path: TypeAlias = tuple[str, ...]
Lists: TypeAlias = dict[int, Fact | None]
"""The lists of the macros around a node, by binder number; None for a list that is not a fact."""
EACH = "[]"
"""The step of a path from a list to its elements."""
MACROS = (Exists, ForAll, Filter, Map, ListCall)


def comparisons(conditions: Sequence[Expr]) -> tuple[Expr, ...]:
    """Every comparison and call in some conditions by itself, once: one about a list's element asks whether any has it.

    In a whole condition one part hides another; here each meets all its values.
    """
    found: dict[Expr, None] = {}
    for condition in conditions:
        for node, lists in scoped(condition):
            if isinstance(node, Compare | Call) and node.type == BOOL:
                alone = _closed(node, lists)
                if alone is not None:
                    found.setdefault(alone)
    return tuple(found)


def _closed(node: Expr, lists: Lists) -> Expr | None:
    """The node within macros over the lists whose elements it looks at; None where such a list is not a fact."""
    free = {
        inner.binder
        for inner, inside in scoped(node, dict(lists))
        if isinstance(inner, Element)
        # A macro within, also one over a list that is no fact, has its own element under the number.
        if inner.binder in lists and inside[inner.binder] is lists[inner.binder]
    }
    for binder in sorted(free, reverse=True):
        source = lists[binder]
        if source is None:
            return None
        node = Exists(source, binder, node)
    return node


def scoped(node: Expr, lists: Lists | None = None) -> Iterator[tuple[Expr, Lists]]:
    """Every part with the lists of the macros around it, by binder number; None for a list that is not a fact."""
    stack: list[tuple[Expr, Lists]] = [(node, lists or {})]
    while stack:
        top, around = stack.pop()
        yield top, around
        if isinstance(top, MACROS):
            inside = around | {top.binder: _list_fact(top.source)}
            bodies = top.bodies if isinstance(top, ListCall) else (top.body,)
            stack += [(body, inside) for body in bodies]
            outside = (top.source, *(top.args if isinstance(top, ListCall) else ()))
            stack += [(child, around) for child in outside]
        else:
            stack += [(child, around) for child in children(top)]


def _list_fact(node: Expr) -> Fact | None:
    while isinstance(node, Filter):
        node = node.source
    return node if isinstance(node, Fact) else None


def path_of(node: Expr, lists: Lists) -> Path | None:
    """Where in a visit a node reads; None where it is no fact."""
    if isinstance(node, Fact):
        return node.path
    record = node.record if isinstance(node, Field) else node
    if not isinstance(record, Element) or isinstance(node.type, Record):
        return None
    source = lists.get(record.binder)
    if source is None:
        return None
    return (*source.path, EACH, node.name) if isinstance(node, Field) else (*source.path, EACH)
