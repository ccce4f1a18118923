"""What writers of SQL get: the values of the nodes below theirs, and names for values that are used twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.dialects import Dialect
from visitcheck.engines.sql.steps import ColumnCache
from visitcheck.ir.dated_values import undated_value
from visitcheck.ir.fold import fold_constants
from visitcheck.ir.nodes import Choose, Const, DatedValue, Expr, Param

_SIMPLE = (exp.Column, exp.Literal, exp.Boolean, exp.Null)


def is_simple(value: Sql) -> bool:
    """Whether a value may be written twice without being worked out twice."""
    while isinstance(value, exp.Bracket | exp.Paren | exp.Cast):
        value = value.this
    if isinstance(value, exp.Add | exp.Sub):
        return is_simple(value.this) and is_simple(value.expression)
    return isinstance(value, _SIMPLE)


class Names:
    """Names inside one condition: parameters of lambdas, `__e0` outermost, and values that are worked out once.

    Names depend on the depth alone, so equal conditions are equal text. With a `cache`, values of the whole row
    become columns of an earlier step of the query, where other conditions find them.
    """

    def __init__(self, cache: ColumnCache | None = None) -> None:
        self.cache = cache
        self.depth = 0

    @property
    def row_cache(self) -> ColumnCache | None:
        """The cache, where what is being written sees no element: only that can be a column."""
        return self.cache if self.depth == 0 else None

    def transform(self, items: Sql, body: Callable[[Sql], Sql]) -> Sql:
        """What `body` makes of each element."""
        return sql.transform(items, self.depth, lambda element: self._inside(body, element))

    def filter(self, items: Sql, test: Callable[[Sql], Sql]) -> Sql:
        """The elements for which a test is TRUE."""
        return sql.filter_(items, self.depth, lambda element: self._inside(test, element))

    def count(self, items: Sql, test: Callable[[Sql], Sql]) -> Sql:
        """For how many elements a test is TRUE."""
        return sql.size(self.filter(items, test))

    def any_of(self, items: Sql, test: Callable[[Sql], Sql]) -> Sql:
        """The Kleene OR of a test of the elements; NULL for an absent list."""
        cache = self.row_cache
        if cache is not None:
            return self.let(items, lambda named: cache.any_of(named, self._of_outermost(test)))
        return sql.reduce(self.transform(items, test), sql.false(), exp.Or)

    def counts(self, items: Sql, test: Callable[[Sql], Sql]) -> dict[str, Sql]:
        """How many elements pass a test, `low`, and how many may, `high`."""
        cache = self.row_cache
        if cache is not None:
            named = items if is_simple(items) else cache.column(items)
            return cache.counts(named, self._of_outermost(test))
        high = self.count(items, lambda e: sql.is_maybe(test(e)))
        return {"low": self.count(items, test), "high": high}

    def let(self, value: Sql, body: Callable[[Sql], Sql]) -> Sql:
        """`body` with a name for a value: a column of an earlier step where the value is the whole row's."""
        if is_simple(value):
            return body(value)
        if self.row_cache is not None:
            return body(self.row_cache.column(value))
        # No database has a LET within an expression; a lambda over a list of one is one.
        return sql.element(self.transform(sql.array([value]), body), 0)

    def lets(self, values: list[Sql], body: Callable[..., Sql]) -> Sql:
        """`body` with a name for each value."""
        if not values:
            return body()
        return self.let(values[0], lambda first: self.lets(values[1:], lambda *rest: body(first, *rest)))

    @contextmanager
    def of_the_row(self) -> Iterator[None]:
        """For what sees no element, though it is written inside of a lambda."""
        depth, self.depth = self.depth, 0
        try:
            yield
        finally:
            self.depth = depth

    def _of_outermost(self, test: Callable[[Sql], Sql]) -> Sql:
        return self._inside(test, sql.column(sql.element_name(self.depth)))

    def _inside(self, body: Callable[[Sql], Sql], element: Sql) -> Sql:
        self.depth += 1
        try:
            return body(element)
        finally:
            self.depth -= 1


class Context(ABC):
    """A condition that is being written: how the nodes below come out, in which dialect, under which names.

    `zones`, where given, are the only zone names that are taken from facts; without, facts are trusted to hold
    names that the database has.
    """

    def __init__(
        self, dialect: Dialect, *, zones: frozenset[str] | None = None, cache: ColumnCache | None = None
    ) -> None:
        self.dialect = dialect
        self.zones = zones
        self.names = Names(cache)
        self.elements: dict[int, Sql] = {}

    @abstractmethod
    def value(self, node: Expr) -> Sql:
        """The value of a node; NULL for UNKNOWN."""

    @abstractmethod
    def parts(self, node: Expr) -> dict[str, Sql]:
        """A count's `low` and `high`, or money's `minor` and `currency`."""

    def struct(self, parts: dict[str, Sql]) -> Sql:
        """Parts as one value, NULL where any of them is."""
        return sql.case((sql.and_(sql.is_known(part) for part in parts.values()), sql.struct(parts)))

    def parts_of_struct(self, node: Expr, fields: tuple[str, str]) -> dict[str, Sql]:
        """The parts of a value that is a struct already."""
        value = self.value(node)
        if not is_simple(value) and self.names.row_cache is not None:
            value = self.names.row_cache.column(value)
        return {name: sql.field(value, name) for name in fields}

    def choice(self, test: Expr, then: Sql, otherwise: Sql) -> Sql:
        """`then` where a test is TRUE, `otherwise` where it is FALSE."""
        return self.names.let(self.value(test), lambda truth: sql.case((truth, then), (sql.not_(truth), otherwise)))

    def dated(self, node: Param, body: Callable[[Any], Sql], missing: Sql | None = None) -> Sql:
        """What `body` makes of a parameter's value on its date."""
        none = sql.literal(None, node.type) if missing is None else missing
        undated = undated_value(node.values)

        def on(day: Sql) -> Sql:
            on_unknown_day = (sql.is_null(day), none if undated is None else body(undated))
            dated_cases = ((_is_covered(day, dated), body(dated.value)) for dated in node.values)
            return sql.case(on_unknown_day, *dated_cases)

        return self.names.let(self.value(node.date), on)

    def over_constants(self, node: Expr, body: Callable[[Any], Sql], missing: Sql) -> Sql | None:
        """What `body` makes of a value that is fixed when a policy is compiled; None for any other node."""
        match fold_constants(node):
            case Const(value):
                return missing if value is None else body(value)
            case Param() as param:
                return self.dated(param, lambda value: missing if value is None else body(value), missing)
            case Choose(test, then, other):
                left, right = self.over_constants(then, body, missing), self.over_constants(other, body, missing)
                return None if left is None or right is None else self.choice(test, left, right)
        return None

    @contextmanager
    def looking_at(self, binder: int, element: Sql) -> Iterator[None]:
        """For what is written inside of a macro: its element."""
        self.elements[binder] = element
        try:
            yield
        finally:
            del self.elements[binder]


def _is_covered(day: Sql, dated: DatedValue) -> Sql:
    bounds = [sql.compare(">=", day, dated.start)] if dated.start is not None else []
    return sql.and_([*bounds, *([sql.compare("<", day, dated.end)] if dated.end is not None else [])])
