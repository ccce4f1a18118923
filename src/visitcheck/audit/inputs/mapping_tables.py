"""The tables of a mapping: their files or queries opened, copied where needed, and named for one query."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
from sqlglot import exp

from visitcheck.audit.inputs import csv_files, parquet, postgres, workbooks
from visitcheck.audit.inputs.conversions import as_text
from visitcheck.audit.inputs.csv_files import UnreadableError
from visitcheck.audit.inputs.duckdb_functions import print_duckdb
from visitcheck.audit.inputs.files import (
    FileFormat,
    FileIdentity,
    InputFile,
    broken_file,
    expand_paths,
    format_of,
    raise_own_failure,
)
from visitcheck.audit.inputs.frames import FrameCopy
from visitcheck.audit.inputs.raw_rows import TEXT_TYPE, RawType
from visitcheck.audit.inputs.temp_parquet import Spool, TempTable
from visitcheck.audit.mapping.model import Database, TableMap
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.engines.sql.steps import QuerySteps
from visitcheck.errors import InvalidInput, Problem
from visitcheck.facts.scalars import shown
from visitcheck.facts.types import STRING, TIMESTAMP
from visitcheck.suggest import did_you_mean

_MOST_NAMED = 5
_FAR_TIME = "Timestamp(MS)"
"""What the database says of milliseconds that are no microseconds."""
_EXTRAS = {"excel": "excel", "postgresql": "postgres"}


@dataclass
class OpenTable:
    """A table's readable members, as Parquet files, with their numbers; and rows that are none, by file and row."""

    map: TableMap
    needed: tuple[str, ...]
    members: list[tuple[int, Path, bool]] = field(default_factory=list)
    types: dict[str, RawType] = field(default_factory=dict)
    refused: list[tuple[int, int, Problem]] = field(default_factory=list)
    missing: frozenset[str] = frozenset()

    def query(self) -> exp.Select:
        """All rows with `FILE`, `ROW` and the table's columns."""
        selects = [
            _select_rows(number, path, copied, self.types, self.map.where, self.missing)
            for number, path, copied in self.members
        ]
        if not selects:
            nothing = [sql.named(sql.null("integer"), FILE), sql.named(sql.null("bigint"), ROW)]
            nothing += [sql.named(sql.null("varchar"), name) for name in self.types]
            return sql.select(nothing).where(sql.false())
        if len(selects) == 1:
            return selects[0]
        union: exp.Query = selects[0]
        for select in selects[1:]:
            union = exp.Union(this=union, expression=select, distinct=False, by_name=True)
        return QuerySteps.from_query("__members", union).query([exp.Star()])


def open_table(
    table: TableMap,
    source: Sequence[str | Path] | FrameCopy,
    needed: Sequence[str],
    first: int,
    spool: Spool,
    missing: frozenset[str] = frozenset(),
) -> tuple[OpenTable, list[InputFile]]:
    """The table with its files; `needed` are the columns that it must have, `first` the number of its first file.

    Raises `InvalidInput` for files that are not there, columns that are not, and packages that are not installed.
    """
    opened = OpenTable(table, tuple(needed), missing=missing)
    if table.database is not None:
        files = [_add_database(opened, table.database, first, spool)]
    elif isinstance(source, FrameCopy):
        files = [_add_frame(opened, source, first)]
    else:
        files = [_add_file(opened, path, number, spool) for number, path in enumerate(expand_paths(source), first)]
    opened.types = {name: opened.types.get(name, TEXT_TYPE) for name in needed}
    return opened, [_count_kept(opened, number, file) for number, file in enumerate(files, first)]


def _count_kept(opened: OpenTable, number: int, file: InputFile) -> InputFile:
    """The file with the number of rows that are the table's, where `where` says which they are."""
    member = next((one for one in opened.members if one[0] == number), None)
    if not opened.map.where or member is None or file.rows is None:
        return file
    query = _select_rows(*member, opened.types, opened.map.where, opened.missing)
    with connect_duckdb() as con:
        steps = QuerySteps.from_query("__kept", query)
        [(kept,)] = con.sql(print_duckdb(steps.query([sql.call("count", exp.Star())]))).fetchall()
    rows = kept + sum(1 for one, _, _ in opened.refused if one == number)
    left = file.rows - rows
    message = f"`{file.path.name}`: {left:,} rows are not what `where` says, and no {opened.map.name}"
    return replace(file, rows=rows, warnings=(*file.warnings, Problem("rows-left-out", message)))


