"""DuckDB."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql.build import E
from visitcheck.engines.sql.columns import sql_type
from visitcheck.engines.sql.dialects.base import Dialect
from visitcheck.facts.types import DOUBLE, Type

_OPERATORS: dict[str, type[E]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


class DuckDb(Dialect):
    """What DuckDB spells differently: `TRY`, `list_` functions, a reading by two `AT TIME ZONE`."""

    name = "duckdb"

    def checked(self, op: str, left: E, right: E) -> E:
        """`TRY(left op right)`."""
        return exp.Try(this=t.binary(_OPERATORS[op], left, right))

    def reading(self, at: E, zone: E) -> E:
        """From UTC to a zone, and the naive result as microseconds."""
        moment = exp.AtTimeZone(this=exp.UnixToTime(this=t.own(at), scale=exp.UnixToTime.MICROS), zone=t.text("UTC"))
        return exp.UnixMicros(this=exp.AtTimeZone(this=moment, zone=t.wrap(zone)))

    def add_months(self, date: E, months: E) -> E:
        """By an interval, which makes a timestamp of a date."""
        interval = exp.Anonymous(this="TO_MONTHS", expressions=[exp.cast(t.own(months), "int")])
        return exp.cast(t.binary(exp.Add, date, interval), "date")

    def total(self, values: E, type_: Type) -> E:
        """`LIST_SUM` is NULL for no values, a HUGEINT for BIGINTs, and raises for DOUBLEs past all bounds."""
        found: E = exp.Anonymous(this="LIST_SUM", expressions=[t.own(values)])
        zero = exp.Literal.number(0)
        if type_ == DOUBLE:
            return exp.Coalesce(
                this=exp.Try(this=found), expressions=[t.case((t.is_null(found), t.cast(zero, DOUBLE)))]
            )
        return exp.TryCast(this=exp.Coalesce(this=found, expressions=[zero]), to=sql_type(type_))

    def bits(self, values: E) -> E:
        """`LIST_BIT_OR`, which is far quicker than a fold; NULL for none."""
        return exp.Anonymous(this="LIST_BIT_OR", expressions=[t.own(values)])

    def tally(self, values: E) -> E:
        """`LIST_SUM`, which is a HUGEINT."""
        return t.cast(exp.Anonymous(this="LIST_SUM", expressions=[t.own(values)]))

    def distinct(self, items: E) -> E:
        """`LIST_DISTINCT` keeps no order; an element stays when its first place is its own."""
        place = exp.Anonymous(this="LIST_POSITION", expressions=[t.own(items), t.column("__p")])
        first = t.compare("==", place, t.column("__q"))
        return exp.ArrayFilter(this=t.own(items), expression=t.lambda_(("__p", "__q"), first))

    def pairwise(self, left: E, right: E, test: Callable[[E, E], E]) -> E:
        """By `LIST_ZIP`, whose structs have no names."""
        pair = t.column("__p")
        zipped = exp.Anonymous(this="LIST_ZIP", expressions=[t.own(left), t.own(right)])
        body = test(t.element(pair, 0), t.element(pair, 1))
        return exp.Transform(this=zipped, expression=t.lambda_(("__p",), body))

    def joined(self, left: E, right: E) -> E:
        """`LIST_CONCAT` skips an absent list."""
        found = exp.Anonymous(this="LIST_CONCAT", expressions=[t.own(left), t.own(right)])
        return t.case((t.and_((t.known(left), t.known(right))), found))
