"""Lists doubts between visits: records of an audit that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

from visitcheck.audit.running.visit_doubts import VISIT_DOUBTS
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.policy.model import Text
from visitcheck.report.folder import AuditFolder
from visitcheck.report.privacy import Privacy

_SHOWN = 20
_PAIRS = """
    SELECT visit_id, other_visit_id FROM read_parquet($doubts) WHERE code = $code
    GROUP BY ALL ORDER BY ALL LIMIT $number
"""


@dataclass(frozen=True, slots=True)
class VisitDoubtRow:
    """One doubt: what is said of it, how many visits are in it, and the first of them, each with another."""

    code: str
    text: Text
    visits: int
    pairs: list[tuple[str, str]]

    @property
    def left_out(self) -> int:
        """How many visits are not listed."""
        return max(self.visits - len(self.pairs), 0)


def list_visit_doubts(audit: AuditFolder, privacy: Privacy) -> list[VisitDoubtRow]:
    """List the doubts between visits that an audit found, in their order; none where it did not look for any."""
    counts = audit.summary["visit_doubts"]
    rows = []
    with connect_duckdb() as con:
        for doubt in VISIT_DOUBTS:
            if doubt.code in counts:
                asked = {"doubts": audit.table("doubts"), "code": doubt.code, "number": _SHOWN}
                pairs = con.execute(_PAIRS, asked).fetchall()
                shown = [(privacy.shown_id(visit), privacy.shown_id(other)) for visit, other in pairs]
                rows.append(VisitDoubtRow(doubt.code, doubt.text, counts[doubt.code], shown))
    return rows
