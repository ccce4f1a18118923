"""From raw rows to the canonical relation, as one query.

Clean rows are read by SQL alone. A row that SQL suspects is given to the gate's reader, inside the query: it
says what is wrong, or reads what SQL could not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from sqlglot import exp

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs.available_facts import all_paths, facts_in_columns
from visitcheck.audit.inputs.constraint_checks import AS_OF, Judged, group_breaches
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.audit.inputs.fact_groups import is_unread, read_field, read_group
from visitcheck.audit.inputs.gate_reader import PROBLEMS, GateReader
from visitcheck.audit.inputs.raw_rows import BYTES, ODD, TEXT, RawRows
from visitcheck.audit.inputs.register_facts import Register, register_fact_paths, register_lookups
from visitcheck.engines.sql.columns import FILE, ROW, fact_columns, record_fields, sql_type
from visitcheck.facts.fields import shapes
from visitcheck.facts.narrow import narrow_record
from visitcheck.facts.times import timestamp
from visitcheck.facts.types import MONEY, ListOf, Record

if TYPE_CHECKING:
    import duckdb

PROBLEMS_COLUMN = "__problems"
_BAD, _SUSPECT, _FOUND = "__bad", "__suspect", "__found"
_RAW, _CONTRADICTED = "__raw_", "__contradicted_"
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
    made = root if kept is None else facts_worked_on(rows, reader, root)
    registers = () if reader.registers is None else tuple(register_lookups(con, reader.registers, made))
    return e.sql(_Query(rows, reader, made, registers).query(function))


class _Query:
    """The stages of the query, from the innermost; `made` are the facts that they work on."""

    def __init__(self, rows: RawRows, reader: GateReader, made: Record, registers: Sequence[Register]) -> None:
        self.rows = rows
        self.registers = [one for one in registers if one.group in rows.types]
        self.reader = reader
        self.columns = fact_columns(made)
        self.shapes = shapes(reader.model)
        self.reads = {
            name: read_group(e.column(name), type_, self.shapes[name], self.columns[name])
            for name, type_ in rows.types.items()
            if name in self.columns
        }

    def query(self, function: str) -> exp.Select:
        read = _over(self.rows.query, [*self._kept(), *self._raw(new=True), *self._facts(), e.named(self._bad(), _BAD)])
        bad = e.any_of([e.column(_BAD), *self._unread()])
        complete = _over(read, [*self._carried(), *self._judged(), e.named(bad, _BAD)])
        filled = self._filled(complete) if self.registers else complete
        groups = [e.column(name) for name in self.columns]
        judged = _over(
            filled, [*self._carried(), *groups, *self._contradicted(), e.column(_BAD), e.named(self._as_of(), AS_OF)]
        )
        suspect = e.call("coalesce", e.any_of(list(self._suspicions())), exp.false())
        suspected = _over(judged, [*self._carried(), *map(e.column, self.columns), e.named(suspect, _SUSPECT)])
        found = e.where(e.column(_SUSPECT), e.call(function, self._text(), self._bytes()))
        asked = _over(suspected, [*self._position(), *map(e.column, self.columns), e.named(found, _FOUND)])
        return _over(asked, [*self._position(), *self._final()])

    def _filled(self, read: exp.Select) -> exp.Select:
        """The facts that rows name by id filled in, and whether they contradict what the rows say."""
        groups = [e.column(name) for name in self.columns]
        looked_up = [e.named(one.lookup(), one.found) for one in self.registers]
        found = _over(read, [*self._carried(), *groups, e.column(_BAD), *looked_up])
        filled = {one.group: e.named(one.filled(), one.group) for one in self.registers}
        columns = [filled.get(name, e.column(name)) for name in self.columns]
        differ = [e.named(one.contradicted(), _CONTRADICTED + one.group) for one in self.registers]
        return _over(found, [*self._carried(), *columns, e.column(_BAD), *differ])

    def _contradicted(self) -> list[Expr]:
        return [e.column(_CONTRADICTED + one.group) for one in self.registers]

    def _position(self) -> list[Expr]:
        return [e.column(FILE), e.column(ROW)]

    def _kept(self) -> list[Expr]:
        return [*self._position(), *([e.column(TEXT), e.column(BYTES)] if self.rows.verbatim else [])]

    def _raw(self, *, new: bool = False) -> list[Expr]:
        return [e.named(e.column(name), _RAW + name) if new else e.column(_RAW + name) for name in self.rows.types]

    def _carried(self) -> list[Expr]:
        """What every stage hands on for suspected rows: the text as it was written, or all raw columns."""
        return [*self._kept(), *([] if self.rows.verbatim else self._raw())]

    def _facts(self) -> Iterator[Expr]:
        for name, fact in self.columns.items():
            value = self.reads[name].value if name in self.reads else e.null(sql_type(fact))
            yield e.named(e.cast(value, sql_type(fact)), name)

    def _unread(self) -> Iterator[Expr]:
        for name, read in self.reads.items():
            yield is_unread(e.column(_RAW + name), e.column(name), read, self.shapes[name])

    def _judged(self) -> Iterator[Expr]:
        """The facts, with the moment of judging where they have none."""
        for name, fact in self.columns.items():
            if name != "visit" or self.reader.as_of is None:
                yield e.column(name)
                continue
            parts = {inner: e.field(e.column(name), inner) for inner in record_fields(fact) or ()}
            parts["as_of"] = e.call("coalesce", parts["as_of"], e.number(timestamp(self.reader.as_of)))
            yield e.named(e.record(parts.items()), name)

    def _bad(self) -> Expr:
        known = [read.bad for read in self.reads.values()]
        odd = [e.column(ODD)] if self.rows.verbatim else []
        return e.any_of([*odd, *known])

    def _as_of(self) -> Expr:
        return self._at("visit.as_of") if self._has_as_of() else e.null("bigint")

    def _has_as_of(self) -> bool:
        return "as_of" in (record_fields(self.columns["visit"]) or ())

    def _suspicions(self) -> Iterator[Expr]:
        yield e.column(_BAD)
        for name in self.columns:
            if self.shapes[name].record is not None and name in self.rows.types:
                yield from group_breaches(
                    e.column(name), self.shapes[name], self.columns[name], Judged(self._has_as_of())
                )
        for path in sorted(self.reader.policy.selectors):
            yield e.missing(self._at(path))
        yield e.all_of(e.missing(self._at("visit.starts_at")), e.missing(self._at("visit.date")))
        for register in self.registers:
            yield e.column(_CONTRADICTED + register.group)

    def _at(self, path: str) -> Expr:
        group, *names = path.split(".")
        found = e.column(group)
        for name in names:
            found = e.field(found, name)
        return found

    def _text(self) -> Expr:
        if self.rows.verbatim:
            return e.column(TEXT)
        parts = []
        for name, type_ in self.rows.types.items():
            if name not in self.columns:  # a column of nothing but NULL
                continue
            shape = self.shapes[name]
            parts.append((name, read_field(e.column(_RAW + name), type_, shape, self.columns[name]).json))
        return e.cast(e.call("to_json", e.record(parts)), "varchar")

    def _bytes(self) -> Expr:
        return e.column(BYTES) if self.rows.verbatim else e.null("blob")

    def _final(self) -> Iterator[Expr]:
        problems = e.field(e.column(_FOUND), "problems")
        read_by_gate = e.compare(exp.EQ, e.call("len", problems), e.number(0))
        for name, type_ in fact_columns(self.reader.root).items():
            by_gate = e.field(e.column(_FOUND), name)
            own = e.column(name)
            # Records of one name are equal, whatever fields they have; their types in the database are not.
            value = own if sql_type(type_) == sql_type(self.columns[name]) else e.cast(own, sql_type(type_))
            yield e.named(e.where(read_by_gate.copy(), by_gate, value), name)
        refused = e.where(e.negated(read_by_gate.copy()), problems.copy())
        yield e.named(e.cast(refused, sql_type(PROBLEMS)), PROBLEMS_COLUMN)


def facts_worked_on(rows: RawRows, reader: GateReader, root: Record) -> Record:
    """The facts of `root` that reading works on: those the reader keeps, those rows give, and what validation needs."""
    wanted = {*all_paths(reader.root), *facts_in_columns(rows.types, root), *reader.policy.selectors, *_ALWAYS}
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


def _over(inner: exp.Select, columns: list[Expr]) -> exp.Select:
    return exp.Select(expressions=columns).from_(inner.subquery("t", copy=False), copy=False)


def refused_row(root: Record, file: Expr, row: Expr, code: str, message: Expr) -> exp.Select:
    """A row that is no visit, with its one problem."""
    nothing = [e.named(e.null(sql_type(type_)), name) for name, type_ in fact_columns(root).items()]
    problem = e.record([("code", e.text(code)), ("path", e.text("$")), ("message", message)])
    problems = e.cast(exp.Array(expressions=[problem]), sql_type(PROBLEMS))
    position = [e.named(e.cast(file, "integer"), FILE), e.named(e.cast(row, "bigint"), ROW)]
    return exp.Select(expressions=[*position, *nothing, e.named(problems, PROBLEMS_COLUMN)])
