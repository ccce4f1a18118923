"""Doubts between visits: what several records of an audit say that cannot well be true together.

The gate cannot see them, so they change no `outcome`; where nothing graver is shown, a visit is `in_doubt`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visitcheck.audit.running.collector_speeds import write_fast_journeys
from visitcheck.audit.running.scope import VISIT_DOUBT_FACTS, AuditScope
from visitcheck.audit.running.sql import fact_column, file_label, parquet_scan, quote_name, quote_text
from visitcheck.engines.arrays.values import Bools, Ints
from visitcheck.engines.columns import FILE, ROW, fact_columns, record_fields
from visitcheck.engines.sql.columns import duckdb_type
from visitcheck.facts.types import DAY, MINUTE, ListOf
from visitcheck.facts.vocabulary import FACTS
from visitcheck.policy.model import Text

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    from visitcheck.audit.options import AuditOptions

_LEAST_OVERLAP = 5 * MINUTE
"""Records are rounded: visits that overlap by less are not in doubt."""
_MOST_OWNERS = 2
"""Owners of an id, on average, where ids are told apart across visits."""
_VISITS = "visits_to_compare"
_ROWS = "rows_to_compare"
_JOURNEYS = "fast_journeys"
_ROW_BITS = 40
"""Bits for the number of a row, above which is that of its file."""


@dataclass(frozen=True, slots=True)
class VisitDoubt:
    """Records that contradict each other; `query` makes rows of `code`, visit, other visit and what they share.

    It is asked where `needs`, facts, are all given by some row's columns; `prepare` makes what the query reads besides.
    """

    code: str
    text: Text
    needs: tuple[str, ...]
    query: Callable[[str], str]
    prepare: Callable[[duckdb.DuckDBPyConnection, AuditOptions], None] | None = None


_PRESENT = "list_filter(team, lambda one: one.id IS NOT NULL AND coalesce(one.present, TRUE))"
_COLLECTORS = f"list_distinct(list_transform({_PRESENT}, lambda one: one.id))"


def _collector_in_two_places(code: str) -> str:
    """Visits of one collector, to known and different places, that take place at the same time."""
    # Compared only with the visits of the same day, so that a collector of thousands of visits costs no more.
    days = f"range(starts_at // {DAY}, ends_at // {DAY} + 1)"
    stays = (
        f"SELECT *, unnest({days}) AS day FROM (SELECT *, unnest({_COLLECTORS}) AS shared FROM {_VISITS} "
        f"WHERE ends_at > starts_at AND ends_at - starts_at <= {DAY} AND place_id IS NOT NULL)"
    )
    overlap = "least(a.ends_at, b.ends_at) - greatest(a.starts_at, b.starts_at)"
    return (
        f"SELECT {quote_text(code)} AS code, a.file, a.row, a.visit_id, min(b.visit_id) AS other, a.shared "
        f"FROM ({stays}) AS a JOIN ({stays}) AS b ON a.shared = b.shared AND a.day = b.day "
        f"AND a.place_id <> b.place_id AND {overlap} >= {_LEAST_OVERLAP} GROUP BY ALL"
    )


def _write_fast_journeys(con: duckdb.DuckDBPyConnection, options: AuditOptions) -> None:
    known = "starts_at IS NOT NULL AND latitude IS NOT NULL AND longitude IS NOT NULL"
    stays = (
        f"SELECT rowid AS visit, unnest({_COLLECTORS}) AS collector, starts_at AS arrives, "
        f"coalesce(ends_at, starts_at) AS leaves, latitude, longitude FROM {_VISITS} WHERE {known}"
    )
    write_fast_journeys(con, stays, _JOURNEYS, options.max_speed_kmh)


def _collector_too_fast(code: str) -> str:
    """Visits of one collector who could not come from one to the other in time."""
    return " UNION ".join(
        f"SELECT {quote_text(code)} AS code, a.file, a.row, a.visit_id, b.visit_id AS other, collector AS shared "
        f"FROM {_JOURNEYS} JOIN {_VISITS} AS a ON a.rowid = {own} JOIN {_VISITS} AS b ON b.rowid = {other}"
        for own, other in (("earlier", "later"), ("later", "earlier"))
    )


def _same_visit_twice(code: str) -> str:
    """Visits to one debtor, of one case and debt, that begin and end alike, by the same people where named."""
    team = "list_sort(list_distinct(list_transform(team, lambda one: coalesce(one.id, ''))))"
    case = "coalesce(case_id, '') || ' ' || coalesce(debt_id, '')"
    key = f"concat_ws(' ', debtor_id, {case}, starts_at, coalesce(ends_at, 0), coalesce({team}::VARCHAR, ''))"
    known = "debtor_id IS NOT NULL AND starts_at IS NOT NULL"
    rows = f"SELECT *, {key} AS key, debtor_id AS shared FROM {_VISITS} WHERE {known}"
    return _shared_by(code, rows, "count(*) > 1")


def _consent_of_two_debtors(code: str) -> str:
    """Visits to different debtors that rest on one consent."""
    rows = f"SELECT *, unnest(list_distinct(list_transform(consents, lambda one: one.id))) AS shared FROM {_VISITS}"
    rows = _without_local_ids(f"SELECT *, shared AS key FROM ({rows})", "debtor_id")
    return _shared_by(code, rows, "count(DISTINCT debtor_id) > 1")


def _consent_outside_its_validity(code: str) -> str:
    """Visits that rest on a consent which by other visits' records did not hold then.

    It holds as long as any record says: a consent may be renewed. A record that itself says so contradicts none, and is
    for rules to judge; but a visit rests on a consent to visits, and one to a workplace on that to be visited there.
    """
    rows = (
        f"SELECT *, unnest(list_filter(consents, lambda one: one.id IS NOT NULL)) AS one FROM {_VISITS} "
        "WHERE debtor_id IS NOT NULL AND starts_at IS NOT NULL"
    )
    over = f"coalesce(ends_at, starts_at + {DAY})"
    rows = _without_local_ids(
        "SELECT file, row, visit_id, debtor_id, starts_at, one.id AS key, one AS consent, "
        f"{over} AS over, one.kind = 'visit' OR (one.kind = 'workplace' AND place_kind = 'workplace') AS rests "
        f"FROM ({rows})",
        "debtor_id",
    )
    of_all = "OVER (PARTITION BY debtor_id, key)"
    facts = {
        "given": f"min(consent.given_at) {of_all}",
        "given_last": f"max(consent.given_at) {of_all}",
        "withdrawn": f"max(consent.withdrawn_at) {of_all}",
        "begins": f"min(consent.valid_from) {of_all}",
        "stops": f"max(consent.valid_until) {of_all}",
        "first": f"min(visit_id) {of_all}",
        "last": f"max(visit_id) {of_all}",
    }
    rows = f"SELECT *, {', '.join(f'{value} AS {name}' for name, value in facts.items())} FROM ({rows})"
    outside = " OR ".join(
        f"(({test}) AND (coalesce(rests, FALSE) OR consent.{own} IS NULL))"
        for own, test in (
            ("given_at", "given > over"),
            ("valid_from", "begins > over"),
            ("valid_until", "stops < starts_at"),
            ("withdrawn_at", "withdrawn < starts_at AND coalesce(given_last <= withdrawn, TRUE)"),
        )
    )
    used = "coalesce(consent.given, TRUE) AND NOT coalesce(consent.withdrawn, FALSE) AND first < last"
    return (
        f"SELECT DISTINCT {quote_text(code)} AS code, file, row, visit_id, "
        "CASE WHEN visit_id = first THEN last ELSE first END AS other, key AS shared "
        f"FROM ({rows}) WHERE {used} AND ({outside})"
    )


def _recording_of_two_visits(code: str) -> str:
    """Visits that name one recording, whose times do not cover them all."""
    rows = f"SELECT *, unnest(recordings) AS one FROM {_VISITS}"
    rows = (
        "SELECT * EXCLUDE (one), one.id AS shared, one.id AS key, one.starts_at AS begins, one.ends_at AS stops "
        f"FROM ({rows})"
    )
    rows = _without_local_ids(rows, "visit_id")
    covers = "min(begins) <= min(starts_at) AND max(stops) >= max(coalesce(ends_at, starts_at))"
    return _shared_by(code, rows, f"count(DISTINCT visit_id) > 1 AND NOT ({covers})")


def _evidence_with_two_contents(code: str) -> str:
    """Visits that name one recording by different digests."""
    rows = f"SELECT *, unnest(recordings) AS one FROM {_VISITS}"
    rows = f"SELECT * EXCLUDE (one), one.id AS shared, one.id AS key, one.hash AS hash FROM ({rows})"
    rows = _without_local_ids(rows, "visit_id")
    return _shared_by(code, rows, "count(DISTINCT visit_id) > 1 AND count(DISTINCT hash) > 1")


def _without_local_ids(rows: str, owner: str) -> str:
    """The rows, or none where their `key` is a number within its owner, as `r1`, `r2`: most are then of many owners."""
    counts = f"SELECT count(DISTINCT key) AS ids, count(DISTINCT ({owner}, key)) AS uses FROM ({rows})"
    return f"SELECT * FROM ({rows}) WHERE (SELECT uses <= {_MOST_OWNERS} * ids FROM ({counts}))"


def _shared_by(code: str, rows: str, test: str) -> str:
    """The visits of groups with one `key` that pass a test, each with another visit of its group."""
    groups = f"SELECT key, min(visit_id) AS first, max(visit_id) AS last FROM ({rows}) GROUP BY key HAVING {test}"
    other = "CASE WHEN visit_id = first THEN last ELSE first END"
    return (
        f"SELECT DISTINCT {quote_text(code)} AS code, file, row, visit_id, {other} AS other, shared "
        f"FROM ({rows}) JOIN ({groups}) USING (key)"
    )


VISIT_DOUBTS: tuple[VisitDoubt, ...] = (
    VisitDoubt(
        "collector-in-two-places",
        Text(en="One collector is at two places at once.", zh="同一催收员同时出现在两个地点。"),
        ("team[].id", "place.id", "visit.ends_at"),
        _collector_in_two_places,
    ),
    VisitDoubt(
        "collector-too-fast",
        Text(
            en="One collector could come from one visit to the other only faster than the speed that was given.",
            zh="同一催收员须超过设定的最高速度才能从一次外访赶到另一次外访。",
        ),
        ("team[].id", "place.latitude", "place.longitude", "visit.starts_at"),
        _collector_too_fast,
        _write_fast_journeys,
    ),
    VisitDoubt(
        "same-visit-twice",
        Text(en="One visit is recorded twice, under two ids.", zh="同一次外访以两个编号重复记录。"),
        ("debtor.id", "visit.starts_at"),
        _same_visit_twice,
    ),
    VisitDoubt(
        "consent-of-two-debtors",
        Text(en="One consent is used for two debtors.", zh="同一份同意书用于两名债务人。"),
        ("consents[].id", "debtor.id"),
        _consent_of_two_debtors,
    ),
    VisitDoubt(
        "consent-outside-its-validity",
        Text(
            en="A visit rests on a consent that by other records did not hold then.",
            zh="外访所依据的同意书，按其他记录当时尚未取得、已撤回或已过期。",
        ),
        ("consents[].id", "debtor.id", "visit.starts_at"),
        _consent_outside_its_validity,
    ),
    VisitDoubt(
        "recording-of-two-visits",
        Text(
            en="One recording is used for two visits, and its times do not cover both.",
            zh="同一份录音录像用于两次外访，其时间未覆盖两次外访。",
        ),
        ("recordings[].id", "recordings[].starts_at", "recordings[].ends_at", "visit.starts_at"),
        _recording_of_two_visits,
    ),
    VisitDoubt(
        "evidence-with-two-contents",
        Text(en="One recording has two contents, by its digests.", zh="同一份录音录像有两个不同的摘要值。"),
        ("recordings[].id", "recordings[].hash"),
        _evidence_with_two_contents,
    ),
)


def write_visit_doubts(
    con: duckdb.DuckDBPyConnection, scope: AuditScope, options: AuditOptions, rows: pa.RecordBatchReader, target: Path
) -> None:
    """Write the doubts between visits, by file and row: code, visit, other visit, what they share.

    Reads ids and times alone, once; nothing where no doubt can be asked.
    """
    columns = ", ".join(f"{value} AS {name}" for name, value in _columns(scope))
    asked = [doubt for doubt in VISIT_DOUBTS if scope.fed.issuperset(doubt.needs)]
    nothing = "SELECT '' AS code, 0 AS file, 0::BIGINT AS row, '' AS visit_id, '' AS other, '' AS shared WHERE FALSE"
    if asked:
        con.register(_ROWS, rows)
        con.execute(f"CREATE TEMP TABLE {_VISITS} AS SELECT {columns} FROM {_ROWS}")
        con.unregister(_ROWS)
    for doubt in asked:
        if doubt.prepare is not None:
            doubt.prepare(con, options)
    parts = [nothing, *(doubt.query(doubt.code) for doubt in asked)]
    con.execute(
        f"COPY (SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY file, row, code, shared) "
        f"TO {quote_text(target)} (FORMAT parquet)"
    )
    for table in (_VISITS, _JOURNEYS):
        con.execute(f"DROP TABLE IF EXISTS {table}")


def groups_to_compare(scope: AuditScope) -> set[str]:
    """The columns that doubts between visits look at."""
    facts = (fact.partition("[]")[0].partition(".")[0] for fact in VISIT_DOUBT_FACTS)
    return set(facts) & fact_columns(scope.kept).keys()


def _columns(scope: AuditScope) -> Iterator[tuple[str, str]]:
    """The narrow columns that doubts are asked of, by name; NULL for facts that are not kept."""
    yield "file", quote_name(FILE)
    yield "row", quote_name(ROW)
    for name, fact in (
        ("visit_id", "visit.id"), ("starts_at", "visit.starts_at"), ("ends_at", "visit.ends_at"),
        ("debtor_id", "debtor.id"), ("place_id", "place.id"), ("case_id", "visit.case_id"), ("debt_id", "debt.id"),
        ("place_kind", "place.kind"), ("latitude", "place.latitude"), ("longitude", "place.longitude"),
    ):  # fmt: skip
        yield name, fact_column(fact) if _is_kept(scope, fact) else "NULL"
    for path in ("team", "consents", "recordings"):
        facts = sorted(fact for fact in VISIT_DOUBT_FACTS if fact.startswith(f"{path}[]."))
        types = {fact.partition("[].")[2]: duckdb_type(FACTS[fact].type) for fact in facts}
        if _is_kept(scope, path):
            parts = ", ".join(
                f"{name} := {f'one.{name}' if _is_kept(scope, f'{path}[].{name}') else 'NULL'}::{type_}"
                for name, type_ in types.items()
            )
            yield path, f"list_transform({path}, lambda one: struct_pack({parts}))"
        else:
            yield path, f"NULL::STRUCT({', '.join(f'{name} {type_}' for name, type_ in types.items())})[]"


def _is_kept(scope: AuditScope, fact: str) -> bool:
    """Whether rows hold a fact."""
    listed, mark, inner = fact.partition("[].")
    fields = fact_columns(scope.kept)
    for name in listed.split(".")[:-1]:
        fields = record_fields(fields[name]) or {} if name in fields else {}
    last = fields.get(listed.rpartition(".")[2])
    if not mark or last is None:
        return last is not None
    return isinstance(last, ListOf) and inner in (record_fields(last.item) or {})


class DoubtedVisits:
    """The visits of a run that are in doubts between visits."""

    def __init__(self, visit_doubts: Path) -> None:
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        table = pq.read_table(visit_doubts, columns=["code", "file", "row"])
        self._places = {
            code: np.unique(_places(of["file"], of["row"]))
            for code in sorted(pc.unique(table["code"]).to_pylist())
            for of in [table.filter(pc.equal(table["code"], code))]
        }

    def among(self, rows: pa.RecordBatch) -> dict[str, Bools]:
        """For each doubt which of some rows are in it."""
        places = _places(rows.column(FILE), rows.column(ROW))
        return {code: np.isin(places, those) for code, those in self._places.items()}


def _places(files: pa.Array, rows: pa.Array) -> Ints:
    """One number for a file and a row."""
    places: Ints = (files.to_numpy().astype(np.int64) << _ROW_BITS) | rows.to_numpy()
    return places


def write_doubts(
    con: duckdb.DuckDBPyConnection, visit_doubts: Path, labels: tuple[str, ...], target: Path
) -> dict[str, int]:
    """Write `doubts.parquet`, a row for each visit, code and thing shared; returns visits by code."""
    con.execute("SET preserve_insertion_order = true")
    con.execute(
        f"COPY (SELECT code, {file_label(labels)} AS file, row, visit_id, other AS other_visit_id, shared AS shared_id "
        f"FROM (SELECT *, file AS file_number FROM {parquet_scan(visit_doubts)}) "
        f"ORDER BY file_number, row, code, shared) TO {quote_text(target)} (FORMAT parquet, COMPRESSION zstd)"
    )
    con.execute("SET preserve_insertion_order = false")
    counts = f"SELECT code, count(DISTINCT visit_id) FROM {parquet_scan(visit_doubts)} GROUP BY 1 ORDER BY 1"
    return dict(con.execute(counts).fetchall())