def _add_file(opened: OpenTable, path: Path, number: int, spool: Spool) -> InputFile:
    format_ = format_of(path)
    if format_ == "json_lines":
        message = f"`{path}` holds JSON Lines, which name their facts themselves"
        raise InvalidInput([Problem("input-format", message, "audit it without a mapping")])
    try:
        identity = FileIdentity.of(path)
        if format_ == "parquet":
            return _add_parquet(opened, path, number, identity, spool)
        spooled = _copy_file(opened, path, format_, spool)
    except (OSError, UnreadableError, duckdb.Error) as error:
        raise_own_failure(error)
        reason = (getattr(error, "strerror", None) or str(error)).partition("\n")[0]
        return replace(broken_file(path, format_, reason), table=opened.map.name)
    _add_copy(opened, spooled, number, path)
    file = InputFile.on_disk(path, format_, identity, spooled.rows + len(spooled.refused))
    warnings = tuple(_warn_of_quotes(path, spooled)) if format_ == "csv" else ()
    warnings += tuple(_warn_of_footers(path, spooled))
    return replace(file, table=opened.map.name, warnings=warnings, sheet=spooled.sheet)


def _warn_of_quotes(path: Path, table: TempTable) -> Iterator[Problem]:
    """Warn of rows that go over several lines, as a quote that is never closed makes them."""
    if table.broken_over_lines:
        message = f"`{path.name}`: {table.broken_over_lines} rows have a line break inside a value in quotes"
        help_ = "look whether a quote in a text has swallowed rows; write it twice inside a value"
        yield Problem("csv-quotes", message, help_)


def _warn_of_footers(path: Path, table: TempTable) -> Iterator[Problem]:
    """Name the rows that were taken for totals or footers, and so for none of the table's."""
    if table.footers:
        listed = ", ".join(f"row {row} `{shown(text)}`" for row, text in sorted(table.footers.items())[:_MOST_NAMED])
        more = f" and {len(table.footers) - _MOST_NAMED:,} more" if len(table.footers) > _MOST_NAMED else ""
        message = f"`{path.name}`: {len(table.footers):,} rows are totals or footers and were left out: {listed}{more}"
        yield Problem("footer-rows", message)


def _add_parquet(opened: OpenTable, path: Path, number: int, identity: FileIdentity, spool: Spool) -> InputFile:
    with connect_duckdb() as con:
        types = parquet.columns_of(con, str(path))
        rows = parquet.row_count(con, str(path))
        wrong = next(parquet.unreadable_pages(con, str(path), types), None)
    if wrong is not None and _FAR_TIME in wrong and parquet.has_far_times(path):
        # The row with the time is refused by its text, and the rest of the file is read.
        schema, batches = parquet.read_far_times(path, opened.needed)
        spooled = spool.copy(batches, schema, {}, needed=opened.needed)
        _add_copy(opened, spooled, number, path)
        return replace(InputFile.on_disk(path, "parquet", identity, spooled.rows), table=opened.map.name)
    if wrong is not None:
        raise UnreadableError(wrong)
    _take_types(opened, types, path, types)
    opened.members.append((number, path, False))
    file = InputFile.on_disk(path, "parquet", identity, rows)
    return replace(file, table=opened.map.name, warnings=tuple(_warn_of_old_times(opened.map, path)))


def _add_frame(opened: OpenTable, frame: FrameCopy, number: int) -> InputFile:
    with connect_duckdb() as con:
        types = parquet.columns_of(con, str(frame.path))
    _take_types(opened, types, frame.file.path, frame.columns)
    opened.members.append((number, frame.path, False))
    return replace(frame.file, table=opened.map.name)


def _warn_of_old_times(table: TableMap, path: Path) -> Iterator[Problem]:
    """Warn of INT96 columns that are read as local times: the type does not say so, and Spark's are in UTC."""
    old = parquet.int96_columns(path)
    for column in table.columns:
        if column.name in old and column.target.fact.type == TIMESTAMP and column.timezone not in (None, "UTC"):
            message = f"`{path.name}`: the INT96 times of `{column.name}` are read as local times in {column.timezone}"
            help_ = "files written by Spark have them in UTC: then say `timezone: UTC` for the column"
            yield Problem("int96-times", message, help_)


def _copy_file(opened: OpenTable, path: Path, format_: FileFormat, spool: Spool) -> TempTable:
    table, needed = opened.map, opened.needed
    if format_ == "csv":
        return csv_files.copy_csv(path, spool, table.encoding, table.delimiter, table.header, needed, opened.missing)
    try:
        return workbooks.copy_sheet(path, spool, table.sheet, table.header, needed, _id_columns(table), opened.missing)
    except ImportError:
        raise _missing_package("excel", "a workbook") from None


