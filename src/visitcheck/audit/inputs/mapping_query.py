"""A mapping as a query: tables with their own columns to groups and lists in the vocabulary's names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from visitcheck.audit.inputs.conversions import as_text, constant, convert_column, join_date_and_time, json_value
from visitcheck.audit.inputs.mapped_lists import (
    FedList,
    Leaf,
    ListSql,
    Steps,
    closing_leaves,
    fed_lists,
    open_list_paths,
    open_word_lists,
)
from visitcheck.audit.inputs.raw_rows import TEXT_TYPE, RawType
from visitcheck.audit.mapping.columns import EVERY
from visitcheck.audit.mapping.model import Closing, Column, ColumnMapping, Join, TableMap
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.steps import QuerySteps
from visitcheck.facts.groups.past import COMPLETE_SINCE
from visitcheck.facts.types import TIMESTAMP

_KEY, _ITEM, _ITEMS = "__key", "__item", "__items"


@dataclass(frozen=True, slots=True)
class QueriedTable:
    """A table that can be queried: its name in the database, and its columns with their types."""

    name: str
    types: Mapping[str, RawType]
    files: int = 1


def visits_query(mapping: ColumnMapping, tables: Mapping[str, QueriedTable]) -> exp.Select:
    """The rows of the visits with `FILE`, `ROW` and a column for each group or list that is fed."""
    main = tables["visits"]
    steps = QuerySteps(sql.table(main.name))
    joined = {table.name: table for table in mapping.tables}
    leaves = _visit_leaves(mapping, main, steps)
    columns = [sql.named(value, name) for name, value in _group_leaves(leaves) if name not in joined]
    query = steps.query([sql.column(FILE), sql.column(ROW), *columns])
    for table in mapping.tables:
        query = _join_table(query, table, main, tables[table.name], mapping.missing)
    return query


def _visit_leaves(mapping: ColumnMapping, main: QueriedTable, steps: QuerySteps) -> list[Leaf]:
    """All facts of the visits' own columns, constants and what follows from both; lists get steps of their own."""
    leaves = _leaves(mapping.visits, main, mapping.missing)
    leaves += [(target.steps, constant(value)) for target, value in mapping.constants]
    leaves += _complete_since(mapping)
    lists = [_list_sql(fed, mapping, main, leaves) for fed in fed_lists(mapping).values()]
    mixed = [one for one in lists if one.fed.events or one.fed.every is not None]
    if mixed:
        steps.add("__events", [exp.Star(), *(text for one in mixed for text in one.event_texts())])
        steps.add("__lists", [exp.Star(), *(sql.named(one.elements(), one.items) for one in mixed)])
    for one in mixed:
        leaves = [leaf for leaf in leaves if not _is_below(leaf[0], one.fed.path)]
        leaves.append((one.fed.path, one.value()))
    return [*leaves, *_completeness(mapping, lists)]


def _list_sql(fed: FedList, mapping: ColumnMapping, main: QueriedTable, leaves: Sequence[Leaf]) -> ListSql:
    """The list as SQL; elements at fixed places take part as JSON, so that all elements have one type."""
    if fed.events or fed.every is not None:
        for column in mapping.visits.columns:
            steps = column.target.steps
            if _is_below(steps, fed.path) and isinstance(place := steps[len(fed.path)], int):
                text = as_text(sql.column(column.name), main.types[column.name], mapping.missing)
                fed.places.setdefault(place, []).append((steps, json_value(text, column)))
        for target, value in mapping.constants:
            if _is_below(target.steps, fed.path) and isinstance(place := target.steps[len(fed.path)], int):
                fed.places.setdefault(place, []).append((target.steps, constant(value)))
    return ListSql(fed, main.types, mapping.missing)


def _is_below(steps: Steps, path: Steps) -> bool:
    return len(steps) > len(path) and steps[: len(path)] == path


def _completeness(mapping: ColumnMapping, lists: Sequence[ListSql]) -> Iterator[Leaf]:
    """What the lists of a mapping lack, below `completeness`."""
    closings = mapping.visits.closings
    open_ = set(open_list_paths(mapping))
    for one in lists:
        if one.fed.name not in open_:
            continue
        if one.fed.name in closings or not one.fed.events:
            yield from closing_leaves(one.fed.name, closings.get(one.fed.name, Closing(complete=False)))
        else:
            yield from one.completeness()
    for path, closing in open_word_lists(mapping):
        yield from closing_leaves(path, closing)
    for table in mapping.tables:
        if table.join is not None and table.name in open_:
            yield from closing_leaves(table.name, table.join.closing)


