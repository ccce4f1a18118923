"""The loop over a list: filters and maps are written into it, and cheap tests come first."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from visitcheck.engines.python.analysis import bodies, paired, trivial
from visitcheck.engines.python.function import Binding, Here, Test
from visitcheck.engines.python.truths import Truths
from visitcheck.ir.nodes import And, Choose, Distinct, Expr, Field, Filter, Map
from visitcheck.ir.nodes import Element as ElementNode
from visitcheck.ir.walk import children

_SEVERAL = 2
"""From so many fields of an element on, its dict is quicker than attributes."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that decides whether an element is in: a filter's body where it is known, or a flag."""

    body: Expr | None
    here: Here
    flag: str = ""


@dataclass(slots=True)
class Element:
    """Inside a loop, past all filters: the element is in or maybe in."""

    here: Here
    guards: list[Guard]
    binding: Binding

    def at(self, binder: int) -> Here:
        """The point with the element in view of a macro."""
        return self.here.bound(binder, self.binding)


class Elements(Truths):
    """Opens lists and walks through their elements."""

    @abstractmethod
    def assign(self, node: Expr, here: Here) -> tuple[str, Here]:
        """Give the value of a node a name."""

    @abstractmethod
    def prepare(self, node: Expr, here: Here) -> Here:
        """Give names to what keeps a node from being one expression."""

    def hoist(self, node: Expr, here: Here) -> Here:
        """Work out before a loop what is the same for all its elements."""
        seen: set[tuple[int, frozenset[int]]] = set()
        for body in bodies(node):
            here = self._hoist(body, frozenset({node.binder}), here, seen)  # type: ignore[union-attr]
        return here

    def _hoist(self, node: Expr, banned: frozenset[int], here: Here, seen: set[tuple[int, frozenset[int]]]) -> Here:
        key = (self.nodes.number(node), banned)
        if key in seen:
            return here
        seen.add(key)
        if not self.nodes.free(node) & banned:
            return here if trivial(node) else self.assign(node, here)[1]
        inside = {id(body) for body in bodies(node)}
        for child in children(node):
            more = banned | {node.binder} if id(child) in inside else banned  # type: ignore[union-attr]
            here = self._hoist(child, more, here, seen)
        return here

    def source(self, node: Expr, here: Here) -> tuple[str, list[Filter | Map], Expr, Here]:
        """The name of the list at the bottom of a chain of filters and maps, the chain, that list's node."""
        chain: list[Filter | Map] = []
        while isinstance(node, Filter | Map) and not self.kept(node) and not self.knows(node, here):
            chain.insert(0, node)
            node = node.source
        name, here = self.assign(node, here)
        for link in chain:
            here = self.hoist(link, here)
        return name, chain, node, here

    def kept(self, node: Expr) -> bool:
        """Whether a list is worked out once and kept, because more than one reader needs it."""
        return isinstance(node, Distinct) or (isinstance(node, Filter | Map) and self.nodes.shared(node))

    @contextmanager
    def each(self, name: str, chain: list[Filter | Map], base: Expr, here: Here) -> Iterator[Element]:
        """A loop over the elements that are in or maybe in."""
        element = self.fresh("e")
        guards: list[Guard] = []
        self.read(name)
        if paired(base):
            flag = self.fresh("m")
            guards.append(Guard(None, here, flag))
            head = f"for {flag}, {element} in {name}"
        else:
            head = f"for {element} in {name}"
        with self.code.loop(head):
            binding = self._bind(element, nullable=_holds_unknowns(base))
            for link in chain:
                at = here.bound(link.binder, binding)
                if isinstance(link, Filter):
                    after = self.pass_by(link.body, link.binder, at)
                    guards.append(Guard(link.body, after))
                    binding = after.elements[link.binder]
                else:
                    value, after = self.assign(link.body, self.open_fields((link.body,), link.binder, at))
                    binding = self._bind(value, nullable=self.nullable(link.body, at))
                here = here.knowing(after.known)
            yield Element(here, guards, binding)

    def _bind(self, name: str, *, nullable: bool) -> Binding:
        self._counter += 1
        return Binding(self._counter, name, None, nullable)

    def open_fields(self, parts: Sequence[Expr], binder: int, here: Here) -> Here:
        """Get at the dict of an element's fields where `parts` read several of them."""
        binding = here.elements[binder]
        if binding.fields is not None or binding.nullable:
            return here
        fields = {
            self.ref(node, here)
            for node in self.nodes.below(parts)
            if isinstance(node, Field) and isinstance(node.record, ElementNode) and node.record.binder == binder
        }
        if len(fields - here.known) < _SEVERAL:
            return here
        name = self.fresh("d")
        self.code.write(f"{name} = {self.read(binding.name)}.__dict__")
        return here.bound(binder, replace(binding, fields=name))

    def pass_by(self, body: Expr, binder: int, here: Here) -> Here:
        """Go on to the next element where `body` is FALSE. Cheap parts of an `and` are tried first."""
        parts = body.parts if isinstance(body, And) else (body,)
        cheap = [part for part in parts if not self.nodes.loops(part)]
        groups = [cheap[:1], cheap[1:], *([part] for part in parts if self.nodes.loops(part))]
        for group in filter(None, groups):
            here = self.open_fields(group, binder, here)
            tested = group[0] if len(group) == 1 else And(tuple(group))
            here = self.prepare(tested, here)
            test = self.possible(tested, here)
            self.code.write(f"if not {test.text}: continue")
            here = here.knowing(test.if_true)
        return here

    def surely(self, guards: list[Guard], here: Here) -> Test | None:
        """A condition for all guards being TRUE where none is FALSE; None where they surely are."""
        texts: list[str] = []
        known = here.known
        for guard in guards:
            if guard.body is None:
                texts.append(self.read(guard.flag))
                continue
            for part in guard.body.parts if isinstance(guard.body, And) else (guard.body,):
                at = guard.here.knowing(known)
                if self.nullable(part, at):
                    test = self.surely_if_possible(part, at)
                    texts.append(test.text)
                    known = test.if_true
        if not texts:
            return None
        return Test(" and ".join(texts), known, here.known)


@dataclass(frozen=True, slots=True)
class Opened:
    """A list that is there, ready to be looped over."""

    to: Elements
    name: str
    chain: list[Filter | Map]
    base: Expr
    here: Here

    @property
    def whole(self) -> bool:
        """Whether all elements are in, as they are."""
        return not paired(self.base) and all(isinstance(link, Map) for link in self.chain)

    @contextmanager
    def each(self) -> Iterator[Element]:
        """The loop."""
        with self.to.each(self.name, self.chain, self.base, self.here) as element:
            yield element


def _holds_unknowns(node: Expr) -> bool:
    """Whether an element of a list may be UNKNOWN: only `map` makes such."""
    while isinstance(node, Filter | Distinct):
        node = node.source
    return isinstance(node, Map | Choose)
