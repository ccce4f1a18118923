"""Binder numbers: one more than the largest number in what a macro binds over.

So equal text is equal nodes. While a macro's bodies are read its variable has a provisional number below
zero; when they are done their height is known, and the provisional number gives way to the final one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from visitcheck.facts.types import ListOf
from visitcheck.ir.nodes import Element, Expr, Fact, Field, Macro
from visitcheck.ir.walk import base_list, bodies_of, children, distinct_nodes, free_names, outer_parts, rebuild


def next_binder(bodies: tuple[Expr, ...]) -> int:
    """The binder number of a macro with these bodies: 0 where no macro is inside."""
    inside = (node.binder for node in distinct_nodes(*bodies) if isinstance(node, Macro))
    return 1 + max(inside, default=-1)


def renumber_binder(expr: Expr, old: int, new: int) -> Expr:
    """`expr` with the elements of binder `old` given to binder `new`; other parts are kept."""

    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Element):
            return None
        return replace(node, binder=new) if node.binder == old else node

    return rebuild(expr, change)


def find_nested_macros(expr: Expr, levels: int) -> list[Macro]:
    """The macros in `expr` that are the second (third, ...) level over the same list: quadratic (cubic, ...) time.

    Two macros go over the same list when both start from the same fact, whatever filters stand between.
    """
    return [macro for macro, level in _levels(expr, {}) if level == levels]


def _levels(expr: Expr, around: Mapping[Expr, int]) -> Iterator[tuple[Macro, int]]:
    """Each macro over a fact, with how many macros over its list stand around it, itself included."""
    if not isinstance(expr, Macro):
        for child in children(expr):
            yield from _levels(child, around)
        return
    for part in outer_parts(expr):
        yield from _levels(part, around)
    fact = _list_fact(expr)
    inside = around
    if fact is not None:
        inside = {**around, fact: around.get(fact, 0) + 1}
        yield expr, inside[fact]
    for body in bodies_of(expr):
        yield from _levels(body, inside)


def _list_fact(macro: Macro) -> Expr | None:
    """The fact that a macro's list comes from. A list field of an element is another list for each element: none."""
    source = base_list(macro.source)
    is_fact = isinstance(source, Fact | Field) and isinstance(source.type, ListOf)
    return source if is_fact and not free_names(source) else None
