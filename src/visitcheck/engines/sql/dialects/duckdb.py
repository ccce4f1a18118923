"""DuckDB."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.columns import sql_type
from visitcheck.engines.sql.dialects.base import Dialect
from visitcheck.facts.types import DOUBLE, Type

_OPERATORS: dict[str, type[Sql]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


class DuckDb(Dialect):
    """What DuckDB spells differently: `TRY`, `list_` functions, a reading by two `AT TIME ZONE`."""

    name = "duckdb"

    def checked(self, op: str, left: Sql, right: Sql) -> Sql:
        """`TRY(left op right)`."""
        return sql.make(exp.Try, this=sql.binary(_OPERATORS[op], left, right))

    def reading(self, at: Sql, zone: Sql) -> Sql:
        """From UTC to a zone, and the naive result as microseconds."""
        instant = sql.make(exp.UnixToTime, this=at, scale=exp.UnixToTime.MICROS)
        moment = sql.make(exp.AtTimeZone, this=instant, zone=sql.text("UTC"))
        return sql.make(exp.UnixMicros, this=sql.make(exp.AtTimeZone, this=moment, zone=sql.operand(zone)))

    def add_months(self, date: Sql, months: Sql) -> Sql:
        """By an interval, which makes a timestamp of a date."""
        interval = sql.call("TO_MONTHS", sql.cast(months, "int"))
        return sql.cast(sql.binary(exp.Add, date, interval), "date")

    def total(self, values: Sql, type_: Type) -> Sql:
        """`LIST_SUM` is NULL for no values, a HUGEINT for BIGINTs, and raises for DOUBLEs past all bounds."""
        total, zero = sql.call("LIST_SUM", values), sql.number(0)
        if type_ == DOUBLE:
            return sql.coalesce(sql.make(exp.Try, this=total), sql.case((sql.is_null(total), sql.cast(zero, DOUBLE))))
        return sql.make(exp.TryCast, this=sql.coalesce(total, zero), to=sql_type(type_))

    def bits(self, values: Sql) -> Sql:
        """`LIST_BIT_OR`, which is far quicker than a fold; NULL for none."""
        return sql.call("LIST_BIT_OR", values)

    def tally(self, values: Sql) -> Sql:
        """`LIST_SUM`, which is a HUGEINT."""
        return sql.cast(sql.call("LIST_SUM", values))

    def distinct(self, items: Sql) -> Sql:
        """`LIST_DISTINCT` keeps no order; an element stays when its first place is its own."""
        place = sql.call("LIST_POSITION", items, sql.column("__p"))
        first = sql.compare("==", place, sql.column("__q"))
        return sql.make(exp.ArrayFilter, this=items, expression=sql.lambda_(("__p", "__q"), first))

    def pairwise(self, left: Sql, right: Sql, test: Callable[[Sql, Sql], Sql]) -> Sql:
        """By `LIST_ZIP`, whose structs have no names."""
        pair = sql.column("__p")
        zipped = sql.call("LIST_ZIP", left, right)
        body = test(sql.element(pair, 0), sql.element(pair, 1))
        return sql.make(exp.Transform, this=zipped, expression=sql.lambda_(("__p",), body))

    def joined(self, left: Sql, right: Sql) -> Sql:
        """`LIST_CONCAT` skips an absent list."""
        both = sql.call("LIST_CONCAT", left, right)
        return sql.case((sql.and_((sql.is_known(left), sql.is_known(right))), both))