def _id_columns(table: TableMap) -> frozenset[str]:
    """The columns whose numbers are names: of ids, and of other texts."""
    texts = [column for column in table.columns if column.target.fact.type == STRING]
    keys = [] if table.join is None else [table.join.key]
    return frozenset([name for column in texts for name in column.sources] + keys)


def _add_database(opened: OpenTable, database: Database, number: int, spool: Spool) -> InputFile:
    name = Path(f"postgresql:{opened.map.name}")
    try:
        spooled = postgres.copy_query(database, spool, opened.needed)
    except ImportError:
        raise _missing_package("postgresql", "PostgreSQL") from None
    except UnreadableError as error:
        return replace(broken_file(name, "postgresql", str(error)), table=opened.map.name)
    _add_copy(opened, spooled, number, name)
    return InputFile(name, "postgresql", 0, _fingerprint(spooled.path), spooled.rows, table=opened.map.name)


def _missing_package(source: str, what: str) -> InvalidInput:
    extra = _EXTRAS[source]
    help_ = f'install it with `pip install "visitcheck[{extra}]"`'
    return InvalidInput([Problem("missing-package", f"reading {what} needs a package that is not installed", help_)])


def _fingerprint(path: Path) -> str:
    """A digest of the rows of a copy, whatever their order and however they came."""
    with connect_duckdb() as con:
        names = [sql.column(name) for name in parquet.columns_of(con, str(path)) if name != ROW]
        steps = QuerySteps.from_query("__copy", sql.select(names, parquet.scan([str(path)])))
        sums = [sql.call("sum", sql.call("hash", sql.column("__copy"))), sql.call("count", exp.Star())]
        [sums_and_count] = con.sql(print_duckdb(steps.query(sums))).fetchall()
    return hashlib.sha256(repr(sums_and_count).encode()).hexdigest()


def _add_copy(opened: OpenTable, spooled: TempTable, number: int, name: Path) -> None:
    with connect_duckdb() as con:
        types = parquet.columns_of(con, str(spooled.path))
    types.pop(ROW)
    _take_types(opened, types, name, spooled.columns)
    opened.members.append((number, spooled.path, True))
    opened.refused += [(number, row, problem) for row, problem in spooled.refused.items()]


def _take_types(opened: OpenTable, types: dict[str, RawType], name: Path, columns: Iterable[str]) -> None:
    """The types of the needed columns; raises `InvalidInput` where the file `name` lacks one among its `columns`."""
    places = {column.name: column.target.place for column in opened.map.columns}
    lacking = [one for one in opened.needed if one not in types or one.lower() in (FILE, ROW)]
    if lacking:
        raise InvalidInput(
            Problem(
                "mapping-column",
                f"`{name}` has no column `{one}`",
                did_you_mean(one, columns),
                places.get(one, opened.map.place),
            )
            for one in lacking
        )
    for one in opened.needed:
        if opened.types.setdefault(one, types[one]) != types[one]:
            opened.types[one] = TEXT_TYPE  # files that differ are read as text, which every mapping can


def _select_rows(
    number: int,
    path: Path,
    copied: bool,
    types: dict[str, RawType],
    where: Mapping[str, Sequence[str]],
    missing: frozenset[str],
) -> exp.Select:
    row = sql.column(ROW) if copied else sql.add(sql.column("file_row_number"), 1)
    columns = [sql.named(sql.cast(sql.number(number), "integer"), FILE), sql.named(sql.cast(row, "bigint"), ROW)]
    columns += [_typed_column(name, type_) for name, type_ in types.items()]
    query = sql.select(columns, parquet.scan([str(path)], numbered=not copied))
    kept = [_is_one_of(name, types[name], texts, missing) for name, texts in where.items()]
    return query.where(sql.and_(kept), copy=False) if kept else query


def _is_one_of(name: str, type_: RawType, texts: Sequence[str], missing: frozenset[str]) -> Sql:
    """Whether a column holds one of these texts; what is missing is none."""
    text = as_text(sql.column(name), type_, missing)
    return sql.coalesce(sql.in_(text, [sql.text(one) for one in texts]), sql.false())


def _typed_column(name: str, type_: RawType) -> Sql:
    return sql.named(sql.cast(sql.column(name), "varchar"), name) if type_ == TEXT_TYPE else sql.column(name)
