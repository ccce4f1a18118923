"""A column mapping: whose columns are which facts, and how their values are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from visitcheck.errors import Place
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


@dataclass(frozen=True, slots=True)
class Column:
    """One column that feeds one fact.

    `values` translates what is written to the fact's values; `formats` are those of times and dates, as
    `strptime` has them; `split` divides a text into the elements of a list.
    """

    name: str
    target: Target
    values: Mapping[str, Value] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    timezone: str | None = None
    twice: Fold | None = None
    split: str | None = None


@dataclass(frozen=True, slots=True)
class Database:
    """A query on PostgreSQL. `uri` may be missing: then the libpq environment says where the database is."""

    query: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """How rows of a separate table belong to visits: the table's column `key` equals the visits' column `to`.

    `complete`: a visit without rows has none; otherwise nothing is known of them. `since` is the moment from
    which the table is complete, as RFC 3339 text.
    """

    key: str
    to: str
    complete: bool
    since: str | None = None


@dataclass(frozen=True, slots=True)
class TableMap:
    """One table: the visits themselves, or the elements of the list `name`."""

    name: str
    place: Place
    columns: tuple[Column, ...]
    files: tuple[str, ...] = ()
    database: Database | None = None
    sheet: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    join: Join | None = None


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """All tables of an audit, and the facts that are the same for all visits.

    `missing` are texts, besides the empty one, that stand for a missing value. Files are named from `folder` on.
    """

    visits: TableMap
    tables: tuple[TableMap, ...] = ()
    constants: tuple[tuple[Target, Value | list[Value]], ...] = ()
    missing: frozenset[str] = frozenset()
    folder: Path = Path()


@dataclass(frozen=True, slots=True)
class TableSample:
    """The columns of a table with different values from its first rows, as text; and how it is encoded."""

    file: str
    columns: dict[str, tuple[str, ...]]
    encoding: str | None = None
    sheet: str | None = None
