"""Apache Spark, version 4, in its ANSI mode."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.dialects.base import Dialect
from visitcheck.facts.types import DOUBLE, INT_MAX, INT_MIN, Type

_FUNCTIONS = {"+": "TRY_ADD", "-": "TRY_SUBTRACT", "*": "TRY_MULTIPLY"}
_WIDE = "decimal(38, 0)"


class Spark(Dialect):
    """What Spark spells differently: `TRY_ADD` and its like, `TIMESTAMP_NTZ`, folds for sums."""

    name = "spark"

    def checked(self, op: str, left: Sql, right: Sql) -> Sql:
        """`TRY_ADD(left, right)`."""
        return exp.Anonymous(this=_FUNCTIONS[op], expressions=[sql.own(left), sql.own(right)])

    def reading(self, at: Sql, zone: Sql) -> Sql:
        """From UTC to a zone on naive timestamps; the session is in UTC, so both casts change nothing."""
        moment = exp.Anonymous(this="TIMESTAMP_MICROS", expressions=[sql.own(at)])
        local = exp.ConvertTimezone(
            source_tz=sql.text("UTC"), target_tz=sql.own(zone), timestamp=exp.cast(moment, "timestampntz")
        )
        return exp.UnixMicros(this=exp.cast(local, "timestampltz"))

    def add_months(self, date: Sql, months: Sql) -> Sql:
        """`ADD_MONTHS`."""
        return exp.Anonymous(this="ADD_MONTHS", expressions=[sql.own(date), exp.cast(sql.own(months), "int")])

    def total(self, values: Sql, type_: Type) -> Sql:
        """A fold; whole numbers in a type that the longest list does not overflow."""
        if type_ == DOUBLE:
            return sql.reduce(values, sql.cast(exp.Literal.number(0), DOUBLE), exp.Add)
        wide = sql.lambda_(("__p",), exp.cast(sql.column("__p"), _WIDE))
        start = exp.cast(exp.Literal.number(0), _WIDE)
        step = sql.lambda_(("__p", "__q"), exp.cast(sql.binary(exp.Add, sql.column("__p"), sql.column("__q")), _WIDE))
        each = exp.Transform(this=sql.own(values), expression=wide)
        low, high = (exp.cast(sql.number(edge), _WIDE) for edge in (INT_MIN, INT_MAX))
        fits = exp.Between(this=sql.column("__p"), low=low, high=high)
        finish = sql.lambda_(("__p",), sql.case((fits, sql.cast(sql.column("__p"), type_))))
        return exp.Reduce(this=each, initial=start, merge=step, finish=finish)

    def bits(self, values: Sql) -> Sql:
        """A fold."""
        return sql.reduce(values, exp.Literal.number(0), exp.BitwiseOr)

    def tally(self, values: Sql) -> Sql:
        """A fold."""
        return sql.reduce(values, sql.cast(exp.Literal.number(0)), exp.Add)

    def distinct(self, items: Sql) -> Sql:
        """`ARRAY_DISTINCT` keeps the order."""
        return exp.ArrayDistinct(this=sql.own(items))

    def pairwise(self, left: Sql, right: Sql, test: Callable[[Sql, Sql], Sql]) -> Sql:
        """`ZIP_WITH`."""
        body = sql.lambda_(("__p", "__q"), test(sql.column("__p"), sql.column("__q")))
        return exp.Anonymous(this="ZIP_WITH", expressions=[sql.own(left), sql.own(right), body])

    def joined(self, left: Sql, right: Sql) -> Sql:
        """`CONCAT` is NULL for an absent list."""
        return exp.Anonymous(this="CONCAT", expressions=[sql.own(left), sql.own(right)])
