"""The words of an answer: what became of a rule, and what became of a visit."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What became of one rule on one visit."""

    SATISFIED = "satisfied"
    VIOLATED = "violated"
    UNDETERMINED = "undetermined"
    EXCUSED = "excused"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASSESSED = "not_assessed"
    SUSPECTED = "suspected"


class Outcome(StrEnum):
    """The answer on a visit, ordered from free to barred: `allow < review < deny`."""

    ALLOW = "allow"
    REVIEW = "review"
    DENY = "deny"

    @property
    def severity(self) -> int:
        """0 for allow, 1 for review, 2 for deny."""
        return _SEVERITIES[self]

    def __lt__(self, other: object) -> bool:
        return self.severity < other.severity if isinstance(other, Outcome) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.severity <= other.severity if isinstance(other, Outcome) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.severity > other.severity if isinstance(other, Outcome) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.severity >= other.severity if isinstance(other, Outcome) else NotImplemented


class AssessedOutcome(StrEnum):
    """What the data show of a recorded visit, the gravest first.

    Only of an `Outcome.ALLOW` it is said that the visit was compliant: `no_breach_found` is of the rules assessed.
    """

    BREACH = "breach"
    SUSPECTED = "suspected"
    TO_REVIEW = "to_review"
    IN_DOUBT = "in_doubt"
    NO_BREACH_FOUND = "no_breach_found"
    NOT_ASSESSABLE = "not_assessable"


_SEVERITIES = {Outcome.ALLOW: 0, Outcome.REVIEW: 1, Outcome.DENY: 2}

STATUS_CODES: dict[Status, int] = {status: code for code, status in enumerate(Status)}
"""How a status is written in tables: its place in `Status`."""
OUTCOME_CODES: dict[Outcome, int] = {outcome: outcome.severity for outcome in Outcome}
"""How an outcome is written in tables: its severity."""
ASSESSED_CODES: dict[AssessedOutcome, int] = {outcome: code for code, outcome in enumerate(AssessedOutcome)}
"""How an assessed outcome is written in tables: its place in `AssessedOutcome`, the gravest first."""
OUTCOME_WORDS: tuple[str, ...] = tuple(map(str, Outcome))
"""The words of outcomes by severity: SQL gives an outcome as its position here."""
ASSESSED_WORDS: tuple[str, ...] = tuple(map(str, AssessedOutcome))
"""The words of assessed outcomes, by their codes."""
