"""Constraints between facts over canonical Arrow columns: what `constraint_checks` says in SQL.

Each is TRUE exactly where the constraint of the same name (`facts.constraints`) finds a breach, but that a date may be
suspected where the zone that it is told in is in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visitcheck.audit.arrow_columns import is_known, list_lengths, record_parts
from visitcheck.audit.inputs.arrow_facts import any_of, parents_of, whole_in
from visitcheck.audit.inputs.constraint_checks import FARTHEST_EAST, may_break
from visitcheck.engines.arrays.values import Bools, Ints
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
)
from visitcheck.facts.fields import FactModel, FieldShape, shapes
from visitcheck.facts.types import DAY, ListOf, Record, Type


def find_breaches(column: pa.Array, shape: FieldShape, fact: Type, latest: Ints, *, has_as_of: bool) -> Bools:
    """Which rows break a constraint within a group or list; `latest` is the moment of judging of each.

    `has_as_of` is whether any row may have such a moment.
    """
    assert shape.record is not None  # noqa: S101 - as every caller has made sure
    item = fact.item if isinstance(fact, ListOf) else fact
    assert isinstance(item, Record)  # noqa: S101 - as `vocabulary` makes it
    if column.null_count == len(column):
        return np.zeros(len(column), np.bool_)
    if shape.listed is None:
        return _in_records(column, shape.record, item, latest, has_as_of)
    lengths, elements = list_lengths(column), column.flatten()
    parents = parents_of(lengths)
    wrong = _in_records(elements, shape.record, item, latest[parents], has_as_of)
    if shape.unique is not None and shape.unique.key in item.fields and len(lengths) and lengths.max() > 1:
        wrong = wrong | _repeats(record_parts(elements)[shape.unique.key], parents)
    return any_of(wrong, parents, len(column)) if wrong.any() else np.zeros(len(column), np.bool_)


def _in_records(records: pa.Array, model: type[FactModel], fact: Record, latest: Ints, has_as_of: bool) -> Bools:
    wrong: Bools = np.zeros(len(records), np.bool_)
    if not len(records):
        return wrong
    parts = record_parts(records)
    for constraint in model.constraints:
        if may_break(constraint, fact, has_as_of):
            wrong |= _breaks(constraint, fact, parts, latest)
    for name, shape in shapes(model).items():
        if shape.record is not None and name in fact.fields:
            wrong |= find_breaches(parts[name], shape, fact.fields[name], latest, has_as_of=has_as_of)
    return wrong


def _repeats(keys: pa.Array, parents: Ints) -> Bools:
    """Which elements have the key of another one of their list."""
    repeats: Bools = np.zeros(len(keys), np.bool_)
    at = np.flatnonzero(is_known(keys))
    codes = pc.dictionary_encode(keys).indices.fill_null(0).to_numpy()[at]
    pairs = parents[at] * (len(keys) + 1) + codes
    in_order = np.sort(pairs)
    repeats[at] = np.isin(pairs, in_order[1:][in_order[1:] == in_order[:-1]])
    return repeats


def _breaks(one: RecordConstraint, fact: Record, parts: Mapping[str, pa.Array], latest: Ints) -> Bools:
    match one:
        case Order():
            earlier: Bools = whole_in(parts[one.then]) < whole_in(parts[one.first])
            return earlier & _known(parts, one.first, one.then)
        case StateTime():
            return _is(parts[one.state], False) & _known(parts, one.time)
        case NotAfter():
            return _is_after(one, fact, parts, latest)
        case Before():
            return _known(parts, one.field) & (whole_in(parts[one.field]) >= DAY)
        case Differ():
            same: Bools = whole_in(parts[one.first]) == whole_in(parts[one.second])
            return same & _known(parts, one.first, one.second)
        case OnlyFor():
            given = {name: kinds for name, kinds in one.kinds.items() if name in fact.fields}
            kind = parts[one.kind]
            wrong: Bools = np.zeros(len(kind), np.bool_)
            for name, kinds in given.items():
                wrong |= _known(parts, one.kind, name) & ~_is_one_of(kind, kinds)
            return wrong
        case Needs():
            sums = _known(parts, one.field)
            return sums & ~_known(parts, one.other) if one.other in fact.fields else sums
        case SaysSomething():
            group = parts[one.field]
            said = _any_known(group.flatten())
            return is_known(group) & ~said
        case _:
            assert_never(one)


def _any_known(columns: Sequence[pa.Array]) -> Bools:
    """Where one of some columns has a value."""
    known: Bools = np.logical_or.reduce([is_known(column) for column in columns])
    return known


def _known(parts: Mapping[str, pa.Array], *names: str) -> Bools:
    known: Bools = np.logical_and.reduce([is_known(parts[name]) for name in names])
    return known


def _is(column: pa.Array, value: object) -> Bools:
    return _is_one_of(column, (value,))


def _is_one_of(column: pa.Array, values: tuple[object, ...]) -> Bools:
    """Where a value is known and one of these."""
    if pa.types.is_boolean(column.type):
        truths: Bools = column.fill_null(False).to_numpy(zero_copy_only=False)
        is_one: Bools = is_known(column) & np.isin(truths, np.array(values, np.bool_))
        return is_one
    among: Bools = pc.is_in(column, value_set=pa.array(values, column.type)).to_numpy(zero_copy_only=False)
    return among


def _is_after(one: NotAfter, fact: Record, parts: Mapping[str, pa.Array], latest: Ints) -> Bools:
    column = parts[one.field]
    values = whole_in(column)
    after: Bools = values * DAY > latest + FARTHEST_EAST if one.is_date else values > latest
    after = after & is_known(column)
    if one.unless is not None and one.unless in fact.fields:
        after = after & ~_is(parts[one.unless], True)
    if one.only is not None:
        after = after & _is(parts[one.only[0]], one.only[1])
    return after
