"""Reading the facts: each once, at the start, group by group."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, TypeAlias

from visitcheck.engines.python.function import Here, Ref
from visitcheck.engines.python.literals import comment
from visitcheck.ir.nodes import Expr, Fact

if TYPE_CHECKING:
    from visitcheck.engines.python.names import Names

_Tree: TypeAlias = "dict[str, _Tree]"


class FactReader:
    """The reading of all facts that some conditions need: named first, written when it is known which are used."""

    def __init__(self, to: Names, conditions: Sequence[Expr]) -> None:
        self._to = to
        self._names: dict[tuple[str, ...], str] = {}
        known: list[Ref] = []
        for node in to.nodes.below(conditions):
            if isinstance(node, Fact):
                known.append(to.ref(node, Here()))
                self._names[node.path] = to.naming(known[-1])
        self.start = Here(known=frozenset(known))
        """The point where all facts have been read."""

    def write(self, used: Container[str]) -> None:
        """Statements for the facts whose names are used."""
        self._names = {path: name for path, name in self._names.items() if name in used}
        tree: _Tree = {}
        for path in sorted(self._names):
            branch = tree
            for name in path:
                branch = branch.setdefault(name, {})
        if tree:
            self._group("visit", (), tree)

    def _group(self, record: str, path: tuple[str, ...], tree: _Tree) -> None:
        """Statements for what is read of one record, which is there."""
        code = self._to.code
        fields = self._to.fresh("d")
        code.write(f"{fields} = {record}.__dict__")
        for name, below in tree.items():
            at = (*path, name)
            given = self._names.get(at) or self._to.fresh("g")
            # A visit read for another policy has no such extra facts: they are missing like any other.
            reading = f"{fields}.get({name!r})" if path == ("extra",) else f"{fields}[{name!r}]"
            code.write(f"{given} = {reading}  # {comment('.'.join(at))}")
            if below:
                absent = [self._names[leaf] for leaf in sorted(self._names) if leaf[: len(at)] == at and leaf != at]
                with code.block(f"if {given} is None"):
                    code.write(f"{' = '.join(absent)} = None")
                with code.block("else"):
                    self._group(given, at, below)
