"""Constraints between facts as reject expressions, one for each kind, over facts in their inside form.

Each is TRUE exactly where the constraint of the same name (`facts.constraints`) finds a breach, but that a date
may be suspected where the databases' rules of time zones are in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.facts.constraints import (
    Before,
    Differ,
    LocalDate,
    Needs,
    NotAfter,
    OnlyFor,
    Order,
    RecordConstraint,
    StateTime,
    UniqueKey,
)
from visitcheck.facts.fields import FactModel, FieldShape, shapes
from visitcheck.facts.types import DAY, HOUR, ListOf, Record, Type

AS_OF = "__as_of"
"""The column that holds the moment of judging."""
_FARTHEST_EAST = 14 * HOUR


@dataclass(frozen=True, slots=True)
class Judged:
    """What there is to look at: `as_of` is whether any row may have a moment of judging."""

    as_of: bool = True


def record_breaches(
    record: Expr, model: type[FactModel], fact: Record, judged: Judged, depth: int = 0
) -> Iterator[Expr]:
    """One condition for each constraint of `model`, and of the models below it, that some row may break.

    Fields that `fact` does not have are those that no row gives.
    """
    for constraint in model.constraints:
        if _may_break(constraint, fact, judged):
            yield _breach(constraint, fact, lambda name: e.field(record.copy(), name))
    for name, shape in shapes(model).items():
        if shape.record is not None and name in fact.fields:
            yield from group_breaches(e.field(record, name), shape, fact.fields[name], judged, depth)


def group_breaches(value: Expr, shape: FieldShape, fact: Type, judged: Judged, depth: int = 0) -> Iterator[Expr]:
    """The conditions of a group, or of a list and its elements."""
    assert shape.record is not None  # noqa: S101 - as every caller has made sure
    item = fact.item if isinstance(fact, ListOf) else fact
    assert isinstance(item, Record)  # noqa: S101 - as `vocabulary` makes it
    if shape.listed is None:
        yield from record_breaches(value, shape.record, item, judged, depth)
        return
    if shape.unique is not None and shape.unique.key in item.fields:
        yield _has_repeated_key(value, shape.unique, depth)
    model = shape.record

    def element(one: Expr) -> Expr:
        return e.any_of(list(record_breaches(one, model, item, judged, depth + 1)))

    if list(record_breaches(e.column("_"), model, item, judged, depth + 1)):
        yield e.some(value.copy(), depth, element)


def _may_break(one: RecordConstraint, fact: Record, judged: Judged) -> bool:
    """Whether the fields are there without which the constraint holds."""
    match one:
        case NotAfter():
            needed = (one.field, *([one.only[0]] if one.only else []))
            return judged.as_of and fact.fields.keys() >= set(needed)
        case OnlyFor():
            return one.kind in fact.fields and not fact.fields.keys().isdisjoint(one.kinds)
        case Needs():
            return one.field in fact.fields
        case _:
            return fact.fields.keys() >= set(one.fields)


def _has_repeated_key(items: Expr, unique: UniqueKey, depth: int) -> Expr:
    keys = e.each(items.copy(), depth, lambda one: e.field(one, unique.key))
    distinct = e.compare(exp.LT, e.call("list_unique", keys), e.call("list_count", keys.copy()))
    return e.all_of(e.compare(exp.GT, e.call("len", items.copy()), e.number(1)), distinct)


def _breach(one: RecordConstraint, fact: Record, get: Callable[[str], Expr]) -> Expr:
    match one:
        case Order():
            return e.compare(exp.LT, get(one.then), get(one.first))
        case StateTime():
            return e.all_of(e.negated(get(one.state)), e.given(get(one.time)))
        case NotAfter():
            return _is_after(one, fact, get)
        case Before():
            return e.compare(exp.GTE, get(one.field), e.number(DAY))
        case Differ():
            return e.compare(exp.EQ, get(one.first), get(one.second))
        case OnlyFor():
            return e.any_of(
                [
                    e.all_of(
                        e.given(get(name)),
                        e.negated(e.one_of(get(one.kind), [exp.convert(kind) for kind in kinds])),
                    )
                    for name, kinds in one.kinds.items()
                    if name in fact.fields
                ]
            )
        case LocalDate():
            return e.all_of(*(e.given(get(name)) for name in one.fields), _is_other_day(one, get))
        case Needs():
            lacking = [e.missing(get(one.other))] if one.other in fact.fields else []
            return e.all_of(e.given(get(one.field)), *lacking)
        case _:
            assert_never(one)


def _is_after(one: NotAfter, fact: Record, get: Callable[[str], Expr]) -> Expr:
    value, latest = get(one.field), e.column(AS_OF)
    if one.is_date:
        value = e.compare(exp.Mul, value, e.number(DAY))
        latest = e.compare(exp.Add, latest, e.number(_FARTHEST_EAST))
    conditions = [e.compare(exp.GT, value, latest)]
    if one.unless is not None and one.unless in fact.fields:
        conditions.append(e.negated(e.call("coalesce", get(one.unless), exp.false())))
    if one.only is not None:
        conditions.append(e.compare(exp.EQ, get(one.only[0]), e.text(one.only[1])))
    return e.all_of(*conditions)


def _is_other_day(one: LocalDate, get: Callable[[str], Expr]) -> Expr:
    moment = e.call("make_timestamp", get(one.moment))
    aware = e.call("timezone", e.text("UTC"), moment)
    local = e.cast(e.call("timezone", get(one.zone), aware), "date")
    days = e.call("date_diff", e.text("day"), e.cast(e.text("1970-01-01"), "date"), local)
    return exp.NullSafeNEQ(this=get(one.date), expression=days)
