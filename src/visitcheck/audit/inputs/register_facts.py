"""Facts of lenders, agencies and collectors, filled in from registers by id, as `Registers.fill` does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from visitcheck.audit.inputs.duckdb_functions import any_element, pair_parts
from visitcheck.engines.columns import arrow_type, plain
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.columns import duckdb_data_type, duckdb_type
from visitcheck.facts import Registers
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.types import ListOf, Record, Type

if TYPE_CHECKING:
    import duckdb

_numbers = count()
_ENTRIES = "__register_"


@dataclass(frozen=True, slots=True)
class Register:
    """One register as a function of the database: from a list of ids to a list of entries, NULL where there is none."""

    group: str
    fact: Type
    function: str
    given: tuple[str, ...]
    completeness: bool
    """Whether rows may say how complete lists of the group are."""
    lists_go_on: bool
    """Whether an entry says that a list goes on."""

    @property
    def entries(self) -> str:
        """The column that holds the entries of a row."""
        return _ENTRIES + self.group

    def lookup(self) -> Sql:
        """The entries for the ids of a row: a list for the team, one for a group."""
        group = sql.column(self.group)
        if isinstance(self.fact, ListOf):
            return sql.call(self.function, sql.transform(group, 0, lambda one: sql.field(one, "id")))
        ids = sql.array([sql.field(group, "id")])
        return sql.call("list_extract", sql.call(self.function, ids), sql.number(1))

    def filled(self) -> Sql:
        """The group or list with the facts that it lacks."""
        group, entries = sql.column(self.group), sql.column(self.entries)
        if isinstance(self.fact, ListOf):
            pairs = sql.call("list_zip", group, entries)
            item = self.fact.item
            # Of a missing list `list_zip` makes an empty one.
            return sql.case(
                (sql.is_known(group), sql.transform(pairs, 0, lambda pair: self._filled(*pair_parts(pair), item)))
            )
        return sql.case((sql.is_known(group), self._filled(group, entries, self.fact)))

    def lacks_agency_of(self, team: Register | None, collector: Record) -> Sql:
        """Whether the register of agencies, which this is, lacks one that employs somebody on the team.

        `team` is the register of collectors, where there is one. Of somebody who was not present, the gate says what to
        make of it.
        """
        said_by_register = team is not None and "agency_id" in team.given

        def agency_id(pair: Sql) -> Sql:
            said, known = pair_parts(pair)
            return sql.coalesce(sql.field(said, "agency_id"), sql.field(known, "agency_id"))

        if "agency_id" not in collector.fields:
            return sql.false()
        if team is not None and said_by_register:
            ids = sql.transform(sql.call("list_zip", sql.column("team"), sql.column(team.entries)), 0, agency_id)
        else:
            ids = sql.transform(sql.column("team"), 0, lambda one: sql.field(one, "agency_id"))

        def is_lacking(pair: Sql) -> Sql:
            named, held = pair_parts(pair)
            return sql.and_([sql.is_known(named), sql.is_null(held)])

        return any_element(sql.call("list_zip", ids, sql.call(self.function, ids)), 0, is_lacking)

    def contradicted(self) -> Sql:
        """Whether the row and the register say different things, or lists go on: the gate says what to make of it."""
        return sql.or_([self._differs(), *self._open_lists()])

    def not_registered(self, contradiction: Record) -> Sql:
        """A list with a contradiction for each lender, agency or collector that is named and not held."""
        group, entries = sql.column(self.group), sql.column(self.entries)
        if isinstance(self.fact, ListOf):
            pairs = sql.call("list_zip", group, entries)
            item = self.fact.item

            def told(pair: Sql) -> Sql:
                said, known = pair_parts(pair)
                is_missed = sql.and_([self._is_named(said, item), sql.is_null(known)])
                return sql.case((is_missed, self._contradiction(said, f"{self.group}[].id", contradiction)))

            return sql.filter_(sql.transform(pairs, 0, told), 0, sql.is_known)
        is_missed = sql.is_surely(sql.and_([self._is_named(group, self.fact), sql.is_null(entries)]))
        said = sql.array([self._contradiction(group, f"{self.group}.id", contradiction)])
        return sql.case((is_missed, said), default=sql.cast(sql.array([]), duckdb_data_type(ListOf(contradiction))))

    def _is_named(self, said: Sql, fact: Type) -> Sql:
        """Whether a record says anything of somebody who takes part (`Registers.fill`)."""
        assert isinstance(fact, Record)  # noqa: S101 - a group, or the element of the team
        parts = (
            [] if isinstance(self.fact, ListOf) else [sql.or_(sql.is_known(sql.field(said, n)) for n in fact.fields)]
        )
        state = {"agency": "involved", "team": "present"}.get(self.group)
        if state in fact.fields:
            parts.append(sql.coalesce(sql.field(said, state), sql.true()))
        return sql.and_(parts)

    def _contradiction(self, said: Sql, path: str, contradiction: Record) -> Sql:
        values = {"kind": sql.text("not_registered"), "path": sql.text(path), "id": sql.field(said, "id")}
        parts = [
            (name, values.get(name, sql.null(duckdb_data_type(part)))) for name, part in contradiction.fields.items()
        ]
        return sql.cast(sql.struct(parts), duckdb_data_type(contradiction))

    def _open_lists(self) -> Iterator[Sql]:
        """Whether the row, or the register, says how complete a list is that both may give."""
        lists = [name for name in self.given if f"{self.group}.{name}" in OPEN_LISTS]
        if lists and self.completeness:
            yield from (sql.is_known(_step("completeness", self.group, name, "complete")) for name in lists)
        if lists and self.lists_go_on:
            yield sql.is_known(sql.column(self.entries))

    def _differs(self) -> Sql:
        group, entries = sql.column(self.group), sql.column(self.entries)
        if isinstance(self.fact, ListOf):
            return any_element(sql.call("list_zip", group, entries), 0, lambda pair: self._differ(*pair_parts(pair)))
        return self._differ(group, entries)

    def _filled(self, said: Sql, known: Sql, fact: Type) -> Sql:
        assert isinstance(fact, Record)  # noqa: S101 - a group, or the element of the team
        parts = []
        for name in fact.fields:
            value = sql.field(said, name)
            if name in self.given:
                value = sql.call("coalesce", value, sql.field(known, name))
            parts.append((name, value))
        return sql.struct(parts)

    def _differ(self, said: Sql, known: Sql) -> Sql:
        return sql.or_([sql.compare("!=", sql.field(said, name), sql.field(known, name)) for name in self.given])


def register_lookups(con: duckdb.DuckDBPyConnection, registers: Registers, root: Record) -> Iterator[Register]:
    """The registers that have entries, each as a function registered on the connection."""
    for group, entries in _entries_by_group(registers).items():
        given = _names_given(entries)
        if entries:
            function = f"visitcheck_register_{next(_numbers)}"
            fact = root.fields[group]
            item = fact.item if isinstance(fact, ListOf) else fact
            con.create_function(  # type: ignore[call-overload]
                function,
                _lookup_function(entries, item),
                ["VARCHAR[]"],
                f"{duckdb_type(item)}[]",
                type="arrow",
                null_handling="special",
            )
            names = tuple(sorted(given - {"id", "completeness"}))
            about = root.fields.get("completeness")
            said = isinstance(about, Record) and group in about.fields
            yield Register(group, fact, function, names, said, "completeness" in given)


def register_fact_paths(registers: Registers) -> Iterator[str]:
    """The paths of the facts that registers read and fill in."""
    yield "contradictions[].kind"
    if any("completeness" in _names_given(entries) for entries in _entries_by_group(registers).values()):
        yield from (f"completeness.{path}.complete" for path in OPEN_LISTS if path.startswith("lender."))
    for group, entries in _entries_by_group(registers).items():
        for name in (_names_given(entries) | {"id"}) - {"completeness"}:
            yield f"{group}[].{name}" if group == "team" else f"{group}.{name}"
    if registers.agencies:
        yield "team[].agency_id"


def _step(*path: str) -> Sql:
    value = sql.column(path[0])
    for name in path[1:]:
        value = sql.field(value, name)
    return value


def _entries_by_group(registers: Registers) -> Mapping[str, Mapping[str, Any]]:
    return {"lender": registers.lenders, "agency": registers.agencies, "team": registers.collectors}


def _names_given(entries: Mapping[str, Any]) -> set[str]:
    return {name for entry in entries.values() for name, value in entry.__dict__.items() if value is not None}


def _lookup_function(entries: Mapping[str, object], item: Type) -> Any:
    keys = pa.array(list(entries), pa.string())
    values = pa.array([plain(entry, item) for entry in entries.values()], arrow_type(item))

    def lookup(ids: Any) -> pa.Array:
        lists = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
        where = pc.index_in(lists.flatten().cast(pa.string()), value_set=keys)
        # Of a NULL list there is nothing to flatten, so the offsets have to be worked out anew.
        lengths = pc.fill_null(pc.list_value_length(lists), 0)
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths).cast(pa.int32())])
        return pa.ListArray.from_arrays(offsets, values.take(where))

    return lookup
