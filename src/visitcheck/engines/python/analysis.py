"""What the writers need to know of nodes before they write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from visitcheck.facts.types import COUNT, ListOf, Type
from visitcheck.ir.nodes import (
    Aggregate,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    Distinct,
    Element,
    Exists,
    Expr,
    Fact,
    Filter,
    ForAll,
    ListCall,
    Map,
    Node,
    Size,
)
from visitcheck.ir.sharing import NodeNumbers
from visitcheck.ir.walk import children, field_names

_LOOPS = (Exists, ForAll, Filter, Map, Distinct, Size, Aggregate, ListCall)
_VALUE_FIELDS = ("body", "bodies", "args")
"""Fields whose nodes are used as values, never looped over."""


@dataclass(frozen=True, slots=True)
class PlainList(Node):
    """The writers' own node: a filtered or mapped list as a value, UNKNOWN when an element is maybe in."""

    source: Expr
    type: Type


def is_paired(node: Expr) -> bool:
    """Whether a list is kept as pairs of a flag (TRUE: in, None: maybe) and a value, not as a tuple."""
    return isinstance(node, Filter | Map | Distinct) or (isinstance(node, Choose) and isinstance(node.type, ListOf))


def needs_statements(node: Expr) -> bool:
    """Whether a node cannot be written inside one expression: it loops, or is a count and needs two names."""
    return (
        isinstance(node, _LOOPS)
        or node.type == COUNT
        or isinstance(node, PlainList)
        or (isinstance(node, Choose) and isinstance(node.type, ListOf))
    )


def may_lack_end(count: Expr) -> bool:
    """Whether an end of a count may be infinite: further elements of a list that goes on are counted in it."""
    match count:
        case Const() | Size() | ListCall():
            return False
        case Arithmetic():
            return may_lack_end(count.left) or may_lack_end(count.right)
        case Choose():
            return may_lack_end(count.then) or may_lack_end(count.other)
        case _:
            return count.type == COUNT


def is_trivial(node: Expr) -> bool:
    """Whether a node costs nothing to write again."""
    return isinstance(node, Const | Fact | Element)


class NodeTable(NodeNumbers):
    """The numbers of nodes, and which of them hold loops."""

    def __init__(self) -> None:
        super().__init__()
        self._loops: list[bool] = []

    def has_loops(self, node: Expr) -> bool:
        """Whether a node, or one below it, needs statements."""
        return self._loops[self.number(node)]

    def below(self, roots: Iterable[Expr]) -> Iterator[Expr]:
        """Yield everything in some expressions, equal nodes once, from the last to the first.

        Facts are named in this order, so it decides how the source reads.
        """
        seen: set[int] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            number = self.number(node)
            if number not in seen:
                seen.add(number)
                yield node
                stack.extend(children(node))

    def _add(self, node: Expr) -> None:
        super()._add(node)
        self._loops.append(needs_statements(node) or any(map(self.has_loops, children(node))))


def mark_plain_lists(conditions: Sequence[Expr]) -> list[Expr]:
    """Put a `PlainList` wherever a list that is kept as pairs is used as a value; each object is changed once."""
    marked: dict[int, tuple[Expr, Expr]] = {}  # the node itself is kept, too, so that its id stays its own

    def mark(node: Expr) -> Expr:
        if id(node) not in marked:
            marked[id(node)] = node, mark_parts(node)
        return marked[id(node)][1]

    def mark_parts(node: Expr) -> Expr:
        changes: dict[str, Any] = {}
        for name in field_names(type(node)):
            before = getattr(node, name)
            as_value = name in _VALUE_FIELDS or (isinstance(node, Compare | Call | Aggregate) and name != "source")
            after: object = before
            if isinstance(before, Node):
                after = mark_part(cast("Expr", before), as_value)
            elif isinstance(before, tuple) and before and isinstance(before[0], Node):
                parts = tuple(mark_part(cast("Expr", part), as_value) for part in before)
                after = before if all(new is old for new, old in zip(parts, before, strict=True)) else parts
            if after is not before:
                changes[name] = after
        return replace(node, **changes) if changes else node

    def mark_part(node: Expr, as_value: bool) -> Expr:
        inside = mark(node)
        return cast("Expr", PlainList(inside, node.type)) if as_value and is_paired(node) else inside

    return [mark(condition) for condition in conditions]
