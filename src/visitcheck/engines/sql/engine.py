"""The engine itself: a plan's conditions as expressions, and as one query over the canonical relation."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlglot import exp

from visitcheck.engines.columns import status_name, truth_name
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import NoSuchTextError, Sql
from visitcheck.engines.sql.compiler import Compiler, LacksFunctionError
from visitcheck.engines.sql.dialects import DIALECTS, Dialect
from visitcheck.engines.sql.steps import ColumnCache, QuerySteps
from visitcheck.engines.sql.verdicts import (
    APPLICABLE,
    ASSESSED,
    applicable_expression,
    assessed_expression,
    assessed_outcome_expression,
    outcome_expression,
    status_expression,
)
from visitcheck.errors import UnsupportedByEngine
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.ir.open_lists import open_lists
from visitcheck.ir.plan import Plan


class SqlEngine:
    """A plan in the SQL of one database, over the canonical relation (`columns`).

    Raises `UnsupportedByEngine`, by the names of the rules, for what the database cannot say. `zones` are the
    zone names that facts may hold; others are taken as missing. Without `zones` facts are trusted to hold only
    names that the database knows (`zones.check_zones` says so), for an unknown one ends the query.

    Lists of the rows may go on, as their `completeness` says; with `complete_lists` the table has no such column, and
    the conditions are those of the policy as they are written. Where only some lists `may_go_on`, those that read none
    of them are, too.

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
        complete_lists: bool = False,
        may_go_on: Collection[str] = OPEN_LISTS.keys(),
    ) -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"no dialect `{dialect}`: there are {', '.join(DIALECTS)}")
        self.plan = plan
        self.dialect: Dialect = DIALECTS[dialect]
        self.zones = None if zones is None else frozenset(zones)
        self.never_known = plan.policy.never_collected | frozenset(never_known)
        self.complete_lists = complete_lists
        self.may_go_on = frozenset() if complete_lists else frozenset(may_go_on)
        self._cache = ColumnCache(self.dialect)
        self._truths = self._compile_conditions(self._cache)

    @property
    def name(self) -> str:
        """`sql-duckdb` or `sql-spark`."""
        return f"sql-{self.dialect.name}"

    def expressions(self) -> list[Sql]:
        """The truth of each of `plan.conditions`, each on its own: a nullable BOOLEAN."""
        return self._compile_conditions(None)

    def select(self, table: str | exp.Table | exp.Subquery, keep: Iterable[str | Sql] = ()) -> exp.Select:
        """A query for the truths, as columns `c0`, `c1`... after those to `keep`.

        What several conditions need is worked out once, in steps.
        """
        steps, columns = self._steps(table, keep)
        return steps.query(columns)

    def status_expressions(self) -> list[Sql]:
        """The status of each of `plan.rules` over the columns of `select`, coded as in `verdicts.STATUS_CODES`."""
        return [status_expression(self.plan, rule, self.never_known) for rule in self.plan.rules]

    def outcome_expression(self) -> Sql:
        """The outcome over columns `s0`, `s1`... of `status_expressions`, coded as in `verdicts.OUTCOME_CODES`."""
        return outcome_expression(self.plan)

    def judge(self, table: str | exp.Table | exp.Subquery, keep: Iterable[str | Sql] = ()) -> exp.Select:
        """`select` with statuses as columns `s0`, `s1`..., and then what follows from them.

        These are `outcome`, and of what the facts show `assessed_outcome`, `rules_assessed` and `rules_applicable`.
        """
        steps, columns = self._steps(table, keep)
        statuses = [_named(status, status_name(n)) for n, status in enumerate(self.status_expressions())]
        counts = {ASSESSED: assessed_expression(self.plan), APPLICABLE: applicable_expression(self.plan)}
        outcomes = {"outcome": self.outcome_expression(), "assessed_outcome": assessed_outcome_expression(self.plan)}
        steps.add("__truths", columns)
        steps.add("__statuses", [exp.Star(), *statuses])
        steps.add("__counts", [exp.Star(), *(_named(count, name) for name, count in counts.items())])
        return steps.query([exp.Star(), *(_named(outcome, name) for name, outcome in outcomes.items())])

    def _steps(self, table: str | exp.Table | exp.Subquery, keep: Iterable[str | Sql]) -> tuple[QuerySteps, list[Sql]]:
        """Steps over a table, with the columns of the next one: those to keep, and the truths."""
        source = exp.to_table(table, dialect=self.dialect.name) if isinstance(table, str) else table
        kept = [sql.column(name) if isinstance(name, str) else name for name in keep]
        truths = [_named(truth, truth_name(n)) for n, truth in enumerate(self._truths)]
        steps = QuerySteps(source)
        return steps, self._cache.add_steps(steps, [*kept, *truths])

    def _compile_conditions(self, cache: ColumnCache | None) -> list[Sql]:
        truths = []
        for position, condition in enumerate(self.plan.conditions):
            try:
                asked = open_lists(condition) if self._may_go_on(position) else condition
                truth = Compiler(self.dialect, zones=self.zones, cache=cache).truth(asked)
                self.dialect.print(truth)
            except (LacksFunctionError, NoSuchTextError) as reason:
                raise UnsupportedByEngine(self._refusal(position, str(reason))) from None
            except RecursionError:
                raise UnsupportedByEngine(self._refusal(position, "a condition nested this deeply")) from None
            truths.append(truth)
        return truths

    def _may_go_on(self, position: int) -> bool:
        """Whether a condition reads a list that may go on."""
        return any(fact.partition("[]")[0] in self.may_go_on for fact in self.plan.reads[position])

    def _refusal(self, position: int, reason: str) -> str:
        return f"{self.name} cannot say {reason} (in {', '.join(self.plan.rule_ids(position)) or 'no rule'})"


def _named(value: Sql, name: str) -> Sql:
    return sql.make(exp.Alias, this=value, alias=exp.to_identifier(name))
