"""Rows before they are read as facts: the query for them, and the types that their columns have in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlglot import exp

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

_WHOLE = frozenset({"tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger"})
_KINDS = {
    "varchar": "text",
    "enum": "text",
    "boolean": "bool",
    "float": "double",
    "double": "double",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "timestamp with time zone": "moment",
    "timestamptz_ns": "fine moment",
}


@dataclass(frozen=True, slots=True)
class RawValue:
    """A value without parts. `kind` is what reading tells apart; `other` is what no fact is read from."""

    kind: str
    type: str


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A STRUCT."""

    fields: Mapping[str, RawType]


@dataclass(frozen=True, slots=True)
class RawList:
    """A LIST."""

    item: RawType


RawType: TypeAlias = RawValue | RawRecord | RawList
JSON = RawValue("json", "JSON")
"""One JSON value as text; what it is turns out row by row."""


def raw_type(type_: DuckDBPyType) -> RawType:
    """A type of DuckDB as reading sees it."""
    name = str(type_)
    parts: dict[str, Any] = dict(type_.children) if type_.id in ("struct", "list", "array") else {}
    if name == "JSON":
        return JSON
    if type_.id == "struct":
        return RawRecord({field: raw_type(part) for field, part in parts.items()})
    if type_.id in ("list", "array"):
        return RawList(raw_type(parts["child"]))
    if type_.id in _WHOLE:
        return RawValue("whole", name)
    if name == '"NULL"':
        return RawValue("nothing", name)
    return RawValue(_KINDS.get(type_.id, "other"), name)


TEXT_TYPE = RawValue("text", "VARCHAR")
"""Text."""


TEXT = "__text"
"""The row as JSON text, for sources that have one."""
BYTES = "__bytes"
"""The row's bytes, where they are no text."""
ODD = "__odd"
"""TRUE for a row that has to be shown to the gate, whatever its columns hold."""


@dataclass(frozen=True, slots=True)
class RawRows:
    """A query for rows with `FILE`, `ROW` and a column for each group or list that the source feeds.

    `verbatim` sources have `TEXT`, `BYTES` and `ODD` as well: the gate is then given the row as it was written.
    """

    query: exp.Select
    types: Mapping[str, RawType]
    verbatim: bool = False
