"""Rows that could not be judged: by code and fact, never with what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts.vocabulary import FACTS
from visitcheck.report.folder import AuditFolder

SHOWN = 40
_QUERY = """
    SELECT code, path, count(*) AS number, min(message) AS message
    FROM read_parquet(?) GROUP BY code, path
"""


@dataclass(frozen=True, slots=True)
class RejectRow:
    """Rows rejected first of all for one code at one fact; `example` is a message, where those may be shown."""

    code: str
    fact: str | None
    rows: int
    example: str | None


@dataclass(frozen=True, slots=True)
class Rejects:
    """Rejected rows and files; `left_out` is how many rows the kinds not shown hold."""

    rows: list[RejectRow]
    total: int
    of: int
    left_out: int
    other_tables: int
    broken: list[tuple[str, str]]


def rejects(audit: AuditFolder, *, messages: bool) -> Rejects:
    """The rejects of an audit. Messages quote the input, so they are shown only where that is asked for."""
    counts = audit.manifest["counts"]
    with connect_duckdb() as con:
        found = con.execute(_QUERY, [audit.table("rejects")]).fetchall()
    merged: dict[tuple[str, str | None], tuple[int, str]] = {}
    for code, path, number, message in found:
        key = (code, fact_at(path))
        rows, example = merged.get(key, (0, message))
        merged[key] = (rows + number, min(example, message))
    order = sorted(merged.items(), key=lambda one: (-one[1][0], one[0][0], one[0][1] or ""))
    rows = [RejectRow(code, fact, number, message if messages else None) for (code, fact), (number, message) in order]
    return Rejects(
        rows=rows[:SHOWN],
        total=counts["rejects"],
        of=counts["rows"],
        left_out=sum(row.rows for row in rows[SHOWN:]),
        other_tables=counts["rejects_of_other_tables"],
        broken=[(one["file"], one["problem"]["code"]) for one in audit.summary["broken_files"]],
    )


def fact_at(path: str | None) -> str | None:
    """The fact of the vocabulary at a problem's path, or the nearest above it.

    A path may end in a name that the input made up, and that could be anything, so only known names are shown.
    """
    found = re.sub(r"\[\d+\]", "[]", path or "").removeprefix("$").removeprefix(".")
    while found and found not in FACTS and found.removesuffix("[]") not in FACTS:
        found = found.rpartition(".")[0]
    return found or None
