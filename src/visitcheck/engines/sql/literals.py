"""Values of the language in SQL."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.columns import record_fields
from visitcheck.facts.types import BOOL, DOUBLE, STRING, ListOf, Type, Word


class NoSuchTextError(ValueError):
    """A text that SQL cannot hold."""


def literal(value: Any, type_: Type) -> Sql:
    """A value in its inside form, cast where a bare literal would have another type."""
    bare = _bare(value, type_)
    return bare if value is not None and (type_ in (BOOL, STRING) or isinstance(type_, Word)) else sql.cast(bare, type_)


def _bare(value: Any, type_: Type) -> Sql:
    if value is None:
        return exp.null()
    if isinstance(type_, ListOf):
        return sql.array(_bare(each, type_.item) for each in value)
    fields = record_fields(type_)
    if fields is not None:
        return sql.struct({name: _bare(getattr(value, name), part) for name, part in fields.items()})
    if type_ == BOOL:
        return sql.true() if value else sql.false()
    if type_ == DOUBLE:
        return sql.cast(sql.text(repr(value)), DOUBLE)
    if isinstance(value, str):
        if "\0" in value:
            raise NoSuchTextError("a text with U+0000")
        return sql.text(value)
    return sql.number(value)
