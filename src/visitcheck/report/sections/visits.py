"""The worst visits, one by one, each with its findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts.zones import zone_info
from visitcheck.policy.model import Text
from visitcheck.report.folder import AuditFolder
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.missing import LACKED
from visitcheck.report.sections.rules import Basis, basis, rule_title

if TYPE_CHECKING:
    import duckdb

# A visit's gravity: rules violated that deny, rules violated at all, rules left open; then its place in the input.
_WORST = """
    CREATE TEMP TABLE worst AS
    SELECT file, row, any_value(visit_id) AS visit_id, any_value(starts_at) AS starts_at,
      any_value(debtor_id) AS debtor_id, any_value(place_kind) AS place_kind, any_value(agency_id) AS agency_id,
      count(*) FILTER (status = 'violated' AND effect = 'deny') AS denied,
      count(*) FILTER (status = 'violated') AS violated,
      count(*) FILTER (status = 'undetermined') AS undetermined
    FROM read_parquet($findings) WHERE status <> 'excused' GROUP BY file, row
    ORDER BY denied DESC, violated DESC, undetermined DESC, file, row LIMIT $number
"""
_ROWS = """
    SELECT w.*, v.outcome FROM worst w JOIN read_parquet($verdicts) v USING (file, row)
    ORDER BY denied DESC, violated DESC, undetermined DESC, file, row
"""
_FINDINGS = f"""
    SELECT file, row, rule, status, effect, checks, exceptions, {LACKED} AS missing
    FROM read_parquet($findings) f SEMI JOIN worst USING (file, row) ORDER BY file, row
"""
_STATUSES = ("violated", "undetermined", "excused")
_EFFECTS = ("deny", "review", "note", None)


@dataclass(frozen=True, slots=True)
class Explained:
    """What the gate says of one rule on one visit: texts filled in, and the facts that decided."""

    message: Text
    remedy: Text | None
    evidence: list[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class VisitFinding:
    """One finding on a visit; texts that need the visit's facts are there where those were at hand."""

    rule: str
    title: Text
    status: str
    effect: str | None
    message: Text | None
    remedy: Text | None
    checks: list[str]
    exceptions: list[str]
    missing: list[str]
    evidence: list[tuple[str, Text]]
    basis: list[Basis]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit."""

    visit_id: str
    """As the data has it; `id` is what may be shown."""
    id: str
    debtor: str | None
    file: str
    row: int
    when: str | None
    agency: str | None
    place_kind: str | None
    outcome: str
    violated: int
    undetermined: int
    findings: list[VisitFinding] = field(default_factory=list)


def visits(
    audit: AuditFolder,
    number: int,
    privacy: Privacy,
    explained: Mapping[str, Mapping[str, Explained]] | None = None,
) -> list[VisitRow]:
    """The worst visits of an audit, the worst first; `explained` by visit id and rule."""
    with connect_duckdb() as con:
        con.execute(_WORST, {"findings": audit.table("findings"), "number": number})
        rows = _dicts(con, _ROWS, {"verdicts": audit.table("verdicts")})
        found = _dicts(con, _FINDINGS, {"findings": audit.table("findings")})
    by_visit: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for one in found:
        by_visit.setdefault((one["file"], one["row"]), []).append(one)
    texts = explained or {}
    return [
        _row(audit, row, by_visit[row["file"], row["row"]], privacy, texts.get(row["visit_id"], {})) for row in rows
    ]


def worst_ids(audit: AuditFolder, number: int) -> tuple[list[str], list[str]]:
    """The ids of the worst visits, and those of their debtors."""
    with connect_duckdb() as con:
        con.execute(_WORST, {"findings": audit.table("findings"), "number": number})
        found = con.execute("SELECT visit_id, debtor_id FROM worst").fetchall()
    return [visit for visit, _ in found], sorted({debtor for _, debtor in found if debtor is not None})


def _dicts(con: duckdb.DuckDBPyConnection, query: str, values: dict[str, object]) -> list[dict[str, Any]]:
    found = con.execute(query, values)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _row(
    audit: AuditFolder,
    row: dict[str, Any],
    found: list[dict[str, Any]],
    privacy: Privacy,
    explained: Mapping[str, Explained],
) -> VisitRow:
    found.sort(key=lambda one: (_STATUSES.index(one["status"]), _EFFECTS.index(one["effect"]), one["rule"]))
    return VisitRow(
        visit_id=row["visit_id"],
        id=privacy.id(row["visit_id"]),
        debtor=privacy.id(row["debtor_id"]) if privacy.personal and row["debtor_id"] else None,
        file=row["file"],
        row=row["row"],
        when=_when(row["starts_at"], audit.policy["timezone"]),
        agency=row["agency_id"],
        place_kind=row["place_kind"],
        outcome=row["outcome"],
        violated=row["violated"],
        undetermined=row["undetermined"],
        findings=[_finding(audit, one, explained.get(one["rule"])) for one in found],
    )


def _finding(audit: AuditFolder, one: dict[str, Any], explained: Explained | None) -> VisitFinding:
    rule, excused = one["rule"], one["status"] == "excused"
    said = explained or Explained(*_unfilled(audit, rule), evidence=[])
    return VisitFinding(
        rule=rule,
        title=rule_title(audit, rule),
        status=one["status"],
        effect=one["effect"],
        message=said.message if said.message.en else None,
        remedy=None if excused else said.remedy,
        checks=one["checks"],
        exceptions=one["exceptions"],
        missing=one["missing"],
        evidence=said.evidence,
        basis=basis(audit, rule),
    )


def _unfilled(audit: AuditFolder, rule: str) -> tuple[Text, Text | None]:
    """A rule's message and remedy, where they are the same for every visit."""
    texts = audit.policy["rules"].get(rule, {})
    message, remedy = (
        Text(**found) if (found := texts.get(name)) and "{" not in found["en"] + found["zh"] else None
        for name in ("message", "remedy")
    )
    return message or Text("", ""), remedy


def _when(at: datetime | None, zone: str | None) -> str | None:
    """The start in the policy's zone, with its offset."""
    if at is None:
        return None
    local = at.astimezone(zone_info(zone or "UTC"))
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:]}"
