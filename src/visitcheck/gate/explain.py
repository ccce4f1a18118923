"""Why a condition is true, false or not known: a tree down to the values and list elements that decided.

The tree follows the typed expression, with values from the reference interpreter, so it explains the meaning
and not any one engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from visitcheck.facts import Visit
from visitcheck.facts.types import BOOL, COUNT, ListOf, Record, Type
from visitcheck.ir.nodes import (
    And,
    Choose,
    Const,
    Distinct,
    Element,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    Has,
    ListCall,
    Map,
    Not,
    Or,
    Param,
)
from visitcheck.ir.walk import base_list, bodies_of, children, outer_parts
from visitcheck.language.interpreter import interpret, members
from visitcheck.language.printer import to_text
from visitcheck.truth import Truth, and_, not_, or_

SHOWN_ELEMENTS = 20
"""Elements of one list that a tree shows at most; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Read:
    """One fact that a condition read: its place in the visit, like `contacts[2].at`, and its value."""

    fact: str
    value: object
    type: Type


@dataclass(frozen=True, slots=True)
class Explanation:
    """One condition, or a part of one, with what it came to and why.

    `value` is in its inside form, UNKNOWN is `None`. `element` names the list element that a part is about.
    `decisive` parts are those without which the whole might have come out otherwise.
    `left_out` counts list elements that are not shown.
    """

    text: str
    value: object
    type: Type
    reads: tuple[Read, ...] = ()
    parts: tuple[Explanation, ...] = ()
    element: str | None = None
    decisive: bool = True
    left_out: int = 0

    @property
    def truth(self) -> Truth:
        """The value of a boolean condition."""
        return cast("Truth", self.value)

    def deciding_reads(self) -> Iterator[Read]:
        """Give the facts read by the decisive parts, in order, possibly more than once."""
        yield from self.reads
        for part in self.parts:
            if part.decisive:
                yield from part.deciding_reads()


def explain(expr: Expr, visit: Visit) -> Explanation:
    """Make the tree of `expr` on `visit`."""
    return _Explainer(visit, {}, {}).explain(expr)


