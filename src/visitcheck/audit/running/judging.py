"""One shard at a time: rows to verdicts, findings and counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitcheck.audit.running.duplicates import without_duplicates
from visitcheck.audit.running.findings import (
    FOUND,
    JUDGED,
    LACKING,
    ROWS,
    file_label,
    findings_query,
    found_query,
    lacking_query,
)
from visitcheck.audit.running.history import derives, with_history
from visitcheck.audit.running.scope import Scope
from visitcheck.audit.running.settings import Settings
from visitcheck.audit.running.shards import SHARD, Shards
from visitcheck.audit.running.sql import name, parquet, path, text
from visitcheck.audit.running.tallies import counted
from visitcheck.engines.sql import SqlEngine
from visitcheck.engines.sql.columns import FILE, ROW
from visitcheck.engines.sql.zones import check_zones, zones_of
from visitcheck.facts.types import DAY
from visitcheck.facts.zones import zone_names

if TYPE_CHECKING:
    import duckdb


_BIN = "bin_rows"


def evaluate_relation(engine: SqlEngine, table: str, also: Iterable[str] = ()) -> str:
    """A query for truths, statuses and outcomes of `table`, rows with the canonical columns, and what results keep.

    `also` are further expressions to keep, named, in the words of DuckDB that `_kept` is in.
    It knows nothing of shards or files: any database whose dialect the engine speaks can run it.
    """
    from sqlglot import parse_one

    kept = [parse_one(expression, dialect="duckdb") for expression in (*_kept(), *also)]
    return engine.dialect.print(engine.judge(table, [FILE, ROW, *kept]))


def _kept() -> list[str]:
    """Facts that results show or group by, from canonical columns."""
    day = f"coalesce({path('visit.starts_at')} // {DAY}, {path('visit.date')})"
    return [
        f"{path('visit.id')} AS visit_id",
        f"{path('visit.starts_at')} AS starts_at",
        f"{path('debtor.id')} AS debtor_id",
        f"{path('place.kind')} AS place_kind",
        f"{path('agency.id')} AS agency_id",
        f"{day} AS day",
        f"{path('visit.timezone')} AS zone",
        "list_transform(team, lambda one: one.id) AS collectors",
    ]


@dataclass(frozen=True)
class ShardJudge:
    """Judges shards on one connection; the query is compiled once."""

    con: duckdb.DuckDBPyConnection
    scope: Scope
    settings: Settings
    shards: Shards
    duplicates: Path
    query: str
    labels: tuple[str, ...]
    repeated: bool

    @contextmanager
    def opened(self, bin_: int) -> Iterator[str]:
        """The rows of a bin as a relation: its file, or a table where several shards are taken out of it."""
        if self.shards.bins == self.shards.count:
            yield self.shards.rows(bin_)
            return
        self._table(_BIN, f"SELECT * FROM {self.shards.rows(bin_)}")
        yield _BIN
        self._drop(_BIN)

    def judge(self, bin_rows: str, shard: int, verdicts: Path, findings: Path) -> dict[str, Any]:
        """Writes both files of a shard, ordered by file and row, and returns its counts."""
        of_shard = f"(SELECT * FROM {bin_rows} WHERE {SHARD} = {shard})"
        rows = f"({without_duplicates(of_shard, self.duplicates, self.repeated)})"
        kind = "TABLE" if derives(self.scope.kept, self.settings) else "VIEW"
        self.con.execute(f"CREATE TEMP {kind} {ROWS} AS {with_history(rows, self.scope.kept, self.settings)}")
        self._table(JUDGED, self.query)
        self._table(LACKING, lacking_query(self.scope))
        self.con.execute(f"DROP {kind} {ROWS}")
        self._table(FOUND, found_query(self.scope))
        self._write(verdicts_query(self.scope, self.labels), "file_number, row", verdicts)
        self._write(findings_query(self.scope, self.labels), "file_number, row, rule_number", findings)
        found = counted(self.con, self.scope)
        self._drop(JUDGED, LACKING, FOUND)
        return found

    def _drop(self, *tables: str) -> None:
        for table in tables:
            self.con.execute(f"DROP TABLE {table}")

    def _table(self, table: str, query: str) -> None:
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")

    def _write(self, query: str, order: str, target: Path) -> None:
        """The rows of a query in their order; the columns that only order them are left out."""
        kept = "file_number, rule_number" if "rule_number" in order else "file_number"
        self.con.execute("SET preserve_insertion_order = true")
        self.con.execute(
            f"COPY (SELECT * EXCLUDE ({kept}) FROM ({query}) ORDER BY {order}) TO {text(target)} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        self.con.execute("SET preserve_insertion_order = false")


def shard_judge(
    con: duckdb.DuckDBPyConnection,
    scope: Scope,
    settings: Settings,
    shards: Shards,
    duplicates: Path,
    labels: tuple[str, ...],
) -> ShardJudge:
    """A judge for all shards; raises `UnsupportedByEngine` for rules that DuckDB cannot say.

    Raises `EngineFailure` where DuckDB's zone data differs from the pinned for a zone in use.
    """
    found = con.execute(f"SELECT DISTINCT {path('visit.timezone')} FROM {shards.all_rows}").fetchall()
    zones = {zone for [zone] in found} & zone_names()
    check_zones(zones | zones_of(scope.plan), "duckdb", lambda query: con.execute(query).fetchall())
    engine = SqlEngine(scope.plan, "duckdb", zones=zones, never_known=scope.never_known)
    [(repeated,)] = con.execute(f"SELECT count(*) FROM {parquet(duplicates)}").fetchall()
    return ShardJudge(con, scope, settings, shards, duplicates, evaluate_relation(engine, ROWS), labels, repeated > 0)


def verdicts_query(scope: Scope, labels: tuple[str, ...]) -> str:
    """A row for each visit: id, file, row, outcomes as words, and a code for each rule."""
    codes = ", ".join(f"s{n} AS {name(rule.rule.id)}" for n, rule in enumerate(scope.plan.rules))
    words = "['allow', 'review', 'deny']"
    return (
        f"SELECT file_number, visit_id, {file_label(labels)} AS file, {name(ROW)} AS row, "
        f"{words}[1 + outcome] AS outcome, "
        f"{words}[1 + outcome_assessable] AS outcome_assessable, {codes} "
        f"FROM (SELECT *, {name(FILE)} AS file_number FROM {JUDGED})"
    )


def written(counts: dict[str, Any]) -> str:
    """Counts as the checkpoint holds them."""
    return json.dumps(counts, sort_keys=True, ensure_ascii=False)
