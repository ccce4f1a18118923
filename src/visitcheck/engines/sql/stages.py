"""Values that several conditions need, worked out once: a query in steps, each adding columns to the one before."""

from __future__ import annotations

from sqlglot import exp

from visitcheck.engines.sql import tree as t
from visitcheck.engines.sql.tree import E

_PREFIX = "__v"


class Stages:
    """Columns by what they hold; a column's step is one after the last step of what it reads."""

    def __init__(self) -> None:
        self._columns: dict[str, tuple[str, int, E]] = {}
        self._steps: dict[str, int] = {}

    def column(self, value: E) -> E:
        """The column that holds a value of the whole row."""
        key = value.sql()
        if key not in self._columns:
            name = f"{_PREFIX}{len(self._columns)}"
            step = 1 + max((self._steps.get(read.name, 0) for read in value.find_all(exp.Column)), default=0)
            self._columns[key] = (name, step, t.own(value))
            self._steps[name] = step
        return t.column(self._columns[key][0])

    def query(self, table: exp.Table | exp.Subquery, chosen: list[E]) -> exp.Select:
        """What is chosen, from the last step."""
        query = exp.Select(expressions=chosen)
        source: exp.Table | exp.Subquery = table
        for step in range(1, 1 + max(self._steps.values(), default=0)):
            added = [
                exp.Alias(this=t.own(value), alias=exp.to_identifier(name))
                for name, at, value in self._columns.values()
                if at == step
            ]
            name = f"__step{step}"
            inner = exp.Select(expressions=[exp.Star(), *added]).from_(source)
            query = query.with_(name, inner, copy=False)
            source = exp.Table(this=exp.to_identifier(name))
        return query.from_(source)
