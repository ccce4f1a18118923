"""Reading the facts: each once, at the start, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from visitcheck.engines.native.function import Here
from visitcheck.engines.native.literals import comment
from visitcheck.language.nodes import Expr, Fact

if TYPE_CHECKING:
    from visitcheck.engines.native.names import Names

_Tree: TypeAlias = "dict[str, _Tree]"


class FactReader:
    """Writes the reading of all facts that some conditions need."""

    def __init__(self, to: Names) -> None:
        self._to = to
        self._facts: dict[tuple[str, ...], Fact] = {}
        self._names: dict[tuple[str, ...], str] = {}

    def read_all(self, conditions: Sequence[Expr]) -> Here:
        """Statements for every fact below `conditions`; all of them are known from there on."""
        for node in self._to.nodes.below(conditions):
            if isinstance(node, Fact):
                self._facts[node.path] = node
        here = Here()
        refs = frozenset(self._to.ref(fact, here) for fact in self._facts.values())
        for path, fact in self._facts.items():
            self._names[path] = self._to.naming(self._to.ref(fact, here))
        tree: _Tree = {}
        for path in sorted(self._facts):
            branch = tree
            for name in path:
                branch = branch.setdefault(name, {})
        if tree:
            self._group("visit", (), tree)
        return here.knowing(refs)

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
                absent = [
                    self._names[leaf] for leaf in sorted(self._names) if leaf[: len(at)] == at and leaf != at
                ]
                with code.block(f"if {given} is None"):
                    code.write(f"{' = '.join(absent)} = None")
                with code.block("else"):
                    self._group(given, at, below)
