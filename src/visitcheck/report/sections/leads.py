"""Lists leads: words in remarks that a person should read, which no verdict rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitcheck.audit.running.sql import quote_text
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.policy.model import Text
from visitcheck.report.folder import AuditFolder
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.rules import rule_title

if TYPE_CHECKING:
    import duckdb

_SHOWN = 20
_RULES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class RemarkWords:
    """Words in the remark of a visit; `sentence` only where personal data may be shown and the audit kept it."""

    visit_id: str
    words: str
    sentence: str | None


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One kind of lead: visits whose remarks have it, those that deny it, the first remarks, the rules to look at."""

    label: Text
    visits: int
    denied: int
    remarks: list[RemarkWords]
    rules: list[Text]
    more_rules: int

    @property
    def left_out(self) -> int:
        """How many visits are not listed."""
        return max(self.visits - len(self.remarks), 0)


def list_leads(audit: AuditFolder, privacy: Privacy) -> list[LeadRow]:
    """List the leads of an audit, the most frequent kind first; none where it read no remarks."""
    kinds = audit.summary.get("leads", {}).get("kinds", {})
    rows = []
    with connect_duckdb() as con:
        for kind in sorted(kinds, key=lambda kind: (-kinds[kind]["visits"], kind)):
            of = kinds[kind]
            if of["visits"] or of["denied"]:
                titles = [rule_title(audit, rule) for rule in of["rules"]]
                remarks = _first_remarks(con, audit, kind, privacy)
                label = Text(**of["label"])
                more = max(len(titles) - _RULES_SHOWN, 0)
                rows.append(LeadRow(label, of["visits"], of["denied"], remarks, titles[:_RULES_SHOWN], more))
    return rows


def _first_remarks(
    con: duckdb.DuckDBPyConnection, audit: AuditFolder, kind: str, privacy: Privacy
) -> list[RemarkWords]:
    """The first remarks with a kind of lead: all its words in a remark, each once."""
    table = f"read_parquet({quote_text(audit.table('leads'))})"
    kept = {name for name, *_ in con.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()}
    sentence = (
        "string_agg(DISTINCT sentence, ' … ' ORDER BY sentence)" if privacy.personal and "sentence" in kept else "NULL"
    )
    asked = f"""
        SELECT visit_id, string_agg(DISTINCT words, ' · ' ORDER BY words), {sentence} FROM {table}
        WHERE kind = $kind AND NOT negated GROUP BY visit_id, file, row ORDER BY file, row LIMIT {_SHOWN}
    """
    rows = con.execute(asked, {"kind": kind}).fetchall()
    return [RemarkWords(privacy.shown_id(visit), words, sentence) for visit, words, sentence in rows]
