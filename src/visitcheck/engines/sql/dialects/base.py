"""What a dialect has to say for itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.facts.types import Type


class Dialect(ABC):
    """The forms on which the databases differ. None of them raises for any values: what does not fit is NULL."""

    name: ClassVar[str]
    """As `sqlglot` calls it."""
    lacks: ClassVar[Mapping[str, str]] = {}
    """The language's functions that this database cannot say, each with the reason."""

    def print(self, node: Sql, *, pretty: bool = False) -> str:
        """The text of an expression or a query."""
        from sqlglot import ErrorLevel

        return node.sql(self.name, pretty=pretty, unsupported_level=ErrorLevel.RAISE)

    @abstractmethod
    def checked(self, op: str, left: Sql, right: Sql) -> Sql:
        """`+ - *` of two BIGINTs; NULL past 64 bits."""

    @abstractmethod
    def reading(self, at: Sql, zone: Sql) -> Sql:
        """What a clock in a zone shows at a moment, both as microseconds."""

    @abstractmethod
    def add_months(self, date: Sql, months: Sql) -> Sql:
        """A DATE so many months later, clipped to the end of the month."""

    @abstractmethod
    def total(self, values: Sql, type_: Type) -> Sql:
        """The sum of a list of BIGINTs, NULL past 64 bits, or of DOUBLEs in their order; 0 for none."""

    @abstractmethod
    def bits(self, values: Sql) -> Sql:
        """All numbers of a list joined by OR; NULL or 0 for none."""

    @abstractmethod
    def tally(self, values: Sql) -> Sql:
        """The sum, as BIGINT, of a list of numbers that does not overflow; NULL or 0 for none."""

    @abstractmethod
    def distinct(self, items: Sql) -> Sql:
        """Equal values once, where they stand first."""

    @abstractmethod
    def pairwise(self, left: Sql, right: Sql, test: Callable[[Sql, Sql], Sql]) -> Sql:
        """The test of the elements of two equally long lists, pair by pair."""

    @abstractmethod
    def joined(self, left: Sql, right: Sql) -> Sql:
        """The elements of two lists, one after the other."""

    def date(self, days: Sql) -> Sql:
        """A DATE from days since 1970."""
        return sql.add(self.epoch(), sql.cast(days, "int"))

    def days(self, date: Sql) -> Sql:
        """Days since 1970, as BIGINT."""
        return sql.cast(sql.make(exp.DateDiff, this=date, expression=self.epoch(), unit=exp.var("DAY")))

    def epoch(self) -> Sql:
        """The DATE 1970-01-01."""
        return sql.cast(sql.text("1970-01-01"), "date")
