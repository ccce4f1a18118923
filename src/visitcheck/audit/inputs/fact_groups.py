"""Groups, lists and their elements: from columns of any type to the canonical columns."""

from __future__ import annotations

import json
from collections.abc import Iterator

from visitcheck.audit.inputs.duckdb_functions import any_element, pair_parts
from visitcheck.audit.inputs.fact_values import FactSql, is_telling, raw_json, read_value, unreadable
from visitcheck.audit.inputs.raw_rows import JSON, RawList, RawRecord, RawType, RawValue
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.columns import duckdb_data_type
from visitcheck.facts.fields import FactModel, FieldShape, shapes
from visitcheck.facts.types import MONEY, ListOf, Record, Type


def read_group(raw: Sql, type_: RawType, shape: FieldShape, fact: Type) -> FactSql:
    """A group or list of the type `fact` from a column of the type `type_`; `unread` completes what is bad of it."""
    if isinstance(type_, RawRecord) and isinstance(fact, Record) and shape.record is not None:
        return _read_record(raw, type_, shape.record, fact, 0, top=True)
    if isinstance(type_, RawList) and isinstance(type_.item, RawRecord) and isinstance(fact, ListOf):
        return _read_list(raw, type_, shape, fact, 0, top=True)
    return read_field(raw, type_, shape, fact)


def is_unread(raw: Sql, value: Sql, read: FactSql, shape: FieldShape) -> Sql:
    """Whether a fact of a group, or of an element of a list, is given, yet has no value. `value` is the column read."""

    def lost(given: Sql, values: Sql) -> Sql:
        pairs = ((sql.field(given, name), sql.field(values, name)) for name in read.unsure)
        return sql.or_([sql.and_([sql.is_known(one), sql.is_null(other)]) for one, other in pairs])

    if not read.unsure:
        return sql.false()
    if shape.listed is None:
        return lost(raw, value)
    return any_element(sql.call("list_zip", raw, value), 0, lambda pair: lost(*pair_parts(pair)))


def read_field(raw: Sql, type_: RawType, shape: FieldShape, fact: Type, depth: int = 0) -> FactSql:
    """A group, list or single fact of the type `fact` from a value of the type `type_`."""
    if shape.listed is not None:
        assert isinstance(fact, ListOf)  # noqa: S101 - as `vocabulary` makes it
        return _read_list(raw, type_, shape, fact, depth)
    return _read_one(raw, type_, shape, fact, depth)


def _read_one(raw: Sql, type_: RawType, shape: FieldShape, fact: Type, depth: int) -> FactSql:
    if shape.record is None:
        return read_value(raw, type_, shape)
    assert isinstance(fact, Record)  # noqa: S101 - as `vocabulary` makes it
    if type_ == JSON:
        return _read_json_record(raw, shape.record, fact, depth)
    if isinstance(type_, RawRecord):
        return _read_record(raw, type_, shape.record, fact, depth)
    return unreadable(raw, type_, fact)


def _read_record(
    raw: Sql, type_: RawRecord, model: type[FactModel], fact: Record, depth: int, *, top: bool = False
) -> FactSql:
    reads = {name: _read_named(raw, name, type_, model, fact, depth) for name in fact.fields}
    values = [(name, _with_currency(name, read, reads, fact)) for name, read in reads.items()]
    given = [name for name in reads if name in type_.fields]
    unsure = tuple(name for name in given if top and is_telling(shapes(model)[name], type_.fields[name]))
    bad = [read.bad for name, read in reads.items() if name in type_.fields and name not in unsure]
    parts = [
        (name, reads[name].json if name in reads else raw_json(sql.field(raw, name), part))
        for name, part in type_.fields.items()
    ]
    return FactSql(
        _null_if_missing(raw, sql.struct(values)), sql.or_(bad), _null_if_missing(raw, sql.struct(parts)), unsure
    )


def _read_named(raw: Sql, name: str, type_: RawRecord, model: type[FactModel], fact: Record, depth: int) -> FactSql:
    part = type_.fields.get(name)
    if part is None or part == RawValue("nothing", '"NULL"'):
        plain = "bigint" if fact.fields[name] == MONEY else duckdb_data_type(fact.fields[name])
        return FactSql(sql.null(plain), sql.false(), sql.null(plain))
    return read_field(sql.field(raw, name), part, shapes(model)[name], fact.fields[name], depth)


