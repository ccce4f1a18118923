"""Generated typed expressions over the visit vocabulary: every kind of node, nested, of any wanted type."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from strategies.values import CONSTANTS, ZONES, constant
from visitcheck.facts import ROOT
from visitcheck.facts.types import (
    BOOL,
    COUNT,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    WINDOWS,
    ListOf,
    Record,
    Type,
    Word,
)
from visitcheck.ir.nodes import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    DatedValue,
    Distinct,
    Element,
    Exact,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    Has,
    ListCall,
    Map,
    Negate,
    Not,
    Or,
    Param,
    Size,
)
from visitcheck.language.functions import FUNCTIONS
from visitcheck.language.operators import ARITHMETIC_TYPES

SCALARS = (BOOL, INT, DOUBLE, STRING, TIMESTAMP, DURATION, DATE, TIME_OF_DAY, MONEY)
ORDERED = (INT, DOUBLE, STRING, TIMESTAMP, DURATION, DATE, TIME_OF_DAY, MONEY)
_EQUALITY, _ORDER = ("==", "!="), ("==", "!=", "<", "<=", ">", ">=")
_PATTERNS = ("^a.*[0-9]+$", "债", "(x|yy)*")
_LEXICON = ("打死", "threat")
_RECEIVERS = {"matches": _PATTERNS, "isHoliday": ("CN", "XX"), "workdaysBetween": ("CN",)}
_ATOMS = (BOOL, INT, TIMESTAMP, DATE, MONEY)
_SKIPPED = frozenset({"duration", "timestamp", "date"})  # folded to constants before any engine sees them


def _facts(record: Record, path: tuple[str, ...] = ()) -> list[Fact]:
    facts: list[Fact] = []
    for name, type_ in record.fields.items():
        if isinstance(type_, Record):
            facts += _facts(type_, (*path, name))
        else:
            facts.append(Fact((*path, name), type_))
    return facts


FACTS = [fact for fact in _facts(ROOT) if fact.path[0] != "completeness"]  # which no condition may read
_LISTS = [fact for fact in FACTS if isinstance(fact.type, ListOf) and isinstance(fact.type.item, Record)]
LISTS = [fact for fact in _LISTS if fact.path[-1] in ("contacts", "notices", "consents", "conduct", "earlier_visits")]
WORDS = sorted({fact.type for fact in FACTS if isinstance(fact.type, Word)}, key=str)


class _Maker:
    """Draws nodes. `view`: elements in sight; a macro's binder is the depth left, so inner ones differ."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def one(self, options: Any) -> Any:
        return self._draw(st.sampled_from(list(options)))

    def chance(self, percent: int) -> bool:
        return self._draw(st.integers(0, 99)) < percent

    # --- leaves

    def leaf(self, type_: Type, view: list[Element]) -> Expr:
        fields = [
            Field(element, name, type_)
            for element in view
            if isinstance(element.type, Record)
            for name, field_type in element.type.fields.items()
            if field_type == type_
        ] + [element for element in view if element.type == type_]
        if fields and self.chance(70):
            return self.one(fields)
        facts = [fact for fact in FACTS if fact.type == type_]
        if facts and self.chance(70):
            return self.one(facts)
        if self.chance(25):
            return self.parameter(type_)
        return Const(self._draw(constant(type_)), type_)

    def parameter(self, type_: Type) -> Param:
        days = sorted(set(self._draw(st.lists(constant(DATE), min_size=0, max_size=4))))
        edges = [None if self.chance(50) else days.pop(0) if days else None, *days, None]
        values = tuple(
            DatedValue(start, end, self._draw(constant(type_)))
            for start, end in itertools.pairwise(edges)
            if self.chance(90)
        )
        date = self.one([fact for fact in FACTS if fact.type == DATE] + [Const(None, DATE), Const(20_000, DATE)])
        return Param("p", type_, values, date)

    # --- any type

    def make(self, type_: Type, depth: int, view: list[Element]) -> Expr:
        if type_ == COUNT:
            return self.count(depth, view)
        if type_ in WINDOWS:
            return Const(self._draw(constant(type_)), type_)
        if isinstance(type_, ListOf):
            return self.list_of(type_, depth, view)
        if depth <= 0 or self.chance(15):
            return self.leaf(type_, view)
        if self.chance(8):
            below = depth - 1
            return Choose(
                self.make(BOOL, below, view),
                self.make(type_, below, view),
                self.make(type_, below, view),
                type_,
            )
        return self.boolean(depth - 1, view) if type_ == BOOL else self.scalar(type_, depth - 1, view)

    def boolean(self, depth: int, view: list[Element]) -> Expr:
        if view and self.chance(50):
            return self.typical(view)
        made: Callable[[int, list[Element]], Expr] = self.one(
            (
                *(self.not_, self.junction, self.junction, self.compare, self.compare, self.in_constants),
                *(self.quantified, self.quantified, self.counts, self.counts, self.called_bool, self.has),
                *(self.covers, self.same_lists),
            )
        )
        return made(depth, view)

    def typical(self, view: list[Element]) -> Expr:
        """What conditions mostly ask of an element: a few of its fields, each against a constant or a fact."""
        atoms = [self.atom(view) for _ in range(self._draw(st.integers(1, 3)))]
        return atoms[0] if len(atoms) == 1 else self.one((And, And, Or))(tuple(atoms))

    def atom(self, view: list[Element]) -> Expr:
        element = view[-1]
        asked: Expr = element
        if isinstance(element.type, Record):
            scalars = [(n, t) for n, t in element.type.fields.items() if not isinstance(t, ListOf | Record)]
            name, kind = self.one([(n, t) for n, t in scalars if t in _ATOMS or isinstance(t, Word)] or scalars)
            asked = Field(element, name, kind)
        if asked.type == BOOL:
            return Not(asked) if self.chance(30) else asked
        op = self.one(_ORDER if asked.type in ORDERED else _EQUALITY)
        other = self.leaf(asked.type, view) if self.chance(30) else self.known(asked.type)
        return Compare(op, asked, other) if self.chance(80) else Compare(op, other, asked)

    def known(self, type_: Type) -> Const:
        return Const(self._draw(constant(type_)), type_)

    def not_(self, depth: int, view: list[Element]) -> Expr:
        return Not(self.make(BOOL, depth, view))

    def junction(self, depth: int, view: list[Element]) -> Expr:
        parts = tuple(self.make(BOOL, depth, view) for _ in range(self._draw(st.integers(2, 3))))
        return self.one((And, Or))(parts)

    def compare(self, depth: int, view: list[Element]) -> Expr:
        type_ = self.one((*ORDERED, *WORDS[:6], BOOL))
        op = self.one(_ORDER if type_ in ORDERED else _EQUALITY)
        return Compare(op, self.make(type_, depth, view), self.make(type_, depth, view))

    def in_constants(self, depth: int, view: list[Element]) -> Expr:
        type_ = self.one((INT, STRING, TIMESTAMP, MONEY, *WORDS[:6]))
        subject = self.make(type_, depth, view)
        op, join = self.one((("==", Or), ("!=", And)))
        values = self._draw(st.lists(constant(type_), min_size=2, max_size=4))
        return join(tuple(Compare(op, subject, Const(value, type_)) for value in values))

    def has(self, depth: int, view: list[Element]) -> Expr:
        fields = [Field(e, n, t) for e in view if isinstance(e.type, Record) for n, t in e.type.fields.items()]
        return Has(self.one(fields or FACTS))

    def counts(self, depth: int, view: list[Element]) -> Expr:
        left, right = self.count(depth, view), self.one((COUNT, INT, INT))
        pair = [
            left,
            self.make(right, depth, view) if self.chance(40) else Const(self._draw(st.integers(-1, 4)), INT),
        ]
        if self.chance(30):
            pair.reverse()
        return Compare(self.one(_ORDER), *pair)

    def quantified(self, depth: int, view: list[Element]) -> Expr:
        source = self.list_of(None, depth, view)
        return self.one((Exists, ForAll))(source, depth, self.make(BOOL, depth, [*view, self.element(source, depth)]))

    def element(self, source: Expr, binder: int) -> Element:
        assert isinstance(source.type, ListOf)
        return Element(binder, source.type.item)

    def same_lists(self, depth: int, view: list[Element]) -> Expr:
        item = self.one((STRING, INT))
        return Compare(self.one(_EQUALITY), self.mapped(item, depth, view), self.mapped(item, depth, view))

    def covers(self, depth: int, view: list[Element]) -> Expr:
        source = self.list_of(None, depth, view)
        inside = [*view, self.element(source, depth)]
        bodies = (self.make(TIMESTAMP, depth - 1, inside), self.make(TIMESTAMP, depth - 1, inside))
        args = tuple(self.make(kind, depth - 1, view) for kind in (TIMESTAMP, TIMESTAMP, DURATION))
        return ListCall("covers", source, depth, bodies, args, BOOL)

    def called_bool(self, depth: int, view: list[Element]) -> Expr:
        return self.call(BOOL, depth, view) or self.leaf(BOOL, view)

    def scalar(self, type_: Type, depth: int, view: list[Element]) -> Expr:
        kind = self._draw(st.integers(0, 9))
        sums = [(op, a, b) for (op, a, b), result in ARITHMETIC_TYPES.items() if result == type_]
        if kind < 4 and sums:
            op, left, right = self.one(sums)
            return Arithmetic(op, self.make(left, depth, view), self.make(right, depth, view), type_)
        if kind == 4 and type_ in (INT, DOUBLE, DURATION, MONEY):
            return Negate(self.make(type_, depth, view), type_)
        if kind == 5 and type_ == INT:
            return Exact(self.count(depth, view), INT)
        if kind in (6, 7) and not isinstance(type_, Word):
            return self.aggregate(type_, depth, view)
        return self.call(type_, depth, view) or self.leaf(type_, view)

    def aggregate(self, type_: Type, depth: int, view: list[Element]) -> Expr:
        kinds = ["min", "max"] + (["sum"] if type_ in (INT, DOUBLE, DURATION, MONEY) else [])
        default = self.make(type_, depth - 1, view) if self.chance(40) else None
        return Aggregate(self.one(kinds), self.mapped(type_, depth, view), default, type_)

    def call(self, type_: Type, depth: int, view: list[Element]) -> Expr | None:
        options = [
            (function, signature)
            for name, function in FUNCTIONS.items()
            if name not in _SKIPPED
            for signature in function.signatures
            if signature.result == type_
        ]
        if not options:
            return None
        function, signature = self.one(options)
        last = len(signature.params) - 1
        args: list[Expr] = []
        for place, kind in enumerate(signature.params):
            if function.zone and place == last and kind == STRING:
                zone = Const(self.one(ZONES), STRING)
                args.append(Fact(("visit", "timezone"), STRING) if self.chance(20) else zone)
            elif function.name == "mentions" and place == 1:
                args.append(Const(_LEXICON, kind))
            elif function.name in _RECEIVERS and place == last:
                args.append(Const(self.one(_RECEIVERS[function.name]), STRING))
            elif function.name == "inParam" and place == 1:
                args.append(self.parameter(kind))
            else:
                args.append(self.make(kind, depth, view))
        return Call(function.name, tuple(args), type_)

    # --- what policies mostly ask

    def asked_of_a_list(self) -> Expr:
        """One of the usual questions about a list that is filtered up to two times."""
        source: Expr = self.one(LISTS)
        for _ in range(self._draw(st.integers(0, 2))):
            source = Filter(source, 0, self.typical([self.element(source, 0)]), source.type)
        view = [self.element(source, 0)]
        kind = self.one(("exists", "all", "size", "exact", "value", "distinct", "group", "run"))
        match kind:
            case "exists" | "all":
                return (Exists if kind == "exists" else ForAll)(source, 0, self.typical(view))
            case "value":
                type_ = self.one((INT, TIMESTAMP, DATE, MONEY, DURATION))
                mapped = Map(source, 0, self.leaf(type_, view), ListOf(type_))
                default = self.known(type_) if self.chance(30) else None
                kinds = ("min", "max", "sum") if type_ in (INT, MONEY, DURATION) else ("min", "max")
                aggregate = Aggregate(self.one(kinds), mapped, default, type_)
                return Compare(self.one(_ORDER), aggregate, self.known(type_))
            case "exact":
                return Compare(
                    self.one(_ORDER), Arithmetic("*", Exact(Size(source), INT), Const(2, INT), INT), self.few()
                )
        return Compare(self.one(_ORDER), self.usual_count(kind, source, view), self.few())

    def few(self) -> Const:
        return Const(self._draw(st.integers(0, 3)), INT)

    def usual_count(self, kind: str, source: Expr, view: list[Element]) -> Expr:
        match kind:
            case "distinct":
                type_ = self.one((STRING, DATE, TIMESTAMP, INT))
                return Size(Distinct(Map(source, 0, self.leaf(type_, view), ListOf(type_)), ListOf(type_)))
            case "group":
                keys = (self.leaf(STRING, view), self.leaf(DATE, view))
                return ListCall("maxPerGroup", source, 0, keys[: self._draw(st.integers(1, 2))], (), COUNT)
            case "run":
                return ListCall("lastRun", source, 0, (self.leaf(TIMESTAMP, view), self.typical(view)), (), COUNT)
        return Size(source)

    # --- counts and lists

    def count(self, depth: int, view: list[Element]) -> Expr:
        kind = self._draw(st.integers(0, 9)) if depth > 0 else 0
        if kind < 5:
            return Size(self.list_of(None, depth - 1, view))
        if kind == 5:
            left, right = self.one(((COUNT, COUNT), (COUNT, INT), (INT, COUNT)))
            op = self.one("+-")
            return Arithmetic(op, self.make(left, depth - 1, view), self.make(right, depth - 1, view), COUNT)
        if kind == 6:
            below = depth - 1
            return Choose(self.make(BOOL, below, view), self.count(below, view), self.count(below, view), COUNT)
        source = self.list_of(None, depth - 1, view)
        inside = [*view, self.element(source, depth)]
        if kind == 7:
            keys = tuple(self.make(self.one(SCALARS), depth - 2, inside) for _ in range(self._draw(st.integers(1, 2))))
            return ListCall("maxPerGroup", source, depth, keys, (), COUNT)
        order = self.make(self.one((TIMESTAMP, DATE, INT)), depth - 2, inside)
        return ListCall("lastRun", source, depth, (order, self.make(BOOL, depth - 2, inside)), (), COUNT)

    def list_of(self, type_: ListOf | None, depth: int, view: list[Element]) -> Expr:
        """A list of this type, or of any records or values."""
        if type_ is None:
            type_ = (
                self.mapped(self.one((STRING, INT)), 0, view).type
                if self.chance(10)
                else self.one(LISTS if self.chance(80) else _LISTS).type
            )
        assert isinstance(type_, ListOf)
        if not isinstance(type_.item, Record):
            return self.mapped(type_.item, depth, view)
        if depth <= 0 or self.chance(40):
            return self.one([fact for fact in _LISTS if fact.type == type_])
        if self.chance(12):
            below = depth - 1
            return Choose(
                self.make(BOOL, below, view),
                self.list_of(type_, below, view),
                self.list_of(type_, below, view),
                type_,
            )
        source = self.list_of(type_, depth - 1, view)
        return Filter(source, depth, self.make(BOOL, depth - 1, [*view, self.element(source, depth)]), type_)

    def mapped(self, item: Type, depth: int, view: list[Element]) -> Expr:
        """A list of values: constant, of a parameter, or made of records; sometimes filtered or each once."""
        kind = self._draw(st.integers(0, 9))
        if kind == 0 or item not in CONSTANTS:
            made: Expr = Const(tuple(self._draw(st.lists(constant(item), max_size=3))), ListOf(item))
        elif kind == 1:
            made = self.parameter(ListOf(item))
        else:
            source = self.list_of(self.one(LISTS if self.chance(80) else _LISTS).type, depth - 1, view)
            body = self.make(item, depth - 2, [*view, self.element(source, depth)])
            made = Map(source, depth, body, ListOf(item))
        if depth > 0 and self.chance(20):
            made = Filter(made, depth, self.make(BOOL, depth - 2, [*view, Element(depth, item)]), made.type)
        return Distinct(made, made.type) if self.chance(25) else made


@st.composite
def expressions(draw: st.DrawFn, type_: Type = BOOL, depth: int = 4) -> Expr:
    """Expressions of a type, nested up to `depth`."""
    return _Maker(draw).make(type_, depth, [])


@st.composite
def conditions(draw: st.DrawFn, most: int = 4, depth: int = 4) -> tuple[Expr, ...]:
    """Some conditions as a plan has them: each once, parts of one sometimes used in others."""
    maker = _Maker(draw)
    exprs = [maker.make(BOOL, depth, []) for _ in range(draw(st.integers(1, most)))]
    if len(exprs) > 1 and maker.chance(50):
        exprs.append(And((exprs[0], Not(exprs[1]))))
    return tuple(dict.fromkeys(exprs))


@st.composite
def usual_conditions(draw: st.DrawFn) -> tuple[Expr, ...]:
    """Conditions like those of real rules: questions about lists, alone or joined."""
    maker = _Maker(draw)
    asked = [maker.asked_of_a_list() for _ in range(draw(st.integers(1, 3)))]
    joined = [maker.one((And, Or))((*asked, maker.leaf(BOOL, [])))] if maker.chance(50) else []
    return tuple(dict.fromkeys((*asked, *joined)))
