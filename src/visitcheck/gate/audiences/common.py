"""What the views share."""

from __future__ import annotations

from visitcheck.engines.outcomes import Outcome, Status
from visitcheck.facts.types import DATE, TIMESTAMP
from visitcheck.gate.findings import Finding
from visitcheck.gate.judgment import Judgment
from visitcheck.gate.messages import say_value
from visitcheck.policy.model import Language, Text


def visit_time(decision: Judgment, lang: Language) -> str:
    """Say when the visit is, or was; its day where the time is lost."""
    facts = decision.visit.visit
    start = None if facts is None else facts.starts_at
    if start is not None:
        return say_value(start, TIMESTAMP, lang, decision.zone)
    return say_value(None if facts is None else facts.date, DATE, lang)


def blocking_findings(decision: Judgment) -> list[Finding]:
    """List the findings that keep the visit from being allowed, the gravest first."""
    return [finding for finding in decision.findings if finding.leads_to is not Outcome.ALLOW]


def suspected_findings(decision: Judgment) -> list[Finding]:
    """Those that are not met, where only an exception is open or whether the law binds."""
    return [finding for finding in blocking_findings(decision) if finding.status is Status.SUSPECTED]


def violated_findings(decision: Judgment) -> list[Finding]:
    """List those of the blocking findings whose rule is violated for certain."""
    return [finding for finding in blocking_findings(decision) if finding.status is Status.VIOLATED]


def door_duties(decision: Judgment) -> list[Text]:
    """List what begins at the door; a duty that several packs have by the same title once."""
    return list({duty.title.en.casefold(): duty.title for duty in reversed(decision.conditions)}.values())[::-1]
