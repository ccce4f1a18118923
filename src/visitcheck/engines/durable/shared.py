"""Operands for a visit, what they have in common evaluated once.

Operands are read by closures (see `readers`). A part that occurs in several operands, or in the body of a macro without
looking at its element, is taken out: it is read once a visit, and in its place is a `Fact` of a group that only this
module knows. Expressions are pure and total, so taking a part out changes no value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from visitcheck.engines.durable.list_readers import member_reader
from visitcheck.engines.durable.readers import Reader, reader
from visitcheck.facts.types import ListOf
from visitcheck.ir.nodes import Const, Element, Exists, Expr, Fact, Field, Filter, ForAll, Has, ListCall, Map
from visitcheck.ir.walk import children, rebuild_parts, walk

_GROUP = "shared parts"
"""No fact has a name with a space."""
_MACROS = (Exists, ForAll, Filter, Map, ListCall)
_LEAVES = (Const, Fact, Element, Field, Has)


class Operands:
    """Expressions without free elements, and their values for a visit. Immutable."""

    def __init__(self, operands: Iterable[Expr]) -> None:
        self._free: dict[Expr, frozenset[int]] = {}
        self._made: dict[Expr, Expr] = {}
        self._parts: list[tuple[str, Expr]] = []
        operands = tuple(operands)
        self._out = self._taken_out(operands)
        rewritten = tuple(map(self._rewritten, operands))
        self._operands = tuple(map(reader, rewritten))
        self._shared = tuple((name, _part_reader(part)) for name, part in self._parts)
        read = [*rewritten, *(part for _, part in self._parts)]
        self._groups = {node.path[0] for each in read for node in walk(each) if isinstance(node, Fact)} - {_GROUP}

    def values(self, visit: object) -> list[Any]:
        """The operands' values in their order."""
        shared = SimpleNamespace()
        view = SimpleNamespace(**{name: getattr(visit, name, None) for name in self._groups}, **{_GROUP: shared})
        for name, read in self._shared:
            setattr(shared, name, read(view, {}))
        return [read(view, {}) for read in self._operands]

    def _taken_out(self, operands: tuple[Expr, ...]) -> set[Expr]:
        """Parts without free elements that are used more than once, or once for each element of a list."""
        uses = Counter(operands)
        repeated: set[Expr] = set()
        seen: set[Expr] = set()
        stack = list(operands)
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            for child in children(node):
                uses[child] += 1
                if self._free_in(node) or (isinstance(node, _MACROS) and child is not node.source):
                    repeated.add(child)
                stack.append(child)
        return {
            node
            for node, times in uses.items()
            if (times > 1 or node in repeated) and not self._free_in(node) and not isinstance(node, _LEAVES)
        }

    def _free_in(self, node: Expr) -> frozenset[int]:
        """The binders of macros around `node` whose element it looks at."""
        found = self._free.get(node)
        if found is None:
            found = frozenset().union(*map(self._free_in, children(node)))
            if isinstance(node, Element):
                found = frozenset((node.binder,))
            elif isinstance(node, _MACROS):
                outside = [node.source, *(node.args if isinstance(node, ListCall) else ())]
                found = (found - {node.binder}).union(*map(self._free_in, outside))
            self._free[node] = found
        return found

    def _rewritten(self, node: Expr) -> Expr:
        found = self._made.get(node)
        if found is None:
            found = self._with_parts(node)
            if node in self._out:
                name = str(len(self._parts))
                self._parts.append((name, found))
                found = Fact((_GROUP, name), node.type)
            self._made[node] = found
        return found

    def _with_parts(self, node: Expr) -> Expr:
        """The same node over rewritten parts. What `Has` asks for stays: it is a fact or field, and costs nothing."""
        return node if isinstance(node, Has) else rebuild_parts(node, self._rewritten)


def _part_reader(part: Expr) -> Reader:
    """A list that is shared stays a list of elements in or maybe in."""
    return member_reader(part, reader) if isinstance(part.type, ListOf) else reader(part)
