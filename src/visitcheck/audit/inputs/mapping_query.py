"""A mapping as a query: tables with their own columns to groups and lists in the vocabulary's names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs.conversions import as_text, constant, convert_column
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.audit.inputs.raw_rows import RawType
from visitcheck.audit.mapping.model import ColumnMapping, Join, TableMap
from visitcheck.engines.sql.columns import FILE, ROW
from visitcheck.facts.groups.past import COMPLETE_SINCE

_KEY, _ITEM, _ITEMS = "__key", "__item", "__items"
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class QueriedTable:
    """A table that can be queried: its name in the database, and its columns with their types."""

    name: str
    types: Mapping[str, RawType]


def visits_query(mapping: ColumnMapping, tables: Mapping[str, QueriedTable]) -> exp.Select:
    """The rows of the visits with `FILE`, `ROW` and a column for each group or list that is fed."""
    main = tables["visits"]
    leaves = _leaves(mapping.visits, main, mapping.missing)
    leaves += [(target.steps, constant(value)) for target, value in mapping.constants]
    leaves += _complete_since(mapping)
    joined = {table.name: table for table in mapping.tables}
    columns = [e.named(value, name) for name, value in _group_leaves(leaves) if name not in joined]
    query = exp.Select(expressions=[e.column(FILE), e.column(ROW), *columns])
    query = query.from_(_alias(exp.to_table(main.name, quoted=True), "__visits"))
    for table in mapping.tables:
        query = _join_table(query, table, main, tables[table.name], mapping.missing)
    return query


def _join_table(
    query: exp.Select, table: TableMap, main: QueriedTable, own: QueriedTable, missing: frozenset[str]
) -> exp.Select:
    assert table.join is not None  # noqa: S101 - separate tables have one
    alias = f"__{table.name}"
    items = exp.column(_ITEMS, table=alias, quoted=True)
    found = e.call("coalesce", items, exp.Array()) if table.join.complete else items
    query = query.select(e.named(found, table.name), copy=False)
    to = _key(table.join.to, main, missing)
    on = e.compare(exp.EQ, to, exp.column(_KEY, table=alias, quoted=True))
    grouped = _elements_by_key(table, own, missing)
    return query.join(_alias(grouped.subquery(), alias), on=on, join_type="left", copy=False)


def _elements_by_key(table: TableMap, own: QueriedTable, missing: frozenset[str]) -> exp.Select:
    """The elements of each key, in the order of the rows."""
    assert table.join is not None  # noqa: S101 - separate tables have one
    item = dict(_group_leaves([((_ITEM, *steps), value) for steps, value in _leaves(table, own, missing)], keep=True))[
        _ITEM
    ]
    rows = exp.Select(
        expressions=[
            e.named(_key(table.join.key, own, missing), _KEY),
            e.named(item, _ITEM),
            e.column(FILE),
            e.column(ROW),
        ]
    )
    rows = rows.from_(exp.to_table(own.name, quoted=True))
    order = exp.Order(this=e.column(_ITEM), expressions=[exp.Ordered(this=e.column(one)) for one in (FILE, ROW)])
    grouped = exp.Select(expressions=[e.column(_KEY), e.named(e.call("list", order), _ITEMS)])
    return grouped.from_(rows.subquery("r")).where(e.given(e.column(_KEY))).group_by(e.column(_KEY))


def orphans_query(table: TableMap, mapping: ColumnMapping, tables: Mapping[str, QueriedTable]) -> exp.Select:
    """Rows of a separate table that belong to no visit: `FILE`, `ROW` and the key as it is written."""
    assert table.join is not None  # noqa: S101 - separate tables have one
    own, main = tables[table.name], tables["visits"]
    keys = exp.Select(expressions=[e.named(_key(table.join.to, main, mapping.missing), _KEY)])
    keys = keys.from_(exp.to_table(main.name, quoted=True)).distinct()
    rows = exp.Select(
        expressions=[e.column(FILE), e.column(ROW), e.named(_key(table.join.key, own, mapping.missing), _KEY)]
    )
    rows = rows.from_(exp.to_table(own.name, quoted=True))
    on = e.compare(exp.EQ, exp.column(_KEY, table="r", quoted=True), exp.column(_KEY, table="k", quoted=True))
    taken = [exp.column(name, table="r", quoted=True) for name in (FILE, ROW, _KEY)]
    query = exp.Select(expressions=taken).from_(rows.subquery("r"))
    query = query.join(keys.subquery("k"), on=on, join_type="left")
    return query.where(e.missing(exp.column(_KEY, table="k", quoted=True)))


def _key(column: str, table: QueriedTable, missing: frozenset[str]) -> Expr:
    """A key as text, so that 17, 17.0 and "17" are one."""
    return as_text(e.column(column), table.types[column], missing)


def _leaves(table: TableMap, own: QueriedTable, missing: frozenset[str]) -> list[tuple[Steps, Expr]]:
    return [
        (column.target.steps, convert_column(e.column(column.name), own.types[column.name], column, missing))
        for column in table.columns
    ]


def _complete_since(mapping: ColumnMapping) -> list[tuple[Steps, Expr]]:
    """From when complete tables of the past are complete."""
    return [
        (("history", COMPLETE_SINCE[table.name]), e.text(table.join.since))
        for table in mapping.tables
        if table.join is not None and table.join.since is not None
    ]


def _group_leaves(leaves: Iterable[tuple[Steps, Expr]], *, keep: bool = False) -> Sequence[tuple[str, Expr]]:
    """Leaves put together by the first step of their path. `keep`: a record without facts stays one."""
    below: dict[str, list[tuple[Steps, Expr]]] = {}
    for (first, *rest), value in leaves:
        below.setdefault(str(first), []).append((tuple(rest), value))
    return [(name, _group_or_leaf(parts, keep)) for name, parts in below.items()]


def _group_or_leaf(parts: list[tuple[Steps, Expr]], keep: bool) -> Expr:
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    if isinstance(parts[0][0][0], int):
        return _elements(parts)
    record = e.record(_group_leaves(parts))
    if keep:
        return record
    return e.where(e.any_of([e.given(value.copy()) for _, value in parts]), record)


def _elements(parts: list[tuple[Steps, Expr]]) -> Expr:
    """Elements at fixed places; one without any fact is none. All must have the same fields to be one list."""
    places = sorted({steps[0] for steps, _ in parts}, key=int)
    fields = list(dict.fromkeys(steps[1:] for steps, _ in parts))
    found = dict(parts)
    nodes = [
        _group_or_leaf([(field, found.get((place, *field), exp.null()).copy()) for field in fields], keep=False)
        for place in places
    ]
    items = e.kept(exp.Array(expressions=nodes), 0, e.given)
    # No element is given: the list is missing, not empty.
    return e.where(e.compare(exp.GT, e.call("len", items), e.number(0)), items.copy())


def _alias(source: Expr, name: str) -> Expr:
    return exp.alias_(source, exp.to_identifier(name, quoted=True), table=True, copy=False)


def columns_needed(table: TableMap, mapping: ColumnMapping) -> dict[str, Join | None]:
    """The columns that a table must have, with the join that needs one, if it is a key."""
    named: dict[str, Join | None] = {column.name: None for column in table.columns}
    if table.join is not None:
        named[table.join.key] = table.join
    if table.name == "visits":
        named |= {one.join.to: one.join for one in mapping.tables if one.join is not None}
    return named
