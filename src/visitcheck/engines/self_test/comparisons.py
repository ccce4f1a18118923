"""The comparisons of a condition, and where in a visit their parts read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from visitcheck.facts.types import BOOL, Record
from visitcheck.ir.nodes import Call, Compare, Element, Exists, Expr, Fact, Field, Filter, Macro
from visitcheck.ir.walk import Around, base_list, free_names, walk_within

Path: TypeAlias = tuple[str, ...]
EACH = "[]"
"""The step of a path from a list to its elements."""


def comparisons(conditions: Sequence[Expr]) -> tuple[Expr, ...]:
    """Every comparison and call in some conditions by itself, once: one about a list's element asks whether any has it.

    In a whole condition one part hides another; here each meets all its values.
    """
    apart: dict[Expr, None] = {}
    for condition in conditions:
        for node, around in walk_within(condition):
            if isinstance(node, Compare | Call) and node.type == BOOL:
                closed = _close(node, around)
                if closed is not None:
                    apart.setdefault(closed)
    return tuple(apart)


def _close(node: Expr, around: Around) -> Expr | None:
    """The node within macros over the lists whose elements it looks at; None where such a list is not a fact."""
    for binder in sorted(free_names(node), reverse=True):
        source = _list_fact(around[binder])
        if source is None:
            return None
        node = Exists(source, binder, node)
    return node


def _list_fact(macro: Macro) -> Fact | None:
    """The fact whose elements a macro goes over; None for a list that is worked out."""
    source = base_list(macro.source, (Filter,))
    return source if isinstance(source, Fact) else None


def path_of(node: Expr, around: Around) -> Path | None:
    """Where in a visit a node reads, with the macros `around` it; None where it is no fact."""
    if isinstance(node, Fact):
        return node.path
    record = node.record if isinstance(node, Field) else node
    if not isinstance(record, Element) or isinstance(node.type, Record):
        return None
    source = _list_fact(around[record.binder]) if record.binder in around else None
    if source is None:
        return None
    return (*source.path, EACH, node.name) if isinstance(node, Field) else (*source.path, EACH)
