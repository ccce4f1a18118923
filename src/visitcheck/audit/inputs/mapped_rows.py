"""Tables with columns of their own, read through a mapping."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from visitcheck.audit.inputs.canonical_rows import canonical_query, refused_columns, refused_row
from visitcheck.audit.inputs.duckdb_functions import print_duckdb
from visitcheck.audit.inputs.files import InputFile
from visitcheck.audit.inputs.frames import FrameCopy, OpenFrame
from visitcheck.audit.inputs.gate_reader import ColumnsReader, GateReader
from visitcheck.audit.inputs.local_times import moments_of
from visitcheck.audit.inputs.mapped_lists import fed_completeness
from visitcheck.audit.inputs.mapping_query import (
    QueriedTable,
    columns_needed,
    keyed_rows,
    orphans_query,
    visits_query,
    with_lookups,
)
from visitcheck.audit.inputs.mapping_tables import OpenTable, open_table
from visitcheck.audit.inputs.mapping_warnings import warn_of_names, warnings_of
from visitcheck.audit.inputs.raw_rows import RawRows, raw_type
from visitcheck.audit.inputs.temp_parquet import Spool
from visitcheck.audit.inputs.unread_values import UNKNOWN_VALUES, UnreadValue, warn_of_unread, without_unread
from visitcheck.audit.mapping.model import Column, ColumnMapping, TableMap
from visitcheck.concurrency import cached_property
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.engines.sql.steps import QuerySteps
from visitcheck.engines.sql.zones import check_zones
from visitcheck.errors import InvalidInput, InvalidVisit, Problem
from visitcheck.facts.groups.past import COMPLETE_SINCE
from visitcheck.facts.narrow import narrow_record
from visitcheck.facts.types import Record
from visitcheck.facts.visit import Visit

if TYPE_CHECKING:
    import duckdb

_numbers = count()
_position = re.compile(r"\[[0-9]+\]")
_is_end_of_day = re.compile(r".*[T ]24:00(?::00(?:\.0+)?)?").fullmatch


@dataclass(frozen=True)
class MappedReader(ColumnsReader):
    """Reads rows that came through a mapping, and names the columns in what it says of them."""

    mapping: ColumnMapping | None = None

    @cached_property
    def _columns(self) -> dict[str, tuple[tuple[str, Column | None], ...]]:
        """The columns that feed each fact, by path, with their names."""
        columns: dict[str, tuple[tuple[str, Column | None], ...]] = {}
        tables = () if self.mapping is None else (self.mapping.visits, *self.mapping.tables)
        for table in tables:
            for column in (*table.columns, *(detail for event in table.events for detail in event.details)):
                path = column.target.fact.path
                columns[path] = (*columns.get(path, ()), (column.name, column))
            for event in table.events:
                path = f"{event.list}[].{event.closing}"
                columns[path] = (*columns.get(path, ()), (event.name, None))
        return columns

    def visit(self, source: str | bytes | Mapping[str, object]) -> Visit:
        """The visit; where the mapping takes values that cannot be read for unknown, without these."""
        try:
            return super().visit(source)
        except InvalidVisit as refused:
            left = self._without_unread(source, refused.problems)[0]
            if left is None:
                raise
            return super().visit(left)

    def _without_unread(
        self, source: str | bytes | Mapping[str, object], problems: Sequence[Problem]
    ) -> tuple[Mapping[str, object] | None, list[tuple[str, str]]]:
        if self.mapping is None or not self.mapping.bad_is_unknown or not isinstance(source, Mapping):
            return None, []
        left, unread = without_unread(source, problems, self.policy.selectors)
        return (left, unread) if unread else (None, [])

    def column_names(self, path: str) -> str:
        """The columns that feed the fact at a path of a visit."""
        columns = self._columns.get(_position.sub("[]", path)) or self._columns.get(_position.sub("", path)) or ()
        names = list(dict.fromkeys(name for name, _ in columns))
        return ", ".join(f"`{name}`" for name in names) or f"`{path}`"

    def said(self, problem: Problem, facts: object) -> Problem:
        """The problem with the name of the column that it is in, or of those that it may be in."""
        path = (problem.path or "$").removeprefix("$.")
        columns = self._columns.get(_position.sub("[]", path)) or self._columns.get(_position.sub("", path)) or ()
        names = list(dict.fromkeys(name for name, _ in columns))
        if not names:
            return problem
        column = columns[0][1]
        if len(names) > 1:
            listed = ", ".join(f"`{name}`" for name in names)
            return replace(problem, message=f"one of the columns {listed}: {problem.message}")
        if column is None:
            return replace(problem, message=f"column `{names[0]}`: {problem.message}")
        if problem.code == "fact-timestamp-naive" and column.timezone is not None:
            problem = _explain_local_time(problem, _at(facts, path), column.timezone)
        return replace(problem, message=f"column `{column.name}`: {problem.message}")


class UnreadReader(MappedReader):
    """Reads the same rows, and tells of each only which of its values are left out as unknown."""

    def _one(self, text: str | None, raw: bytes | None) -> dict[str, Any] | None:
        source = raw if text is None else text.encode()
        if source is None:
            return None
        facts = self.facts(source)
        try:
            GateReader.visit(self, facts)
        except InvalidVisit as refused:
            left, unread = self._without_unread(facts, refused.problems)
            if left is not None and _can_be_read(self, left):
                told = [{"code": UNKNOWN_VALUES, "path": path, "message": value} for path, value in unread]
                return {"problems": told}
        return {"problems": None}


def _can_be_read(reader: GateReader, facts: Mapping[str, object]) -> bool:
    try:
        GateReader.visit(reader, facts)
    except InvalidVisit:
        return False
    return True


def _at(facts: Any, path: str) -> str:
    for step in re.findall(r"[^.\[\]]+", path):
        facts = facts[int(step) if isinstance(facts, list) else step]
    return str(facts)


def _explain_local_time(problem: Problem, written: str, zone: str) -> Problem:
    """What keeps a local time in a known zone from being a moment."""
    if _is_end_of_day(written):
        help_ = "write the midnight that ends a day as 00:00 of the next"
        message = f"`{written}` is no time of this day"
        return replace(problem, code="local-time-format", message=message, help=help_)
    try:
        moments = moments_of(datetime.fromisoformat(written), zone)
    except ValueError:
        return problem
    if moments == 0:
        return replace(
            problem, code="local-time-skipped", message=f"the clocks in {zone} never showed {written}", help=None
        )
    if moments == 1:
        message = f"`{written}` is written as no format of the mapping says"
        return replace(problem, code="local-time-format", message=message, help="add a `format` or a `reading`")
    help_ = "give the offset, or say `twice: earlier` or `twice: later` in the mapping"
    return replace(problem, code="local-time-twice", message=f"{written} came twice in {zone}", help=help_)


@dataclass(frozen=True)
class MappedRows:
    """The rows of a mapping's tables."""

    mapping: ColumnMapping
    tables: Mapping[str, OpenTable]
    reader: MappedReader
    fed: frozenset[str]
    spool: Spool

    def queries(self, con: duckdb.DuckDBPyConnection, kept: Record | None = None) -> Iterator[str]:
        """The queries that together give all rows.

        Raises `EngineFailure` where the database's zone data differs from the pinned for a zone of a column.
        """
        check_zones(self.mapping.zones, "duckdb", lambda query: con.execute(query).fetchall())
        root = kept or self.reader.root
        named = _create_views(con, self.mapping, self.tables)
        rows = visits_query(self.mapping, named)
        relation = con.sql(print_duckdb(rows))
        columns = zip(relation.columns, relation.types, strict=True)
        types = {name: raw_type(type_) for name, type_ in columns if name not in (FILE, ROW)}
        yield canonical_query(con, RawRows(rows, types), self.reader, kept)
        for table in self.mapping.tables:
            yield print_duckdb(self._rows_without_key(table, named, root))
        for own in self.tables.values():
            for file, row, problem in own.refused:
                yield print_duckdb(refused_row(root, sql.number(file), sql.number(row), problem.code, _text(problem)))

    def _rows_without_key(self, table: TableMap, named: Mapping[str, QueriedTable], root: Record) -> exp.Select:
        message = sql.text("the row has no key")
        steps = QuerySteps.from_query("__orphans", orphans_query(table, self.mapping, named))
        columns = refused_columns(root, sql.column(FILE), sql.column(ROW), "orphan-row", message)
        return steps.query(columns).where(sql.is_null(sql.column("__key")), copy=False)


