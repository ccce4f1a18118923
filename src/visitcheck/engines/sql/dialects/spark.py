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
        return sql.call(_FUNCTIONS[op], left, right)

    def reading(self, at: Sql, zone: Sql) -> Sql:
        """From UTC to a zone on naive timestamps; the session is in UTC, so both casts change nothing."""
        moment = sql.call("TIMESTAMP_MICROS", at)
        naive = sql.cast(moment, "timestampntz")
        local = sql.make(exp.ConvertTimezone, source_tz=sql.text("UTC"), target_tz=zone, timestamp=naive)
        return sql.make(exp.UnixMicros, this=sql.cast(local, "timestampltz"))

    def add_months(self, date: Sql, months: Sql) -> Sql:
        """`ADD_MONTHS`."""
        return sql.call("ADD_MONTHS", date, sql.cast(months, "int"))

    def total(self, values: Sql, type_: Type) -> Sql:
        """A fold; whole numbers in a type that the longest list does not overflow."""
        if type_ == DOUBLE:
            return sql.reduce(values, sql.cast(sql.number(0), DOUBLE), exp.Add)
        wide = sql.lambda_(("__p",), sql.cast(sql.column("__p"), _WIDE))
        start = sql.cast(sql.number(0), _WIDE)
        step = sql.lambda_(("__p", "__q"), sql.cast(sql.binary(exp.Add, sql.column("__p"), sql.column("__q")), _WIDE))
        each = sql.make(exp.Transform, this=values, expression=wide)
        low, high = (sql.cast(sql.number(edge), _WIDE) for edge in (INT_MIN, INT_MAX))
        fits = sql.between(sql.column("__p"), low, high)
        finish = sql.lambda_(("__p",), sql.case((fits, sql.cast(sql.column("__p"), type_))))
        return sql.make(exp.Reduce, this=each, initial=start, merge=step, finish=finish)

    def bits(self, values: Sql) -> Sql:
        """A fold."""
        return sql.reduce(values, sql.number(0), exp.BitwiseOr)

    def tally(self, values: Sql) -> Sql:
        """A fold."""
        return sql.reduce(values, sql.cast(sql.number(0)), exp.Add)

    def distinct(self, items: Sql) -> Sql:
        """`ARRAY_DISTINCT` keeps the order."""
        return sql.make(exp.ArrayDistinct, this=items)

    def pairwise(self, left: Sql, right: Sql, test: Callable[[Sql, Sql], Sql]) -> Sql:
        """`ZIP_WITH`."""
        body = sql.lambda_(("__p", "__q"), test(sql.column("__p"), sql.column("__q")))
        return sql.call("ZIP_WITH", left, right, body)

    def joined(self, left: Sql, right: Sql) -> Sql:
        """`CONCAT` is NULL for an absent list."""
        return sql.call("CONCAT", left, right)
