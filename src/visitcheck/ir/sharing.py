"""Which parts of expressions are equal, and in how many places each is used."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.ir.nodes import Expr, Node
from visitcheck.ir.walk import children, distinct_nodes, field_names, free_names


class NodeNumbers:
    """Numbers for nodes, the same for equal ones, with what they depend on and how often they are used.

    A number is worked out once per object and from the numbers below it, so deep and wide expressions cost
    no more than their size, where comparing and hashing whole nodes would look through each again and again.
    """

    def __init__(self) -> None:
        self._of_object: dict[int, int] = {}
        self._kept: list[Expr] = []  # keeps the ids in `_of_object` valid
        self._numbers: dict[object, int] = {}
        self._free: list[frozenset[int]] = []
        self._uses: list[int] = []

    def number(self, node: Expr) -> int:
        """The number of a node; equal nodes have one number."""
        number = self._of_object.get(id(node))
        if number is None:
            number = self._of_object[id(node)] = self._number_by_parts(node)
            self._kept.append(node)
        return number

    def free_names(self, node: Expr) -> frozenset[int]:
        """The binders whose elements a node looks at but does not bind itself."""
        return self._free[self.number(node)]

    def distinct(self, *roots: Expr) -> Iterator[Expr]:
        """Everything in some expressions, equal nodes once."""
        return distinct_nodes(*roots, key=self.number)

    def is_shared(self, node: Expr) -> bool:
        """Whether a node is used in more than one place."""
        return self._uses[self.number(node)] > 1

    def count_use(self, node: Expr) -> None:
        """Counts one more place that uses a node: uses as a part of other nodes are counted by themselves."""
        self._uses[self.number(node)] += 1

    def _add(self, node: Expr) -> None:
        """Keeps what is to be known of a node that has just got the next number."""
        self._free.append(free_names(node, self.free_names))
        self._uses.append(0)
        for child in children(node):
            self.count_use(child)

    def _number_by_parts(self, node: Expr) -> int:
        key = (type(node), *(self._part_key(getattr(node, name)) for name in field_names(type(node))))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers)
            self._add(node)
        return number

    def _part_key(self, value: object) -> object:
        if isinstance(value, Node):
            return self.number(value)  # type: ignore[arg-type]
        if isinstance(value, tuple) and value and isinstance(value[0], Node):
            return ("parts", *(self.number(part) for part in value))
        return value