def _text(problem: Problem) -> Sql:
    return sql.text(f"{problem.message}; {problem.help}" if problem.help else problem.message)


def _create_view(con: duckdb.DuckDBPyConnection, table: OpenTable) -> QueriedTable:
    """The table as a view of the connection."""
    name = f"visitcheck_{next(_numbers)}_{table.map.name}"
    con.execute(f'CREATE TEMP VIEW "{name}" AS {print_duckdb(table.query())}')
    return QueriedTable(name, table.types, len(table.members))


def _create_views(
    con: duckdb.DuckDBPyConnection, mapping: ColumnMapping, tables: Mapping[str, OpenTable]
) -> dict[str, QueriedTable]:
    """All tables as views of the connection, the visits with the columns of their lookups."""
    named = {name: _create_view(con, table) for name, table in tables.items()}
    if mapping.lookups:
        name = f"visitcheck_{next(_numbers)}_looked_up"
        con.execute(f'CREATE TEMP VIEW "{name}" AS {print_duckdb(with_lookups(mapping, named))}')
        types = dict(named["visits"].types)
        for lookup in mapping.lookups:
            types |= {f"{lookup.name}.{column}": type_ for column, type_ in named[lookup.name].types.items()}
        named["visits"] = QueriedTable(name, types, named["visits"].files)
    return named


