"""Why a condition is true, false or not known: a tree down to the values and list elements that decided.

The tree follows the typed expression, with values from the reference interpreter, so it explains the meaning
and not any one engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

from visitcheck.facts.times import date_text
from visitcheck.facts.types import BOOL, COUNT, DAY, INT, ListOf, Record, Type
from visitcheck.ir.nodes import (
    And,
    Call,
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
from visitcheck.language.calendars import load as load_calendars
from visitcheck.language.clock import local_reading
from visitcheck.language.hours import WeeklyHours
from visitcheck.language.interpreter import CachedInterpretation, Member
from visitcheck.language.printer import to_text
from visitcheck.truth import Truth, and_, not_, or_

SHOWN_ELEMENTS = 20
"""Elements of one list that a tree shows at most; the rest is counted."""
SHOWN_WITHIN = 5
"""Elements that are shown at most of a list that is looked at for each element of another."""

_NO_BINDER = -1
"""Stands for the macro of a part that is no macro's element."""


@dataclass(frozen=True, slots=True)
class Read:
    """One fact that a condition read: its place in the visit, like `contacts[2].at`, and its value.

    `insufficient` marks one that is given, but does not say enough: a history that is known from too late a moment on.
    What is missing beside facts is read as well, without a value: `params.NAME` where no value covers the date,
    `calendars.NAME[YEAR]` where no table does, and `completeness.LIST` where a list goes on and more could decide.
    """

    fact: str
    value: object
    type: Type
    insufficient: bool = False

    @property
    def missing(self) -> bool:
        """Whether this is what was wanting."""
        return self.value is None or self.insufficient


@dataclass(frozen=True, slots=True)
class Explanation:
    """One condition, or a part of one, with what it came to and why.

    `value` is in its inside form, UNKNOWN is `None`. `element` names the list element that a part is about.
    `decisive` parts are those without which the whole might have come out otherwise.
    `left_out` counts list elements that are not shown. `rest` marks what stands for the further elements of a list
    that goes on: of those that `completeness` does not name nothing is recorded.
    """

    text: str
    value: object
    type: Type
    reads: tuple[Read, ...] = ()
    parts: tuple[Explanation, ...] = ()
    element: str | None = None
    decisive: bool = True
    left_out: int = 0
    rest: bool = False

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

    def deciding_left_out(self) -> int:
        """Count the list elements that decided and are not shown; of a tree of decisive parts."""
        return self.left_out + sum(part.deciding_left_out() for part in self.parts)


def explain(expr: Expr, reading: CachedInterpretation) -> Explanation:
    """Make the tree of `expr` on the visit that is read; `reading` keeps what several conditions share."""
    return _Explainer(reading, {}, {}).explain(expr)


def deciding_tree(expr: Expr, reading: CachedInterpretation) -> Explanation:
    """Make the tree of `expr` for what its deciding parts read: without the others, and without texts."""
    return _Explainer(reading, {}, {}, deciding_only=True).explain(expr)


class _Place(NamedTuple):
    """An element of a list, where it stands in the visit, and whether it is in (TRUE) or maybe in (UNKNOWN)."""

    element: object
    name: str
    held: Truth
    rest: bool


class _Part(NamedTuple):
    """What a body of a macro is to be asked of an element; it is explained only where it is shown."""

    binder: int
    body: Expr
    source: Expr
    place: _Place
    truth: object
    decisive: bool
    plain: bool = False
    """Shown with its value alone."""


