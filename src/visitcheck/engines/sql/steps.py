"""Values that several conditions need, worked out once: a query in steps, each adding columns to the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql import packing
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.dialects import Dialect

_PREFIX = "__v"


class QuerySteps:
    """Columns by what they hold; a column's step is one after the last step of what it reads."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._names: dict[str, str] = {}
        self._values: dict[int, dict[str, Sql]] = {}
        self._steps: dict[str, int] = {}
        self._tests: dict[tuple[int, str], tuple[Sql, dict[str, Sql]]] = {}

    def column(self, value: Sql) -> Sql:
        """The column that holds a value of the whole row."""
        name, is_new = self._name("", value)
        if is_new:
            self._keep(name, value, self._step(value))
        return sql.column(name)

    def any_of(self, items: Sql, test: Sql) -> Sql:
        """The column that holds the Kleene OR of a test of a list's elements, which calls them `packing.ELEMENT`."""
        name, is_new = self._name("any", items, test)
        if is_new:
            step = max(self._step(items), self._step(test))
            _, tests = self._tests.setdefault((step, items.sql()), (sql.own(items), {}))
            tests[name] = sql.own(test)
            self._steps[name] = step + 1
        return sql.column(name)

    def counts(self, items: Sql, test: Sql) -> dict[str, Sql]:
        """The ends of the count of a list's elements by a test."""
        return packing.ends(self.column(packing.counts(self._dialect, items, test)))

    def query(self, table: exp.Table | exp.Subquery, chosen: list[Sql]) -> exp.Select:
        """What is chosen, from the last step."""
        self._pack()
        facts = _Facts()
        query = exp.Select(expressions=[facts.lifted(one) for one in chosen])
        steps = {
            step: {name: facts.lifted(value) for name, value in columns.items()}
            for step, columns in sorted(self._values.items())
        }
        source: exp.Table | exp.Subquery = table
        if facts.columns:
            steps = {0: facts.columns} | steps
        for step, columns in steps.items():
            added = [exp.Alias(this=sql.own(value), alias=exp.to_identifier(name)) for name, value in columns.items()]
            name = f"__step{step}"
            inner = exp.Select(expressions=[exp.Star(), *added]).from_(source)
            query = query.with_(name, inner, copy=False)
            source = exp.Table(this=exp.to_identifier(name))
        return query.from_(source)

    def _name(self, *parts: str | Sql) -> tuple[str, bool]:
        key = "|".join(part if isinstance(part, str) else part.sql() for part in parts)
        is_new = key not in self._names
        return self._names.setdefault(key, f"{_PREFIX}{len(self._names)}"), is_new

    def _step(self, value: Sql) -> int:
        return 1 + max((self._steps.get(read.name, 0) for read in value.find_all(exp.Column)), default=0)

    def _keep(self, name: str, value: Sql, step: int) -> None:
        self._values.setdefault(step, {})[name] = sql.own(value)
        self._steps[name] = step

    def _pack(self) -> None:
        """Makes columns of the tests. Those of one step cannot need each other, so they share a pass."""
        for (step, _), (items, tests) in self._tests.items():
            for group in _groups(tests.items(), packing.MOST):
                for name, value in self._packed(step, items, dict(group)):
                    self._values.setdefault(step + 1, {})[name] = value
        self._tests = {}

    def _packed(self, step: int, items: Sql, tests: dict[str, Sql]) -> Iterator[tuple[str, Sql]]:
        mask, is_new = self._name("mask", items, *tests.values())
        if is_new:
            self._keep(mask, packing.masks(self._dialect, items, list(tests.values())), step)
        for place, name in enumerate(tests):
            yield name, packing.any_of(sql.column(mask), place)


class _Facts:
    """Facts of groups as columns of their own: the first step takes them out, so that no later one carries a group.

    Databases read only the fields that are asked for right above the table, and hand whole groups to lambdas.
    """

    def __init__(self) -> None:
        self.columns: dict[str, Sql] = {}
        self._names: dict[tuple[str, ...], str] = {}

    def lifted(self, value: Sql) -> Sql:
        """The value over those columns."""
        return value.copy().transform(self._column)

    def _column(self, node: Sql) -> Sql:
        path = _path(node)
        if len(path) < 2:
            return node
        name = self._names.setdefault(path, f"__f{len(self._names)}")
        self.columns[name] = sql.own(node.copy())
        return sql.column(name)


def _path(node: Sql) -> tuple[str, ...]:
    """The path of a fact of the table, as `"visit"['id']` or `"visit"."id"` spell it; else nothing."""
    if isinstance(node, exp.Column) and not node.name.startswith("__"):
        return tuple(part.name for part in node.parts)
    if isinstance(node, exp.Bracket) and len(node.expressions) == 1 and node.expressions[0].is_string:
        below = _path(node.this)
        return (*below, node.expressions[0].name) if below else ()
    return ()


def _groups(items: Iterable[tuple[str, Sql]], most: int) -> Iterator[list[tuple[str, Sql]]]:
    rest = iter(items)
    while group := list(islice(rest, most)):
        yield group