def _warn_of_lookup(
    con: duckdb.DuckDBPyConnection, lookup: TableMap, mapping: ColumnMapping, tables: Mapping[str, OpenTable]
) -> Iterator[str]:
    """What is to be said of a lookup: visits that have no row in it, and keys with rows that differ."""
    assert lookup.join is not None  # noqa: S101 - the loader refuses one without a key
    named = {name: _create_view(con, tables[name]) for name in ("visits", lookup.name)}
    rows = con.sql(print_duckdb(keyed_rows(lookup, named[lookup.name], mapping.missing))).distinct()
    keys = rows.filter("__key IS NOT NULL").aggregate("__key, count(*) AS number")
    [(unclear,)] = keys.filter("number > 1").aggregate("count(*)").fetchall()
    if unclear:
        yield f"{unclear:,} keys of `{lookup.name}` have rows that differ; what differs is not known"
    to = replace(lookup, join=replace(lookup.join, key=lookup.join.to))
    visits = con.sql(print_duckdb(keyed_rows(to, named["visits"], mapping.missing)))
    [(without,)] = visits.join(keys.set_alias("k"), "__key", how="anti").aggregate("count(*)").fetchall()
    if without:
        yield f"{without:,} visits have no row in `{lookup.name}`"


def open_mapped(
    mapping: ColumnMapping, visits: Sequence[str | Path] | OpenFrame, reader: MappedReader
) -> tuple[MappedRows, list[InputFile]]:
    """The mapping's tables; `visits` are the files of the visits, where the mapping names none, or a frame of them."""
    spool = Spool()
    files: list[InputFile] = []
    tables: dict[str, OpenTable] = {}
    given = _copy_frame(visits, mapping, spool) if isinstance(visits, OpenFrame) else visits
    for table in (mapping.visits, *mapping.tables, *mapping.lookups):
        source = _source_of(table, mapping, given)
        if not source and table.database is None:
            help_ = (
                "name them on the command line, or under `files:`"
                if table.name == "visits"
                else "name them under `files:`"
            )
            raise InvalidInput([Problem("no-input", f"the table `{table.name}` has no files", help_, table.place)])
        needed = tuple(columns_needed(table, mapping))
        tables[table.name], table_files = open_table(table, source, needed, len(files), spool, mapping.missing)
        files += table_files
    rows = MappedRows(mapping, tables, reader, facts_in_mapping(mapping), spool)
    said = tuple(warnings_of(mapping, reader.policy, rows.fed))
    warned = _with_warnings(mapping, tables, files, said)
    return rows, _with_unread(rows, warned) if mapping.bad_is_unknown else warned


def _with_unread(rows: MappedRows, files: Sequence[InputFile]) -> list[InputFile]:
    """The files with what is said of values that cannot be read."""
    told = fields(rows.reader)
    reader = UnreadReader(**{field.name: getattr(rows.reader, field.name) for field in told})
    kept = narrow_record(rows.reader.root, {"visit.id"})
    values: dict[int, list[UnreadValue]] = {}
    with connect_duckdb() as con:
        for query in replace(rows, reader=reader).queries(con, kept):
            unread = con.sql(query).filter(f"__problems[1].code = '{UNKNOWN_VALUES}'")
            for file, row, problems in unread.project(f"{FILE}, {ROW}, __problems").order("ALL").fetchall():
                values.setdefault(file, []).extend(
                    UnreadValue(file, row, rows.reader.column_names(one["path"]), one["message"]) for one in problems
                )
    sheet = rows.mapping.visits.sheet
    return [
        replace(file, warnings=(*file.warnings, *warn_of_unread(values.get(at, ()), file.path.name, sheet)))
        for at, file in enumerate(files)
    ]


