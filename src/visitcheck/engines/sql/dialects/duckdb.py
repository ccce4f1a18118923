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
        return exp.Try(this=sql.binary(_OPERATORS[op], left, right))

    def reading(self, at: Sql, zone: Sql) -> Sql:
        """From UTC to a zone, and the naive result as microseconds."""
        moment = exp.AtTimeZone(
            this=exp.UnixToTime(this=sql.own(at), scale=exp.UnixToTime.MICROS), zone=sql.text("UTC")
        )
        return exp.UnixMicros(this=exp.AtTimeZone(this=moment, zone=sql.operand(zone)))

    def add_months(self, date: Sql, months: Sql) -> Sql:
        """By an interval, which makes a timestamp of a date."""
        interval = exp.Anonymous(this="TO_MONTHS", expressions=[exp.cast(sql.own(months), "int")])
        return exp.cast(sql.binary(exp.Add, date, interval), "date")

    def total(self, values: Sql, type_: Type) -> Sql:
        """`LIST_SUM` is NULL for no values, a HUGEINT for BIGINTs, and raises for DOUBLEs past all bounds."""
        found: Sql = exp.Anonymous(this="LIST_SUM", expressions=[sql.own(values)])
        zero = exp.Literal.number(0)
        if type_ == DOUBLE:
            return exp.Coalesce(
                this=exp.Try(this=found), expressions=[sql.case((sql.is_null(found), sql.cast(zero, DOUBLE)))]
            )
        return exp.TryCast(this=exp.Coalesce(this=found, expressions=[zero]), to=sql_type(type_))

    def bits(self, values: Sql) -> Sql:
        """`LIST_BIT_OR`, which is far quicker than a fold; NULL for none."""
        return exp.Anonymous(this="LIST_BIT_OR", expressions=[sql.own(values)])

    def tally(self, values: Sql) -> Sql:
        """`LIST_SUM`, which is a HUGEINT."""
        return sql.cast(exp.Anonymous(this="LIST_SUM", expressions=[sql.own(values)]))

    def distinct(self, items: Sql) -> Sql:
        """`LIST_DISTINCT` keeps no order; an element stays when its first place is its own."""
        place = exp.Anonymous(this="LIST_POSITION", expressions=[sql.own(items), sql.column("__p")])
        first = sql.compare("==", place, sql.column("__q"))
        return exp.ArrayFilter(this=sql.own(items), expression=sql.lambda_(("__p", "__q"), first))

    def pairwise(self, left: Sql, right: Sql, test: Callable[[Sql, Sql], Sql]) -> Sql:
        """By `LIST_ZIP`, whose structs have no names."""
        pair = sql.column("__p")
        zipped = exp.Anonymous(this="LIST_ZIP", expressions=[sql.own(left), sql.own(right)])
        body = test(sql.element(pair, 0), sql.element(pair, 1))
        return exp.Transform(this=zipped, expression=sql.lambda_(("__p",), body))

    def joined(self, left: Sql, right: Sql) -> Sql:
        """`LIST_CONCAT` skips an absent list."""
        found = exp.Anonymous(this="LIST_CONCAT", expressions=[sql.own(left), sql.own(right)])
        return sql.case((sql.and_((sql.is_known(left), sql.is_known(right))), found))
