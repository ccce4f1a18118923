"""Lists the facts that were missing most often where a rule was left open for them."""

from __future__ import annotations

from dataclasses import dataclass

from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts.vocabulary import FACTS
from visitcheck.policy.model import Text
from visitcheck.report.charts.strip import bar_length
from visitcheck.report.folder import AuditFolder

SHOWN = 25
# `visit.date` stands for a start that is lost; where the start is there, the date follows from it.
LACKED = "list_filter(missing, lambda one: one <> 'visit.date' OR starts_at IS NULL)"
"""In SQL over findings: what a finding's row lacks."""
_QUERY = f"""
    WITH lacked AS (
      SELECT file, row, rule, unnest({LACKED}) AS fact
      FROM read_parquet(?) WHERE status IN ('suspected', 'undetermined')
    ), rows AS (SELECT fact, count(*) AS visits FROM (SELECT DISTINCT file, row, fact FROM lacked) GROUP BY fact),
    rules AS (SELECT fact, count(DISTINCT rule) AS rules FROM lacked GROUP BY fact)
    SELECT fact, visits, rules FROM rows JOIN rules USING (fact) ORDER BY visits DESC, fact
"""


@dataclass(frozen=True, slots=True)
class MissingRow:
    """One fact: how many visits lack it where an open condition reads it, for how many rules; `about` is English."""

    fact: str
    visits: int
    rules: int
    share: float
    bar: float
    about: str


@dataclass(frozen=True, slots=True)
class Missing:
    """The facts missing most often, and how many others there are."""

    rows: list[MissingRow]
    left_out: int


def list_missing(audit: AuditFolder) -> Missing:
    """List the missing facts of an audit, the most often missing first."""
    counts = count_missing_by_fact(audit)
    most = max((visits for visits, _ in counts.values()), default=0)
    rows = [
        MissingRow(fact, visits, rules, visits / audit.visits, bar_length(visits, most), _describe_fact(fact))
        for fact, (visits, rules) in list(counts.items())[:SHOWN]
    ]
    return Missing(rows, len(counts) - len(rows))


@dataclass(frozen=True, slots=True)
class NextRow:
    """A fact that no column gives, and how many rules it opens: alone, and after those above it."""

    fact: str
    label: Text
    column: Text
    alone: int
    after: int
    deny: int
    share: float | None
    """Of all visits, those on which one of these rules would be assessed, at least."""


def list_next(audit: AuditFolder) -> list[NextRow]:
    """List what to collect next, what opens the most rules first."""
    return [
        NextRow(
            fact=entry["fact"],
            label=Text(**entry["label"]),
            column=Text(**entry["column"]),
            alone=sum(entry["alone"].values()),
            after=sum(entry["after"].values()),
            deny=entry["after"]["deny"],
            share=entry["visits"] / audit.visits if audit.visits else None,
        )
        for entry in audit.summary["collect_next"][:SHOWN]
    ]


def count_missing_by_fact(audit: AuditFolder) -> dict[str, tuple[int, int]]:
    """Count, for each missing fact, visits that lack it and the suspected or undetermined rules that read it.

    Facts are in the order of their visits, most first.
    """
    with connect_duckdb() as con:
        rows = con.execute(_QUERY, [audit.table("findings")]).fetchall()
    return {fact: (visits, rules) for fact, visits, rules in rows}


def _describe_fact(fact: str) -> str:
    return FACTS[fact].description.replace("`", "") if fact in FACTS else ""