def _with_warnings(
    mapping: ColumnMapping, tables: Mapping[str, OpenTable], files: Sequence[InputFile], said: Sequence[Problem]
) -> list[InputFile]:
    """The files with what people should know of them: what is `said` of the mapping, names, rows of no visit."""
    with connect_duckdb() as con:
        names = tuple(warn_of_names(con, mapping, _create_view(con, tables["visits"])))
    warned = [
        replace(file, warnings=(*file.warnings, *said, *names)) if at == 0 else file for at, file in enumerate(files)
    ]
    for table in mapping.tables:
        for number, orphans in _count_orphans(table, mapping, tables):
            file = warned[number]
            message = f"`{file.path.name}`: {orphans:,} rows of `{table.name}` belong to no visit"
            warned[number] = replace(file, warnings=(*file.warnings, Problem("orphan-row", message)))
    for lookup in mapping.lookups:
        with connect_duckdb() as con:
            said = [Problem("lookup-rows", message) for message in _warn_of_lookup(con, lookup, mapping, tables)]
        at = next((at for at, file in enumerate(warned) if file.table == lookup.name), 0)
        warned[at] = replace(warned[at], warnings=(*warned[at].warnings, *said))
    return warned


def _count_orphans(table: TableMap, mapping: ColumnMapping, tables: Mapping[str, OpenTable]) -> list[tuple[int, int]]:
    """How many rows of a separate table have a key that no visit has, by the number of the file."""
    with connect_duckdb() as con:
        named = {name: _create_view(con, one) for name, one in tables.items()}
        steps = QuerySteps.from_query("__orphans", orphans_query(table, mapping, named))
        counted = steps.query([sql.column(FILE), sql.named(sql.call("count", exp.Star()), "__number")])
        counted = counted.where(sql.is_known(sql.column("__key")), copy=False).group_by(sql.column(FILE), copy=False)
        return sorted(con.sql(print_duckdb(counted)).fetchall())


def _copy_frame(frame: OpenFrame, mapping: ColumnMapping, spool: Spool) -> FrameCopy:
    """The frame with the columns that the visits need, and tables that have no files of their own."""
    readers = [table for table in (mapping.visits, *mapping.tables, *mapping.lookups) if _reads_visits(table)]
    return frame.copy(spool, {name for table in readers for name in columns_needed(table, mapping)})


def _reads_visits(table: TableMap) -> bool:
    """Whether a table is read from the visits' own files or frame."""
    return table.name == "visits" or (not table.files and table.database is None)


def _source_of(
    table: TableMap, mapping: ColumnMapping, visits: Sequence[str | Path] | FrameCopy
) -> Sequence[str | Path] | FrameCopy:
    """The files or the frame of a table: those of the visits where a separate table names none."""
    if table.name == "visits" and visits:
        return visits
    if _reads_visits(table) and table.name != "visits":
        return _source_of(mapping.visits, mapping, visits)
    return [_file_beside(mapping, one) for one in table.files]


def _file_beside(mapping: ColumnMapping, name: str) -> Path:
    """A file named in a mapping stands beside it."""
    return mapping.folder / name


def facts_in_mapping(mapping: ColumnMapping) -> frozenset[str]:
    """The paths of the facts that a mapping feeds, with their groups and lists."""
    paths = {target.fact.path for target, _ in mapping.constants}
    paths |= {column.target.fact.path for table in (mapping.visits, *mapping.tables) for column in table.columns}
    paths |= {target.fact.path for table in mapping.tables for target, _ in table.constants}
    paths |= {target.fact.path for column in mapping.visits.columns for target, _ in column.constants}
    for event in mapping.visits.events:
        paths |= {f"{event.list}[].{event.closing}"}
        paths |= {target.fact.path for target, _ in event.constants}
        paths |= {column.target.fact.path for column in event.details}
    paths |= set(fed_completeness(mapping))
    for table in mapping.tables:
        paths.add(table.name)
        if table.join is not None and table.join.since is not None:
            paths.add(f"history.{COMPLETE_SINCE[table.name]}")
    return frozenset(group for path in paths for group in _with_groups(path))


def _with_groups(path: str) -> Iterator[str]:
    parts = path.split(".")
    for end in range(1, len(parts) + 1):
        yield ".".join(parts[:end]).removesuffix("[]")