@dataclass(frozen=True, slots=True)
class _Explainer:
    visit: Visit
    bound: dict[int, object]
    """The element that each binder is at."""
    names: dict[int, str]
    """Where that element stands in the visit, like `contacts[2]`."""

    def explain(self, expr: Expr) -> Explanation:
        match expr:
            case Or() if all(part.origin == expr.origin is not None for part in expr.parts):
                return self._leaf(expr)  # `x in [...]`, which nobody wrote as an or
            case And() | Or():
                return self._joined(expr, expr.parts)
            case Not():
                return self._joined(expr, (expr.operand,))
            case Choose():
                return self._choice(expr)
            case Exists() | ForAll():
                return self._quantified(expr)
            case _:
                return self._leaf(expr)

    def _value(self, expr: Expr) -> object:
        return interpret(expr, self.visit, bound=self.bound)

    def _node(self, expr: Expr, **more: object) -> Explanation:
        return Explanation(_text_of(expr), self._value(expr), expr.type, **more)  # type: ignore[arg-type]

    def _joined(self, expr: And | Or | Not, operands: tuple[Expr, ...]) -> Explanation:
        whole = self._value(expr)
        parts = [self.explain(operand) for operand in operands]
        settles = _opposite(whole) if isinstance(expr, Not) else whole
        return self._node(expr, parts=tuple(replace(part, decisive=part.value is settles) for part in parts))

    def _choice(self, expr: Choose) -> Explanation:
        test = self.explain(expr.test)
        if test.value is None:
            return self._node(expr, parts=(test,))
        return self._node(expr, parts=(test, self.explain(expr.then if test.value else expr.other)))

    def _quantified(self, expr: Exists | ForAll) -> Explanation:
        elements = self._members(expr.source)
        if elements is None:
            return self._node(expr, reads=tuple(self._reads(expr.source)))
        whole = self._value(expr)
        shown = [part for part in self._listed(expr.source) if part.value is False]
        for element, name, inside in elements:
            part = self._within(expr.binder, element, name).explain(expr.body)
            counts = and_((inside, part.truth)) if isinstance(expr, Exists) else or_((not_(inside), part.truth))
            shown.append(replace(part, element=name, decisive=counts is whole))
        return self._node(expr, reads=tuple(self._reads(expr.source)), **_limit_parts(shown))

    def _within(self, binder: int, element: object, name: str) -> _Explainer:
        return _Explainer(self.visit, self.bound | {binder: element}, self.names | {binder: name})

    def _members(self, source: Expr) -> list[tuple[object, str, Truth]] | None:
        """List the elements, each with its place and whether it is in (True) or maybe in (None)."""
        listed = members(source, self.visit, bound=self.bound)
        if listed is None:
            return None
        root = base_list(source, (Filter,))
        base = cast("tuple[object, ...] | None", self._plain(root)) or ()
        places = {id(element): index for index, element in enumerate(base)}
        name = self._path(root) or _text_of(source)
        return [
            (member.value, f"{name}[{places.get(id(member.value), index)}]", member.held)
            for index, member in enumerate(listed)
        ]

    def _plain(self, source: Expr) -> object:
        """Look up a list fact as the visit has it, before any filter."""
        value: object = self.visit
        if isinstance(source, Field):
            value = self._value(source.record)
            return None if value is None else getattr(value, source.name)
        if not isinstance(source, Fact):
            return None
        for name in source.path:
            value = None if value is None else getattr(value, name)
        return value

    def _path(self, expr: Expr) -> str | None:
        match expr:
            case Fact():
                return ".".join(expr.path)
            case Element():
                return self.names.get(expr.binder)
            case Field():
                record = self._path(expr.record)
                return f"{record}.{expr.name}" if record else None
            case _:
                return None

    def _leaf(self, expr: Expr) -> Explanation:
        parts = [part for source in _measured_lists(expr) for part in self._listed(source)]
        reads = {read.fact: read for read in self._reads(expr)}
        return self._node(expr, reads=tuple(reads.values()), **_limit_parts(parts))

    def _listed(self, expr: Expr) -> Iterator[Explanation]:
        """Explain what a filter made of each element of its list, down to the first filter below `expr`."""
        if isinstance(expr, ListCall | Map | Distinct):
            yield from self._listed(expr.source)
        if isinstance(expr, ListCall | Map):
            yield from self._measured(expr)
        if not isinstance(expr, Filter):
            return
        for element, name, inside in self._members(expr.source) or ():
            part = self._within(expr.binder, element, name).explain(expr.body)
            yield replace(part, element=name, decisive=part.value is not False and inside is not False)

    def _measured(self, expr: ListCall | Map) -> Iterator[Explanation]:
        """Explain what a list function or a map looks at in each element that is, or may be, in its list."""
        for element, name, _ in self._members(expr.source) or ():
            within = self._within(expr.binder, element, name)
            for body in bodies_of(expr):
                yield within._node(body, reads=tuple(within._reads(body)), element=name)

    def _reads(self, expr: Expr) -> Iterator[Read]:
        """Give the facts read outside of list bodies; a list itself only where it is missing or decides as a whole."""
        match expr:
            case Fact() | Field():
                path = self._path(expr)
                value = self._plain(expr) if not isinstance(expr.type, Record) else None
                # A list that has elements is told by them.
                if path is not None and not (value and _is_record_list(expr.type)):
                    yield Read(path, value, expr.type)
            case Element():
                if path := self._path(expr):
                    yield Read(path, self._value(expr), expr.type)
            case Has():
                yield from self._reads(expr.target)
            case Param() | Const():
                return
            case _:
                for part in outer_parts(expr):
                    yield from self._reads(part)


def _text_of(expr: Expr) -> str:
    return str(expr.origin) if expr.origin is not None else to_text(expr)


def _is_record_list(type_: Type) -> bool:
    return isinstance(type_, ListOf) and isinstance(type_.item, Record)


def _opposite(truth: object) -> object:
    return None if truth is None else not truth


def _measured_lists(expr: Expr) -> Iterator[Filter | Map | ListCall]:
    """Find the outermost lists that a leaf measures (a size, a sum, a run)."""
    for child in children(expr):
        if isinstance(child, Filter | Map | ListCall):
            yield child
        elif child.type != BOOL or expr.type == COUNT:
            yield from _measured_lists(child)


def _limit_parts(parts: list[Explanation]) -> dict[str, object]:
    """Keep no more parts than are shown: decisive ones first, in the order of the list."""
    if len(parts) <= SHOWN_ELEMENTS:
        return {"parts": tuple(parts)}
    ranked = sorted(range(len(parts)), key=lambda index: (not parts[index].decisive, index))[:SHOWN_ELEMENTS]
    return {"parts": tuple(parts[index] for index in sorted(ranked)), "left_out": len(parts) - SHOWN_ELEMENTS}
