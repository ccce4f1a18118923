"""One shard at a time: rows to verdicts, findings and counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.duplicates import exclude_duplicates
from visitcheck.audit.running.findings import (
    JUDGED,
    LACKING,
    REPORTABLE,
    ROWS,
    file_label,
    findings_query,
    lacking_query,
    reportable_query,
)
from visitcheck.audit.running.history import derives_history, history_query, open_histories
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.shards import SHARD, Shards
from visitcheck.audit.running.sql import fact_column, parquet_scan, quote_name, quote_text, text_list
from visitcheck.audit.running.tallies import count_shard
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.outcomes import ASSESSED_WORDS, OUTCOME_WORDS
from visitcheck.engines.sql import SqlEngine
from visitcheck.engines.sql.zones import check_zones, zones_of
from visitcheck.facts.types import DAY
from visitcheck.facts.zones import zone_names

if TYPE_CHECKING:
    import duckdb


_BIN = "bin_rows"


def evaluate_relation(engine: SqlEngine, table: str, also: Iterable[str] = ()) -> str:
    """A query for truths, statuses and outcomes of `table`, rows with the canonical columns, and what results keep.

    `also` are further expressions to keep, named, in the words of DuckDB that `_result_columns` is in.
    It knows nothing of shards or files: any database whose dialect the engine speaks can run it.
    """
    from sqlglot import parse_one

    kept = [parse_one(expression, dialect="duckdb") for expression in (*_result_columns(), *also)]
    return engine.dialect.print(engine.judge(table, [FILE, ROW, *kept]))


def _result_columns() -> list[str]:
    """Facts that results show or group by, from canonical columns."""
    day = f"coalesce({fact_column('visit.starts_at')} // {DAY}, {fact_column('visit.date')})"
    return [
        f"{fact_column('visit.id')} AS visit_id",
        f"{fact_column('visit.starts_at')} AS starts_at",
        f"{fact_column('debtor.id')} AS debtor_id",
        f"{fact_column('place.kind')} AS place_kind",
        f"{fact_column('agency.id')} AS agency_id",
        f"{day} AS day",
        f"{fact_column('visit.timezone')} AS zone",
        "list_transform(team, lambda one: one.id) AS collectors",
    ]


@dataclass(frozen=True)
class ShardJudge:
    """Judges shards on one connection; the query is compiled once."""

    con: duckdb.DuckDBPyConnection
    scope: AuditScope
    options: AuditOptions
    shards: Shards
    duplicates: Path
    query: str
    labels: tuple[str, ...]
    has_duplicates: bool

    @contextmanager
    def open_bin(self, bin_: int) -> Iterator[str]:
        """Give the rows of a bin as a relation: its file, or a table where several shards are taken out of it."""
        if self.shards.bins == self.shards.count:
            yield self.shards.rows(bin_)
            return
        self._create_table(_BIN, f"SELECT * FROM {self.shards.rows(bin_)}")
        yield _BIN
        self._drop_tables(_BIN)

    def judge(self, bin_rows: str, shard: int, verdicts: Path, findings: Path) -> dict[str, Any]:
        """Write both files of a shard, ordered by file and row; returns its counts."""
        of_shard = f"(SELECT * FROM {bin_rows} WHERE {SHARD} = {shard})"
        rows = f"({exclude_duplicates(of_shard, self.duplicates, self.has_duplicates)})"
        kind = "TABLE" if derives_history(self.scope.kept, self.options) else "VIEW"
        self.con.execute(f"CREATE TEMP {kind} {ROWS} AS {history_query(rows, self.scope.kept, self.options)}")
        self._create_table(JUDGED, self.query)
        self._create_table(LACKING, lacking_query(self.scope))
        self.con.execute(f"DROP {kind} {ROWS}")
        self._create_table(REPORTABLE, reportable_query(self.scope))
        self._write_parquet(verdicts_query(self.scope, self.labels), "file_number, row", verdicts)
        self._write_parquet(findings_query(self.scope, self.labels), "file_number, row, rule_number", findings)
        counts = count_shard(self.con, self.scope)
        self._drop_tables(JUDGED, LACKING, REPORTABLE)
        return counts

    def _drop_tables(self, *tables: str) -> None:
        for table in tables:
            self.con.execute(f"DROP TABLE {table}")

    def _create_table(self, table: str, query: str) -> None:
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")

    def _write_parquet(self, query: str, order: str, target: Path) -> None:
        """Write the rows of a query in their order, without the columns that only order them."""
        kept = "file_number, rule_number" if "rule_number" in order else "file_number"
        self.con.execute("SET preserve_insertion_order = true")
        self.con.execute(
            f"COPY (SELECT * EXCLUDE ({kept}) FROM ({query}) ORDER BY {order}) TO {quote_text(target)} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        self.con.execute("SET preserve_insertion_order = false")


def make_shard_judge(
    con: duckdb.DuckDBPyConnection,
    scope: AuditScope,
    options: AuditOptions,
    shards: Shards,
    duplicates: Path,
    labels: tuple[str, ...],
) -> ShardJudge:
    """Compile the judge of all shards.

    Raises `UnsupportedByEngine` for rules that DuckDB cannot express, and `EngineFailure` where its zone data
    differs from the pinned for a zone in use.
    """
    rows = con.execute(f"SELECT DISTINCT {fact_column('visit.timezone')} FROM {shards.all_rows}").fetchall()
    zones = {zone for [zone] in rows} & zone_names()
    check_zones(zones | zones_of(scope.plan), "duckdb", lambda query: con.execute(query).fetchall())
    rows_say_so = bool(scope.may_go_on) and _some_list_goes_on(con, shards)
    may_go_on = scope.may_go_on if rows_say_so else scope.may_go_on & open_histories(options)
    engine = SqlEngine(scope.plan, "duckdb", zones=zones, never_known=scope.never_known, may_go_on=may_go_on)
    [(has_duplicates,)] = con.execute(f"SELECT count(*) FROM {parquet_scan(duplicates)}").fetchall()
    return ShardJudge(
        con, scope, options, shards, duplicates, evaluate_relation(engine, ROWS), labels, has_duplicates > 0
    )


def _some_list_goes_on(con: duckdb.DuckDBPyConnection, shards: Shards) -> bool:
    """Whether any row says something of how complete its lists are; JSON Lines may always, and mostly do not."""
    rows = f"SELECT 1 FROM {shards.all_rows} WHERE completeness IS NOT NULL LIMIT 1"
    return con.execute(rows).fetchone() is not None


def verdicts_query(scope: AuditScope, labels: tuple[str, ...]) -> str:
    """A row for each visit: id, file, row, outcomes as words, counts, codes of doubts, and a code for each rule."""
    codes = ", ".join(f"s{n} AS {quote_name(rule.rule.id)}" for n, rule in enumerate(scope.plan.rules))
    words = text_list(OUTCOME_WORDS)
    return (
        f"SELECT file_number, visit_id, {file_label(labels)} AS file, {quote_name(ROW)} AS row, "
        f"({words})[1 + outcome] AS outcome, "
        f"({text_list(ASSESSED_WORDS)})[1 + assessed_outcome] AS assessed_outcome, rules_assessed, rules_applicable, "
        f"{_doubt_codes(scope)} AS doubts, {codes} "
        f"FROM (SELECT *, {quote_name(FILE)} AS file_number FROM {JUDGED})"
    )


def _doubt_codes(scope: AuditScope) -> str:
    """The codes of the doubts that a judged row is in."""
    codes = ", ".join(f"CASE WHEN c{at} THEN {quote_text(doubt.code)} END" for doubt, at in scope.plan.doubts)
    return f"list_filter([{codes}]::VARCHAR[], lambda one: one IS NOT NULL)"


def counts_json(counts: dict[str, Any]) -> str:
    """Write counts as the checkpoint holds them."""
    return json.dumps(counts, sort_keys=True, ensure_ascii=False)
