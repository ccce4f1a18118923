"""What was recorded after a visit."""

from __future__ import annotations

from typing import ClassVar, Literal

from visitcheck.facts.constraints import NotAfter, RecordConstraint, StateTime
from visitcheck.facts.fields import Bool, Date, FactModel, Known, Text, Timestamp, fact


class VisitRecord(FactModel):
    """The record of the visit."""

    known: ClassVar[Known] = "after"

    filed: Bool | None = fact("Whether the record was filed.")
    filed_at: Timestamp | None = fact("When it was filed.")
    attitude: Literal["cooperative", "neutral", "reluctant", "hostile", "absent"] | None = fact(
        "How the debtor met the visit."
    )
    repayment_plan: Literal["agreed", "under_discussion", "declined", "not_discussed"] | None = fact(
        "What came of talks about a repayment plan."
    )
    difficulties_recorded: Bool | None = fact("Whether the debtor's difficulties were asked about and written down.")
    difficulties: Text | None = fact("The debtor's difficulties, in words.")
    summary: Text | None = fact("What happened, in words.")
    retained_until: Date | None = fact("Last day on which the record is kept.")
    deleted: Bool | None = fact("Whether recordings and personal data of the visit were deleted.")
    deleted_at: Timestamp | None = fact("When they were deleted.")
    handed_over: Bool | None = fact("Whether recordings and papers were handed over to the lender.")
    handed_over_at: Timestamp | None = fact("When they were handed over.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("filed", "filed_at"),
        StateTime("deleted", "deleted_at"),
        StateTime("handed_over", "handed_over_at"),
        NotAfter("filed_at"),
        NotAfter("deleted_at"),
        NotAfter("handed_over_at"),
    )


class Evasion(FactModel):
    """Signs that the debtor evades the debt, found on this visit or before, and what was done about them."""

    found: Bool | None = fact("Whether evasion was found.")
    found_at: Timestamp | None = fact("When it was found.")
    basis: (
        Literal["moved_without_notice", "false_information", "assets_hidden", "refuses_all_contact", "other"] | None
    ) = fact("What shows it.")
    reported: Bool | None = fact("Whether it was reported.")
    reported_at: Timestamp | None = fact("When it was reported.")
    reported_to: Literal["police", "court", "regulator", "other"] | None = fact("Whom it was reported to.")
    legal_help_sought: Bool | None = fact("Whether a lawyer was asked.")
    legal_help_sought_at: Timestamp | None = fact("When a lawyer was asked.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("found", "found_at"),
        StateTime("reported", "reported_at"),
        StateTime("legal_help_sought", "legal_help_sought_at"),
        NotAfter("found_at"),
        NotAfter("reported_at"),
        NotAfter("legal_help_sought_at"),
    )