@dataclass(frozen=True, slots=True)
class _Explainer:
    reading: CachedInterpretation
    bound: dict[int, object]
    """The element that each binder is at."""
    names: dict[int, str]
    """Where that element stands in the visit, like `contacts[2]`."""
    deciding_only: bool = False

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
        return self.reading.interpret(expr, self.bound)

    def _node(self, expr: Expr, **more: object) -> Explanation:
        if self.deciding_only:
            return Explanation("", self._value(expr), expr.type, **more)  # type: ignore[arg-type]
        return Explanation(_text_of(expr), self._value(expr), expr.type, **more)  # type: ignore[arg-type]

    def _joined(self, expr: And | Or | Not, operands: tuple[Expr, ...]) -> Explanation:
        whole = self._value(expr)
        settles = _opposite(whole) if isinstance(expr, Not) else whole
        parts = []
        for operand in operands:
            decisive = self._value(operand) is settles
            if decisive:
                parts.append(self.explain(operand))
            elif not self.deciding_only:
                parts.append(replace(self.explain(operand), decisive=False))
        return self._node(expr, parts=tuple(parts))

    def _choice(self, expr: Choose) -> Explanation:
        test, truth = self.explain(expr.test), self._value(expr.test)
        if truth is None:
            return self._node(expr, parts=(test,))
        return self._node(expr, parts=(test, self.explain(expr.then if truth else expr.other)))

    def _quantified(self, expr: Exists | ForAll) -> Explanation:
        reads = tuple(self._reads(expr.source))
        places = self._places(expr.source)
        if places is None:
            return self._node(expr, reads=reads)
        whole = self._value(expr)
        parts = [part._replace(decisive=False) for part in self._listed(expr.source) if part.truth is False]
        for place in places:
            truth = self._truth(expr.binder, expr.body, place)
            counts = and_((place.held, truth)) if isinstance(expr, Exists) else or_((not_(place.held), truth))
            parts.append(_Part(expr.binder, expr.body, expr.source, place, truth, counts is whole))
        return self._node(expr, reads=reads, **self._show(parts))

    def _truth(self, binder: int, body: Expr, place: _Place) -> Truth:
        return cast("Truth", self.reading.interpret(body, self.bound | {binder: place.element}))

    def _show(self, parts: list[_Part]) -> dict[str, object]:
        """Explain no more parts than are shown: decisive ones first, further elements before others, as in the list."""
        if self.deciding_only:
            parts = [part for part in parts if part.decisive]
        most = SHOWN_WITHIN if self.bound else SHOWN_ELEMENTS
        ranked = sorted(range(len(parts)), key=lambda at: (not parts[at].decisive, not parts[at].place.rest, at))
        shown = tuple(self._explain_part(parts[at]) for at in sorted(ranked[:most]))
        return {"parts": shown, "left_out": len(parts) - len(shown)}

    def _explain_part(self, part: _Part) -> Explanation:
        place = part.place
        bound, names = self.bound | {part.binder: place.element}, self.names | {part.binder: place.name}
        within = _Explainer(self.reading, bound, names, self.deciding_only)
        if place.rest:
            reads = tuple(_reads_of_rest(part.source)) if part.decisive else ()
            text = "" if self.deciding_only else _text_of(part.body)
            tree = Explanation(text, part.truth, part.body.type, reads, rest=True)
        elif part.plain:
            tree = within._node(part.body, reads=tuple(within._reads(part.body)))
        else:
            tree = within.explain(part.body)
        return tree if self.deciding_only else replace(tree, element=place.name, decisive=part.decisive)

    def _places(self, source: Expr) -> list[_Place] | None:
        """List the elements; what stands for further ones comes last."""
        listed = self.reading.members(source, self.bound)
        if listed is None:
            return None
        root = base_list(source, (Filter,))
        base = cast("tuple[object, ...] | None", self._plain(root)) or ()
        indexes = {id(element): index for index, element in enumerate(base)}
        name = self._path(root) or _text_of(source)

        def place(index: int, member: Member) -> _Place:
            at = "" if member.rest else str(indexes.get(id(member.value), index))
            return _Place(member.value, f"{name}[{at}]", member.held, member.rest)

        return [place(index, member) for index, member in enumerate(listed)]

    def _plain(self, source: Expr) -> object:
        """Look up a fact as the visit has it: of a list the elements that are given."""
        if isinstance(source, Field):
            return self._value(source)
        return self.reading.fact(source.path) if isinstance(source, Fact) else None

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
        unknown = self._value(expr) is None
        parts = [
            # Further elements decide only what is not known: four calls are too many however many there were.
            part._replace(decisive=part.decisive and (unknown or not part.place.rest))
            for source in _measured_lists(expr)
            for part in self._listed(source)
        ]
        reads = {read.fact: read for read in self._reads(expr)}
        return self._node(expr, reads=tuple(reads.values()), **self._show(parts))

    def _listed(self, expr: Expr) -> Iterator[_Part]:
        """Tell what a filter made of each element of its list, down to the first filter below `expr`."""
        match expr:
            case ListCall() | Map() | Distinct():
                yield from self._listed(expr.source)
                if not isinstance(expr, Distinct):
                    yield from self._measured(expr)
            case Filter():
                for place in self._places(expr.source) or ():
                    truth = self._truth(expr.binder, expr.body, place)
                    decisive = truth is not False and place.held is not False
                    yield _Part(expr.binder, expr.body, expr.source, place, truth, decisive)
            case Fact():
                rests = (place for place in self._places(expr) or () if place.rest)
                yield from (_Part(_NO_BINDER, expr, expr, place, None, decisive=True) for place in rests)
            case _:
                return

    def _measured(self, expr: ListCall | Map) -> Iterator[_Part]:
        """Tell what a list function or a map looks at in each element that is, or may be, in its list."""
        for place in self._places(expr.source) or ():
            if not place.rest:  # its filter, or the list itself, has told of further elements
                for body in bodies_of(expr):
                    yield _Part(expr.binder, body, expr.source, place, None, decisive=True, plain=True)

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
            case Param():
                if self._value(expr) is None:
                    yield from self._reads_of_gap(expr)
            case Const():
                return
            case Call():
                yield from self._reads_of_call(expr)
            case _:
                for part in outer_parts(expr):
                    yield from self._reads(part)

    def _reads_of_gap(self, param: Param) -> Iterator[Read]:
        """Give what is wanting for a parameter's value: the date, or a value on it."""
        day = self._value(param.date)
        if day is None:
            yield from self._reads(param.date)
        else:
            yield Read(f"params.{param.name}[{date_text(cast('int', day))}]", None, param.type)

    def _reads_of_call(self, call: Call) -> Iterator[Read]:
        value = self._value(call)
        for arg in call.args:
            reads = list(self._reads(arg))
            if call.function == "firstKnown" and reads and not reads[0].missing:
                yield from reads  # what stands in for a fact is not asked for where the fact itself is given
                return
            late = call.function == "knownSince" and value is None and isinstance(arg, Fact) and arg is call.args[0]
            # Given, and yet it does not say enough: only the moment may be what is missing.
            late = late and self._value(call.args[1]) is not None
            yield from (replace(read, insufficient=late and not read.missing) for read in reads)
        if value is None:
            yield from self._years_not_covered(call)

    def _years_not_covered(self, call: Call) -> Iterator[Read]:
        """Give the years of a calendar that a call asks for and that its table does not have."""
        values = [self._value(arg) for arg in call.args]
        if call.function in ("isHoliday", "workdaysBetween"):
            name, days = values[-1], values[:-1]
        elif call.function == "within":
            hours, zone = values[2], values[3]
            name = hours.calendar if isinstance(hours, WeeklyHours) else None
            moments = [value for value in values[:2] if isinstance(value, int)]
            readings = [local_reading(moment, zone) for moment in moments] if isinstance(zone, str) else []
            days = [None if reading is None else reading // DAY for reading in readings]
        else:
            return
        calendar = load_calendars().get(name) if isinstance(name, str) else None
        years = {date_text(day)[:4] for day in days if isinstance(day, int) and calendar and not calendar.covers(day)}
        yield from (Read(f"calendars.{name}[{year}]", None, INT) for year in sorted(years))


def _reads_of_rest(source: Expr) -> Iterator[Read]:
    """Give what would settle what further elements leave open: whether the list holds everything there was."""
    root = base_list(source)
    if isinstance(root, Fact):
        yield Read(".".join(("completeness", *root.path)), None, BOOL)


def _text_of(expr: Expr) -> str:
    return str(expr.origin) if expr.origin is not None else to_text(expr)


def _is_record_list(type_: Type) -> bool:
    return isinstance(type_, ListOf) and isinstance(type_.item, Record)


def _opposite(truth: object) -> object:
    return None if truth is None else not truth


def _measured_lists(expr: Expr) -> Iterator[Expr]:
    """Find the outermost lists that a leaf measures (a size, a sum, a run)."""
    for child in children(expr):
        if isinstance(child, Filter | Map | ListCall) or (isinstance(child, Fact) and isinstance(child.type, ListOf)):
            yield child
        elif child.type != BOOL or expr.type == COUNT:
            yield from _measured_lists(child)