def _join_table(
    query: exp.Select, table: TableMap, main: QueriedTable, own: QueriedTable, missing: frozenset[str]
) -> exp.Select:
    """The query with the list of a separate table, whose elements are a step of their own."""
    assert table.join is not None  # noqa: S101 - separate tables have one
    step = f"__{table.name}"
    # A visit without rows has none; that there may be more is said under `completeness`.
    items = sql.coalesce(sql.column(_ITEMS, step), sql.array([]))
    query = query.select(sql.named(items, table.name), copy=False)
    on = sql.compare("==", _key(table.join.to, main, missing), sql.column(_KEY, step))
    query = query.with_(sql.identifier(step), _elements_by_key(table, own, missing), copy=False)
    return query.join(sql.table(step), on=on, join_type="left", copy=False)


def _elements_by_key(table: TableMap, own: QueriedTable, missing: frozenset[str]) -> exp.Select:
    """The elements of each key, in the order of the rows."""
    assert table.join is not None  # noqa: S101 - separate tables have one
    leaves = [((_ITEM, *steps), value) for steps, value in _leaves(table, own, missing)]
    leaves += [((_ITEM, *target.steps), constant(value)) for target, value in table.constants]
    item = dict(_group_leaves(leaves, keep=True))[_ITEM]
    key = _key(table.join.key, own, missing)
    steps = QuerySteps(sql.table(own.name))
    steps.add("__elements", [sql.named(key, _KEY), sql.named(item, _ITEM), sql.column(FILE), sql.column(ROW)])
    position = [exp.Ordered(this=sql.column(name)) for name in (FILE, ROW)]
    listed = sql.call("list", sql.make(exp.Order, this=sql.column(_ITEM), expressions=position))
    query = steps.query([sql.column(_KEY), sql.named(listed, _ITEMS)])
    return query.where(sql.is_known(sql.column(_KEY)), copy=False).group_by(sql.column(_KEY), copy=False)


def orphans_query(table: TableMap, mapping: ColumnMapping, tables: Mapping[str, QueriedTable]) -> exp.Select:
    """Rows of a separate table that belong to no visit: `FILE`, `ROW` and the key as it is written."""
    assert table.join is not None  # noqa: S101 - separate tables have one
    own, main = tables[table.name], tables["visits"]
    visits = sql.select([sql.named(_key(table.join.to, main, mapping.missing), _KEY)], sql.table(main.name)).distinct()
    key = sql.named(_key(table.join.key, own, mapping.missing), _KEY)
    rows = sql.select([sql.column(FILE), sql.column(ROW), key], sql.table(own.name))
    taken = [sql.column(name, "__elements") for name in (FILE, ROW, _KEY)]
    on = sql.compare("==", sql.column(_KEY, "__elements"), sql.column(_KEY, "__visits"))
    query = sql.select(taken, sql.table("__elements")).join(sql.table("__visits"), on=on, join_type="left", copy=False)
    query = query.where(sql.is_null(sql.column(_KEY, "__visits")), copy=False)
    for name, step in (("__visits", visits), ("__elements", rows)):
        query = query.with_(sql.identifier(name), step, copy=False)
    return query


def with_lookups(mapping: ColumnMapping, tables: Mapping[str, QueriedTable]) -> exp.Select:
    """The rows of the visits with the columns of all lookups, each called `lookup.column`."""
    main = tables["visits"]
    own = [sql.column(name, main.name) for name in (FILE, ROW, *main.types)]
    query = sql.select(own, sql.table(main.name))
    for lookup in mapping.lookups:
        assert lookup.join is not None  # noqa: S101 - the loader refuses one without a key
        table, step = tables[lookup.name], f"__lookup_{lookup.name}"
        names = [name for name in columns_needed(lookup, mapping) if name in table.types]
        key = _key(lookup.join.key, table, mapping.missing)
        steps = QuerySteps(sql.table(table.name))
        steps.add("__keyed", [sql.named(key, _KEY), *(_said(name, table, mapping.missing) for name in names)])
        values = [sql.named(_same_value(sql.column(name)), f"{lookup.name}.{name}") for name in names]
        looked_up = steps.query([sql.column(_KEY), *values])
        looked_up = looked_up.where(sql.is_known(sql.column(_KEY)), copy=False).group_by(sql.column(_KEY), copy=False)
        query = query.with_(sql.identifier(step), looked_up, copy=False)
        for name in names:
            query = query.select(sql.column(f"{lookup.name}.{name}", step), copy=False)
        own_key = as_text(sql.column(lookup.join.to, main.name), main.types[lookup.join.to], mapping.missing)
        on = sql.compare("==", own_key, sql.column(_KEY, step))
        query = query.join(sql.table(step), on=on, join_type="left", copy=False)
    return query


def _same_value(value: Sql) -> Sql:
    """The value that all rows of a key have; none where they differ."""
    low, high = sql.call("min", value), sql.call("max", value)
    return sql.case((sql.compare("==", low, high), low))


