"""The operands of features, and their values for a visit; what operands have in common is read once.

Operands are read by closures (see `closures`). A part that occurs in several operands, or in the body of a macro
without looking at its element, is taken out: it is read once a visit, and in its place is a `Fact` of a group that
only this module knows. Expressions are pure and total, so taking a part out changes no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from visitcheck.engines.durable.closures import Closure, compile_members, compile_value
from visitcheck.facts.types import ListOf
from visitcheck.ir.nodes import Const, Element, Expr, Fact, Field, Has
from visitcheck.ir.sharing import NodeNumbers
from visitcheck.ir.walk import bodies_of, children, distinct_nodes, rebuild_parts

_GROUP = "shared parts"
"""No fact has a name with a space."""
_LEAVES = (Const, Fact, Element, Field, Has)
"""What costs no more to read again than a part that was taken out."""


class Operands:
    """Expressions without free elements, and their values for a visit. Immutable."""

    def __init__(self, operands: Iterable[Expr]) -> None:
        shared = _SharedParts(tuple(operands))
        self._operands = tuple(map(compile_value, shared.operands))
        self._shared = tuple((name, _compile_part(part)) for name, part in shared.parts)
        nodes = distinct_nodes(*shared.operands, *(part for _, part in shared.parts))
        self._groups = {node.path[0] for node in nodes if isinstance(node, Fact)} - {_GROUP}

    def values(self, visit: object) -> list[Any]:
        """Return the operands' values in their order."""
        shared = SimpleNamespace()
        view = SimpleNamespace(**{name: getattr(visit, name, None) for name in self._groups}, **{_GROUP: shared})
        for name, read in self._shared:
            setattr(shared, name, read(view, {}))
        return [read(view, {}) for read in self._operands]


class _SharedParts:
    """Some operands rewritten, and the parts taken out of them by name, each after those it reads itself."""

    def __init__(self, operands: tuple[Expr, ...]) -> None:
        self._numbers = NodeNumbers()
        self._rewritten: dict[int, Expr] = {}
        for operand in operands:
            self._numbers.count_use(operand)
        self._repeated = {self._numbers.number(child) for child in self._read_for_each_element(operands)}
        self.parts: list[tuple[str, Expr]] = []
        self.operands = tuple(map(self._rewrite, operands))

    def _read_for_each_element(self, operands: tuple[Expr, ...]) -> Iterator[Expr]:
        """Yield what is read in the body of a macro."""
        for node in self._numbers.distinct(*operands):
            yield from children(node) if self._numbers.free_names(node) else bodies_of(node)

    def _is_taken_out(self, node: Expr) -> bool:
        """Whether a part is read in several places, or for each element of a list, without looking at any element."""
        often = self._numbers.is_shared(node) or self._numbers.number(node) in self._repeated
        return often and not self._numbers.free_names(node) and not isinstance(node, _LEAVES)

    def _rewrite(self, node: Expr) -> Expr:
        """Return the node over the parts taken out; a part itself becomes a fact of their group."""
        number = self._numbers.number(node)
        if number not in self._rewritten:
            # What `Has` asks for stays: it is a fact or field, and costs nothing.
            rewritten = node if isinstance(node, Has) else rebuild_parts(node, self._rewrite)
            if self._is_taken_out(node):
                name = str(len(self.parts))
                self.parts.append((name, rewritten))
                rewritten = Fact((_GROUP, name), node.type)
            self._rewritten[number] = rewritten
        return self._rewritten[number]


def _compile_part(part: Expr) -> Closure:
    """Return what reads a shared part: a list stays a list of elements in or maybe in."""
    return compile_members(part) if isinstance(part.type, ListOf) else compile_value(part)