def _with_currency(name: str, read: FactSql, reads: dict[str, FactSql], fact: Record) -> Sql:
    """The fact's value; hundredths become a sum with the currency of the record."""
    if fact.fields[name] != MONEY:
        return read.value
    currency = reads["currency"].value
    parts = sql.struct([("minor", read.value), ("currency", currency)])
    # Without its currency a sum is refused (`Needs`); it stays visible here so that it can be.
    return sql.case((sql.is_known(read.value), parts))


def _null_if_missing(raw: Sql, value: Sql) -> Sql:
    return sql.case((sql.is_known(raw), value))


def _read_list(raw: Sql, type_: RawType, shape: FieldShape, fact: ListOf, depth: int, *, top: bool = False) -> FactSql:
    if type_ == JSON:
        return _read_json_list(raw, shape, fact, depth)
    if not isinstance(type_, RawList):
        return unreadable(raw, type_, fact)
    item = type_.item
    if top and isinstance(item, RawRecord) and isinstance(fact.item, Record) and shape.record is not None:
        one = _read_record(sql.column(sql.element_name(depth)), item, shape.record, fact.item, depth + 1, top=True)
    else:
        one = _read_one(sql.column(sql.element_name(depth)), item, shape, fact.item, depth + 1)
    value = sql.transform(raw, depth, lambda _: one.value)
    bad = any_element(raw, depth, lambda _: one.bad)
    parts = sql.transform(raw, depth, lambda _: one.json)
    return FactSql(value, sql.or_([*_wrong_length(raw, shape), bad]), parts, one.unsure)


def _wrong_length(raw: Sql, shape: FieldShape) -> Iterator[Sql]:
    """Too many elements, or one that is NULL."""
    assert shape.listed is not None  # noqa: S101 - the caller has a list
    length = sql.call("len", raw)
    yield sql.compare(">", length, shape.listed.longest)
    yield sql.compare("<", sql.call("list_count", raw), length)


def _read_json_record(raw: Sql, model: type[FactModel], fact: Record, depth: int) -> FactSql:
    taken = json_fields(raw, model)
    read = _read_record(taken, json_record_type(model), model, fact, depth)
    bad = sql.and_([sql.is_known(raw), sql.or_([is_odd_object(raw, model), read.bad])])
    return FactSql(read.value, bad, raw)


def _read_json_list(raw: Sql, shape: FieldShape, fact: ListOf, depth: int) -> FactSql:
    if shape.record is None:
        taken, item = sql.call("json_transform", raw, sql.text('["JSON"]')), JSON
        read = _read_list(taken, RawList(item), shape, fact, depth)
        odd = [is_no_list(raw)]
    else:
        taken = json_elements(raw, shape.record)
        read = _read_list(taken, RawList(json_record_type(shape.record)), shape, fact, depth)
        odd = [is_odd_list(raw, shape.record, depth)]
    return FactSql(read.value, sql.and_([sql.is_known(raw), sql.or_([*odd, read.bad])]), raw)


# -- JSON objects and lists, taken apart


def json_record_type(model: type[FactModel]) -> RawRecord:
    """The type of `json_fields`."""
    return RawRecord(dict.fromkeys(shapes(model), JSON))


def json_fields(raw: Sql, model: type[FactModel]) -> Sql:
    """A JSON object as a STRUCT of JSON; of repeated keys the first, and nothing of what is no object."""
    return sql.call("json_transform", raw, sql.text(json.dumps(dict.fromkeys(shapes(model), "JSON"))))


def json_elements(raw: Sql, model: type[FactModel]) -> Sql:
    """A JSON list of objects as a LIST of STRUCT of JSON."""
    return sql.call("json_transform", raw, sql.text(json.dumps([dict.fromkeys(shapes(model), "JSON")])))


def is_odd_object(raw: Sql, model: type[FactModel]) -> Sql:
    """Whether a JSON value is no object, or has keys that stand twice or are not known."""
    keys = sql.call("json_keys", raw)
    known = sql.array([sql.text(name) for name in shapes(model)])
    return sql.or_(
        [
            sql.not_(sql.call("starts_with", raw, sql.text("{"))),
            sql.not_(sql.call("list_has_all", known, keys)),
            sql.compare("<", sql.call("list_unique", keys), sql.call("len", keys)),
        ]
    )


def is_odd_list(raw: Sql, model: type[FactModel], depth: int = 0) -> Sql:
    """Whether a JSON value is no list, or has odd elements."""
    elements = sql.call("json_transform", raw, sql.text('["JSON"]'))
    return sql.or_([is_no_list(raw), any_element(elements, depth, lambda one: is_odd_object(one, model))])


def is_no_list(raw: Sql) -> Sql:
    """Whether a JSON value is no list."""
    return sql.not_(sql.call("starts_with", raw, sql.text("[")))
