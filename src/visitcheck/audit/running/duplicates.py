"""Visit ids that more than one row has: none of those rows can be told to be the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitcheck.audit.running.shards import Shards
from visitcheck.audit.running.sql import name, parquet, path, text
from visitcheck.engines.sql.columns import FILE, ROW

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


_SHARDS_A_PASS = 20


def find_duplicates(con: duckdb.DuckDBPyConnection, shards: Shards, target: Path) -> None:
    """Writes each repeated id with the first of its rows; rejects are not looked at.

    Ids are counted in passes over a part of them each, so that memory does not grow with their number.
    """
    first = f"min(struct_pack(f := {name(FILE)}, r := {name(ROW)}))"
    passes = -(-shards.count // _SHARDS_A_PASS)
    con.execute("CREATE TEMP TABLE repeated (id VARCHAR, first STRUCT(f INTEGER, r BIGINT))")
    for number in range(passes):
        source = f"SELECT {path('visit.id')} AS id, {first} AS first FROM {shards.all_rows}"
        of_pass = f"WHERE hash({path('visit.id')}) % {passes} = {number}"
        con.execute(f"INSERT INTO repeated {source} {of_pass} GROUP BY 1 HAVING count(*) > 1")
    con.execute(f"COPY (SELECT * FROM repeated ORDER BY id) TO {text(target)} (FORMAT parquet)")
    con.execute("DROP TABLE repeated")


def without_duplicates(rows: str, duplicates: Path) -> str:
    """The rows whose id no other row has."""
    return f"SELECT * FROM {rows} WHERE {path('visit.id')} NOT IN (SELECT id FROM {parquet(duplicates)})"


def duplicate_rows(shards: Shards, duplicates: Path) -> str:
    """The other rows, with the first row of their id as `first`."""
    return (
        f"SELECT {name(FILE)}, {name(ROW)}, {path('visit.id', 'v')} AS id, first FROM {shards.all_rows} AS v "
        f"JOIN {parquet(duplicates)} AS d ON {path('visit.id', 'v')} = d.id"
    )
