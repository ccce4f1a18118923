"""Apache Spark, version 4, in its ANSI mode."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql.build import E
from visitcheck.engines.sql.dialects.base import Dialect
from visitcheck.facts.types import DOUBLE, INT_MAX, INT_MIN, Type

_FUNCTIONS = {"+": "TRY_ADD", "-": "TRY_SUBTRACT", "*": "TRY_MULTIPLY"}
_WIDE = "decimal(38, 0)"


class Spark(Dialect):
    """What Spark spells differently: `TRY_ADD` and its like, `TIMESTAMP_NTZ`, folds for sums."""

    name = "spark"

    def checked(self, op: str, left: E, right: E) -> E:
        """`TRY_ADD(left, right)`."""
        return exp.Anonymous(this=_FUNCTIONS[op], expressions=[t.own(left), t.own(right)])

    def reading(self, at: E, zone: E) -> E:
        """From UTC to a zone on naive timestamps; the session is in UTC, so both casts change nothing."""
        moment = exp.Anonymous(this="TIMESTAMP_MICROS", expressions=[t.own(at)])
        local = exp.ConvertTimezone(
            source_tz=t.text("UTC"), target_tz=t.own(zone), timestamp=exp.cast(moment, "timestampntz")
        )
        return exp.UnixMicros(this=exp.cast(local, "timestampltz"))

    def add_months(self, date: E, months: E) -> E:
        """`ADD_MONTHS`."""
        return exp.Anonymous(this="ADD_MONTHS", expressions=[t.own(date), exp.cast(t.own(months), "int")])

    def total(self, values: E, type_: Type) -> E:
        """A fold; whole numbers in a type that the longest list does not overflow."""
        if type_ == DOUBLE:
            return t.reduce(values, t.cast(exp.Literal.number(0), DOUBLE), exp.Add)
        wide = t.lambda_(("__p",), exp.cast(t.column("__p"), _WIDE))
        start = exp.cast(exp.Literal.number(0), _WIDE)
        step = t.lambda_(("__p", "__q"), exp.cast(t.binary(exp.Add, t.column("__p"), t.column("__q")), _WIDE))
        each = exp.Transform(this=t.own(values), expression=wide)
        low, high = (exp.cast(t.number(edge), _WIDE) for edge in (INT_MIN, INT_MAX))
        fits = exp.Between(this=t.column("__p"), low=low, high=high)
        finish = t.lambda_(("__p",), t.case((fits, t.cast(t.column("__p"), type_))))
        return exp.Reduce(this=each, initial=start, merge=step, finish=finish)

    def bits(self, values: E) -> E:
        """A fold."""
        return t.reduce(values, exp.Literal.number(0), exp.BitwiseOr)

    def tally(self, values: E) -> E:
        """A fold."""
        return t.reduce(values, t.cast(exp.Literal.number(0)), exp.Add)

    def distinct(self, items: E) -> E:
        """`ARRAY_DISTINCT` keeps the order."""
        return exp.ArrayDistinct(this=t.own(items))

    def pairwise(self, left: E, right: E, test: Callable[[E, E], E]) -> E:
        """`ZIP_WITH`."""
        body = t.lambda_(("__p", "__q"), test(t.column("__p"), t.column("__q")))
        return exp.Anonymous(this="ZIP_WITH", expressions=[t.own(left), t.own(right), body])

    def joined(self, left: E, right: E) -> E:
        """`CONCAT` is NULL for an absent list."""
        return exp.Anonymous(this="CONCAT", expressions=[t.own(left), t.own(right)])