def keyed_rows(lookup: TableMap, table: QueriedTable, missing: frozenset[str]) -> exp.Select:
    """The rows of a lookup with their key as text, `__key`."""
    assert lookup.join is not None  # noqa: S101 - the loader refuses one without a key
    names = [name for name in table.types if name != lookup.join.key]
    key = sql.named(_key(lookup.join.key, table, missing), _KEY)
    return sql.select([key, *(_said(name, table, missing) for name in names)], sql.table(table.name))


def _said(name: str, table: QueriedTable, missing: frozenset[str]) -> Sql:
    """A column of a lookup, in which a blank cell says nothing."""
    value = sql.column(name)
    return sql.named(as_text(value, TEXT_TYPE, missing), name) if table.types[name] == TEXT_TYPE else value


def _key(column: str, table: QueriedTable, missing: frozenset[str]) -> Sql:
    """A key as text, so that 17, 17.0 and "17" are one."""
    return as_text(sql.column(column), table.types[column], missing)


def _leaves(table: TableMap, own: QueriedTable, missing: frozenset[str]) -> list[Leaf]:
    return [
        (column.target.steps, _convert_source(column, own, missing))
        for column in table.columns
        if EVERY not in column.target.steps
    ]


def _convert_source(column: Column, own: QueriedTable, missing: frozenset[str]) -> Sql:
    """The value of a column, of several that are joined, or of the number of the row."""
    if column.row_prefix is not None:
        number = [sql.cast(sql.column(ROW), "varchar")]
        if own.files > 1:
            number = [sql.cast(sql.add(sql.column(FILE), 1), "varchar"), sql.text("-"), *number]
        return sql.call("concat", sql.text(column.row_prefix), *number)
    if column.parts is None:
        return convert_column(sql.column(column.name), own.types[column.name], column, missing)
    texts = [as_text(sql.column(name), own.types[name], missing) for name in column.parts]
    if column.target.fact.type == TIMESTAMP:
        return convert_column(join_date_and_time(*texts), TEXT_TYPE, column, missing)
    between = [part for text in texts for part in (sql.text(column.between), text)][1:]
    joined = sql.case((sql.and_([sql.is_known(text) for text in texts]), sql.call("concat", *between)))
    return convert_column(joined, TEXT_TYPE, column, missing)


def _complete_since(mapping: ColumnMapping) -> list[Leaf]:
    """From when complete tables of the past are complete."""
    return [
        (("history", COMPLETE_SINCE[table.name]), sql.text(table.join.since))
        for table in mapping.tables
        if table.join is not None and table.join.since is not None
    ]


def _group_leaves(leaves: Iterable[Leaf], *, keep: bool = False) -> Sequence[tuple[str, Sql]]:
    """Leaves put together by the first step of their path. `keep`: a record without facts stays one."""
    below: dict[str, list[Leaf]] = {}
    for (first, *rest), value in leaves:
        below.setdefault(str(first), []).append((tuple(rest), value))
    return [(name, _group_or_leaf(parts, keep)) for name, parts in below.items()]


def _group_or_leaf(parts: list[Leaf], keep: bool) -> Sql:
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    if isinstance(parts[0][0][0], int):
        return _elements(parts)
    record = sql.struct(_group_leaves(parts))
    if keep:
        return record
    return sql.case((sql.or_([sql.is_known(value) for _, value in parts]), record))


def _elements(parts: list[Leaf]) -> Sql:
    """Elements at fixed places; one without any fact is none. All must have the same fields to be one list."""
    places = sorted({steps[0] for steps, _ in parts}, key=int)
    fields = list(dict.fromkeys(steps[1:] for steps, _ in parts))
    values = dict(parts)
    nodes = [
        _group_or_leaf([(field, values.get((place, *field), exp.null())) for field in fields], keep=False)
        for place in places
    ]
    items = sql.filter_(sql.array(nodes), 0, sql.is_known)
    # No element is given: the list is missing, not empty.
    return sql.case((sql.compare(">", sql.call("len", items), 0), items))


def columns_needed(table: TableMap, mapping: ColumnMapping) -> dict[str, Join | None]:
    """The columns that a table must have, with the join that needs one, if it is a key."""
    own = [column for column in table.columns if column.lookup is None]
    named: dict[str, Join | None] = {name: None for column in own for name in column.sources}
    named |= dict.fromkeys(table.where)
    for event in table.events:
        named |= dict.fromkeys([event.name, *(name for column in event.details for name in column.sources)])
    if table.join is not None:
        named[table.join.key] = table.join
    if table.name == "visits":
        joined = (*mapping.tables, *mapping.lookups)
        named |= {one.join.to: one.join for one in joined if one.join is not None}
    return named
