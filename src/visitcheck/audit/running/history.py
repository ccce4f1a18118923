"""Earlier visits, from the audited visits themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.sql import fact_column, quote_name, quote_text
from visitcheck.audit.running.visit_order import FARTHEST_EAST
from visitcheck.engines.columns import FILE, ROW, fact_columns, record_fields
from visitcheck.engines.sql.columns import duckdb_type
from visitcheck.facts.times import read_timestamp
from visitcheck.facts.types import DAY, ListOf, Record, Type

MOST_EARLIER_VISITS = 1_000
"""Of a debtor's earlier visits, this many are given, the latest; `history.visits_since` says so where it is less."""


def history_query(rows: str, kept: Record, options: AuditOptions) -> str:
    """A query for `rows` (the name of a relation of canonical rows) with `earlier_visits` as the options say.

    All of a debtor's visits have to be among the rows. Visits are earlier that start earlier, or at the same
    moment with a lesser id. One whose time of day is lost counts from the first moment of its date anywhere, so
    it may be given, without a start, to a visit of the same day: then rules find it unclear which came first. Its
    own earlier visits are unknown. One that starts and ends when the visit itself does may be the same one, recorded
    twice: it is given without its times, so that no rule counts it and none counts on its not being there.

    What a row gives and what is derived are united: a visit is the same as one given with its id, or as one given
    without an id that starts when it does and is of the same agency, as far as both say. The list goes on unless the
    row or the options say from when it is complete. A row that calls its own list complete, which lacks a visit that
    is derived, contradicts the audit (`contradictions`), and its list goes on.

    The query is in forms that Spark has, too, under other names (`spark.sql`).
    """
    columns = fact_columns(kept)
    if options.history == "given" or "earlier_visits" not in columns:
        return f"SELECT {_select_list(columns)} FROM {rows}"
    type_ = columns["earlier_visits"]
    if options.history == "none":
        return f"SELECT {_select_list(columns, earlier_visits=f'NULL::{duckdb_type(type_)}')} FROM {rows}"
    assert isinstance(type_, ListOf)  # noqa: S101 - so it is in the vocabulary
    key = f"coalesce({fact_column('visit.starts_at')}, {fact_column('visit.date')} * {DAY} - {FARTHEST_EAST})"
    # Rows without a debtor stand each alone: together they would be a debtor with very many visits.
    debtor = (
        f"{fact_column('debtor.id')}, CASE WHEN {fact_column('debtor.id')} IS NULL THEN {fact_column('visit.id')} END"
    )
    order = f"(PARTITION BY {debtor} ORDER BY {key}, {fact_column('visit.id')}, {quote_name(FILE)}, {quote_name(ROW)}"
    window = f"{order} ROWS BETWEEN {MOST_EARLIER_VISITS} PRECEDING AND 1 PRECEDING)"
    known = " AND ".join(f"{fact_column(fact)} IS NOT NULL" for fact in ("debtor.id", "visit.starts_at"))
    derived = f"coalesce(list({_earlier_visit_struct(type_)}) OVER {window}, [])::{duckdb_type(type_)}"
    more = f"row_number() OVER {order})"
    steps = f"SELECT *, {known} AS __derives, {derived} AS __earlier, {more} AS __nth FROM {rows}"
    return united_query(f"({steps})", kept, options)


def united_query(rows: str, kept: Record, options: AuditOptions) -> str:
    """A query that unites what `rows` give of earlier visits with what is derived of them.

    Besides the columns of `kept`, `rows` have `__derives`, whether a row can have earlier visits derived,
    `__earlier`, these, and `__nth`, the place of the visit among its debtor's.
    """
    columns = fact_columns(kept)
    type_ = columns["earlier_visits"]
    listed = duckdb_type(type_)
    given = f"coalesce(earlier_visits, []::{listed})"
    steps = f"SELECT *, {_not_given(given)} AS __new FROM {rows}"
    steps = f"SELECT *, __derives AND {_contradicts(columns)} AS __contradicts FROM ({steps})"
    new = {
        "earlier_visits": f"if(__derives, list_concat({given}, {_without_times(type_)})::{listed}, earlier_visits)",
        "history": f"if(__derives, {_history_struct(columns['history'], options)}, history)",
        "contradictions": _contradictions(columns["contradictions"]),
    }
    if options.history_since is None and says_completeness(columns):
        new["completeness"] = _completeness_struct(columns["completeness"])
    return f"SELECT {_select_list(columns, **new)} FROM ({steps})"


