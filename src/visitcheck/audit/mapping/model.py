"""A column mapping: whose columns are which facts, and how their values are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from visitcheck.errors import Place, Problem
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.vocabulary import FactInfo

Value: TypeAlias = str | bool | int | float | None
Fold: TypeAlias = Literal["earlier", "later"]


@dataclass(frozen=True, slots=True)
class Target:
    """The fact that a column or constant feeds.

    `steps` lead to it from the visit, or from the element of the list that a separate table gives; a number
    among them is an element at a fixed place, like the first collector in `team[0].id`.
    """

    fact: FactInfo
    steps: tuple[str | int, ...]
    place: Place


LEVELS = "/"
"""What joins the names of a header over several rows."""
Constants: TypeAlias = "tuple[tuple[Target, Value | list[Value]], ...]"


@dataclass(frozen=True, slots=True)
class Column:
    """One column that feeds one fact.

    `values` translates what is written to the fact's values; `formats` are those of times and dates, as
    `strptime` has them. `split` are what may stand between the parts of a cell: each part is an element of a list,
    with the facts of `constants` where the elements are records. `complete` says whether the cell names all of them.
    `readings` name how values are written otherwise. `parts` are the table's columns that are joined, with `between`
    between them; and with a `row_prefix` the value is that and the number of the row. A column of a `lookup` is
    called by its name, a point and the column's own.
    """

    name: str
    target: Target
    values: Mapping[str, Value] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    timezone: str | None = None
    twice: Fold | None = None
    split: tuple[str, ...] = ()
    constants: Constants = ()
    complete: bool = False
    readings: tuple[str, ...] = ()
    parts: tuple[str, ...] | None = None
    between: str = " "
    row_prefix: str | None = None
    lookup: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The table's columns that are read."""
        if self.row_prefix is not None:
            return ()
        return (self.name,) if self.parts is None else self.parts


@dataclass(frozen=True, slots=True)
class Closing:
    """What a list lacks: nothing where it is `complete`; else everything but the elements that `all_with` names.

    `all_with` gives words by closing fact, as `completeness.*.all_with` of a visit.
    """

    complete: bool
    all_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventColumn:
    """A column that says whether something happened: an event, a consent, a notice, somebody met, a recording.

    `words` translate what is written to the word of the list's first closing fact, `closing`; None for one of any
    kind. What is written in `none` says that there was nothing of these kinds, what is in `nothing` says neither.
    `details` are other columns, and `constants` facts, of the element that a word adds. `is_all` says that no other of
    the same kind happened.
    """

    name: str
    list: str
    closing: str
    words: Mapping[str, str | None]
    none: frozenset[str]
    place: Place
    is_all: bool = False
    nothing: frozenset[str] = frozenset()
    split: tuple[str, ...] = ()
    details: tuple[Column, ...] = ()
    constants: Constants = ()

    @property
    def closing_constants(self) -> tuple[tuple[str, Value], ...]:
        """The constants of further closing facts, to which what the column says is limited."""
        closing = OPEN_LISTS[self.list].closing
        return tuple(
            (target.fact.path.rpartition(".")[2], value)
            for target, value in self.constants
            if target.fact.path.rpartition(".")[2] in closing and not isinstance(value, list)
        )

    @property
    def closes_kinds(self) -> bool:
        """Whether the column can say that there was none of a kind: not where it asks for one that is special."""
        plain = {*OPEN_LISTS[self.list].closing, USUAL_STATES.get(self.list)}
        return all(target.fact.path.rpartition(".")[2] in plain for target, _ in self.constants)


USUAL_STATES: Mapping[str, str] = {"consents": "given", "notices": "sent"}
"""The state of an element of a list that an event column has seen, where it names no other."""


@dataclass(frozen=True, slots=True)
class Database:
    """A query on PostgreSQL. `uri` may be missing: then the libpq environment says where the database is."""

    query: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """How rows of a separate table belong to visits: the table's column `key` equals the visits' column `to`.

    `closing` says what the table lacks. `since` is the moment from which that holds, as RFC 3339 text.
    """

    key: str
    to: str
    closing: Closing
    since: str | None = None


@dataclass(frozen=True, slots=True)
class TableMap:
    """One table: the visits themselves, or the elements of the list `name`.

    `constants` are facts of each element of a separate table. `closings` says of lists that the visits' own columns
    feed what these lack; of others they go on. `header` are the header's rows from 1, found by themselves without it.
    `where` gives texts by column: other rows are none of the table's.
    """

    name: str
    place: Place
    columns: tuple[Column, ...]
    files: tuple[str, ...] = ()
    database: Database | None = None
    sheet: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    header: tuple[int, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    join: Join | None = None
    events: tuple[EventColumn, ...] = ()
    constants: Constants = ()
    closings: Mapping[str, Closing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """All tables of an audit, and the facts that are the same for all visits.

    Of `lookups` each has one row for a key; their columns are among those of the visits, too.
    `missing` are texts, besides the empty one, that stand for a missing value. Files are named from `folder` on.
    `warnings` are what is better said than left out. `bad_is_unknown` says that a value that cannot be read is not
    known, instead of a reason to reject its row.
    """

    visits: TableMap
    tables: tuple[TableMap, ...] = ()
    lookups: tuple[TableMap, ...] = ()
    constants: Constants = ()
    missing: frozenset[str] = frozenset()
    folder: Path = Path()
    warnings: tuple[Problem, ...] = ()
    bad_is_unknown: bool = False

    @property
    def zones(self) -> frozenset[str]:
        """The zones by whose clocks columns are read."""
        tables = (self.visits, *self.tables, *self.lookups)
        columns = [column for table in tables for column in table.columns]
        columns += [column for table in tables for event in table.events for column in event.details]
        return frozenset(column.timezone for column in columns if column.timezone is not None)


@dataclass(frozen=True, slots=True)
class TableSample:
    """The columns of a table with different values from its first rows, as text; and how it is encoded.

    `header` are the rows of its header, and `rows` the number of the rows below it that were looked at.
    `guessed` says that nobody named the encoding; `delimiter` is given where it is not the usual one of such a file.
    """

    file: str
    columns: dict[str, tuple[str, ...]]
    encoding: str | None = None
    sheet: str | None = None
    header: tuple[int, ...] = (1,)
    rows: int = 0
    guessed: bool = False
    delimiter: str | None = None
