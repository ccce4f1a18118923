"""Lists the worst visits one by one, each with its findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts.zones import zone_info
from visitcheck.policy.model import Text
from visitcheck.report.folder import AuditFolder
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.missing import LACKED
from visitcheck.report.sections.rules import Basis, basis_of, rule_title, source_of_rule

if TYPE_CHECKING:
    import duckdb

# A visit's gravity: rules violated that deny, rules violated at all, suspected, left open; then its place in the input.
_WORST = """
    CREATE TEMP TABLE worst AS
    SELECT file, row, any_value(visit_id) AS visit_id, any_value(starts_at) AS starts_at,
      any_value(debtor_id) AS debtor_id, any_value(place_kind) AS place_kind, any_value(agency_id) AS agency_id,
      count(*) FILTER (status = 'violated' AND effect = 'deny') AS denied,
      count(*) FILTER (status = 'violated') AS violated,
      count(*) FILTER (status = 'suspected') AS suspected,
      count(*) FILTER (status = 'undetermined') AS undetermined
    FROM read_parquet($findings) WHERE status <> 'excused' GROUP BY file, row
    ORDER BY denied DESC, violated DESC, suspected DESC, undetermined DESC, file, row LIMIT $number
"""
_ROWS = """
    SELECT w.*, v.assessed_outcome, v.rules_assessed, v.rules_applicable
    FROM worst w JOIN read_parquet($verdicts) v USING (file, row)
    ORDER BY denied DESC, violated DESC, suspected DESC, undetermined DESC, file, row
"""
_FINDINGS = f"""
    SELECT file, row, rule, status, effect, exceptions, {LACKED} AS missing
    FROM read_parquet($findings) f SEMI JOIN worst USING (file, row) ORDER BY file, row
"""
_STATUSES = ("violated", "suspected", "undetermined", "excused")
_EFFECTS = ("deny", "review", "note", None)


@dataclass(frozen=True, slots=True)
class Explained:
    """What the gate says of one rule on one visit: texts filled in, and the facts that decided."""

    message: Text
    remedy: Text | None
    evidence: list[tuple[str, Text]]


ExplainedVisits: TypeAlias = Mapping[tuple[str, int], Mapping[str, Explained]]
"""What the gate says of visits, by the file and row that they are in, and by rule."""


@dataclass(frozen=True, slots=True)
class VisitFinding:
    """One finding on a visit; texts that need the visit's facts are there where those were at hand."""

    rule: str
    title: Text
    status: str
    kind: str
    """What the rule is: its effect where it is violated."""
    source: str
    """`law`, `process`, or `default` for the lender's own process by numbers that nobody confirmed."""
    effect: str | None
    message: Text | None
    remedy: Text | None
    exceptions: list[str]
    missing: list[str]
    evidence: list[tuple[str, Text]]
    basis: list[Basis]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit."""

    visit_id: str
    """The id in the data; `id` is what may be shown."""
    id: str
    debtor: str | None
    file: str
    row: int
    when: str | None
    agency: str | None
    place_kind: str | None
    outcome: str
    """What the facts show, by an assessed outcome's word."""
    assessed: int
    applicable: int
    violated: int
    suspected: int
    undetermined: int
    findings: list[VisitFinding] = field(default_factory=list)


def list_worst_visits(
    audit: AuditFolder,
    number: int,
    privacy: Privacy,
    explained: ExplainedVisits | None = None,
) -> list[VisitRow]:
    """List the worst visits of an audit, the worst first."""
    with connect_duckdb() as con:
        con.execute(_WORST, {"findings": audit.table("findings"), "number": number})
        rows = _fetch_dicts(con, _ROWS, {"verdicts": audit.table("verdicts")})
        findings = _fetch_dicts(con, _FINDINGS, {"findings": audit.table("findings")})
    by_visit: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for finding in findings:
        by_visit.setdefault((finding["file"], finding["row"]), []).append(finding)
    texts = explained or {}
    return [
        _make_row(audit, row, by_visit[row["file"], row["row"]], privacy, texts.get((row["file"], row["row"]), {}))
        for row in rows
    ]


def places_of_worst(audit: AuditFolder, number: int) -> tuple[list[tuple[str, int]], list[str] | None]:
    """Give the files and rows of the worst visits, and the ids of their debtors; None where tables hold hashes."""
    with connect_duckdb() as con:
        con.execute(_WORST, {"findings": audit.table("findings"), "number": number})
        worst = con.execute("SELECT file, row, debtor_id FROM worst").fetchall()
    debtors = sorted({debtor for *_, debtor in worst if debtor is not None})
    return [(file, row) for file, row, _ in worst], None if audit.has_hashed_ids else debtors


def _fetch_dicts(con: duckdb.DuckDBPyConnection, query: str, values: dict[str, object]) -> list[dict[str, Any]]:
    result = con.execute(query, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _make_row(
    audit: AuditFolder,
    row: dict[str, Any],
    findings: list[dict[str, Any]],
    privacy: Privacy,
    explained: Mapping[str, Explained],
) -> VisitRow:
    findings.sort(key=_gravity)
    return VisitRow(
        visit_id=row["visit_id"],
        id=privacy.shown_id(row["visit_id"]),
        debtor=privacy.shown_id(row["debtor_id"]) if privacy.personal and row["debtor_id"] else None,
        file=row["file"],
        row=row["row"],
        when=_local_start(row["starts_at"], audit.policy["timezone"]),
        agency=row["agency_id"],
        place_kind=row["place_kind"],
        outcome=row["assessed_outcome"],
        assessed=row["rules_assessed"],
        applicable=row["rules_applicable"],
        violated=row["violated"],
        suspected=row["suspected"],
        undetermined=row["undetermined"],
        findings=[_make_finding(audit, finding, explained.get(finding["rule"])) for finding in findings],
    )


def _gravity(finding: dict[str, Any]) -> tuple[int, int, str]:
    return _STATUSES.index(finding["status"]), _EFFECTS.index(finding["effect"]), finding["rule"]


def _make_finding(audit: AuditFolder, row: dict[str, Any], explained: Explained | None) -> VisitFinding:
    rule, excused = row["rule"], row["status"] == "excused"
    texts = explained or Explained(*_fixed_texts(audit, rule), evidence=[])
    return VisitFinding(
        rule=rule,
        title=rule_title(audit, rule),
        status=row["status"],
        kind=audit.policy["rules"].get(rule, {}).get("effect", "note"),
        source=source_of_rule(audit, rule),
        effect=row["effect"],
        message=texts.message if texts.message.en else None,
        # A rule's own remedy speaks of a violation; of what is only not known, the missing facts say what to do.
        remedy=None if excused or (explained is None and row["status"] == "undetermined") else texts.remedy,
        exceptions=row["exceptions"],
        missing=row["missing"],
        evidence=texts.evidence,
        basis=basis_of(audit, rule),
    )


def _fixed_texts(audit: AuditFolder, rule: str) -> tuple[Text, Text | None]:
    """A rule's message and remedy where they name no fact, so that they are the same for every visit."""
    texts = audit.policy["rules"].get(rule, {})
    message, remedy = (
        Text(**both) if (both := texts.get(name)) and "{" not in both["en"] + both["zh"] else None
        for name in ("message", "remedy")
    )
    return message or Text("", ""), remedy


def _local_start(at: datetime | None, zone: str | None) -> str | None:
    """The start in the policy's zone, with its offset."""
    if at is None:
        return None
    local = at.astimezone(zone_info(zone or "UTC"))
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:]}"
