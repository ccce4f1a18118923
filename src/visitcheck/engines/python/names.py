"""The names of values in the function being written."""

from __future__ import annotations

import re

from visitcheck.engines.python.analysis import Nodes
from visitcheck.engines.python.function import Code, Here, Ref
from visitcheck.engines.python.literals import Constants
from visitcheck.engines.python.zones import Offsets
from visitcheck.ir.nodes import Expr

_OURS = re.compile(r"[defgmtv]\d+h?")


class Names:
    """Gives names from counters alone; no text of a policy or a visit ever becomes an identifier."""

    def __init__(self) -> None:
        self.nodes = Nodes()
        self.constants = Constants()
        self.code = Code()
        self._names: dict[Ref, str] = {}
        self._counter = 0
        self._zones: dict[str, Offsets] = {}

    def fresh(self, prefix: str) -> str:
        """A name that nothing else has, about to be assigned."""
        self._counter += 1
        name = f"{prefix}{self._counter}"
        self.code.assigned.add(name)
        return name

    def zone(self, name: str) -> Offsets:
        """The readings of a zone, shared by all that read it."""
        return self._zones.setdefault(name, Offsets(name))

    def ref(self, node: Expr, here: Here) -> Ref:
        """Which value a node stands for at a point: equal nodes in different loops are different values."""
        free = self.nodes.free(node)
        return (self.nodes.number(node), tuple(here.elements[binder].uid for binder in sorted(free)))

    def knows(self, node: Expr, here: Here) -> bool:
        """Whether the value of a node surely has a name at this point."""
        return self.ref(node, here) in here.known

    def naming(self, ref: Ref) -> str:
        """The name of a value that is about to be assigned."""
        name = self._names.get(ref)
        if name is None:
            self._counter += 1
            name = self._names[ref] = f"v{self._counter}"
        self.code.assigned |= {name, f"{name}h"}
        return name

    @staticmethod
    def may_be_none(text: str) -> bool:
        """Whether a text is a name: Python warns of a literal that is compared with None."""
        return text == "None" or _OURS.fullmatch(text) is not None

    def read(self, name: str) -> str:
        """`name`, noted as one that the function reads; literals and constants come from elsewhere."""
        if _OURS.fullmatch(name):
            self.code.used[name] = None
        return name

    def known_name(self, ref: Ref) -> str:
        """The name of a value that is known to have one."""
        return self.read(self._names[ref])
