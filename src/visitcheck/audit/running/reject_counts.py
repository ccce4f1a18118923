"""How many rows of an input an audit would reject, by why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitcheck.audit.running.reading import NOT_RECORDED
from visitcheck.audit.running.sql import fact_column

if TYPE_CHECKING:
    import duckdb


def count_rejects(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, int]:
    """Count the rows of canonical `relation` that an audit rejects, by the code of their first problem."""
    con.execute(
        f"CREATE TEMP TABLE checked AS SELECT {fact_column('visit.id')} AS id, coalesce(__problems[1].code, "
        f"CASE WHEN {fact_column('visit.stage')} = 'proposed' THEN '{NOT_RECORDED.code}' END) AS code FROM ({relation})"
    )
    repeated = "SELECT id FROM checked WHERE code IS NULL GROUP BY id HAVING count(*) > 1"
    ids = "CASE WHEN id IN (SELECT id FROM repeated) THEN 'duplicate-visit-id' END"
    codes = f"WITH repeated AS ({repeated}) SELECT coalesce(code, {ids}) AS code FROM checked"
    counted = con.execute(f"SELECT code, count(*) FROM ({codes}) WHERE code IS NOT NULL GROUP BY code ORDER BY code")
    return dict(counted.fetchall())
