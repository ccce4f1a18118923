"""Facts of lenders, agencies and collectors, filled in from registers by id, as `Registers.fill` does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.engines.sql.columns import arrow_type, duckdb_type, plain
from visitcheck.facts import Registers
from visitcheck.facts.types import ListOf, Record, Type

if TYPE_CHECKING:
    import duckdb

_numbers = count()
_FOUND = "__register_"


@dataclass(frozen=True, slots=True)
class Register:
    """One register as a function of the database: from a list of ids to a list of entries, NULL where there is none."""

    group: str
    fact: Type
    function: str
    given: tuple[str, ...]

    @property
    def found(self) -> str:
        """The column that holds the entries of a row."""
        return _FOUND + self.group

    def lookup(self) -> Expr:
        """The entries for the ids of a row: a list for the team, one for a group."""
        group = e.column(self.group)
        if isinstance(self.fact, ListOf):
            return e.call(self.function, e.each(group, 0, lambda one: e.field(one, "id")))
        ids = exp.Array(expressions=[e.field(group, "id")])
        return e.call("list_extract", e.call(self.function, ids), exp.convert(1))

    def filled(self) -> Expr:
        """The group or list with the facts that it lacks."""
        group, found = e.column(self.group), e.column(self.found)
        if isinstance(self.fact, ListOf):
            pairs = e.call("list_zip", group, found)
            item = self.fact.item
            # Of a missing list `list_zip` makes an empty one.
            return e.where(e.given(group.copy()), e.each(pairs, 0, lambda pair: self._filled(*e.halves(pair), item)))
        return e.where(e.given(group.copy()), self._filled(group, found, self.fact))

    def contradicted(self) -> Expr:
        """Whether the row and the register say different things."""
        group, found = e.column(self.group), e.column(self.found)
        if isinstance(self.fact, ListOf):
            return e.some(e.call("list_zip", group, found), 0, lambda pair: self._differ(*e.halves(pair)))
        return self._differ(group, found)

    def _filled(self, said: Expr, known: Expr, fact: Type) -> Expr:
        assert isinstance(fact, Record)  # noqa: S101 - a group, or the element of the team
        parts = []
        for name in fact.fields:
            value = e.field(said.copy(), name)
            if name in self.given:
                value = e.call("coalesce", value, e.field(known.copy(), name))
            parts.append((name, value))
        return e.record(parts)

    def _differ(self, said: Expr, known: Expr) -> Expr:
        return e.any_of(
            [e.compare(exp.NEQ, e.field(said.copy(), name), e.field(known.copy(), name)) for name in self.given]
        )


def register_lookups(con: duckdb.DuckDBPyConnection, registers: Registers, root: Record) -> Iterator[Register]:
    """The registers that have entries, each as a function registered on the connection."""
    for group, entries in _entries_by_group(registers).items():
        given = _names_given(entries)
        if given - {"id"}:
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
            yield Register(group, fact, function, tuple(sorted(given - {"id"})))


def register_fact_paths(registers: Registers) -> Iterator[str]:
    """The paths of the facts that `registered` reads and fills in."""
    for group, entries in _entries_by_group(registers).items():
        for name in _names_given(entries) | {"id"}:
            yield f"{group}[].{name}" if group == "team" else f"{group}.{name}"


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
