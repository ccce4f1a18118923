"""The canonical relation: one row a visit, one column a group of facts, as both databases hold it.

| fact | DuckDB | Spark |
| --- | --- | --- |
| record | `STRUCT`, fields in the order of the vocabulary | `STRUCT` |
| list | `LIST`; NULL is absent, empty is complete and empty | `ARRAY` |
| timestamp, duration, time of day (microseconds), date (days since 1970), int | `BIGINT` | `BIGINT` |
| bool, double | `BOOLEAN`, `DOUBLE` | `BOOLEAN`, `DOUBLE` |
| money | `STRUCT(minor BIGINT, currency VARCHAR)` | the same, `STRING` |
| closed words, text, ids, zones | `VARCHAR` | `STRING` |

NULL is a missing fact, at every level. Values are in their inside form (`facts.types`), so no database's own
types of time are used, and no zone but the visit's own matters. Besides the groups, a row says where it came
from: `ROW` and `FILE`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visitcheck.facts.types import BOOL, COUNT, DOUBLE, INT, MONEY, STRING, WINDOWS, ListOf, Record, Type, Word
from visitcheck.facts.vocabulary import ROOT

if TYPE_CHECKING:
    import pyarrow as pa

ROW = "__row"
"""Position in the input, from 1, over all files in order; BIGINT."""
FILE = "__file"
"""Number of the file, from 0; INTEGER."""

_PARTS: dict[Type, dict[str, Type]] = {
    MONEY: {"minor": INT, "currency": STRING},
    COUNT: {"low": INT, "high": INT},
}


def truth_name(position: int) -> str:
    """The column of a condition's truth."""
    return f"c{position}"


def status_name(position: int) -> str:
    """The column of a rule's status."""
    return f"s{position}"


def fact_columns(root: Record = ROOT) -> dict[str, Type]:
    """The columns with their types. A record without fields has none (`extra`, where no pack declares facts)."""
    return {name: type_ for name, type_ in root.fields.items() if not (isinstance(type_, Record) and not type_.fields)}


def record_fields(type_: Type) -> dict[str, Type] | None:
    """The fields of what is a STRUCT (records, money, counts), else None."""
    return type_.fields if isinstance(type_, Record) else _PARTS.get(type_)


def arrow_type(type_: Type) -> pa.DataType:
    """The type as Arrow has it."""
    import pyarrow as pa

    if isinstance(type_, ListOf):
        return pa.list_(arrow_type(type_.item))
    fields = record_fields(type_)
    if fields is not None:
        return pa.struct([pa.field(name, arrow_type(part)) for name, part in fields.items()])
    if type_ in WINDOWS:
        raise TypeError("hours are a parameter's value, no column's")
    plain: dict[Any, pa.DataType] = {BOOL: pa.bool_(), DOUBLE: pa.float64(), STRING: pa.string()}
    return pa.string() if isinstance(type_, Word) else plain.get(type_, pa.int64())


def arrow_schema(root: Record = ROOT, *, position: bool = True) -> pa.Schema:
    """The relation's schema: `ROW` and `FILE` (without them where `position` is False), then the facts."""
    import pyarrow as pa

    leading = [pa.field(ROW, pa.int64()), pa.field(FILE, pa.int32())] if position else []
    return pa.schema([*leading, *(pa.field(name, arrow_type(type_)) for name, type_ in fact_columns(root).items())])


def row_of(visit: object, root: Record = ROOT) -> dict[str, Any]:
    """A visit (any object whose attributes are its groups) as a row, for `pa.Table.from_pylist`."""
    return {name: plain(getattr(visit, name, None), type_) for name, type_ in fact_columns(root).items()}


def plain(value: Any, type_: Type) -> Any:
    """A value in its inside form as Arrow takes it: records and money as mappings, lists as lists."""
    if value is None:
        return None
    if isinstance(type_, ListOf):
        return [plain(each, type_.item) for each in value]
    fields = record_fields(type_)
    if fields is None:
        return value
    return {name: plain(getattr(value, name, None), part) for name, part in fields.items()}
