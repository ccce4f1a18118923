"""Lists as plain loops: filters and maps are written into the loop of whatever reads them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from visitcheck.engines.native import lists
from visitcheck.engines.native.analysis import PlainList, bodies, paired, trivial
from visitcheck.engines.native.expressions import Expressions
from visitcheck.engines.native.function import Binding, Here, Test
from visitcheck.facts.types import COUNT, DURATION, INT, INT_MAX, INT_MIN, MONEY
from visitcheck.language import operators
from visitcheck.language.functions import LIST_FUNCTIONS
from visitcheck.language.nodes import (
    Aggregate,
    And,
    Choose,
    Distinct,
    Exists,
    Expr,
    Field,
    Filter,
    ForAll,
    ListCall,
    Map,
    Not,
    Size,
    children,
)
from visitcheck.language.nodes import (
    Element as Element_,
)

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


class Loops(Expressions):
    """Writes the nodes that look at lists."""

    @abstractmethod
    def assign(self, node: Expr, here: Here) -> tuple[str, Here]:
        """Give the value of a node a name."""

    @abstractmethod
    def prepare(self, node: Expr, here: Here) -> Here:
        """Give names to what keeps a node from being one expression."""

    # --- the loop itself

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
                    after = self._pass(link.body, link.binder, at)
                    guards.append(Guard(link.body, after))
                    binding = after.elements[link.binder]
                else:
                    value, after = self.assign(link.body, self._open((link.body,), link.binder, at))
                    binding = self._bind(value, nullable=self.nullable(link.body, at))
                here = here.knowing(after.known)
            yield Element(here, guards, binding)

    def _bind(self, name: str, *, nullable: bool) -> Binding:
        self._counter += 1
        return Binding(self._counter, name, None, nullable)

    def _open(self, parts: Sequence[Expr], binder: int, here: Here) -> Here:
        """Get at the dict of an element's fields where `parts` read several of them."""
        binding = here.elements[binder]
        if binding.fields is not None or binding.nullable:
            return here
        fields = {
            self.ref(node, here)
            for node in self.nodes.below(parts)
            if isinstance(node, Field) and isinstance(node.record, Element_) and node.record.binder == binder
        }
        if len(fields - here.known) < _SEVERAL:
            return here
        name = self.fresh("d")
        self.code.write(f"{name} = {self.read(binding.name)}.__dict__")
        return here.bound(binder, replace(binding, fields=name))

    def _pass(self, body: Expr, binder: int, here: Here) -> Here:
        """Go on to the next element where `body` is FALSE. Cheap parts of an `and` are tried first."""
        parts = body.parts if isinstance(body, And) else (body,)
        cheap = [part for part in parts if not self.nodes.loops(part)]
        groups = [cheap[:1], cheap[1:], *([part] for part in parts if self.nodes.loops(part))]
        for group in filter(None, groups):
            here = self._open(group, binder, here)
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

    # --- what is asked of a list

    def loop(self, node: Expr, here: Here, name: str) -> None:
        """Statements that give `name` (and `<name>h` for a count) the value of a node over a list."""
        match node:
            case Exists():
                self._exists(node, here, name)
            case ForAll():
                self._all(node, here, name)
            case Size():
                self._size(node, here, name)
            case Aggregate():
                self._aggregate(node, here, name)
            case ListCall():
                self._list_call(node, here, name)
            case Filter() | Map():
                self._keep(node, here, name)
            case Distinct():
                self._distinct(node, here, name)
            case PlainList():
                source, _ = self.assign(node.source, here)
                self.code.write(f"{name} = {self.constants.name(lists.plain)}({source})")
            case Choose():
                self._either(node, here, name)
            case _:
                raise AssertionError(f"{type(node).__name__} is not about a list")

    @contextmanager
    def _over(self, node: Expr, source: Expr, here: Here, absent: str, start: str) -> Iterator[Opened]:
        """`absent` where the list is, else `start` and then whatever loops over it."""
        here = self.hoist(node, here)
        name, chain, base, here = self.source(source, here)
        if self.nullable(base, here):
            with self.code.block(f"if {self.read(name)} is None"):
                self.code.write(absent)
            with self.code.block("else"):
                self.code.write(start)
                yield Opened(self, name, chain, base, here)
        else:
            self.code.write(start)
            yield Opened(self, name, chain, base, here)

    def _exists(self, node: Exists, here: Here, name: str) -> None:
        with (
            self._over(node, node.source, here, f"{name} = None", f"{name} = False") as opened,
            opened.each() as element,
        ):
            here = self._pass(node.body, node.binder, element.at(node.binder))
            sure = self.surely([*element.guards, Guard(node.body, here)], here)
            self._settle(sure, f"{name} = True", f"{name} = None")

    def _settle(self, sure: Test | None, settled: str, otherwise: str) -> None:
        if sure is None:
            self.code.write(settled)
            self.code.write("break")
            return
        with self.code.block(f"if {sure.text}"):
            self.code.write(settled)
            self.code.write("break")
        self.code.write(otherwise)

    def _all(self, node: ForAll, here: Here, name: str) -> None:
        with (
            self._over(node, node.source, here, f"{name} = None", f"{name} = True") as opened,
            opened.each() as element,
        ):
            # FALSE where the element is in and the body FALSE: the loop of `exists` for the body's opposite.
            opposite = Not(node.body)
            here = self._pass(opposite, node.binder, element.at(node.binder))
            sure = self.surely([*element.guards, Guard(opposite, here)], here)
            self._settle(sure, f"{name} = False", f"{name} = None")

    def _size(self, node: Size, here: Here, name: str) -> None:
        high = f"{name}h"
        with self._over(node, node.source, here, f"{name} = {high} = None", f"{name} = {high} = 0") as opened:
            if opened.whole:
                self.code.write(f"{name} = {high} = len({self.read(opened.name)})")
                return
            with opened.each() as element:
                self.code.write(f"{high} += 1")
                sure = self.surely(element.guards, element.here)
                if sure is not None:
                    self.code.write(f"if {sure.text}: {name} += 1")
            if sure is None:
                self.code.write(f"{name} = {high}")

    def _aggregate(self, node: Aggregate, here: Here, name: str) -> None:
        empty = self.constants.literal(operators.zero(node.type) if node.kind == "sum" else None)
        if node.default is not None:
            empty, here = self.assign(node.default, here)
        one_by_one = node.type != MONEY and (node.kind != "sum" or node.type in (INT, DURATION))
        start = "None" if one_by_one else "[]"
        with self._over(node, node.source, here, f"{name} = None", f"{name} = {start}") as opened:
            with opened.each() as element:
                self._unless_known(element, f"{name} = None")
                value = self.read(element.binding.name)
                if not one_by_one:
                    self.code.write(f"{name}.append({value})")
                elif node.kind == "sum":
                    self.code.write(f"{name} = {value} if {name} is None else {name} + {value}")
                else:
                    sign = "<" if node.kind == "min" else ">"
                    self.code.write(f"if {name} is None or {value} {sign} {name}: {name} = {value}")
            with self.code.block("else"):
                self._aggregated(node, name, self.read(empty), one_by_one=one_by_one)

    def _unless_known(self, element: Element, unknown: str) -> None:
        """Leave the loop where the element is only maybe in, or its value UNKNOWN."""
        sure = self.surely(element.guards, element.here)
        tests = [] if sure is None else [f"not ({sure.text})"]
        if element.binding.nullable:
            tests.append(f"{self.read(element.binding.name)} is None")
        if tests:
            with self.code.block(f"if {' or '.join(tests)}"):
                self.code.write(unknown)
                self.code.write("break")

    def _aggregated(self, node: Aggregate, name: str, empty: str, *, one_by_one: bool) -> None:
        """What follows when all elements were known."""
        if not one_by_one:
            call, kind = self.constants.name(operators.aggregate), self.constants.name(node.type)
            self.code.write(f"{name} = {call}({node.kind!r}, {kind}, tuple({name})) if {name} else {empty}")
            return
        self.code.write(f"if {name} is None: {name} = {empty}")
        if node.kind == "sum":
            self.code.write(f"elif not {INT_MIN} <= {name} <= {INT_MAX}: {name} = None")

    def _list_call(self, node: ListCall, here: Here, name: str) -> None:
        args: list[str] = []
        for arg in node.args:
            text, here = self.assign(arg, here)
            args.append(text)
        counted = node.type == COUNT
        absent = f"{name} = {name}h = None" if counted else f"{name} = None"
        with self._over(node, node.source, here, absent, f"{name} = []") as opened:
            with opened.each() as element:
                at = self._open(node.bodies, node.binder, element.at(node.binder))
                values: list[str] = []
                for body in node.bodies:
                    value, at = self.assign(body, at)
                    values.append(self.read(value) if value.isidentifier() else value)
                sure = self.surely(element.guards, at)
                flag = "True" if sure is None else f"True if {sure.text} else None"
                self.code.write(f"{name}.append(({flag}, ({', '.join(values)},)))")
            call = self.constants.name(LIST_FUNCTIONS[node.function].evaluate)
            rest = "".join(f", {arg}" for arg in args)
            self.code.write(f"{name} = {call}(tuple({name}){rest})")
            if counted:
                self.code.write(f"{name}, {name}h = (None, None) if {name} is None else {name}")

    def _pair(self, element: Element) -> str:
        sure = self.surely(element.guards, element.here)
        flag = "True" if sure is None else f"True if {sure.text} else None"
        return f"({flag}, {self.read(element.binding.name)})"

    def _keep(self, node: Filter | Map, here: Here, name: str) -> None:
        link: list[Filter | Map] = [node]
        below = node.source
        here = self.hoist(node, here)
        source, chain, base, here = self.source(below, here)
        opened = Opened(self, source, [*chain, *link], base, here)
        if self.nullable(base, here):
            with self.code.block(f"if {self.read(source)} is None"):
                self.code.write(f"{name} = None")
            with self.code.block("else"):
                self._kept_loop(opened, name)
        else:
            self._kept_loop(opened, name)

    def _kept_loop(self, opened: Opened, name: str) -> None:
        self.code.write(f"{name} = []")
        with opened.each() as element:
            self.code.write(f"{name}.append({self._pair(element)})")

    def _either(self, node: Choose, here: Here, name: str) -> None:
        """One of two lists, as pairs whichever it is."""
        test, here = self.assign(node.test, here)
        with self.code.block(f"if {test} is None"):
            self.code.write(f"{name} = None")
        for head, branch in ((f"elif {test}", node.then), ("else", node.other)):
            with self.code.block(head):
                found, _ = self.assign(branch, here)
                if not paired(branch):
                    found = f"{self.constants.name(lists.pairs)}({found})"
                self.code.write(f"{name} = {found}")

    def _distinct(self, node: Distinct, here: Here, name: str) -> None:
        with self._over(node, node.source, here, f"{name} = None", f"{name} = []") as opened:
            with opened.each() as element:
                self.code.write(f"{name}.append({self._pair(element)})")
            self.code.write(f"{name} = {self.constants.name(lists.distinct)}({name})")


@dataclass(frozen=True, slots=True)
class Opened:
    """A list that is there, ready to be looped over."""

    to: Loops
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
