"""`open_inputs`: files named in the vocabulary's words, as one canonical relation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq

from visitcheck.audit.inputs import json_lines, parquet
from visitcheck.audit.inputs.arrow_rows import ArrowRows, BatchedRows, canonical_schema, is_readable_by_columns
from visitcheck.audit.inputs.available_facts import all_paths, facts_in_columns, unknown_columns
from visitcheck.audit.inputs.canonical_rows import canonical_query, refused_row
from visitcheck.audit.inputs.duckdb_functions import print_duckdb
from visitcheck.audit.inputs.few_lines import FEW, FewLines
from visitcheck.audit.inputs.files import (
    FileIdentity,
    InputFile,
    broken_file,
    expand_paths,
    format_of,
    raise_own_failure,
)
from visitcheck.audit.inputs.frames import FRAME_NAME, ArrowFrame, OpenFrame, is_arrow_frame
from visitcheck.audit.inputs.gate_reader import ColumnsReader, GateReader
from visitcheck.audit.inputs.mapped_rows import MappedReader, open_mapped
from visitcheck.audit.inputs.raw_rows import TEXT_TYPE, RawRows, RawType
from visitcheck.audit.inputs.temp_parquet import Spool
from visitcheck.audit.mapping.model import ColumnMapping
from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.duckdb_connection import connect_duckdb, prepare_connection
from visitcheck.errors import InvalidInput, Problem
from visitcheck.facts import FACTS, ROOT, Registers, visit_model_with_extra, vocabulary_with_extra
from visitcheck.facts.fields import shapes
from visitcheck.facts.types import Record
from visitcheck.policy import Policy

if TYPE_CHECKING:
    import duckdb

_lines_tables = count()


class RowSource(Protocol):
    """Inputs that are read together."""

    @property
    def fed(self) -> frozenset[str]:
        """The paths of facts that some column feeds."""

    def queries(self, con: duckdb.DuckDBPyConnection, kept: Record | None = None) -> Iterator[str]:
        """Prepares `con`, and gives the queries that together give all rows, with the facts `kept` (None: all)."""


@dataclass(frozen=True)
class VocabularyRows:
    """Files whose names are those of the vocabulary: `rows` prepares their query."""

    rows: Callable[[duckdb.DuckDBPyConnection], RawRows]
    reader: GateReader
    fed: frozenset[str]

    def queries(self, con: duckdb.DuckDBPyConnection, kept: Record | None = None) -> Iterator[str]:
        """The one query for all rows."""
        yield canonical_query(con, self.rows(con), self.reader, kept)


@dataclass(frozen=True)
class Inputs:
    """Rows of recorded visits, read but not judged.

    `files` are all files in order, broken ones too. `fed` are the paths of facts that some column feeds.
    """

    files: tuple[InputFile, ...]
    fed: frozenset[str]
    root: Record = field(repr=False)
    parts: tuple[RowSource, ...] = field(repr=False)
    copies: Spool | None = field(default=None, repr=False)
    """Copies of what is read, which go when the inputs go."""

    def relation(self, con: duckdb.DuckDBPyConnection, kept: Record | None = None) -> str:
        """A query for all rows, for use on `con`: `__file`, `__row`, the canonical columns, `__problems`.

        With `kept`, a part of `root`, the columns hold those facts alone, which is much faster.
        `__row` counts from 1 in each file. `__problems` is NULL for a row that can be judged; of other rows the
        facts are only what could be read. The query may be run once: ask for another to run it again. It sets
        the connection's zone to UTC and registers functions and tables on it.
        """
        _prepare_reading(con)
        queries = [query for part in self.parts for query in part.queries(con, kept)]
        return " UNION ALL ".join(f"({query})" for query in queries) if queries else _no_rows(kept or self.root)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows and facts, as `read` gives them."""
        with connect_duckdb() as con:
            yield from self.read(con)

    def read(self, con: duckdb.DuckDBPyConnection, kept: Record | None = None) -> Iterator[pa.RecordBatch]:
        """All rows in batches of at most `CHUNK_ROWS`, with the columns of `relation`, and what it does to `con`."""
        _prepare_reading(con)
        schema = canonical_schema(kept or self.root)
        for part in self.parts:
            if isinstance(part, BatchedRows):
                yield from part.batches(kept)
                continue
            for query in part.queries(con, kept):
                for batch in con.sql(query).to_arrow_reader(CHUNK_ROWS):
                    yield batch.cast(schema) if batch.schema != schema else batch


