"""The engine itself: a plan's conditions as expressions, and as one query over the canonical relation."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.compiler import Compiler, LacksFunctionError
from visitcheck.engines.sql.dialects import DIALECTS, Dialect
from visitcheck.engines.sql.literals import NoSuchTextError
from visitcheck.engines.sql.names import ColumnCache
from visitcheck.engines.sql.steps import QuerySteps
from visitcheck.engines.sql.verdicts import outcome_expression, status_expression, status_name, truth_name
from visitcheck.engines.status import Status
from visitcheck.errors import UnsupportedByEngine
from visitcheck.ir.plan import Plan


class SqlEngine:
    """A plan in the SQL of one database, over the canonical relation (`columns`).

    Raises `UnsupportedByEngine`, by the names of the rules, for what the database cannot say. `zones` are the
    zone names that facts may hold; others are taken as missing. Without `zones` facts are trusted to hold only
    names that the database knows (`zones.check_zones` says so), for an unknown one ends the query.

    `never_known` are facts that no row gives, besides those that the policy declares never to collect: what they
    leave undetermined is not assessed.

    Sessions are in UTC, as `SET TimeZone='UTC'` and `spark.sql.session.timeZone` make them.
    """

    def __init__(
        self,
        plan: Plan,
        dialect: str = "duckdb",
        *,
        zones: Iterable[str] | None = None,
        never_known: Iterable[str] = (),
    ) -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"no dialect `{dialect}`: there are {', '.join(DIALECTS)}")
        self.plan = plan
        self.dialect: Dialect = DIALECTS[dialect]
        self.zones = None if zones is None else frozenset(zones)
        self.never_known = plan.policy.never_collected | frozenset(never_known)
        self._stages = QuerySteps(self.dialect)
        self._truths = self._compiled(self._stages)

    @property
    def name(self) -> str:
        """`sql-duckdb` or `sql-spark`."""
        return f"sql-{self.dialect.name}"

    def expressions(self) -> list[Sql]:
        """The truth of each of `plan.conditions`, each on its own: a nullable BOOLEAN."""
        return self._compiled(None)

    def select(self, table: str | exp.Table | exp.Subquery, keep: Iterable[str | Sql] = ()) -> exp.Select:
        """A query for the truths, as columns `c0`, `c1`... after those to `keep`.

        What several conditions need is worked out once, in steps.
        """
        kept = [sql.column(name) if isinstance(name, str) else name for name in keep]
        named = [_named(truth, truth_name(n)) for n, truth in enumerate(self._truths)]
        source = exp.to_table(table, dialect=self.dialect.name) if isinstance(table, str) else table
        return self._stages.query(source, [*kept, *named])

    def status_expressions(self) -> list[Sql]:
        """The status of each of `plan.rules` over the columns of `select`, coded as in `verdicts.STATUS_CODES`."""
        return [status_expression(self.plan, rule, self.never_known) for rule in self.plan.rules]

    def outcome_expression(self) -> Sql:
        """The outcome over columns `s0`, `s1`... of `status_expressions`, coded as in `verdicts.OUTCOME_CODES`."""
        return outcome_expression(self.plan)

    def assessable_expression(self) -> Sql:
        """The outcome without the rules that are not assessed, over the same columns."""
        return outcome_expression(self.plan, without=(Status.NOT_ASSESSED,))

    def judge(self, table: str | exp.Table | exp.Subquery, keep: Iterable[str | Sql] = ()) -> exp.Select:
        """`select` with statuses as columns `s0`, `s1`..., and then `outcome` and `outcome_assessable`."""
        statuses = [_named(found, status_name(n)) for n, found in enumerate(self.status_expressions())]
        outcomes = [
            _named(self.outcome_expression(), "outcome"),
            _named(self.assessable_expression(), "outcome_assessable"),
        ]
        truths = self.select(table, keep)
        steps = truths.ctes
        truths.set("with_", None)
        query = exp.Select(expressions=[exp.Star(), *outcomes]).from_(exp.to_table("__statuses"))
        for step in steps:
            query = query.with_(step.alias, step.this, copy=False)
        query = query.with_("__truths", truths, copy=False)
        judged = exp.Select(expressions=[exp.Star(), *statuses]).from_(exp.to_table("__truths"))
        return query.with_("__statuses", judged, copy=False)

    def _compiled(self, shelf: ColumnCache | None) -> list[Sql]:
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
        return f"{self.name} cannot say {reason} (in {', '.join(self.plan.rule_ids(position)) or 'no rule'})"


def _named(value: Sql, name: str) -> Sql:
    return exp.Alias(this=sql.own(value), alias=exp.to_identifier(name))
