"""Names inside one condition: parameters of lambdas, and values that are worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql

_SIMPLE = (exp.Column, exp.Literal, exp.Boolean, exp.Null)


class ColumnCache(Protocol):
    """Where values of the whole row are kept under a name, to be worked out once for all conditions."""

    def column(self, value: Sql) -> Sql:
        """The column that holds a value."""
        ...

    def any_of(self, items: Sql, test: Sql) -> Sql:
        """The column that holds the Kleene OR of a test of a list's elements."""
        ...

    def counts(self, items: Sql, test: Sql) -> dict[str, Sql]:
        """The ends, `low` and `high`, of the count of a list's elements by a test."""
        ...


def simple(value: Sql) -> bool:
    """Whether a value may be written twice without being worked out twice."""
    while isinstance(value, exp.Bracket | exp.Paren | exp.Cast):
        value = value.this
    if isinstance(value, exp.Add | exp.Sub):
        return simple(value.this) and simple(value.expression)
    return isinstance(value, _SIMPLE)


class Names:
    """Hands out the names of lambdas' parameters, `__e0` outermost, and names for values.

    Names depend on the depth alone, so equal conditions are equal text.
    """

    def __init__(self, shelf: ColumnCache | None = None) -> None:
        self.shelf = shelf
        self.depth = 0

    def transform(self, items: Sql, body: Callable[[Sql], Sql]) -> Sql:
        """What `body` makes of each element."""
        return exp.Transform(this=sql.own(items), expression=self._lambda(body))

    def filter(self, items: Sql, test: Callable[[Sql], Sql]) -> Sql:
        """The elements for which a test is TRUE."""
        return exp.ArrayFilter(this=sql.own(items), expression=self._lambda(test))

    def count(self, items: Sql, test: Callable[[Sql], Sql]) -> Sql:
        """For how many elements a test is TRUE."""
        return sql.size(self.filter(items, test))

    def any_of(self, items: Sql, test: Callable[[Sql], Sql]) -> Sql:
        """The Kleene OR of a test of the elements; NULL for an absent list."""
        if self.depth == 0 and self.shelf is not None:
            return self.let(items, lambda named: self.shelf.any_of(named, self._body(test)))  # type: ignore[union-attr]
        return sql.reduce(self.transform(items, test), sql.false(), exp.Or)

    def counts(self, items: Sql, test: Callable[[Sql], Sql]) -> dict[str, Sql]:
        """How many elements pass a test, and how many may."""
        if self.depth == 0 and self.shelf is not None:
            named = items if simple(items) else self.shelf.column(items)
            return self.shelf.counts(named, self._body(test))
        high = self.count(items, lambda e: exp.Coalesce(this=test(e), expressions=[sql.true()]))
        return {"low": self.count(items, test), "high": high}

    def let(self, value: Sql, body: Callable[[Sql], Sql]) -> Sql:
        """`body` with a name for a value: a column of the shelf where the value is the whole row's."""
        if simple(value):
            return body(value)
        if self.depth == 0 and self.shelf is not None:
            return body(self.shelf.column(value))
        return sql.element(self.transform(sql.array([value]), body), 0)

    def lets(self, values: list[Sql], body: Callable[..., Sql]) -> Sql:
        """`body` with a name for each value."""
        if not values:
            return body()
        return self.let(values[0], lambda first: self.lets(values[1:], lambda *rest: body(first, *rest)))

    @contextmanager
    def of_the_row(self) -> Iterator[None]:
        """For what sees no element, though it is written inside of a lambda."""
        kept, self.depth = self.depth, 0
        try:
            yield
        finally:
            self.depth = kept

    def _lambda(self, body: Callable[[Sql], Sql]) -> Sql:
        return sql.lambda_((f"__e{self.depth}",), self._body(body))

    def _body(self, body: Callable[[Sql], Sql]) -> Sql:
        element = sql.column(f"__e{self.depth}")
        self.depth += 1
        try:
            return body(element)
        finally:
            self.depth -= 1
