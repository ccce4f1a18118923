"""Earlier visits, from the audited visits themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.sql import fact_column, quote_name
from visitcheck.engines.sql.columns import FILE, ROW, duckdb_type, fact_columns, record_fields
from visitcheck.facts.times import read_timestamp
from visitcheck.facts.types import DAY, HOUR, ListOf, Record, Type

MOST_EARLIER_VISITS = 1_000
"""Of a debtor's earlier visits, this many are given, the latest; `history.visits_since` says so where it is less."""
_FARTHEST_EAST = 14 * HOUR


def history_query(rows: str, kept: Record, options: AuditOptions) -> str:
    """A query for `rows` (the name of a relation of shard rows) with `earlier_visits` as the options say.

    All of a debtor's visits have to be among the rows. Visits are earlier that start earlier, or at the same
    moment with a lesser id. One whose time of day is lost counts from the first moment of its date anywhere, so
    it may be given, without a start, to a visit of the same day: then rules find it unclear which came first. Its
    own earlier visits are unknown.

    The query is in forms that Spark has, too, under other names (`spark.sql`).
    """
    columns = fact_columns(kept)
    if options.history == "given" or "earlier_visits" not in columns:
        return f"SELECT {_select_list(columns)} FROM {rows}"
    type_ = columns["earlier_visits"]
    if options.history == "none":
        return f"SELECT {_select_list(columns, earlier_visits=f'NULL::{duckdb_type(type_)}')} FROM {rows}"
    assert isinstance(type_, ListOf)  # noqa: S101 - so it is in the vocabulary
    key = f"coalesce({fact_column('visit.starts_at')}, {fact_column('visit.date')} * {DAY} - {_FARTHEST_EAST})"
    # Rows without a debtor stand each alone: together they would be a debtor with very many visits.
    debtor = (
        f"{fact_column('debtor.id')}, CASE WHEN {fact_column('debtor.id')} IS NULL THEN {fact_column('visit.id')} END"
    )
    order = f"(PARTITION BY {debtor} ORDER BY {key}, {fact_column('visit.id')}, {quote_name(FILE)}, {quote_name(ROW)}"
    window = f"{order} ROWS BETWEEN {MOST_EARLIER_VISITS} PRECEDING AND 1 PRECEDING)"
    known = " AND ".join(f"{fact_column(fact)} IS NOT NULL" for fact in ("debtor.id", "visit.starts_at"))
    known += f" AND {_none_given(columns)}"
    derived = f"coalesce(list({_earlier_visit_struct(type_)}) OVER {window}, [])"
    more = f"row_number() OVER {order})"
    inner = f"SELECT *, {known} AS __derives, {derived} AS __earlier, {more} AS __nth FROM {rows}"
    earlier = f"if(__derives, __earlier, earlier_visits)::{duckdb_type(type_)}"
    since = f"if(__derives, {_history_struct(columns['history'], options)}, history)"
    return f"SELECT {_select_list(columns, earlier_visits=earlier, history=since)} FROM ({inner})"


def derives_history(kept: Record, options: AuditOptions) -> bool:
    """Whether `history_query` derives earlier visits from the audited ones."""
    return options.history == "derive" and "earlier_visits" in fact_columns(kept)


def _none_given(columns: Mapping[str, Type]) -> str:
    """Whether a row has no earlier visits of its own: none at all, or no more than that there may be some."""
    about: Type | None = columns.get("completeness")
    if not isinstance(about, Record) or "earlier_visits" not in about.fields:
        return "earlier_visits IS NULL"
    goes_on = f"{fact_column('completeness.earlier_visits.complete')} = FALSE"
    return f"(earlier_visits IS NULL OR (array_length(earlier_visits) = 0 AND {goes_on}))"


def _select_list(columns: Iterable[str], **new: str) -> str:
    """List the columns of a row, some of them with new values."""
    return ", ".join(
        [
            quote_name(FILE),
            quote_name(ROW),
            *(f"{new.get(one, quote_name(one))} AS {quote_name(one)}" for one in columns),
        ]
    )


def _earlier_visit_struct(type_: ListOf) -> str:
    known = {
        "id": fact_column("visit.id"),
        "starts_at": fact_column("visit.starts_at"),
        "ends_at": fact_column("visit.ends_at"),
        "date": fact_column("visit.date"),
        "by": f"CASE {fact_column('agency.involved')} WHEN TRUE THEN 'agency' WHEN FALSE THEN 'lender' END",
        "agency_id": fact_column("agency.id"),
        "place_kind": fact_column("place.kind"),
        "outcome": "CASE WHEN array_length(list_filter(met, lambda one: one.role = 'debtor')) > 0 THEN 'met' END",
    }
    fields = record_fields(type_.item) or {}
    parts = (
        f"{quote_name(field)} := {known.get(field, f'NULL::{duckdb_type(part)}')}" for field, part in fields.items()
    )
    return f"struct_pack({', '.join(parts)})"


def _history_struct(type_: object, options: AuditOptions) -> str:
    """The group `history`, its `visits_since` filled in; later where earlier visits were left out."""
    fields = record_fields(type_) or {}  # type: ignore[arg-type]
    given = fact_column("history.visits_since")
    if options.history_since is not None:
        given = f"coalesce({given}, {read_timestamp(options.history_since)})"
    since = f"if(__nth > {MOST_EARLIER_VISITS + 1}, greatest({given}, __earlier[1].starts_at), {given})"
    parts = [
        f"{quote_name(field)} := {since if field == 'visits_since' else fact_column(f'history.{field}')}"
        for field in fields
    ]
    return f"struct_pack({', '.join(parts)})::{duckdb_type(type_)}"  # type: ignore[arg-type]