def open_inputs(
    paths: Sequence[str | Path] | ArrowFrame = (),
    *,
    mapping: ColumnMapping | None = None,
    policy: Policy,
    registers: Registers | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
) -> Inputs:
    """The rows of Parquet and JSON Lines files whose names are those of the vocabulary, or of a mapping's tables.

    With a `mapping`, `paths` are the files of its visits, where it names none itself. A frame in memory may stand for
    the files: its rows are taken once, and copied. `registers` and `as_of` fill
    in facts as they do for the gate; visits that do not say when they are judged and are later than `now`, by default
    this moment, are refused. A file that is broken, or has columns that the vocabulary lacks, is in `files`
    with its problem, and the rest is read. Raises `InvalidInput` for what names no file, and for a mapping that does
    not suit the tables.
    """
    root, _ = vocabulary_with_extra(policy.extra_facts) if policy.extra_facts else (ROOT, FACTS)
    model = visit_model_with_extra(policy.extra_facts)
    given = (policy, model, root, registers, as_of, now or datetime.now(UTC))
    visits = OpenFrame(paths) if is_arrow_frame(paths) else cast("Sequence[str | Path]", paths)
    copies = None
    if mapping is not None:
        part, files = open_mapped(mapping, visits, MappedReader(*given, mapping))
        parts: tuple[RowSource, ...] = (part,)
    else:
        opened = _OpenFiles(GateReader(*given), ColumnsReader(*given))
        if isinstance(visits, OpenFrame):
            copies = opened.add_frame(visits)
        else:
            for number, path in enumerate(expand_paths(visits)):
                opened.add(number, path)
        files, parts = opened.files, tuple(opened.parts())
    fed = facts_besides_columns(registers, as_of).union(*(part.fed for part in parts))
    return Inputs(tuple(map(_warn_if_empty, files)), fed, root, parts, copies)


def _warn_if_empty(file: InputFile) -> InputFile:
    if file.rows != 0:
        return file
    warning = Problem("input-empty", f"`{file.path.name}` holds no rows of `{file.table}`")
    return replace(file, warnings=(*file.warnings, warning))


