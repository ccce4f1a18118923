"""Visit ids that more than one row has: none of those rows can be told to be the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitcheck.audit.running.shards import NOT_RECORDED, Shards
from visitcheck.audit.running.sql import fact_column, parquet_scan, quote_name, quote_text
from visitcheck.engines.columns import FILE, ROW

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


_IDS_A_PASS = 1_500_000


def write_duplicate_ids(con: duckdb.DuckDBPyConnection, shards: Shards, target: Path) -> None:
    """Write each repeated id with the first of its rows; rejects are not looked at.

    Hashes of ids are counted first, in passes over a part of them each, so that memory does not grow with their
    number; then the ids whose hash came twice.
    """
    hashed = f"hash({fact_column('visit.id')})"
    con.execute("CREATE TEMP TABLE suspected (hash UBIGINT)")
    [(rows,)] = con.execute(f"SELECT count(*) FROM {shards.all_rows}").fetchall()
    passes = max(1, -(-rows // _IDS_A_PASS))
    for number in range(passes):
        source = f"SELECT hash FROM (SELECT {hashed} AS hash FROM {shards.all_rows}) WHERE hash % {passes} = {number}"
        con.execute(f"INSERT INTO suspected {source} GROUP BY 1 HAVING count(*) > 1")
    first = f"min(struct_pack(f := {quote_name(FILE)}, r := {quote_name(ROW)}))"
    ids = f"SELECT {fact_column('visit.id')} AS id, {first} AS first FROM {shards.all_rows}"
    repeated = f"{ids} WHERE {hashed} IN (SELECT hash FROM suspected) GROUP BY 1 HAVING count(*) > 1"
    con.execute(f"COPY (SELECT * FROM ({repeated}) ORDER BY id) TO {quote_text(target)} (FORMAT parquet)")
    con.execute("DROP TABLE suspected")


def exclude_duplicates(rows: str, duplicates: Path, some: bool = True) -> str:
    """Select the rows whose id no other row has; `some` is whether any id is repeated."""
    if not some:
        return f"SELECT * FROM {rows}"
    return f"SELECT * FROM {rows} WHERE {fact_column('visit.id')} NOT IN (SELECT id FROM {parquet_scan(duplicates)})"


def duplicate_rows(shards: Shards, duplicates: Path) -> str:
    """Select the rows whose id others have, with the first row of their id as `first`."""
    id_ = fact_column("visit.id", "v")
    return (
        f"SELECT {quote_name(FILE)}, {quote_name(ROW)}, {id_} AS id, first FROM {shards.all_rows} AS v "
        f"JOIN {parquet_scan(duplicates)} AS d ON {id_} = d.id"
    )


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
