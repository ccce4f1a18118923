"""Functions of DuckDB that reading inputs needs and judging does not."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql


def matches(value: Sql, pattern: str) -> Sql:
    """Whether the whole text matches."""
    return sql.call("regexp_full_match", value, sql.text(pattern))


def bound(value: Sql, depth: int, body: Callable[[Sql], Sql]) -> Sql:
    """What `body` makes of a value that is worked out once, however often the body names it; not within other lambdas
    of the same depth.
    """
    return sql.call("list_extract", sql.transform(sql.array([value]), depth, body), sql.number(1))


def any_element(items: Sql, depth: int, test: Callable[[Sql], Sql]) -> Sql:
    """Whether a test holds for an element, inside of `depth` lambdas; NULL where it is FALSE or UNKNOWN for each."""
    return sql.call("list_bool_or", sql.transform(items, depth, test))


def pair_parts(pair: Sql) -> tuple[Sql, Sql]:
    """Both parts of an element of `list_zip`, which has no names for them."""
    return sql.call("struct_extract", pair, sql.number(1)), sql.call("struct_extract", pair, sql.number(2))


def print_duckdb(query: exp.Expr) -> str:
    """The text that DuckDB reads."""
    return query.sql("duckdb")
