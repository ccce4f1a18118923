"""Summarises an audit for the top of its page: what was judged, and how it came out."""

from __future__ import annotations

from dataclasses import dataclass

from visitcheck.engines.outcomes import OUTCOME_WORDS
from visitcheck.report.folder import AuditFolder
from visitcheck.report.rates import Rate, rate


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """One outcome: of all judged visits, and of them by what the data can decide."""

    outcome: str
    rate: Rate
    decidable: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The counts on top of the page; `first` and `last` are months."""

    policy: str
    files: int
    rows: int
    visits: int
    rejects: int
    findings: int
    outcomes: list[OutcomeCount]
    first: str | None
    last: str | None
    broken: int
    undated: int
    not_assessed: int
    """Rules that lack a fact which no column gives."""

    @property
    def rejected(self) -> float | None:
        """The share of rows that were rejected."""
        return self.rejects / self.rows if self.rows else None


def summarise_audit(audit: AuditFolder) -> Overview:
    """Summarise the counts of an audit."""
    summary, counts = audit.summary, audit.manifest["counts"]
    months = list(audit.months)
    dated = sum(sum(counts.values()) for counts in audit.months.values())
    return Overview(
        policy=audit.policy_name,
        files=len(audit.manifest["input"]),
        rows=counts["rows"],
        visits=audit.visits,
        rejects=counts["rejects"],
        findings=counts["findings"],
        outcomes=[
            OutcomeCount(name, rate(summary["outcome"][name], audit.visits), summary["outcome_assessable"][name])
            for name in reversed(OUTCOME_WORDS)
        ],
        first=months[0] if months else None,
        last=months[-1] if months else None,
        broken=len(summary["broken_files"]),
        undated=audit.visits - dated,
        not_assessed=len(summary["never_given"]["rules"]),
    )
