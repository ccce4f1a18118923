"""What a dialect has to say for itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql.build import E
from visitcheck.facts.types import Type


class Dialect(ABC):
    """The forms on which the databases differ. None of them raises for any values: what does not fit is NULL."""

    name: ClassVar[str]
    """As `sqlglot` calls it."""
    lacks: ClassVar[Mapping[str, str]] = {}
    """The language's functions that this database cannot say, each with the reason."""

    def print(self, node: E, *, pretty: bool = False) -> str:
        """The text of an expression or a query."""
        from sqlglot import ErrorLevel

        return node.sql(self.name, pretty=pretty, unsupported_level=ErrorLevel.RAISE)

    @abstractmethod
    def checked(self, op: str, left: E, right: E) -> E:
        """`+ - *` of two BIGINTs; NULL past 64 bits."""

    @abstractmethod
    def reading(self, at: E, zone: E) -> E:
        """What a clock in a zone shows at a moment, both as microseconds."""

    @abstractmethod
    def add_months(self, date: E, months: E) -> E:
        """A DATE so many months later, clipped to the end of the month."""

    @abstractmethod
    def total(self, values: E, type_: Type) -> E:
        """The sum of a list of BIGINTs, NULL past 64 bits, or of DOUBLEs in their order; 0 for none."""

    @abstractmethod
    def bits(self, values: E) -> E:
        """All numbers of a list joined by OR; NULL or 0 for none."""

    @abstractmethod
    def tally(self, values: E) -> E:
        """The sum, as BIGINT, of a list of numbers that does not overflow; NULL or 0 for none."""

    @abstractmethod
    def distinct(self, items: E) -> E:
        """Equal values once, where they stand first."""

    @abstractmethod
    def pairwise(self, left: E, right: E, test: Callable[[E, E], E]) -> E:
        """The test of the elements of two equally long lists, pair by pair."""

    @abstractmethod
    def joined(self, left: E, right: E) -> E:
        """The elements of two lists, one after the other."""

    def date(self, days: E) -> E:
        """A DATE from days since 1970."""
        return t.add(self.epoch(), exp.cast(t.own(days), "int"))

    def days(self, date: E) -> E:
        """Days since 1970, as BIGINT."""
        return t.cast(exp.DateDiff(this=t.own(date), expression=self.epoch(), unit=exp.var("DAY")))

    def epoch(self) -> E:
        """The DATE 1970-01-01."""
        return exp.cast(t.text("1970-01-01"), "date")
