"""Counts rows that could not be judged, by code and fact, without what they say."""

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


def count_rejects(audit: AuditFolder, *, messages: bool) -> Rejects:
    """Count the rejects of an audit. Messages quote the input, so they are shown only with `messages`."""
    counts = audit.manifest["counts"]
    with connect_duckdb() as con:
        kinds = con.execute(_QUERY, [audit.table("rejects")]).fetchall()
    merged: dict[tuple[str, str | None], tuple[int, str]] = {}
    for code, path, number, message in kinds:
        key = (code, known_fact_at(path))
        rows, example = merged.get(key, (0, message))
        merged[key] = (rows + number, min(example, message))
    order = sorted(merged.items(), key=lambda item: (-item[1][0], item[0][0], item[0][1] or ""))
    rows = [RejectRow(code, fact, number, message if messages else None) for (code, fact), (number, message) in order]
    return Rejects(
        rows=rows[:SHOWN],
        total=counts["rejects"],
        of=counts["rows"],
        left_out=sum(row.rows for row in rows[SHOWN:]),
        other_tables=counts["rejects_of_other_tables"],
        broken=[(file["file"], file["problem"]["code"]) for file in audit.summary["broken_files"]],
    )


def known_fact_at(path: str | None) -> str | None:
    """The fact of the vocabulary at a problem's path, or the nearest above it.

    A path may end in a name that the input made up, and that could be anything, so only known names are shown.
    """
    fact = re.sub(r"\[\d+\]", "[]", path or "").removeprefix("$").removeprefix(".")
    while fact and fact not in FACTS and fact.removesuffix("[]") not in FACTS:
        fact = fact.rpartition(".")[0]
    return fact or None
