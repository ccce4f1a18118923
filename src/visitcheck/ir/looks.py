"""What expressions look at of the elements of the macros around them.

It depends on an expression alone, so it is worked out once and serves every visit.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple, TypeAlias

from visitcheck.concurrency import renew_locks_in_children
from visitcheck.ir.nodes import And, Element, Exists, Expr, Field, ForAll, Macro, Or
from visitcheck.ir.sharing import NodeNumbers
from visitcheck.ir.walk import bodies_of, outer_parts

SeenFacts: TypeAlias = dict[int, tuple[str, ...] | None]
"""What is looked at of the element of each macro around: facts by name, None for the whole element."""


class SplitBody(NamedTuple):
    """The parts of a macro's body: `own` look at no element but the macro's, of which `mixed` see what `seen` says."""

    own: tuple[Expr, ...]
    mixed: tuple[Expr, ...]
    seen: SeenFacts


class Looks:
    """Answers for each node that is asked about, kept with it; safe to share between threads.

    A race works an answer out twice. For nodes that live as long as this does: those of a policy.
    """

    def __init__(self) -> None:
        self._seen: dict[int, tuple[Expr, SeenFacts]] = {}  # the node is kept, so that its id stays its
        self._sorted: dict[int, tuple[Expr, tuple[Expr, ...]]] = {}
        self._split: dict[int, tuple[Expr, SplitBody]] = {}
        self._numbers: dict[int, tuple[Expr, int]] = {}
        self._numbering, self._by_parts = Lock(), NodeNumbers()
        renew_locks_in_children(self)

    def renew_locks(self) -> None:
        """See `renew_locks_in_children`."""
        self._numbering = Lock()

    def number(self, node: Expr) -> int:
        """Number a node; equal nodes have one number."""
        known = self._numbers.get(id(node))
        if known is None:
            with self._numbering:  # a race would give one number to two nodes
                known = self._numbers[id(node)] = (node, self._by_parts.number(node))
        return known[1]

    def seen_by(self, node: Expr) -> SeenFacts:
        """What a node looks at of each element that it does not bind itself."""
        known = self._seen.get(id(node))
        if known is None:
            known = self._seen[id(node)] = (node, self._find_seen(node))
        return known[1]

    def cheapest_first(self, node: And | Or) -> tuple[Expr, ...]:
        """The parts of a node, those first that look at fewer elements."""
        known = self._sorted.get(id(node))
        if known is None:
            known = self._sorted[id(node)] = (node, self._sort(node.parts))
        return known[1]

    def split_body(self, node: Exists | ForAll) -> SplitBody:
        """What of a body hangs on its own element alone, and what on others as well."""
        known = self._split.get(id(node))
        if known is None:
            known = self._split[id(node)] = (node, self._find_split(node))
        return known[1]

    def _sort(self, parts: Iterable[Expr]) -> tuple[Expr, ...]:
        return tuple(sorted(parts, key=lambda part: len(self.seen_by(part))))

    def _find_seen(self, node: Expr) -> SeenFacts:
        if isinstance(node, Element):
            return {node.binder: None}
        if isinstance(node, Field) and isinstance(node.record, Element):
            return {node.record.binder: (node.name,)}
        seen: SeenFacts = {}
        hidden = node.binder if isinstance(node, Macro) else None
        for inside, parts in ((False, outer_parts(node)), (True, bodies_of(node))):
            for part in parts:
                for binder, names in self.seen_by(part).items():
                    if inside and binder == hidden:
                        continue
                    known = seen.get(binder, ())
                    seen[binder] = None if known is None or names is None else tuple(dict.fromkeys((*known, *names)))
        return seen

    def _find_split(self, node: Exists | ForAll) -> SplitBody:
        parts = self._sort(_parts_of(node))
        alone = [self.seen_by(part).keys() <= {node.binder} for part in parts]
        own = tuple(part for part, is_own in zip(parts, alone, strict=True) if is_own)
        mixed = tuple(part for part, is_own in zip(parts, alone, strict=True) if not is_own)
        names: dict[str, None] | None = {}
        for part in mixed:
            seen = self.seen_by(part).get(node.binder, ())
            names = None if names is None or seen is None else names | dict.fromkeys(seen)
        return SplitBody(own, mixed, {node.binder: None if names is None else tuple(names)})


def _parts_of(node: Exists | ForAll) -> tuple[Expr, ...]:
    """What has to hold together of an element for `exists`, or of which one has to hold for `all`."""
    joined = And if isinstance(node, Exists) else Or
    return node.body.parts if isinstance(node.body, joined) else (node.body,)
