"""Constraints between facts as reject expressions, one for each kind, over facts in their inside form.

Each is TRUE exactly where the constraint of the same name (`facts.constraints`) finds a breach, but that a date
may be suspected where the databases' rules of time zones are in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from visitcheck.audit.inputs.duckdb_functions import any_element
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.facts.constraints import (
    Before,
    Differ,
    Needs,
    NotAfter,
    OnlyFor,
    Order,
    RecordConstraint,
    SaysSomething,
    StateTime,
    UniqueKey,
)
from visitcheck.facts.fields import FactModel, FieldShape, shapes
from visitcheck.facts.types import BOOL, DAY, HOUR, STRING, ListOf, Record, Type

AS_OF = "__as_of"
"""The column that holds the moment of judging."""
FARTHEST_EAST = 14 * HOUR
"""How much later a day may have begun elsewhere."""


def record_breaches(
    record: Sql, model: type[FactModel], fact: Record, has_as_of: bool, depth: int = 0
) -> Iterator[Sql]:
    """One condition for each constraint of `model`, and of the models below it, that some row may break.

    `has_as_of` is whether any row may have a moment of judging.
    Fields that `fact` does not have are those that no row gives.
    """
    for constraint in model.constraints:
        if may_break(constraint, fact, has_as_of):
            yield _breach(constraint, fact, lambda name: sql.field(record, name))
    for name, shape in shapes(model).items():
        if shape.record is not None and name in fact.fields:
            yield from group_breaches(sql.field(record, name), shape, fact.fields[name], has_as_of, depth)


def group_breaches(value: Sql, shape: FieldShape, fact: Type, has_as_of: bool, depth: int = 0) -> Iterator[Sql]:
    """The conditions of a group, or of a list and its elements."""
    assert shape.record is not None  # noqa: S101 - as every caller has made sure
    item = fact.item if isinstance(fact, ListOf) else fact
    assert isinstance(item, Record)  # noqa: S101 - as `vocabulary` makes it
    if shape.listed is None:
        yield from record_breaches(value, shape.record, item, has_as_of, depth)
        return
    if shape.unique is not None and shape.unique.key in item.fields:
        yield _has_repeated_key(value, shape.unique, depth)
    model = shape.record

    def element(one: Sql) -> Sql:
        return sql.or_(list(record_breaches(one, model, item, has_as_of, depth + 1)))

    if list(record_breaches(sql.column("_"), model, item, has_as_of, depth + 1)):
        yield any_element(value, depth, element)


def may_break(one: RecordConstraint, fact: Record, has_as_of: bool) -> bool:
    """Whether the fields are there without which the constraint holds."""
    match one:
        case NotAfter():
            needed = (one.field, *([one.only[0]] if one.only else []))
            return has_as_of and fact.fields.keys() >= set(needed)
        case OnlyFor():
            return one.kind in fact.fields and not fact.fields.keys().isdisjoint(one.kinds)
        case Needs() | SaysSomething():
            return one.field in fact.fields
        case _:
            return fact.fields.keys() >= set(one.fields)


def _has_repeated_key(items: Sql, unique: UniqueKey, depth: int) -> Sql:
    keys = sql.transform(items, depth, lambda one: sql.field(one, unique.key))
    distinct = sql.compare("<", sql.call("list_unique", keys), sql.call("list_count", keys))
    return sql.and_([sql.compare(">", sql.call("len", items), 1), distinct])


def _breach(one: RecordConstraint, fact: Record, get: Callable[[str], Sql]) -> Sql:
    match one:
        case Order():
            return sql.compare("<", get(one.then), get(one.first))
        case StateTime():
            return sql.and_([sql.not_(get(one.state)), sql.is_known(get(one.time))])
        case NotAfter():
            return _is_after(one, fact, get)
        case Before():
            return sql.compare(">=", get(one.field), DAY)
        case Differ():
            return sql.compare("==", get(one.first), get(one.second))
        case OnlyFor():
            return sql.or_(
                [
                    sql.and_([sql.is_known(get(name)), sql.not_(sql.in_(get(one.kind), map(_constant, kinds)))])
                    for name, kinds in one.kinds.items()
                    if name in fact.fields
                ]
            )
        case Needs():
            lacking = [sql.is_null(get(one.other))] if one.other in fact.fields else []
            return sql.and_([sql.is_known(get(one.field)), *lacking])
        case SaysSomething():
            group, field = get(one.field), fact.fields[one.field]
            given = field.fields if isinstance(field, Record) else ()
            return sql.and_([sql.is_known(group), *(sql.is_null(sql.field(group, name)) for name in given)])
        case _:
            assert_never(one)


def _constant(value: str | bool) -> Sql:
    return sql.literal(value, BOOL if isinstance(value, bool) else STRING)


def _is_after(one: NotAfter, fact: Record, get: Callable[[str], Sql]) -> Sql:
    value, latest = get(one.field), sql.column(AS_OF)
    if one.is_date:
        value = sql.mul(value, DAY)
        latest = sql.add(latest, FARTHEST_EAST)
    conditions = [sql.compare(">", value, latest)]
    if one.unless is not None and one.unless in fact.fields:
        conditions.append(sql.not_(sql.call("coalesce", get(one.unless), sql.false())))
    if one.only is not None:
        conditions.append(sql.compare("==", get(one.only[0]), sql.text(one.only[1])))
    return sql.and_([*conditions])
