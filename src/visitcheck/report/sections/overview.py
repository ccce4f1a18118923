"""Summarises an audit for the top of its page: what was judged, and how it came out."""

from __future__ import annotations

from dataclasses import dataclass

from visitcheck.engines.outcomes import ASSESSED_WORDS, Outcome
from visitcheck.report.folder import AuditFolder
from visitcheck.report.rates import Rate, rate


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """What the facts of some visits show: their share of all judged ones, and how many rules are behind it."""

    outcome: str
    rate: Rate
    assessed: dict[str, dict[str, int]] | None
    """By `rules_assessed` and `rules_applicable` the least, the median and the most of a visit; None without visits."""


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
    sources: list[tuple[str, int, dict[str, int]]]
    """Law and the lender's own process: rules, and visits by what their facts show of these rules alone."""
    unconfirmed: list[str]
    """The shipped process's numbers that no pack has confirmed or changed."""
    compliant: int
    """Visits that are allowed: every rule that binds was decided."""
    first: str | None
    last: str | None
    broken: int
    undated: int
    not_assessed: int
    """Rules that lack a fact which no column gives."""

    erased: int
    """Visits that have been erased from the tables since."""

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
            OutcomeCount(name, rate(summary["assessed_outcome"][name], audit.visits), summary["assessed"].get(name))
            for name in ASSESSED_WORDS
        ],
        sources=[
            (source, sum(rule["source"] == source for rule in audit.policy["rules"].values()), counts)
            for source, counts in summary["sources"].items()
        ],
        unconfirmed=summary["unconfirmed_defaults"],
        compliant=summary["outcome"][Outcome.ALLOW],
        first=months[0] if months else None,
        last=months[-1] if months else None,
        broken=len(summary["broken_files"]),
        undated=audit.visits - dated,
        erased=audit.erased,
        not_assessed=len(summary["never_given"]["rules"]),
    )
