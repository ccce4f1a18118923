"""From raw rows to the canonical relation, as one query.

Clean rows are read by SQL alone. A row that SQL suspects is given to the gate's reader, inside the query: it
says what is wrong, or reads what SQL could not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from itertools import count
from typing import TYPE_CHECKING

from sqlglot import exp

from visitcheck.audit.inputs.available_facts import all_paths, facts_in_columns
from visitcheck.audit.inputs.constraint_checks import AS_OF, group_breaches
from visitcheck.audit.inputs.duckdb_functions import print_duckdb
from visitcheck.audit.inputs.fact_groups import is_unread, read_field, read_group
from visitcheck.audit.inputs.gate_reader import PROBLEMS, GateReader
from visitcheck.audit.inputs.raw_rows import BYTES, ODD, TEXT, RawRows, RawType
from visitcheck.audit.inputs.register_facts import Register, register_fact_paths, register_lookups
from visitcheck.engines.columns import FILE, ROW, fact_columns, record_fields
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.columns import duckdb_data_type
from visitcheck.engines.sql.steps import QuerySteps
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.fields import shapes
from visitcheck.facts.narrow import narrow_record
from visitcheck.facts.times import read_timestamp
from visitcheck.facts.types import MONEY, ListOf, Record, Type
from visitcheck.gate.selectors import REQUIRED

if TYPE_CHECKING:
    import duckdb

PROBLEMS_COLUMN = "__problems"
_BAD, _SUSPECT, _ANSWER = "__bad", "__suspect", "__answer"
_RAW, _CONTRADICTED, _TEAM_AGENCIES = "__raw_", "__contradicted_", "team_agencies"
# What is asked of every row.
_ALWAYS = frozenset({"visit.id", "visit.stage", "visit.starts_at", "visit.date"})
_numbers = count()


def canonical_query(
    con: duckdb.DuckDBPyConnection, rows: RawRows, reader: GateReader, kept: Record | None = None
) -> str:
    """The query for the canonical columns and `__problems`, to be run on `con`.

    With `kept` the columns hold those facts alone. All that the rows give is validated, kept or not; facts that they
    cannot give are not even made. Registers a function on `con` that reads suspected rows.
    """
    root = reader.root
    if kept is not None:
        reader = replace(reader, root=kept)
    function = f"visitcheck_read_{next(_numbers)}"
    con.create_function(  # type: ignore[call-overload]
        function,
        reader.read,
        ["VARCHAR", "BLOB"],
        reader.result_type,
        type="arrow",
        null_handling="special",
    )
    made = root if kept is None else facts_worked_on(rows.types, reader, root)
    registers = () if reader.registers is None else tuple(register_lookups(con, reader.registers, made))
    return print_duckdb(_Query(rows, reader, made, registers).query(function))


class _Query:
    """The stages of the query, from the innermost; `made` are the facts that they work on."""

    def __init__(self, rows: RawRows, reader: GateReader, made: Record, registers: Sequence[Register]) -> None:
        self.rows = rows
        self.registers = [one for one in registers if one.group in rows.types]
        # Collectors name agencies, whether or not rows have a column of the agency.
        self.agencies = next((one for one in registers if one.group == "agency" and "team" in rows.types), None)
        self.reader = reader
        self.columns = fact_columns(made)
        self.shapes = shapes(reader.model)
        self.reads = {
            name: read_group(sql.column(name), type_, self.shapes[name], self.columns[name])
            for name, type_ in rows.types.items()
            if name in self.columns
        }

    def query(self, function: str) -> exp.Select:
        """The whole query; `function` is the database's name for the gate's reader."""
        groups = [sql.column(name) for name in self.columns]
        steps = QuerySteps.from_query("__rows", self.rows.query)
        steps.add("__read", [*self._kept(), *self._raw(new=True), *self._facts(), sql.named(self._bad(), _BAD)])
        bad = sql.or_([sql.column(_BAD), *self._unread()])
        steps.add("__complete", [*self._carried(), *self._completed(), sql.named(bad, _BAD)])
        if self.registers or self.agencies is not None:
            self._add_registers(steps)
        differ = [sql.column(name) for name in self._contradicted()]
        as_of = sql.named(self._as_of(), AS_OF)
        steps.add("__filled", [*self._carried(), *groups, *differ, sql.column(_BAD), as_of])
        suspect = sql.is_surely(sql.or_(self._suspicions()))
        steps.add("__checked", [*self._carried(), *groups, sql.named(suspect, _SUSPECT)])
        answer = sql.case((sql.column(_SUSPECT), sql.call(function, self._text(), self._bytes())))
        steps.add("__asked", [*self._position(), *groups, sql.named(answer, _ANSWER)])
        return steps.query([*self._position(), *self._final()])

    def _add_registers(self, steps: QuerySteps) -> None:
        """Fills in the facts that rows name by id, and sees whether they contradict what the rows say."""
        groups = [sql.column(name) for name in self.columns]
        entries = [sql.named(register.lookup(), register.entries) for register in self.registers]
        steps.add("__looked_up", [*self._carried(), *groups, sql.column(_BAD), *entries])
        filled = {register.group: sql.named(register.filled(), register.group) for register in self.registers}
        filled |= {"contradictions": sql.named(self._contradictions(), "contradictions")}
        columns = [filled.get(name, sql.column(name)) for name in self.columns]
        differ = [sql.named(register.contradicted(), _CONTRADICTED + register.group) for register in self.registers]
        if self.agencies is not None:
            team = self.columns["team"]
            assert isinstance(team, ListOf)  # noqa: S101 - so it is in the vocabulary
            assert isinstance(team.item, Record)  # noqa: S101
            collectors = next((one for one in self.registers if one.group == "team"), None)
            lacks = self.agencies.lacks_agency_of(collectors, team.item)
            differ.append(sql.named(lacks, _CONTRADICTED + _TEAM_AGENCIES))
        # The gate adds what a row does not state itself.
        differ.append(sql.named(sql.is_known(sql.column("contradictions")), _CONTRADICTED + "contradictions"))
        steps.add("__registered", [*self._carried(), *columns, sql.column(_BAD), *differ])

    def _contradictions(self) -> Sql:
        """What a row has of contradictions, and whom no register holds."""
        own, type_ = sql.column("contradictions"), self.columns["contradictions"]
        assert isinstance(type_, ListOf)  # noqa: S101 - so it is in the vocabulary
        assert isinstance(type_.item, Record)  # noqa: S101
        news = [register.not_registered(type_.item) for register in self.registers]
        stated = sql.coalesce(own, sql.cast(sql.array([]), duckdb_data_type(type_)))
        whole = reduce(lambda first, then: sql.call("list_concat", first, then), news, stated)
        is_new = sql.or_([sql.compare(">", sql.call("len", each), 0) for each in news])
        return sql.case((is_new, sql.cast(whole, duckdb_data_type(type_))), default=own)

    def _position(self) -> list[Sql]:
        return [sql.column(FILE), sql.column(ROW)]

    def _kept(self) -> list[Sql]:
        return [*self._position(), *([sql.column(TEXT), sql.column(BYTES)] if self.rows.verbatim else [])]

    def _raw(self, *, new: bool = False) -> list[Sql]:
        return [
            sql.named(sql.column(name), _RAW + name) if new else sql.column(_RAW + name) for name in self.rows.types
        ]

    def _carried(self) -> list[Sql]:
        """What every stage hands on for suspected rows: the text as it was written, or all raw columns."""
        return [*self._kept(), *([] if self.rows.verbatim else self._raw())]

    def _facts(self) -> Iterator[Sql]:
        for name, fact in self.columns.items():
            value = self.reads[name].value if name in self.reads else sql.null(duckdb_data_type(fact))
            yield sql.named(sql.cast(value, duckdb_data_type(fact)), name)

    def _unread(self) -> Iterator[Sql]:
        for name, read in self.reads.items():
            yield is_unread(sql.column(_RAW + name), sql.column(name), read, self.shapes[name])

    def _completed(self) -> Iterator[Sql]:
        """The facts with what follows from others: the moment of judging, and lists that are empty and go on."""
        for name, fact in self.columns.items():
            if name == "visit" and self.reader.as_of is not None:
                parts = {inner: sql.field(sql.column(name), inner) for inner in record_fields(fact) or ()}
                parts["as_of"] = sql.call("coalesce", parts["as_of"], sql.number(read_timestamp(self.reader.as_of)))
                yield sql.named(sql.struct(parts.items()), name)
            elif name in OPEN_LISTS:
                yield sql.named(self._with_open_list(name, sql.column(name), fact), name)
            else:
                yield sql.named(self._with_open_lists(name, fact), name)

    def _with_open_lists(self, group: str, fact: Type) -> Sql:
        """A group whose lists are empty where they are not given and go on, as `with_open_lists` has them."""
        whole = sql.column(group)
        fields = record_fields(fact) or {}
        lists = {name: self._goes_on(f"{group}.{name}") for name in fields if f"{group}.{name}" in OPEN_LISTS}
        states = [state for state in lists.values() if state is not None]
        if not states:
            return whole
        parts = {
            name: self._with_open_list(f"{group}.{name}", sql.field(whole, name), part)
            if name in lists
            else sql.field(whole, name)
            for name, part in fields.items()
        }
        known = sql.or_([sql.is_known(whole), *map(sql.is_surely, states)])
        return sql.case((known, sql.cast(sql.struct(parts.items()), duckdb_data_type(fact))))

    def _with_open_list(self, path: str, value: Sql, type_: Type) -> Sql:
        goes_on = self._goes_on(path)
        if goes_on is None:
            return value
        return sql.case(
            (sql.and_([sql.is_null(value), goes_on]), sql.cast(sql.array([]), duckdb_data_type(type_))), default=value
        )

    def _goes_on(self, path: str) -> Sql | None:
        """Whether a row says that a list goes on, from what was read; None where no row says anything of it."""
        complete = self._complete_state(path)
        return None if complete is None else sql.not_(complete)

    def _complete_state(self, path: str) -> Sql | None:
        """What a row says of how complete a list is."""
        fact: Type | None = Record("columns", self.columns)
        names = ("completeness", *path.split("."), "complete")
        for name in names:
            fact = fact.fields.get(name) if isinstance(fact, Record) else None
        return None if fact is None else self._at(".".join(names))

    def _bad(self) -> Sql:
        known = [read.bad for read in self.reads.values()]
        odd = [sql.column(ODD)] if self.rows.verbatim else []
        return sql.or_([*odd, *known])

    def _as_of(self) -> Sql:
        """The moment of judging, or when the run began: what is later is for the gate's reader to judge."""
        now = sql.number(read_timestamp(self.reader.now))
        return sql.call("coalesce", self._at("visit.as_of"), now) if self._has_as_of() else now

    def _has_as_of(self) -> bool:
        return "as_of" in (record_fields(self.columns["visit"]) or ())

    def _suspicions(self) -> Iterator[Sql]:
        yield sql.column(_BAD)
        for name in self.columns:
            if self.shapes[name].record is not None and name in self.rows.types:
                # Whatever the row says of when it is judged, no recorded visit is later than the run.
                bounded = self._has_as_of() or name == "visit"
                yield from group_breaches(sql.column(name), self.shapes[name], self.columns[name], bounded)
        for path in REQUIRED:
            yield sql.is_null(self._at(path))
        yield from self._absent_complete_lists()
        yield sql.and_([sql.is_null(self._at("visit.starts_at")), sql.is_null(self._at("visit.date"))])
        yield from map(sql.column, self._contradicted())

    def _contradicted(self) -> list[str]:
        """Columns that say whether a row has to be compared with the registers by the gate."""
        groups = [register.group for register in self.registers]
        groups += [_TEAM_AGENCIES] if self.agencies is not None else []
        return [_CONTRADICTED + name for name in (*groups, *(["contradictions"] if groups else []))]

    def _absent_complete_lists(self) -> Iterator[Sql]:
        """For each list whether it is said to be complete and is not there: what to make of that, the gate says."""
        for path in OPEN_LISTS:
            complete = self._complete_state(path)
            if complete is not None:
                group, *names = path.split(".")
                fields = record_fields(self.columns[group]) if names and group in self.columns else None
                is_made = group in self.columns and (not names or names[0] in (fields or ()))
                yield sql.and_([complete, *([sql.is_null(self._at(path))] if is_made else [])])

    def _at(self, path: str) -> Sql:
        group, *names = path.split(".")
        fact = sql.column(group)
        for name in names:
            fact = sql.field(fact, name)
        return fact

    def _text(self) -> Sql:
        if self.rows.verbatim:
            return sql.column(TEXT)
        parts = []
        for name, type_ in self.rows.types.items():
            if name not in self.columns:  # a column of nothing but NULL
                continue
            shape = self.shapes[name]
            parts.append((name, read_field(sql.column(_RAW + name), type_, shape, self.columns[name]).json))
        return sql.cast(sql.call("to_json", sql.struct(parts)), "varchar")

    def _bytes(self) -> Sql:
        return sql.column(BYTES) if self.rows.verbatim else sql.null("blob")

    def _final(self) -> Iterator[Sql]:
        problems = sql.field(sql.column(_ANSWER), "problems")
        read_by_gate = sql.compare("==", sql.call("len", problems), 0)
        for name, type_ in fact_columns(self.reader.root).items():
            by_gate = sql.field(sql.column(_ANSWER), name)
            own = sql.column(name)
            # Records of one name are equal, whatever fields they have; their types in the database are not.
            wanted = duckdb_data_type(type_)
            value = own if wanted == duckdb_data_type(self.columns[name]) else sql.cast(own, wanted)
            yield sql.named(sql.case((read_by_gate, by_gate), default=value), name)
        refused = sql.case((sql.not_(read_by_gate), problems))
        yield sql.named(sql.cast(refused, duckdb_data_type(PROBLEMS)), PROBLEMS_COLUMN)