class _OpenFiles:
    """Files as they are opened, those with the same columns together."""

    def __init__(self, verbatim: GateReader, columns: ColumnsReader) -> None:
        self.files: list[InputFile] = []
        self.verbatim = verbatim
        self.columns = columns
        self._lines: list[tuple[int, Path]] = []
        self._tables: list[tuple[dict[str, RawType], list[tuple[int, Path]]]] = []

    def add(self, number: int, path: Path) -> None:
        """Opens one file."""
        format_ = format_of(path)
        if format_ not in ("parquet", "json_lines"):
            help_ = f"give a column mapping; `visitcheck columns suggest {path}` proposes one"
            raise InvalidInput([Problem("input-format", f"`{path}` has columns of its own", help_)])
        try:
            file = self._parquet(number, path) if format_ == "parquet" else self._json_lines(number, path)
        except OSError as error:
            raise_own_failure(error)
            file = broken_file(path, format_, error.strerror or str(error))
        self.files.append(file)

    def _json_lines(self, number: int, path: Path) -> InputFile:
        identity = FileIdentity.of(path)
        rows = json_lines.count_rows(path)
        self._lines.append((number, path))
        return InputFile.on_disk(path, "json_lines", identity, rows)

    def _parquet(self, number: int, path: Path) -> InputFile:
        import duckdb

        identity = FileIdentity.of(path)
        with connect_duckdb() as con:
            try:
                types = parquet.columns_of(con, str(path))
                rows = parquet.row_count(con, str(path))
            except duckdb.Error as error:
                raise_own_failure(error)
                return broken_file(path, "parquet", _first_line(error))
            wrong = next(parquet.unreadable_pages(con, str(path), types), None)
            if wrong is not None and parquet.has_far_times(path):  # which the database cannot hold
                wrong = next(parquet.unreadable_batches(path), None)
        if wrong is not None:
            return broken_file(path, "parquet", wrong)
        return self._take_table(number, path, types, InputFile.on_disk(path, "parquet", identity, rows))

    def _take_table(self, number: int, path: Path, types: dict[str, RawType], file: InputFile) -> InputFile:
        """Keep a table to be read from `path`, unless it has columns that are no facts."""
        unknown = unknown_columns(types, self.columns.model)
        if unknown:  # the same for every row: said once
            return replace(file, problem=unknown[0])
        alike = next((members for known, members in self._tables if known == types), None)
        if alike is None:
            alike = []
            self._tables.append((types, alike))
        alike.append((number, path))
        return file

    def add_frame(self, frame: OpenFrame) -> Spool:
        """Opens a frame; gives what holds its copy."""
        spool = Spool()
        names = frame.schema.names
        known = {name for name in names if name in shapes(self.columns.model)}
        types: dict[str, RawType] = dict.fromkeys(names, TEXT_TYPE)  # of what is no fact only the name is looked at
        if known:
            copy = frame.copy(spool, known)
            path, file = copy.path, copy.file
            with connect_duckdb() as con:
                types |= parquet.columns_of(con, str(path))
        else:
            path, file = FRAME_NAME, InputFile(FRAME_NAME, "frame", 0, "", frame.count_rows())
        self.files.append(self._take_table(0, path, types, file))
        return spool

    def parts(self) -> Iterator[RowSource]:
        """What has been opened, to be read."""
        for types, members in self._tables:
            fed = facts_in_columns(types, self.columns.root)
            if self.columns.registers is None and all(
                is_readable_by_columns(pq.read_schema(path), self.columns.root) for _, path in members
            ):
                yield ArrowRows(members, types, self.columns, fed)
                continue
            rows = parquet.rows_of([str(path) for _, path in members], [number for number, _ in members], types)
            yield VocabularyRows(_always(rows), self.columns, fed)
        if self._lines:
            fed = frozenset(all_paths(self.verbatim.root))
            few = sum(self.files[number].rows or 0 for number, _ in self._lines) <= FEW
            yield (
                FewLines(self._lines, self.verbatim, fed)
                if few
                else VocabularyRows(self._json_rows, self.verbatim, fed)
            )

    def _json_rows(self, con: duckdb.DuckDBPyConnection) -> RawRows:
        name = f"visitcheck_lines_{next(_lines_tables)}"
        json_lines.register_lines(con, name, [path for _, path in self._lines], [number for number, _ in self._lines])
        return json_lines.rows_of(name, self.verbatim.model, self.verbatim.root)


def _prepare_reading(con: duckdb.DuckDBPyConnection) -> None:
    prepare_connection(con)
    con.execute("SET preserve_insertion_order = true")


def _always(rows: RawRows) -> Callable[[duckdb.DuckDBPyConnection], RawRows]:
    return lambda con: rows


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _no_rows(root: Record) -> str:
    """A query for no rows."""
    return print_duckdb(refused_row(root, sql.number(0), sql.number(0), "broken-file", sql.text("")).where(sql.false()))


def facts_besides_columns(registers: Registers | None, as_of: datetime | None) -> frozenset[str]:
    """The paths of facts supplied by registers or `as_of`, not by columns."""
    return frozenset(_paths_besides_columns(registers, as_of))


def _paths_besides_columns(registers: Registers | None, as_of: datetime | None) -> Iterator[str]:
    if as_of is not None:
        yield from ("visit", "visit.as_of")
    if registers is None:
        return
    yield from ("contradictions", "contradictions[].kind")
    if any(getattr(entry, "completeness", None) is not None for entry in registers.lenders.values()):
        yield from ("completeness", "completeness.lender")
    for group, entries in (
        ("lender", registers.lenders),
        ("agency", registers.agencies),
        ("team[]", registers.collectors),
    ):
        for name in {name for entry in entries.values() for name in entry.__pydantic_fields_set__} - {"completeness"}:
            yield f"{group}.{name}"
