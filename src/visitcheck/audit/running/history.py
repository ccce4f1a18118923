"""Earlier visits, from the audited visits themselves."""

from __future__ import annotations

from collections.abc import Iterable

from visitcheck.audit.running.settings import Settings
from visitcheck.audit.running.sql import name, path
from visitcheck.engines.sql.columns import FILE, ROW, duckdb_type, fact_columns, record_fields
from visitcheck.facts.times import timestamp
from visitcheck.facts.types import DAY, HOUR, ListOf, Record

MOST = 1_000
"""Of a debtor's earlier visits, this many are given, the latest; `history.visits_since` says so where it is less."""
_FARTHEST_EAST = 14 * HOUR


def with_history(rows: str, kept: Record, settings: Settings) -> str:
    """A query for `rows` (the name of a relation of shard rows) with `earlier_visits` as the settings say.

    All of a debtor's visits have to be among the rows. Visits are earlier that start earlier, or at the same
    moment with a lesser id. One whose time of day is lost counts from the first moment of its date anywhere, so
    it may be given, without a start, to a visit of the same day: then rules find it unclear which came first. Its
    own earlier visits are unknown.

    The query is in forms that Spark has, too, under other names (`spark.sql`).
    """
    columns = fact_columns(kept)
    if settings.history == "given" or "earlier_visits" not in columns:
        return f"SELECT {_replaced(columns)} FROM {rows}"
    type_ = columns["earlier_visits"]
    if settings.history == "none":
        return f"SELECT {_replaced(columns, earlier_visits=f'NULL::{duckdb_type(type_)}')} FROM {rows}"
    assert isinstance(type_, ListOf)  # noqa: S101 - so it is in the vocabulary
    key = f"coalesce({path('visit.starts_at')}, {path('visit.date')} * {DAY} - {_FARTHEST_EAST})"
    # Rows without a debtor stand each alone: together they would be a debtor with very many visits.
    debtor = f"{path('debtor.id')}, CASE WHEN {path('debtor.id')} IS NULL THEN {path('visit.id')} END"
    order = f"(PARTITION BY {debtor} ORDER BY {key}, {path('visit.id')}, {name(FILE)}, {name(ROW)}"
    window = f"{order} ROWS BETWEEN {MOST} PRECEDING AND 1 PRECEDING)"
    known = f"{path('debtor.id')} IS NOT NULL AND {path('visit.starts_at')} IS NOT NULL AND earlier_visits IS NULL"
    derived = f"coalesce(list({_element(type_)}) OVER {window}, [])"
    more = f"row_number() OVER {order})"
    inner = f"SELECT *, {known} AS __derives, {derived} AS __earlier, {more} AS __nth FROM {rows}"
    earlier = f"if(__derives, __earlier, earlier_visits)::{duckdb_type(type_)}"
    since = f"if(__derives, {_since(columns['history'], settings)}, history)"
    return f"SELECT {_replaced(columns, earlier_visits=earlier, history=since)} FROM ({inner})"


def derives(kept: Record, settings: Settings) -> bool:
    """Whether `with_history` works earlier visits out."""
    return settings.history == "derive" and "earlier_visits" in fact_columns(kept)


def _replaced(columns: Iterable[str], **new: str) -> str:
    """The columns of a row, some of them with new values."""
    return ", ".join([name(FILE), name(ROW), *(f"{new.get(one, name(one))} AS {name(one)}" for one in columns)])


def _element(type_: ListOf) -> str:
    known = {
        "id": path("visit.id"),
        "starts_at": path("visit.starts_at"),
        "ends_at": path("visit.ends_at"),
        "date": path("visit.date"),
        "by": f"CASE {path('agency.involved')} WHEN TRUE THEN 'agency' WHEN FALSE THEN 'lender' END",
        "agency_id": path("agency.id"),
        "place_kind": path("place.kind"),
        "outcome": "CASE WHEN array_length(list_filter(met, lambda one: one.role = 'debtor')) > 0 THEN 'met' END",
    }
    fields = record_fields(type_.item) or {}
    parts = (f"{name(field)} := {known.get(field, f'NULL::{duckdb_type(part)}')}" for field, part in fields.items())
    return f"struct_pack({', '.join(parts)})"


def _since(type_: object, settings: Settings) -> str:
    """The group `history`, its `visits_since` filled in; later where earlier visits were left out."""
    fields = record_fields(type_) or {}  # type: ignore[arg-type]
    given = path("history.visits_since")
    if settings.history_since is not None:
        given = f"coalesce({given}, {timestamp(settings.history_since)})"
    since = f"if(__nth > {MOST + 1}, greatest({given}, __earlier[1].starts_at), {given})"
    parts = [f"{name(field)} := {since if field == 'visits_since' else path(f'history.{field}')}" for field in fields]
    return f"struct_pack({', '.join(parts)})::{duckdb_type(type_)}"  # type: ignore[arg-type]
