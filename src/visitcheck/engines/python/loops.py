"""What conditions ask of lists, each as a plain loop that ends when the answer is settled.

Filters and maps are written into the loop over the list at the bottom of their chain, and cheap tests come first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from visitcheck.engines.python.analysis import PlainList, is_paired, is_trivial
from visitcheck.engines.python.expressions import ExpressionWriter
from visitcheck.engines.python.names import Binding, Code, NameTable, Point
from visitcheck.engines.python.runtime import distinct_pairs, pairs_of, plain_values
from visitcheck.facts.types import COUNT, DURATION, INT, INT_MAX, INT_MIN, MONEY
from visitcheck.ir.nodes import (
    Aggregate,
    And,
    Choose,
    Distinct,
    Element,
    Exists,
    Expr,
    Field,
    Filter,
    ForAll,
    ListCall,
    Macro,
    Map,
    Not,
    Size,
)
from visitcheck.ir.walk import bodies_of, children
from visitcheck.language import operators
from visitcheck.language.functions import LIST_FUNCTIONS

_SEVERAL = 2
"""From so many fields of an element on, its dict is quicker than attributes."""


class NamesValues(Protocol):
    """What loops need of the writer of statements that they are part of."""

    def assign(self, node: Expr, here: Point) -> tuple[str, Point]:
        """Give the value of a node a name."""
        ...

    def prepare(self, node: Expr, here: Point) -> Point:
        """Give names to what keeps a node from being one expression."""
        ...


@dataclass(frozen=True, slots=True)
class _Guard:
    """A condition that decides whether an element is in: a filter's body where it is known, or a flag."""

    body: Expr | None
    here: Point
    flag: str = ""


@dataclass(slots=True)
class _InLoop:
    """Inside a loop, past all filters: the element is in or maybe in."""

    here: Point
    guards: list[_Guard]
    binding: Binding

    def point(self, binder: int) -> Point:
        """Return the point with the element in view of a macro."""
        return self.here.with_element(binder, self.binding)


@dataclass(frozen=True, slots=True)
class _Chain:
    """A list to loop over: the name of the list at the bottom, that list's node, and the filters and maps over it."""

    name: str
    base: Expr
    links: tuple[Filter | Map, ...]
    here: Point

    @property
    def is_whole(self) -> bool:
        """Whether all elements are in, as they are."""
        return not is_paired(self.base) and all(isinstance(link, Map) for link in self.links)


