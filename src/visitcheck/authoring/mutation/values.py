"""Moves a value by one step, either way: what a threshold becomes in a mutant.

A step is as small as cases on both sides of a boundary can be expected to notice: a minute, not a microsecond.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from visitcheck.facts.types import (
    BOOL,
    DATE,
    DAY,
    DOUBLE,
    DURATION,
    HOUR,
    INT,
    MINUTE,
    MONEY,
    SECOND,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    WINDOWS,
    ListOf,
    Money,
    Type,
    Word,
)
from visitcheck.ir.nodes import Value
from visitcheck.language.hours import DaySpan, WeeklyHours

_UNIT = 100
"""Minor units of a whole unit of money."""


def neighbouring_values(value: Value, type_: Type) -> Iterator[Value]:
    """The values one step away; none for types without steps, such as text."""
    if type_ == BOOL and value is not None:
        yield not value
    elif type_ in (INT, DATE):
        yield from _both_sides(cast("int", value), 1)
    elif type_ == DURATION:
        yield from _both_sides(cast("int", value), MINUTE if abs(cast("int", value)) >= HOUR else SECOND)
    elif type_ == TIMESTAMP:
        yield from _both_sides(cast("int", value), SECOND)
    elif type_ == TIME_OF_DAY:
        yield from (each for each in _both_sides(cast("int", value), MINUTE) if 0 <= each <= DAY)
    elif type_ == DOUBLE:
        yield from (cast("float", value) + step for step in _double_steps(cast("float", value)))
    elif type_ == MONEY:
        money = cast("Money", value)
        yield from (Money(minor, money.currency) for minor in _both_sides(money.minor, _UNIT))
    elif isinstance(type_, Word):
        yield from other_words(cast("str", value), type_)
    elif type_ in WINDOWS:
        yield from _neighbouring_hours(cast("WeeklyHours", value))
    elif isinstance(type_, ListOf) and type_.item != STRING:
        yield from _neighbouring_lists(cast("tuple[Value, ...]", value), type_.item)


def other_words(word: str, type_: Word, taken: tuple[str, ...] = ()) -> Iterator[str]:
    """The word after `word` in its closed set, going round, that is not `taken`; none where all are."""
    at = type_.words.index(word) + 1
    free = (each for each in (*type_.words[at:], *type_.words[: at - 1]) if each not in taken)
    yield from list(free)[:1]


def _both_sides(value: int, step: int) -> tuple[int, int]:
    return value - step, value + step


def _double_steps(value: float) -> tuple[float, float]:
    """One in the last decimal that is written: 0.1 for 1.5, 1 for 2.0."""
    decimals = len(repr(value).partition(".")[2].rstrip("0"))
    step = 10.0**-decimals
    return -step, step


def _neighbouring_lists(values: tuple[Value, ...], item: Type) -> Iterator[Value]:
    for at, value in enumerate(values):
        new = (
            list(other_words(cast("str", value), item, cast("tuple[str, ...]", values)))
            if isinstance(item, Word)
            else [each for each in neighbouring_values(value, item) if each not in values]
        )
        if new:
            yield from ((*values[:at], each, *values[at + 1 :]) for each in new)
        elif len(values) > 1:
            yield values[:at] + values[at + 1 :]


def _neighbouring_hours(hours: WeeklyHours) -> Iterator[WeeklyHours]:
    """Each opening and closing time moved on all days that share it; the day's own ends stay."""
    spans = dict.fromkeys(span for spans in (*hours.days, hours.holiday or ()) for span in spans)
    for span in spans:
        for new in _neighbouring_spans(span):
            try:
                yield replace(
                    hours,
                    days=tuple(_replace_span(day, span, new) for day in hours.days),
                    holiday=None if hours.holiday is None else _replace_span(hours.holiday, span, new),
                )
            except ValueError:  # the spans of a day would meet
                continue


def _neighbouring_spans(span: DaySpan) -> Iterator[DaySpan]:
    start, end = span
    yield from ((each, end) for each in _both_sides(start, MINUTE) if 0 <= each < end and start > 0)
    yield from ((start, each) for each in _both_sides(end, MINUTE) if start < each <= DAY and end < DAY)


def _replace_span(spans: tuple[DaySpan, ...], old: DaySpan, new: DaySpan) -> tuple[DaySpan, ...]:
    return tuple(new if span == old else span for span in spans)
