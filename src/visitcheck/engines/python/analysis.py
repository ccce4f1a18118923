"""What the compiler needs to know of nodes before it writes them: which are equal, what they depend on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from visitcheck.facts.types import COUNT, ListOf, Type
from visitcheck.ir.nodes import (
    Aggregate,
    Choose,
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
from visitcheck.ir.walk import children

MACROS = (Exists, ForAll, Filter, Map, ListCall)
_LOOPS = (Exists, ForAll, Filter, Map, Distinct, Size, Aggregate, ListCall)
_FIELDS: dict[type, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class PlainList(Node):
    """The compiler's own node: a filtered or mapped list as a value, UNKNOWN when an element is maybe."""

    source: Expr
    type: Type


def paired(node: Expr) -> bool:
    """Whether a list is kept as pairs of a flag (TRUE: in, None: maybe) and a value, not as a tuple."""
    return isinstance(node, Filter | Map | Distinct) or (isinstance(node, Choose) and isinstance(node.type, ListOf))


def bodies(node: Expr) -> tuple[Expr, ...]:
    """The parts of a macro that see its element."""
    if isinstance(node, ListCall):
        return node.bodies
    return (node.body,) if isinstance(node, Exists | ForAll | Filter | Map) else ()


def in_statements(node: Expr) -> bool:
    """Whether a node cannot be written inside one expression: it loops, or is a count and needs two names."""
    return (
        isinstance(node, _LOOPS)
        or node.type == COUNT
        or isinstance(node, PlainList)
        or (isinstance(node, Choose) and isinstance(node.type, ListOf))
    )


class Nodes:
    """Numbers for nodes, the same for equal ones, with what was found out about each.

    A number is worked out once per object and from the numbers below it, so deep and wide expressions cost
    no more than their size.
    """

    def __init__(self) -> None:
        self._of_object: dict[int, int] = {}
        self._kept: list[Expr] = []  # keeps the ids in `_of_object` valid
        self._numbers: dict[object, int] = {}
        self._free: list[frozenset[int]] = []
        self._loops: list[bool] = []
        self._uses: list[int] = []

    def number(self, node: Expr) -> int:
        """The number of a node; equal nodes have one number."""
        found = self._of_object.get(id(node))
        if found is None:
            found = self._number(node)
            self._of_object[id(node)] = found
            self._kept.append(node)
        return found

    def free(self, node: Expr) -> frozenset[int]:
        """The binders whose elements a node reads but does not bind itself."""
        return self._free[self.number(node)]

    def loops(self, node: Expr) -> bool:
        """Whether a node, or one below it, needs statements."""
        return self._loops[self.number(node)]

    def below(self, roots: Iterable[Expr]) -> Iterator[Expr]:
        """Everything in some expressions, equal nodes once."""
        seen: set[int] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            number = self.number(node)
            if number not in seen:
                seen.add(number)
                yield node
                stack.extend(children(node))

    def shared(self, node: Expr) -> bool:
        """Whether a node is used in more than one place."""
        return self._uses[self.number(node)] > 1

    def use(self, node: Expr) -> None:
        """Count one more place that uses a node."""
        self._uses[self.number(node)] += 1

    def _number(self, node: Expr) -> int:
        key = (type(node), *(self._part(getattr(node, name)) for name in field_names(type(node))))
        found = self._numbers.get(key)
        if found is not None:
            return found
        below = list(children(node))
        free = frozenset().union(*(self.free(child) for child in below))
        if isinstance(node, Element):
            free |= {node.binder}
        elif isinstance(node, MACROS):
            outside = [child for child in below if all(child is not body for body in bodies(node))]
            inside = frozenset().union(*(self.free(body) for body in bodies(node))) - {node.binder}
            free = inside.union(*(self.free(child) for child in outside))
        found = self._numbers[key] = len(self._free)
        self._free.append(free)
        self._loops.append(in_statements(node) or any(self.loops(child) for child in below))
        self._uses.append(0)
        for child in below:
            self.use(child)
        return found

    def _part(self, value: object) -> object:
        if isinstance(value, Node):
            return self.number(value)  # type: ignore[arg-type]
        if isinstance(value, tuple) and value and isinstance(value[0], Node):
            return ("parts", *(self.number(part) for part in value))
        return value


def field_names(kind: type) -> tuple[str, ...]:
    """The fields of a kind of node, but for `origin`."""
    found = _FIELDS.get(kind)
    if found is None:
        found = _FIELDS[kind] = tuple(item.name for item in fields(kind) if item.name != "origin")
    return found


def trivial(node: Expr) -> bool:
    """Whether a node costs nothing to write again."""
    return isinstance(node, Const | Fact | Element)