def facts_worked_on(types: Mapping[str, RawType], reader: GateReader, root: Record) -> Record:
    """The facts of `root` that reading works on: those the reader keeps, those columns of these types give, and what
    validation needs.
    """
    wanted = {*all_paths(reader.root), *facts_in_columns(types, root), *reader.policy.selectors, *_ALWAYS}
    wanted |= set() if reader.registers is None else set(register_fact_paths(reader.registers))
    wanted |= set() if reader.as_of is None else {"visit.as_of"}
    return narrow_record(root, wanted | set(_currencies(root, wanted)))


def _currencies(root: Record, wanted: set[str], prefix: str = "") -> Iterator[str]:
    """The currencies of sums that are wanted."""
    for name, type_ in root.fields.items():
        item = type_.item if isinstance(type_, ListOf) else type_
        if isinstance(item, Record):
            yield from _currencies(item, wanted, f"{prefix}{name}{'[]' * isinstance(type_, ListOf)}.")
        elif type_ == MONEY and f"{prefix}{name}" in wanted:
            yield f"{prefix}currency"


def refused_row(root: Record, file: Sql, row: Sql, code: str, message: Sql) -> exp.Select:
    """A query for one row that is no visit, with its one problem."""
    return sql.select(refused_columns(root, file, row, code, message))


def refused_columns(root: Record, file: Sql, row: Sql, code: str, message: Sql) -> list[Sql]:
    """The columns of rows that are no visits, with the one problem of each."""
    nothing = [sql.named(sql.null(duckdb_data_type(type_)), name) for name, type_ in fact_columns(root).items()]
    problem = sql.struct([("code", sql.text(code)), ("path", sql.text("$")), ("message", message)])
    problems = sql.cast(sql.array([problem]), duckdb_data_type(PROBLEMS))
    position = [sql.named(sql.cast(file, "integer"), FILE), sql.named(sql.cast(row, "bigint"), ROW)]
    return [*position, *nothing, sql.named(problems, PROBLEMS_COLUMN)]
