"""How far a condition is from turning: the distance between what was compared and the threshold.

A distance is found for comparisons of numbers, moments, days, durations and sums of one currency, for hours of a day
or week, and for what is made of them by `&&`, `||`, `!`, `exists` and `all`: the whole is as far from turning as the
parts that would have to turn first. Where something else decides (a word, a truth, a fact that is missing) there is
none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias, cast

from visitcheck.facts.types import COUNT, DATE, DAY, DOUBLE, DURATION, INT, MONEY, TIME_OF_DAY, TIMESTAMP, Money, Type
from visitcheck.facts.vocabulary import FACTS
from visitcheck.ir.nodes import (
    And,
    Call,
    Choose,
    Compare,
    Distinct,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    ListCall,
    Map,
    Not,
    Or,
    Param,
    Size,
)
from visitcheck.ir.walk import children
from visitcheck.language.clock import local_reading
from visitcheck.language.hours import WeeklyHours, Window
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.truth import Count, Truth, and_

MarginUnit: TypeAlias = Literal[
    "minutes",
    "days",
    "people",
    "visits",
    "contacts",
    "notices",
    "consents",
    "complaints",
    "checks",
    "metres",
    "items",
    "money",
    "number",
]
"""What a margin is counted in; durations in minutes, sums in their own currency."""

_OF_LIST: dict[str, MarginUnit] = {
    "team": "people",
    "met": "people",
    "earlier_visits": "visits",
    "contacts": "contacts",
    "notices": "notices",
    "consents": "consents",
    "complaints": "complaints",
    "verification": "checks",
}
_OF_FACT: dict[str | None, MarginUnit] = {"days": "days", "metres": "metres"}
_DAYS = ("daysBetween", "workdaysBetween")
_TIMES = (TIMESTAMP, DURATION, TIME_OF_DAY)
_WHOLE = (INT, COUNT, DATE)


@dataclass(frozen=True, slots=True)
class Margin:
    """By how much a condition holds (`passed`), or does not: 0 is exactly at the threshold.

    `value` is in the inside form of `type`: int with its `unit`, a duration, a double or money. For whole numbers it is
    counted from the last that passes, so that a check which failed is off by 1 at least.
    """

    passed: bool
    value: int | float | Money
    type: Type
    unit: MarginUnit

    @property
    def size(self) -> int | float:
        """The value as a plain number, for comparing margins of one unit."""
        return self.value.minor if isinstance(self.value, Money) else self.value


def measure_margins(condition: Expr, reading: CachedInterpretation) -> tuple[Margin, ...]:
    """Measure a condition on a visit, one margin a unit; none where it is not known or nothing was compared.

    The parts of an `&&` at the top count each for itself: those that failed, or, where all passed, the closest.
    `reading` keeps what several conditions share.
    """
    by_unit: dict[MarginUnit, Margin] = {}
    measure = _Measure(reading, {})
    whole = measure.truth(condition)
    for part in condition.parts if isinstance(condition, And) else (condition,):
        margin = measure.of(part)
        if margin is None or margin.passed is not whole:
            continue
        known = by_unit.get(margin.unit)
        closer = known is None or (margin.size < known.size) is margin.passed
        if closer:
            by_unit[margin.unit] = margin
    return tuple(by_unit.values())


@dataclass(frozen=True, slots=True)
class _Measure:
    reading: CachedInterpretation
    bound: dict[int, object]
    """The element that each binder is at."""

    def truth(self, node: Expr) -> Truth:
        return cast("Truth", self.reading.interpret(node, self.bound))

    def of(self, node: Expr) -> Margin | None:
        """Measure one condition; None where it has no margin."""
        truth = self.truth(node)
        if truth is None:
            return None
        match node:
            case Not():
                return _with_passed(self.of(node.operand), truth)
            case And():
                return self._joined(node.parts, truth, every=True)
            case Or():
                return self._joined(node.parts, truth, every=False)
            case Choose():
                return self.of(node.then if self.truth(node.test) else node.other)
            case Exists() | ForAll():
                return self._quantified(node, truth)
            case Compare():
                return self._compared(node, truth)
            case Call(function="overlapsDaily" | "overlaps" | "within"):
                args = [self.reading.interpret(arg, self.bound) for arg in node.args]
                shift = window_distance(node.function, args, truth)
                return None if shift is None else Margin(truth, shift, DURATION, "minutes")
            case _:
                return None

    def _joined(self, parts: Iterable[Expr], truth: bool, *, every: bool) -> Margin | None:
        same = [self.of(part) for part in parts if self.truth(part) is truth]
        return _closest(same) if truth is every else _farthest(same)

    def _quantified(self, node: Exists | ForAll, truth: bool) -> Margin | None:
        """Measure the elements that speak for the truth, of which one has to turn, or all."""
        speaking: list[Margin | None] = []
        for member in self.reading.members(node.source, self.bound) or ():
            within = _Measure(self.reading, self.bound | {node.binder: member.value})
            body = within.truth(node.body)
            counts = and_((member.held, body)) if isinstance(node, Exists) else body
            if counts is truth and member.held is True:
                speaking.append(within.of(node.body))
        return _closest(speaking) if truth is isinstance(node, ForAll) else _farthest(speaking)

    def _compared(self, node: Compare, truth: bool) -> Margin | None:
        left, right = (self.reading.interpret(side, self.bound) for side in (node.left, node.right))
        type_ = COUNT if COUNT in (node.left.type, node.right.type) else node.left.type
        if any(isinstance(side, Call) and side.function == "size" for side in (node.left, node.right)):
            return None  # how long a text is says whether there is one
        if node.op in ("==", "!="):
            return self._unequal(node, left, right, type_, truth)
        if node.op in (">", ">="):
            left, right = right, left
        value = _distance(left, right, type_, truth, strict=node.op in ("<", ">"))
        return None if value is None else _margin(node, truth, value, type_)

    def _unequal(self, node: Compare, left: object, right: object, type_: Type, truth: bool) -> Margin | None:
        """Measure how far a number is from the one it should be."""
        if type_ not in (INT, COUNT) or (node.op == "==") is truth:
            return None
        number, target = _bound(left, low=True), _bound(right, low=True)
        return None if number is None or target is None else _margin(node, truth, abs(number - target), type_)


def _margin(node: Compare, truth: bool, value: int | float | Money, type_: Type) -> Margin:
    if type_ in _TIMES:
        return Margin(truth, value, DURATION, "minutes")
    if type_ == MONEY:
        return Margin(truth, value, MONEY, "money")
    if type_ == DOUBLE:
        return Margin(truth, value, DOUBLE, "number")
    unit: MarginUnit = "days" if type_ == DATE else unit_of(node.left) or unit_of(node.right) or "number"
    return Margin(truth, value, INT, unit)


def _distance(left: object, right: object, type_: Type, truth: bool, *, strict: bool) -> int | float | Money | None:
    """Measure `left < right` or `left <= right`: what is to spare, or by how much `left` is too large."""
    if type_ == MONEY:
        below, above = cast("Money", left), cast("Money", right)
        return Money(abs(above.minor - below.minor), below.currency)
    if type_ not in (*_TIMES, *_WHOLE, DOUBLE):
        return None
    low, high = _bound(left, low=not truth), _bound(right, low=truth)
    if low is None or high is None:
        return None
    spare = high - low - (strict and type_ in _WHOLE)
    return spare if truth else -spare


def _bound(value: object, *, low: bool) -> int | None:
    if isinstance(value, Count):
        end = value.low if low else value.high
        return int(end) if math.isfinite(end) else None
    return cast("int | None", value)


def _with_passed(margin: Margin | None, passed: bool) -> Margin | None:
    return None if margin is None else Margin(passed, margin.value, margin.type, margin.unit)


def _closest(margins: list[Margin | None]) -> Margin | None:
    """Pick the closest, where one has to turn; None unless all that can be measured are of one unit."""
    known = [margin for margin in margins if margin is not None]
    return min(known, key=lambda margin: margin.size) if _same_unit(known) else None


def _farthest(margins: list[Margin | None]) -> Margin | None:
    """Pick the farthest, where all have to turn; None unless all can be measured, in one unit."""
    known = [margin for margin in margins if margin is not None]
    return max(known, key=lambda margin: margin.size) if len(known) == len(margins) and _same_unit(known) else None


def _same_unit(known: list[Margin]) -> bool:
    return len({margin.unit for margin in known}) == 1


def unit_of(node: Expr) -> MarginUnit | None:
    """Tell what the number that an expression gives counts; None where that is not plain."""
    match node:
        case Size(source=source) | ListCall(source=source):
            return _counted_unit(source)
        case Fact(path=path):
            return _OF_FACT.get(FACTS[".".join(path)].unit) if ".".join(path) in FACTS else None
        case Call(function=function):
            return "days" if function in _DAYS else None
        case Param():
            return None
        case _:
            return next((unit for unit in map(unit_of, children(node)) if unit), None)


def _counted_unit(source: Expr) -> MarginUnit:
    """Tell what is counted where the elements of a list are."""
    while isinstance(source, Filter | Distinct | Map):
        if isinstance(source, Map) and source.type.item == DATE:  # type: ignore[union-attr]
            return "days"
        source = source.source
    name = source.path[-1] if isinstance(source, Fact) else source.name if isinstance(source, Field) else ""
    return _OF_LIST.get(name, "items")


def window_distance(function: str, args: Sequence[object], truth: bool) -> int | None:
    """Measure the least shift, in microseconds, that turns the truth of `overlapsDaily`, `overlaps` or `within`.

    `args` are those of the function. None where one is missing or no shift would do. The shift is read on the local
    clock; hours of holidays are not measured.
    """
    if None in args:
        return None
    start, end, *hours, zone = args
    first, last = (local_reading(cast("int", moment), cast("str", zone)) for moment in (start, end))
    if first is None or last is None:
        return None
    spans = _spans_around(_windows(hours), first, last)
    gaps = [(until, since) for (_, until), (since, _) in pairwise(spans) if until < since]
    if function == "within":
        spans, gaps = gaps, spans
    if truth is not (function == "within"):  # the time meets one of the spans, and has to get out of all
        shifts = [max(last - until, since - first, 0) for since, until in gaps if last - first <= until - since]
    else:
        shifts = [max(since - last, first - until, 0) for since, until in spans]
    return min(shifts, default=None)


def _windows(hours: Sequence[object]) -> tuple[Window, ...]:
    if isinstance(hours[0], WeeklyHours):
        return hours[0].windows if hours[0].holiday is None else ()
    opens, closes = cast("tuple[int, int]", tuple(hours))
    return ((opens, (closes - opens) % DAY or DAY, DAY),) if opens != closes else ()


def _spans_around(windows: tuple[Window, ...], first: int, last: int) -> list[tuple[int, int]]:
    """Give the windows of the days around a time in order, as spans of readings."""
    spans = [
        (begin + k * period, begin + k * period + length)
        for begin, length, period in windows
        for k in range((first - begin) // period - 1, (last - begin) // period + 2)
    ]
    return sorted(spans)