class LoopWriter:
    """Writes the nodes that look at lists."""

    def __init__(self, names: NameTable, expressions: ExpressionWriter, statements: NamesValues) -> None:
        self._names = names
        self._expressions = expressions
        self._statements = statements

    @property
    def _code(self) -> Code:
        return self._names.code

    def write(self, node: Expr, here: Point, name: str) -> None:
        """Write statements that give `name` (and `<name>h` for a count) the value of a node over a list."""
        match node:
            case Exists():
                self._exists(node, here, name)
            case ForAll():
                self._for_all(node, here, name)
            case Size():
                self._size(node, here, name)
            case Aggregate():
                self._aggregate(node, here, name)
            case ListCall():
                self._list_call(node, here, name)
            case Filter() | Map():
                self._kept_list(node, here, name)
            case Distinct():
                self._distinct(node, here, name)
            case PlainList():
                source, _ = self._statements.assign(node.source, here)
                self._code.write(f"{name} = {self._names.constants.name_of(plain_values)}({source})")
            case Choose():
                self._chosen_list(node, here, name)
            case _:
                raise AssertionError(f"{type(node).__name__} is not about a list")

    def is_kept(self, node: Expr) -> bool:
        """Whether a list is worked out once and kept, because more than one reader needs it."""
        return isinstance(node, Distinct) or (isinstance(node, Filter | Map) and self._names.nodes.is_shared(node))

    # --- one kind of node each

    def _exists(self, node: Exists, here: Point, name: str) -> None:
        with self._over(node, node.source, here, f"{name} = None", f"{name} = False") as chain, self._each(chain) as at:
            self._settle_by(node.body, node.binder, at, f"{name} = True", f"{name} = None")

    def _for_all(self, node: ForAll, here: Point, name: str) -> None:
        with self._over(node, node.source, here, f"{name} = None", f"{name} = True") as chain, self._each(chain) as at:
            # FALSE where the element is in and the body FALSE: the loop of `exists` for the body's opposite.
            self._settle_by(Not(node.body), node.binder, at, f"{name} = False", f"{name} = None")

    def _settle_by(self, body: Expr, binder: int, at: _InLoop, settled: str, otherwise: str) -> None:
        """Leave the loop at an element that is surely in and has a TRUE body; go on after one that only may."""
        here = self._skip_where_false(body, binder, at.point(binder))
        sure = self._all_sure([*at.guards, _Guard(body, here)], here)
        if sure is None:
            self._code.write(settled)
            self._code.write("break")
            return
        with self._code.block(f"if {sure}"):
            self._code.write(settled)
            self._code.write("break")
        self._code.write(otherwise)

    def _size(self, node: Size, here: Point, name: str) -> None:
        high = f"{name}h"
        with self._over(node, node.source, here, f"{name} = {high} = None", f"{name} = {high} = 0") as chain:
            if chain.is_whole:
                self._code.write(f"{name} = {high} = len({self._names.use(chain.name)})")
                return
            with self._each(chain) as at:
                self._code.write(f"{high} += 1")
                sure = self._all_sure(at.guards, at.here)
                if sure is not None:
                    self._code.write(f"if {sure}: {name} += 1")
            if sure is None:
                self._code.write(f"{name} = {high}")

    def _aggregate(self, node: Aggregate, here: Point, name: str) -> None:
        empty = self._names.constants.literal(operators.zero(node.type) if node.kind == "sum" else None)
        if node.default is not None:
            empty, here = self._statements.assign(node.default, here)
        one_by_one = node.type != MONEY and (node.kind != "sum" or node.type in (INT, DURATION))
        start = "None" if one_by_one else "[]"
        with self._over(node, node.source, here, f"{name} = None", f"{name} = {start}") as chain:
            with self._each(chain) as at:
                self._leave_unless_known(at, f"{name} = None")
                value = self._names.use(at.binding.name)
                if not one_by_one:
                    self._code.write(f"{name}.append({value})")
                elif node.kind == "sum":
                    self._code.write(f"{name} = {value} if {name} is None else {name} + {value}")
                else:
                    sign = "<" if node.kind == "min" else ">"
                    self._code.write(f"if {name} is None or {value} {sign} {name}: {name} = {value}")
            with self._code.block("else"):
                self._finish_aggregate(node, name, self._names.use(empty), one_by_one=one_by_one)

    def _leave_unless_known(self, at: _InLoop, unknown: str) -> None:
        """Leave the loop where the element is only maybe in, or its value UNKNOWN."""
        sure = self._all_sure(at.guards, at.here)
        tests = [] if sure is None else [f"not ({sure})"]
        if at.binding.nullable:
            tests.append(f"{self._names.use(at.binding.name)} is None")
        if tests:
            with self._code.block(f"if {' or '.join(tests)}"):
                self._code.write(unknown)
                self._code.write("break")

    def _finish_aggregate(self, node: Aggregate, name: str, empty: str, *, one_by_one: bool) -> None:
        """Write what follows when all elements were known."""
        constants = self._names.constants
        if not one_by_one:
            call, kind = constants.name_of(operators.aggregate), constants.name_of(node.type)
            self._code.write(f"{name} = {call}({node.kind!r}, {kind}, tuple({name})) if {name} else {empty}")
            return
        self._code.write(f"if {name} is None: {name} = {empty}")
        if node.kind == "sum":
            self._code.write(f"elif not {INT_MIN} <= {name} <= {INT_MAX}: {name} = None")

    def _list_call(self, node: ListCall, here: Point, name: str) -> None:
        args: list[str] = []
        for arg in node.args:
            text, here = self._statements.assign(arg, here)
            args.append(text)
        counted = node.type == COUNT
        absent = f"{name} = {name}h = None" if counted else f"{name} = None"
        with self._over(node, node.source, here, absent, f"{name} = []") as chain:
            with self._each(chain) as at:
                inside = self._open_fields(node.bodies, node.binder, at.point(node.binder))
                values: list[str] = []
                for body in node.bodies:
                    value, inside = self._statements.assign(body, inside)
                    values.append(self._names.use(value) if value.isidentifier() else value)
                self._code.write(f"{name}.append(({self._flag(at, inside)}, ({', '.join(values)},)))")
            call = self._names.constants.name_of(LIST_FUNCTIONS[node.function].evaluate)
            rest = "".join(f", {arg}" for arg in args)
            self._code.write(f"{name} = {call}(tuple({name}){rest})")
            if counted:
                self._code.write(f"{name}, {name}h = (None, None) if {name} is None else {name}")

    def _kept_list(self, node: Filter | Map, here: Point, name: str) -> None:
        here = self._hoist(node, here)
        chain = self._chain_below(node.source, here)
        chain = replace(chain, links=(*chain.links, node))
        if self._expressions.may_be_unknown(chain.base, chain.here):
            with self._code.block(f"if {self._names.use(chain.name)} is None"):
                self._code.write(f"{name} = None")
            with self._code.block("else"):
                self._code.write(f"{name} = []")
                self._append_pairs(chain, name)
        else:
            self._code.write(f"{name} = []")
            self._append_pairs(chain, name)

    def _distinct(self, node: Distinct, here: Point, name: str) -> None:
        with self._over(node, node.source, here, f"{name} = None", f"{name} = []") as chain:
            self._append_pairs(chain, name)
            self._code.write(f"{name} = {self._names.constants.name_of(distinct_pairs)}({name})")

    def _append_pairs(self, chain: _Chain, name: str) -> None:
        with self._each(chain) as at:
            self._code.write(f"{name}.append(({self._flag(at, at.here)}, {self._names.use(at.binding.name)}))")

    def _flag(self, at: _InLoop, here: Point) -> str:
        """Return whether an element is in, as an expression: True, or None for maybe."""
        sure = self._all_sure(at.guards, here)
        return "True" if sure is None else f"True if {sure} else None"

    def _chosen_list(self, node: Choose, here: Point, name: str) -> None:
        """Write one of two lists, as pairs whichever it is."""
        test, here = self._statements.assign(node.test, here)
        with self._code.block(f"if {test} is None"):
            self._code.write(f"{name} = None")
        for head, branch in ((f"elif {test}", node.then), ("else", node.other)):
            with self._code.block(head):
                chosen, _ = self._statements.assign(branch, here)
                if not is_paired(branch):
                    chosen = f"{self._names.constants.name_of(pairs_of)}({chosen})"
                self._code.write(f"{name} = {chosen}")

    # --- before the loop

    @contextmanager
    def _over(self, node: Expr, source: Expr, here: Point, absent: str, start: str) -> Iterator[_Chain]:
        """Write `absent` where the list is, else `start` and then whatever loops over it."""
        chain = self._chain_below(source, self._hoist(node, here))
        if self._expressions.may_be_unknown(chain.base, chain.here):
            with self._code.block(f"if {self._names.use(chain.name)} is None"):
                self._code.write(absent)
            with self._code.block("else"):
                self._code.write(start)
                yield chain
        else:
            self._code.write(start)
            yield chain

    def _chain_below(self, node: Expr, here: Point) -> _Chain:
        """Go down filters and maps to a list that has a name or gets one."""
        links: list[Filter | Map] = []
        while isinstance(node, Filter | Map) and not self.is_kept(node) and not self._names.is_known(node, here):
            links.insert(0, node)
            node = node.source
        name, here = self._statements.assign(node, here)
        for link in links:
            here = self._hoist(link, here)
        return _Chain(name, node, tuple(links), here)

    def _hoist(self, node: Expr, here: Point) -> Point:
        """Work out before the loop of a macro what is the same for all its elements."""
        seen: set[tuple[int, frozenset[int]]] = set()
        if isinstance(node, Macro):
            for body in bodies_of(node):
                here = self._hoist_from(body, frozenset({node.binder}), here, seen)
        return here

    def _hoist_from(
        self, node: Expr, bound: frozenset[int], here: Point, seen: set[tuple[int, frozenset[int]]]
    ) -> Point:
        """Give names to the largest parts of a node that read no element of the loops in `bound`."""
        key = (self._names.nodes.number(node), bound)
        if key in seen:
            return here
        seen.add(key)
        if not self._names.nodes.free_names(node) & bound:
            return here if is_trivial(node) else self._statements.assign(node, here)[1]
        inside = {id(body) for body in bodies_of(node)}
        for child in children(node):
            more = bound | {node.binder} if isinstance(node, Macro) and id(child) in inside else bound
            here = self._hoist_from(child, more, here, seen)
        return here

    # --- in the loop

    @contextmanager
    def _each(self, chain: _Chain) -> Iterator[_InLoop]:
        """Write a loop over the elements that are in or maybe in."""
        here = chain.here
        element = self._names.new_name("e")
        guards: list[_Guard] = []
        self._names.use(chain.name)
        if is_paired(chain.base):
            flag = self._names.new_name("m")
            guards.append(_Guard(None, here, flag))
            head = f"for {flag}, {element} in {chain.name}"
        else:
            head = f"for {element} in {chain.name}"
        with self._code.loop(head):
            binding = self._bind(element, nullable=_holds_unknowns(chain.base))
            for link in chain.links:
                at = here.with_element(link.binder, binding)
                if isinstance(link, Filter):
                    after = self._skip_where_false(link.body, link.binder, at)
                    guards.append(_Guard(link.body, after))
                    binding = after.elements[link.binder]
                else:
                    opened = self._open_fields((link.body,), link.binder, at)
                    value, after = self._statements.assign(link.body, opened)
                    binding = self._bind(value, nullable=self._expressions.may_be_unknown(link.body, at))
                here = here.with_known(after.known)
            yield _InLoop(here, guards, binding)

    def _bind(self, name: str, *, nullable: bool) -> Binding:
        return Binding(self._names.next_number(), name, None, nullable)

    def _open_fields(self, parts: Sequence[Expr], binder: int, here: Point) -> Point:
        """Get at the dict of an element's fields where `parts` read several of them."""
        binding = here.elements[binder]
        if binding.fields is not None or binding.nullable:
            return here
        fields = {
            self._names.key_of(node, here)
            for node in self._names.nodes.below(parts)
            if isinstance(node, Field) and isinstance(node.record, Element) and node.record.binder == binder
        }
        if len(fields - here.known) < _SEVERAL:
            return here
        name = self._names.new_name("d")
        self._code.write(f"{name} = {self._names.use(binding.name)}.__dict__")
        return here.with_element(binder, replace(binding, fields=name))

    def _skip_where_false(self, body: Expr, binder: int, here: Point) -> Point:
        """Go on to the next element where `body` is FALSE. Cheap parts of an `and` are tried first."""
        nodes = self._names.nodes
        parts = body.parts if isinstance(body, And) else (body,)
        cheap = [part for part in parts if not nodes.has_loops(part)]
        groups = [cheap[:1], cheap[1:], *([part] for part in parts if nodes.has_loops(part))]
        for group in filter(None, groups):
            here = self._open_fields(group, binder, here)
            tested = group[0] if len(group) == 1 else And(tuple(group))
            here = self._statements.prepare(tested, here)
            test = self._expressions.possible(tested, here)
            self._code.write(f"if not {test.text}: continue")
            here = here.with_known(test.if_true)
        return here

    def _all_sure(self, guards: list[_Guard], here: Point) -> str | None:
        """Return a condition for all guards being TRUE where none is FALSE; None where they surely are."""
        texts: list[str] = []
        known = here.known
        for guard in guards:
            if guard.body is None:
                texts.append(self._names.use(guard.flag))
                continue
            for part in guard.body.parts if isinstance(guard.body, And) else (guard.body,):
                at = guard.here.with_known(known)
                if self._expressions.may_be_unknown(part, at):
                    test = self._expressions.sure_if_possible(part, at)
                    texts.append(test.text)
                    known = test.if_true
        return " and ".join(texts) if texts else None


def _holds_unknowns(node: Expr) -> bool:
    """Whether an element of a list may be UNKNOWN: only `map` makes such."""
    while isinstance(node, Filter | Distinct):
        node = node.source
    return isinstance(node, Map | Choose)
