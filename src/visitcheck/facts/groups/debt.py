"""The debt, the check of its data, and the preparation of the visit."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from visitcheck.facts.constraints import Needs, NotAfter, RecordConstraint, StateTime
from visitcheck.facts.fields import Amount, Bool, Currency, Days, FactModel, Id, Listed, Text, Timestamp, fact

Document: TypeAlias = Literal[
    "loan_contract",
    "account_statement",
    "repayment_record",
    "contact_record",
    "authorisation_letter",
    "identification",
    "legal_notice",
    "other",
]


class Debt(FactModel):
    """The debt that the visit is about."""

    id: Id | None = fact("The debt's id.")
    product: Literal["credit_card", "personal_consumer_loan", "auto_loan", "micro_loan", "other"] | None = fact(
        "What sort of credit it is."
    )
    online: Bool | None = fact("Whether the loan was made online.")
    facilitated: Bool | None = fact("Whether a platform helped to make the loan, without lending itself.")
    currency: Currency | None = fact("Currency of `debt.amount`, ISO 4217.")
    amount: Amount | None = fact("What is owed on the day of the visit.", unit="`debt.currency`, two decimals")
    days_overdue: Days | None = fact("Days since the oldest unpaid due date; 0 where nothing is overdue.", unit="days")
    disputed: Bool | None = fact(
        "Whether the debtor disputes the debt.",
        protective=True,
    )
    disputed_at: Timestamp | None = fact("When the debtor first did so.")
    lawful: Bool | None = fact("Whether the debt is lawful and may be claimed.")
    assigned: Bool | None = fact("Whether the claim has been assigned to another creditor.")
    assignment_notified: Bool | None = fact("Whether the debtor was told of the assignment.")
    assignment_notified_at: Timestamp | None = fact("When the debtor was told of it.")
    guaranteed: Bool | None = fact("Whether somebody guarantees the debt.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        Needs("amount", "currency"),
        StateTime("disputed", "disputed_at"),
        StateTime("assignment_notified", "assignment_notified_at"),
        NotAfter("disputed_at"),
        NotAfter("assignment_notified_at"),
    )


class Verification(FactModel):
    """One item of the debtor's data, compared with a source before the visit."""

    item: Literal["name", "contact", "amount", "days_overdue", "address"] | None = fact("What was compared.")
    matched: Bool | None = fact("Whether it agreed with the source.")
    at: Timestamp | None = fact("When it was compared.")
    source: Literal["contract", "core_system", "credit_bureau", "debtor", "public_record", "other"] | None = fact(
        "What it was compared with."
    )

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (NotAfter("at"),)


class Preparation(FactModel):
    """What was done to prepare the visit."""

    finances_reviewed: Bool | None = fact("Whether the debtor's finances were reviewed.")
    finances_reviewed_at: Timestamp | None = fact("When they were reviewed.")
    documents: Annotated[tuple[Document, ...], Listed(100)] | None = fact("Documents prepared for the visit.")
    emergency_plan: Bool | None = fact("Whether there is a plan for emergencies.")
    emergency_contact: Text | None = fact("Whom the collectors call in an emergency.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("finances_reviewed", "finances_reviewed_at"),
        NotAfter("finances_reviewed_at"),
    )
