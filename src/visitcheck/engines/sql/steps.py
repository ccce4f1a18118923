"""Values that several conditions need, worked out once: a query in steps, each adding columns to the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql import packing
from visitcheck.engines.sql.build import E
from visitcheck.engines.sql.dialects import Dialect

_PREFIX = "__v"


class QuerySteps:
    """Columns by what they hold; a column's step is one after the last step of what it reads."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._names: dict[str, str] = {}
        self._values: dict[int, dict[str, E]] = {}
        self._steps: dict[str, int] = {}
        self._tests: dict[tuple[int, str], tuple[E, dict[str, E]]] = {}

    def column(self, value: E) -> E:
        """The column that holds a value of the whole row."""
        name, is_new = self._name("", value)
        if is_new:
            self._keep(name, value, self._step(value))
        return t.column(name)

    def any_of(self, items: E, test: E) -> E:
        """The column that holds the Kleene OR of a test of a list's elements, which calls them `packing.ELEMENT`."""
        name, is_new = self._name("any", items, test)
        if is_new:
            step = max(self._step(items), self._step(test))
            _, tests = self._tests.setdefault((step, items.sql()), (t.own(items), {}))
            tests[name] = t.own(test)
            self._steps[name] = step + 1
        return t.column(name)

    def counts(self, items: E, test: E) -> dict[str, E]:
        """The ends of the count of a list's elements by a test."""
        return packing.ends(self.column(packing.counts(self._dialect, items, test)))

    def query(self, table: exp.Table | exp.Subquery, chosen: list[E]) -> exp.Select:
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
            added = [exp.Alias(this=t.own(value), alias=exp.to_identifier(name)) for name, value in columns.items()]
            name = f"__step{step}"
            inner = exp.Select(expressions=[exp.Star(), *added]).from_(source)
            query = query.with_(name, inner, copy=False)
            source = exp.Table(this=exp.to_identifier(name))
        return query.from_(source)

    def _name(self, *parts: str | E) -> tuple[str, bool]:
        key = "|".join(part if isinstance(part, str) else part.sql() for part in parts)
        is_new = key not in self._names
        return self._names.setdefault(key, f"{_PREFIX}{len(self._names)}"), is_new

    def _step(self, value: E) -> int:
        return 1 + max((self._steps.get(read.name, 0) for read in value.find_all(exp.Column)), default=0)

    def _keep(self, name: str, value: E, step: int) -> None:
        self._values.setdefault(step, {})[name] = t.own(value)
        self._steps[name] = step

    def _pack(self) -> None:
        """Makes columns of the tests. Those of one step cannot need each other, so they share a pass."""
        for (step, _), (items, tests) in self._tests.items():
            for group in _groups(tests.items(), packing.MOST):
                for name, value in self._packed(step, items, dict(group)):
                    self._values.setdefault(step + 1, {})[name] = value
        self._tests = {}

    def _packed(self, step: int, items: E, tests: dict[str, E]) -> Iterator[tuple[str, E]]:
        mask, is_new = self._name("mask", items, *tests.values())
        if is_new:
            self._keep(mask, packing.masks(self._dialect, items, list(tests.values())), step)
        for place, name in enumerate(tests):
            yield name, packing.any_of(t.column(mask), place)


class _Facts:
    """Facts of groups as columns of their own: the first step takes them out, so that no later one carries a group.

    Databases read only the fields that are asked for right above the table, and hand whole groups to lambdas.
    """

    def __init__(self) -> None:
        self.columns: dict[str, E] = {}
        self._names: dict[tuple[str, ...], str] = {}

    def lifted(self, value: E) -> E:
        """The value over those columns."""
        return value.copy().transform(self._column)

    def _column(self, node: E) -> E:
        path = _path(node)
        if len(path) < 2:
            return node
        name = self._names.setdefault(path, f"__f{len(self._names)}")
        self.columns[name] = t.own(node.copy())
        return t.column(name)


def _path(node: E) -> tuple[str, ...]:
    """The path of a fact of the table, as `"visit"['id']` or `"visit"."id"` spell it; else nothing."""
    if isinstance(node, exp.Column) and not node.name.startswith("__"):
        return tuple(part.name for part in node.parts)
    if isinstance(node, exp.Bracket) and len(node.expressions) == 1 and node.expressions[0].is_string:
        below = _path(node.this)
        return (*below, node.expressions[0].name) if below else ()
    return ()


def _groups(items: Iterable[tuple[str, E]], most: int) -> Iterator[list[tuple[str, E]]]:
    rest = iter(items)
    while group := list(islice(rest, most)):
        yield group