def derives_history(kept: Record, options: AuditOptions) -> bool:
    """Whether `history_query` derives earlier visits from the audited ones."""
    return options.history == "derive" and "earlier_visits" in fact_columns(kept)


def open_histories(options: AuditOptions) -> frozenset[str]:
    """The lists that go on because nothing says from when what is derived is complete."""
    is_open = options.history == "derive" and options.history_since is None
    return frozenset({"earlier_visits"}) if is_open else frozenset()


def says_completeness(columns: Mapping[str, Type]) -> bool:
    """Whether rows may say how complete their own earlier visits are."""
    about = columns.get("completeness")
    return isinstance(about, Record) and "earlier_visits" in about.fields


def _not_given(given: str) -> str:
    """Of the visits derived, those that a row does not give."""
    agree = " AND ".join(f"coalesce(g.{name} = d.{name}, TRUE)" for name in ("agency_id", quote_name("by")))
    same = f"g.id = d.id OR (g.id IS NULL AND g.starts_at = d.starts_at AND {agree})"
    return f"list_filter(__earlier, lambda d: array_length(list_filter({given}, lambda g: {same})) = 0)"


def _without_times(type_: Type) -> str:
    """The derived visits that a row does not give; those with its own start and end are given without times."""
    assert isinstance(type_, ListOf)  # noqa: S101 - so it is in the vocabulary
    fields = record_fields(type_.item) or {}
    if not fields.keys() >= {"starts_at", "ends_at"}:
        return "__new"
    is_same = " AND ".join(f"d.{name} = {fact_column(f'visit.{name}')}" for name in ("starts_at", "ends_at"))
    nothing = {name: f"NULL::{duckdb_type(fields[name])}" for name in ("starts_at", "ends_at")}
    parts = ", ".join(f"{quote_name(name)} := {nothing.get(name, f'd.{quote_name(name)}')}" for name in fields)
    return f"list_transform(__new, lambda d: if(coalesce({is_same}, FALSE), struct_pack({parts}), d))"


def _contradicts(columns: Mapping[str, Type]) -> str:
    """Whether a row calls its own list complete, though it lacks a visit that began before it and is derived."""
    since = fact_column("history.visits_since")
    covered = f"coalesce(({since} IS NULL OR d.starts_at >= {since}) AND d.starts_at < visit.starts_at, FALSE)"
    lacking = f"array_length(list_filter(__new, lambda d: {covered})) > 0"
    complete = "earlier_visits IS NOT NULL"
    if says_completeness(columns):
        complete += f" AND coalesce({fact_column('completeness.earlier_visits.complete')}, TRUE)"
    return f"{complete} AND {lacking}"


def _contradictions(type_: Type) -> str:
    """The contradictions of a row, with that between its own earlier visits and those derived."""
    assert isinstance(type_, ListOf)  # noqa: S101 - so it is in the vocabulary
    known = {"kind": quote_text("history_lacks"), "path": quote_text("earlier_visits"), "id": "__new[1].id"}
    fields = record_fields(type_.item) or {}
    parts = (f"{quote_name(name)} := {known.get(name, f'NULL::{duckdb_type(part)}')}" for name, part in fields.items())
    listed = duckdb_type(type_)
    said = f"[struct_pack({', '.join(parts)})]::{listed}"
    return f"if(__contradicts, list_concat(coalesce(contradictions, []::{listed}), {said}), contradictions)"


def _completeness_struct(type_: Type) -> str:
    """What a row says of its lists, and that its earlier visits go on where nothing says from when they do not."""
    since = fact_column("history.visits_since")
    goes_on = f"__derives AND (__contradicts OR ({since} IS NULL AND earlier_visits IS NULL))"
    own = fact_column("completeness.earlier_visits.complete")
    complete = f"CASE WHEN {goes_on} THEN FALSE ELSE {own} END"
    fields = record_fields(type_) or {}
    inner = (
        f"struct_pack({', '.join(_parts('completeness.earlier_visits', fields['earlier_visits'], complete=complete))})"
    )
    whole = f"struct_pack({', '.join(_parts('completeness', type_, earlier_visits=inner))})::{duckdb_type(type_)}"
    return f"if({goes_on}, {whole}, completeness)"


def _parts(path: str, type_: Type, **new: str) -> list[str]:
    """The fields of a record as they are, some of them with new values."""
    fields = record_fields(type_) or {}
    return [f"{quote_name(name)} := {new.get(name, fact_column(f'{path}.{name}'))}" for name in fields]


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
