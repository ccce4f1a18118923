"""The engine itself: a plan's conditions as expressions, and as one query over the canonical relation."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from visitcheck.engines.sql import tree as t
from visitcheck.engines.sql.compiler import Compiler, LacksFunctionError
from visitcheck.engines.sql.dialects import DIALECTS, Dialect
from visitcheck.engines.sql.literals import NoSuchTextError
from visitcheck.engines.sql.names import Shelf
from visitcheck.engines.sql.stages import Stages
from visitcheck.engines.sql.tree import E
from visitcheck.errors import UnsupportedByEngine
from visitcheck.plan import Plan


class SqlEngine:
    """A plan in the SQL of one database, over the canonical relation (`columns`).

    Raises `UnsupportedByEngine`, by the names of the rules, for what the database cannot say. `zones` are the
    zone names that facts may hold; others are taken as missing. Without `zones` facts are trusted to hold only
    names that the database knows (`zones.check_zones` says so), for an unknown one ends the query.

    Sessions are in UTC, as `SET TimeZone='UTC'` and `spark.sql.session.timeZone` make them.
    """

    def __init__(self, plan: Plan, dialect: str = "duckdb", *, zones: Iterable[str] | None = None) -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"no dialect `{dialect}`: there are {', '.join(DIALECTS)}")
        self.plan = plan
        self.dialect: Dialect = DIALECTS[dialect]
        self.zones = None if zones is None else frozenset(zones)
        self._plain = self._compiled(None)

    @property
    def name(self) -> str:
        """`sql-duckdb` or `sql-spark`."""
        return f"sql-{self.dialect.name}"

    def expressions(self) -> list[E]:
        """The truth of each of `plan.conditions`, each on its own: a nullable BOOLEAN."""
        return [expression.copy() for expression in self._plain]

    def select(self, table: str | exp.Table | exp.Subquery, keep: Iterable[str | E] = ()) -> exp.Select:
        """A query for the truths, as columns `c0`, `c1`... after those to `keep`.

        What several conditions need is worked out once, in steps.
        """
        stages = Stages()
        truths = self._compiled(stages)
        kept = [t.column(name) if isinstance(name, str) else name for name in keep]
        named = [exp.Alias(this=t.own(truth), alias=exp.to_identifier(f"c{n}")) for n, truth in enumerate(truths)]
        source = exp.to_table(table, dialect=self.dialect.name) if isinstance(table, str) else table
        return stages.query(source, [*kept, *named])

    def _compiled(self, shelf: Shelf | None) -> list[E]:
        found = []
        for position, condition in enumerate(self.plan.conditions):
            try:
                truth = Compiler(self.dialect, zones=self.zones, shelf=shelf).truth(condition)
                self.dialect.print(truth)
            except (LacksFunctionError, NoSuchTextError) as reason:
                raise UnsupportedByEngine(self._refusal(position, str(reason))) from None
            except RecursionError:
                raise UnsupportedByEngine(self._refusal(position, "a condition nested this deeply")) from None
            found.append(truth)
        return found

    def _refusal(self, position: int, reason: str) -> str:
        rules = [
            entry.rule.id for entry in self.plan.rules if position in (entry.applies, *entry.checks, *entry.unless)
        ]
        return f"{self.name} cannot say {reason} (in {', '.join(rules) or 'no rule'})"
