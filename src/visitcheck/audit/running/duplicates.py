"""Visit ids that more than one row has: none of those rows can be told to be the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitcheck.audit.running.shards import Shards
from visitcheck.audit.running.sql import name, parquet, path, text
from visitcheck.engines.sql.columns import FILE, ROW

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


_IDS_A_PASS = 1_500_000


def find_duplicates(con: duckdb.DuckDBPyConnection, shards: Shards, target: Path) -> None:
    """Writes each repeated id with the first of its rows; rejects are not looked at.

    Hashes of ids are counted first, in passes over a part of them each, so that memory does not grow with their
    number; then the ids whose hash came twice.
    """
    hashed = f"hash({path('visit.id')})"
    con.execute("CREATE TEMP TABLE suspected (hash UBIGINT)")
    [(rows,)] = con.execute(f"SELECT count(*) FROM {shards.all_rows}").fetchall()
    passes = max(1, -(-rows // _IDS_A_PASS))
    for number in range(passes):
        source = f"SELECT hash FROM (SELECT {hashed} AS hash FROM {shards.all_rows}) WHERE hash % {passes} = {number}"
        con.execute(f"INSERT INTO suspected {source} GROUP BY 1 HAVING count(*) > 1")
    first = f"min(struct_pack(f := {name(FILE)}, r := {name(ROW)}))"
    ids = f"SELECT {path('visit.id')} AS id, {first} AS first FROM {shards.all_rows}"
    repeated = f"{ids} WHERE {hashed} IN (SELECT hash FROM suspected) GROUP BY 1 HAVING count(*) > 1"
    con.execute(f"COPY (SELECT * FROM ({repeated}) ORDER BY id) TO {text(target)} (FORMAT parquet)")
    con.execute("DROP TABLE suspected")


def without_duplicates(rows: str, duplicates: Path, some: bool = True) -> str:
    """The rows whose id no other row has; `some` is whether any id is repeated."""
    if not some:
        return f"SELECT * FROM {rows}"
    return f"SELECT * FROM {rows} WHERE {path('visit.id')} NOT IN (SELECT id FROM {parquet(duplicates)})"


def duplicate_rows(shards: Shards, duplicates: Path) -> str:
    """The other rows, with the first row of their id as `first`."""
    return (
        f"SELECT {name(FILE)}, {name(ROW)}, {path('visit.id', 'v')} AS id, first FROM {shards.all_rows} AS v "
        f"JOIN {parquet(duplicates)} AS d ON {path('visit.id', 'v')} = d.id"
    )
