"""How databases spell the types of the canonical relation (`engines.columns`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitcheck.engines.columns import record_fields
from visitcheck.facts.types import BOOL, DOUBLE, STRING, WINDOWS, ListOf, Type, Word

if TYPE_CHECKING:
    from sqlglot import exp

_NAMES: dict[Type, str] = {BOOL: "BOOLEAN", DOUBLE: "DOUBLE", STRING: "TEXT"}


def sql_type(type_: Type) -> exp.DataType:
    """The type of a column or a value; `.sql("duckdb")` and `.sql("spark")` spell it."""
    from sqlglot import exp

    if isinstance(type_, ListOf):
        return exp.DataType(this=exp.DType.ARRAY, expressions=[sql_type(type_.item)], nested=True)
    fields = record_fields(type_)
    if fields is not None:
        parts = [
            exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=sql_type(part))
            for name, part in fields.items()
        ]
        return exp.DataType(this=exp.DType.STRUCT, expressions=parts, nested=True)
    if type_ in WINDOWS:
        raise TypeError("hours are a parameter's value, no column's")
    # Made as it is: reading each by its name costs more than the rest of a query for a few rows.
    return exp.DataType(this=exp.DType[_NAMES.get(type_, "BIGINT") if not isinstance(type_, Word) else "TEXT"])


def duckdb_type(type_: Type) -> str:
    """The type as DuckDB writes it, like `STRUCT("at" BIGINT)[]`."""
    if isinstance(type_, ListOf):
        return f"{duckdb_type(type_.item)}[]"
    fields = record_fields(type_)
    if fields is not None:
        return f"STRUCT({', '.join(f'{_quoted(name)} {duckdb_type(part)}' for name, part in fields.items())})"
    return str(sql_type(type_).this.value)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def duckdb_data_type(type_: Type) -> exp.DataType:
    """The type as a node for DuckDB alone: one word, so that printing it does not go through all its fields."""
    from sqlglot import exp

    if isinstance(type_, ListOf) or record_fields(type_) is not None:
        return exp.DataType(this=exp.DType.USERDEFINED, kind=duckdb_type(type_))
    return sql_type(type_)


def spark_type(type_: Type) -> str:
    """The type as Spark writes it, like ``ARRAY<STRUCT<`at`: BIGINT>>``."""
    return sql_type(type_).sql("spark")
