"""Constraints between facts as reject expressions, one for each kind, over facts in their inside form.

Each is TRUE exactly where the constraint of the same name (`facts.constraints`) finds a breach, but that a date
may be suspected where the databases' rules of time zones are in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from visitcheck.facts.fields import FactModel
from visitcheck.facts.models import FieldShape, shapes
from visitcheck.facts.types import DAY, HOUR

AS_OF = "__as_of"
"""The column that holds the moment of judging."""
_FARTHEST_EAST = 14 * HOUR


def broken(record: Expr, model: type[FactModel], depth: int = 0) -> Iterator[Expr]:
    """One condition for each constraint of `model` and of the models below it."""
    fields = shapes(model)
    for constraint in model.constraints:
        yield _breach(constraint, lambda name: e.field(record.copy(), name))
    for name, shape in fields.items():
        if shape.record is not None:
            yield from below(e.field(record, name), shape, depth)


def below(value: Expr, shape: FieldShape, depth: int = 0) -> Iterator[Expr]:
    """The conditions of a group, or of a list and its elements."""
    assert shape.record is not None  # noqa: S101 - as every caller has made sure
    if shape.listed is None:
        yield from broken(value, shape.record, depth)
        return
    if shape.unique is not None:
        yield _repeated(value, shape.unique, depth)
    model = shape.record

    def element(one: Expr) -> Expr:
        return e.any_of(list(broken(one, model, depth + 1)))

    if list(broken(e.column("_"), model, depth + 1)):
        yield e.some(value.copy(), depth, element)


def _repeated(items: Expr, unique: UniqueKey, depth: int) -> Expr:
    keys = e.each(items.copy(), depth, lambda one: e.field(one, unique.key))
    distinct = e.compare(exp.LT, e.call("list_unique", keys), e.call("list_count", keys.copy()))
    return e.all_of(e.compare(exp.GT, e.call("len", items.copy()), e.number(1)), distinct)


def _breach(one: RecordConstraint, get: Callable[[str], Expr]) -> Expr:
    match one:
        case Order():
            return e.compare(exp.LTE if one.strict else exp.LT, get(one.then), get(one.first))
        case StateTime():
            return e.all_of(e.negated(get(one.state)), e.given(get(one.time)))
        case NotAfter():
            return _not_after(one, get)
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
                ]
            )
        case LocalDate():
            return e.all_of(*(e.given(get(name)) for name in one.fields), _other_day(one, get))
        case Needs():
            return e.all_of(e.given(get(one.field)), e.missing(get(one.other)))
        case _:
            assert_never(one)


def _not_after(one: NotAfter, get: Callable[[str], Expr]) -> Expr:
    value, latest = get(one.field), e.column(AS_OF)
    if one.is_date:
        value = e.compare(exp.Mul, value, e.number(DAY))
        latest = e.compare(exp.Add, latest, e.number(_FARTHEST_EAST))
    conditions = [e.compare(exp.GT, value, latest)]
    if one.unless is not None:
        conditions.append(e.negated(e.call("coalesce", get(one.unless), exp.false())))
    if one.only is not None:
        conditions.append(e.compare(exp.EQ, get(one.only[0]), e.text(one.only[1])))
    return e.all_of(*conditions)


def _other_day(one: LocalDate, get: Callable[[str], Expr]) -> Expr:
    moment = e.call("make_timestamp", get(one.moment))
    aware = e.call("timezone", e.text("UTC"), moment)
    local = e.cast(e.call("timezone", get(one.zone), aware), "date")
    days = e.call("date_diff", e.text("day"), e.cast(e.text("1970-01-01"), "date"), local)
    return exp.NullSafeNEQ(this=get(one.date), expression=days)
