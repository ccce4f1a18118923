"""One shard at a time: rows to verdicts, findings and counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.duplicates import exclude_duplicates
from visitcheck.audit.running.history import derives_history, history_query
from visitcheck.audit.running.judged_rows import JUDGED, RowJudge, rows_to_judge
from visitcheck.audit.running.policy_texts import first_zone
from visitcheck.audit.running.run_folder import RunFolder
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.shards import SHARD, Shards
from visitcheck.audit.running.sql import fact_column, file_label, parquet_scan, quote_name, quote_text, text_list
from visitcheck.audit.running.tallies import count_shard
from visitcheck.audit.running.visit_doubts import VISIT_DOUBT_CODES, mark_visit_doubts
from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.outcomes import ASSESSED_WORDS, OUTCOME_WORDS
from visitcheck.engines.sql.zones import check_zones
from visitcheck.facts.zones import zone_names

if TYPE_CHECKING:
    import duckdb


ROWS, FOUND = "shard_rows", "shard_findings"
_BIN, _ANSWERS = "bin_rows", "answers_of_arrays"


@dataclass(frozen=True)
class ShardJudge:
    """Judges shards on one connection; the plan is compiled once."""

    con: duckdb.DuckDBPyConnection
    scope: AuditScope
    options: AuditOptions
    shards: Shards
    duplicates: Path
    visit_doubts: Path
    rows: RowJudge
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
        self._judge_rows()
        mark_visit_doubts(self.con, JUDGED, self.visit_doubts)
        self.con.execute(f"DROP {kind} {ROWS}")
        self._write_parquet(verdicts_query(self.scope, self.labels), "file_number, row", verdicts)
        self._write_parquet(findings_query(self.labels), "file_number, row, rule_number", findings)
        counts = count_shard(self.con, self.scope) | {"truths": self.rows.take_work()}
        self._drop_tables(JUDGED, FOUND)
        return counts

    def _judge_rows(self) -> None:
        """Judge the rows of a shard as the database gives them, into tables of what became of them."""
        import pyarrow as pa

        reader = self.con.sql(rows_to_judge(ROWS, self.scope)).to_arrow_reader(CHUNK_ROWS)
        chunks = [(rows.judged, rows.findings_of_visits()) for rows in self.rows.judge_all(reader)]
        if not chunks:
            rows = self.rows.judge_chunk(pa.RecordBatch.from_pylist([], reader.schema))
            chunks.append((rows.judged, rows.findings_of_visits()))
        for table, parts in zip((JUDGED, FOUND), zip(*chunks, strict=True), strict=True):
            self.con.register(_ANSWERS, pa.concat_tables(parts))
            self._create_table(table, f"SELECT * FROM {_ANSWERS}")
            self.con.unregister(_ANSWERS)

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
    place: RunFolder,
    labels: tuple[str, ...],
) -> ShardJudge:
    """Compile the judge of all shards.

    Raises `EngineFailure` where DuckDB's zone data differs from the pinned for a zone in use: rows are judged by the
    pinned, and counted by the hour of DuckDB's clocks.
    """
    rows = con.execute(f"SELECT DISTINCT {fact_column('visit.timezone')} FROM {shards.all_rows}").fetchall()
    zones = {zone for [zone] in rows} & zone_names()
    check_zones(zones | {first_zone(scope.plan.policy) or "UTC"}, "duckdb", lambda query: con.execute(query).fetchall())
    duplicates, doubts = place.path("duplicates.parquet"), place.path("visit_doubts.parquet")
    [(has_duplicates,)] = con.execute(f"SELECT count(*) FROM {parquet_scan(duplicates)}").fetchall()
    judge = RowJudge.of_scope(scope)
    return ShardJudge(con, scope, options, shards, duplicates, doubts, judge, labels, has_duplicates > 0)


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
    """The codes of the doubts that a judged row is in, those between visits last."""
    codes = ", ".join(f"CASE WHEN c{at} THEN {quote_text(doubt.code)} END" for doubt, at in scope.plan.doubts)
    return f"list_concat(list_filter([{codes}]::VARCHAR[], lambda one: one IS NOT NULL), {VISIT_DOUBT_CODES})"


def findings_query(labels: tuple[str, ...]) -> str:
    """A row for each finding, with what identifies the visit and what decided."""
    return (
        f"SELECT file_number, visit_id, {file_label(labels)} AS file, {quote_name(ROW)} AS row, rule, status, effect, "
        "checks, exceptions, missing, make_timestamp(starts_at) AT TIME ZONE 'UTC' AS starts_at, debtor_id, "
        f"place_kind, agency_id, rule_number FROM (SELECT *, {quote_name(FILE)} AS file_number FROM {FOUND})"
    )


def counts_json(counts: dict[str, Any]) -> str:
    """Write counts as the checkpoint holds them."""
    return json.dumps(counts, sort_keys=True, ensure_ascii=False)
