"""Visits in memory judged by DuckDB: the SQL engine behind the contract of engines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from visitcheck.engines.columns import ROW, arrow_schema, row_of
from visitcheck.engines.sql.duckdb_connection import connect_duckdb, connection_errors
from visitcheck.engines.sql.engine import SqlEngine
from visitcheck.errors import EngineFailure
from visitcheck.facts import Visit
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.facts.zones import zone_names
from visitcheck.ir.plan import Plan, Truths


class DuckDbEngine:
    """A plan in DuckDB, visit by visit (slow: a query each) or many at once.

    Needs the extra `audit`; raises `EngineUnavailable` without it.
    """

    name = "sql-duckdb"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._root, _ = vocabulary_with_extra(plan.policy.extra_facts)

    def evaluate(self, visit: Visit) -> Truths:
        """The truth of each of `plan.conditions`."""
        return self.evaluate_all([visit])[0]

    def evaluate_all(self, visits: Iterable[object]) -> list[Truths]:
        """The truths of many visits, in their order, by one query."""
        import pyarrow as pa

        rows = [{ROW: number, **row_of(visit, self._root)} for number, visit in enumerate(visits)]
        zones = zone_names() & {(row.get("visit") or {}).get("timezone") for row in rows}
        engine = SqlEngine(self.plan, "duckdb", zones=zones)
        query = engine.dialect.print(engine.select("visits", [ROW]).order_by(ROW))
        with connect_duckdb() as connection:
            connection.register("visits", pa.Table.from_pylist(rows, arrow_schema(self._root)))
            try:
                truths: list[tuple[Any, ...]] = connection.execute(query).fetchall()
            except connection_errors() as error:
                raise EngineFailure(f"DuckDB broke: {error}") from error
        return [cast("Truths", row[1:]) for row in truths]
