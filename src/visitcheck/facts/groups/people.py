"""The people and firms: collectors, lender, agency, debtor, and who was met."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from visitcheck.facts.constraints import NotAfter, Order, RecordConstraint, StateTime
from visitcheck.facts.fields import Bool, Date, FactModel, Id, Known, Listed, Text, Timestamp, fact
from visitcheck.facts.groups.words import Role

Membership: TypeAlias = Literal["cba", "nifa", "gdba", "other"]
Vulnerability: TypeAlias = Literal[
    "illness", "disability", "bereavement", "pregnancy", "mental_health", "elderly", "other"
]


class Collector(FactModel):
    """One person who goes, or went, on the visit. Facts by id may come from the register of collectors."""

    id: Id | None = fact("The collector's id.")
    name: Text | None = fact("The collector's name.")
    employer: Literal["lender", "agency", "other"] | None = fact("Who employs the collector.")
    agency_id: Id | None = fact("The agency that employs the collector, where one does.")
    present: Bool | None = fact("Whether the collector is to be, or was, at the visit.")
    authorised: Bool | None = fact("Whether the collector holds an authorisation for this work.")
    authorisation_number: Text | None = fact("The number of the authorisation.")
    authorised_until: Date | None = fact("Last day on which the authorisation is valid.")
    trained: Bool | None = fact("Whether the collector has been trained for visits.")
    trained_on: Date | None = fact("Day of the last training.")
    screened: Bool | None = fact("Whether the collector's background has been checked.")
    screened_on: Date | None = fact("Day of the last background check.")
    confidentiality_signed: Bool | None = fact("Whether the collector has signed an undertaking to keep data secret.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("trained", "trained_on"),
        StateTime("screened", "screened_on"),
        NotAfter("trained_on", is_date=True),
        NotAfter("screened_on", is_date=True),
    )


class Lender(FactModel):
    """The lender on whose behalf the visit is made. Facts by id may come from the register of lenders."""

    id: Id | None = fact("The lender's id.")
    name: Text | None = fact("The lender's name.")
    kind: (
        Literal[
            "bank",
            "consumer_finance",
            "micro_loan",
            "auto_finance",
            "trust",
            "online_platform",
            "private",
            "other",
        ]
        | None
    ) = fact("What sort of lender it is; decides which rules bind it.")
    memberships: Annotated[tuple[Membership, ...], Listed(100)] | None = fact(
        "Associations whose rules bind the lender: China Banking Association (`cba`), National Internet "
        "Finance "
        "Association (`nifa`), Guangdong Banking Association (`gdba`). An empty list: none."
    )


class Agency(FactModel):
    """The collection agency, where one is involved. Facts by id may come from the register of agencies."""

    id: Id | None = fact("The agency's id.")
    name: Text | None = fact("The agency's name.")
    involved: Bool | None = fact("Whether an agency works on this case at all.")
    whitelisted: Bool | None = fact("Whether the agency is on the lender's list of admitted agencies.")
    whitelisted_from: Date | None = fact("First day on the list.")
    whitelisted_until: Date | None = fact("Last day on the list.")
    mandate_from: Date | None = fact("First day of the agency's mandate for this case.")
    mandate_until: Date | None = fact("Last day of the mandate.")
    inspected_on: Date | None = fact("Day of the lender's last inspection of the agency, on its premises or from afar.")
    evaluated_on: Date | None = fact("Day of the lender's last evaluation of the agency.")
    published: Bool | None = fact("Whether the lender has published the agency's name and contact.")
    outsourcing_notified: Bool | None = fact("Whether the debtor was told that the agency collects the debt.")
    outsourcing_notified_at: Timestamp | None = fact("When the debtor was told so.")
    processing_contract: Bool | None = fact("Whether a contract on processing personal data is in place.")
    processing_contract_until: Date | None = fact("Last day of that contract.")
    subcontracted: Bool | None = fact("Whether the agency has passed the case on to another.")
    shares_debt: Bool | None = fact("Whether another agency works on the same debt at the same time.")
    subcontract_approved: Bool | None = fact("Whether the lender agreed to that.")
    impact_assessed: Bool | None = fact(
        "Whether the lender assessed what entrusting this agency means for people's personal data."
    )
    impact_assessed_on: Date | None = fact("Day of that assessment.")
    private_devices_approved: Bool | None = fact(
        "Whether the lender allows the agency's staff to use private telephones and accounts."
    )
    violations_on_record: Bool | None = fact(
        "Whether violations by the agency are on record with the lender.",
        protective=True,
    )

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        Order("whitelisted_from", "whitelisted_until"),
        Order("mandate_from", "mandate_until"),
        StateTime("outsourcing_notified", "outsourcing_notified_at"),
        StateTime("impact_assessed", "impact_assessed_on"),
        NotAfter("outsourcing_notified_at"),
        NotAfter("inspected_on", is_date=True),
        NotAfter("evaluated_on", is_date=True),
        NotAfter("impact_assessed_on", is_date=True),
    )


class Debtor(FactModel):
    """The person who owes the debt."""

    id: Id | None = fact("The debtor's id, the same in all visits to this person.")
    name: Text | None = fact("The debtor's name.")
    age_band: Literal["under_14", "14_to_17", "18_to_59", "60_or_over"] | None = fact(
        "The debtor's age on the day of the visit, as a band.",
        protective=("under_14", "14_to_17"),
    )
    capacity: Literal["full", "limited", "none"] | None = fact(
        "The debtor's legal capacity.",
        protective=("limited", "none"),
    )
    deceased: Bool | None = fact(
        "Whether the debtor is known to have died.",
        protective=True,
    )
    vulnerable: Bool | None = fact(
        "Whether the debtor is known to be in a vulnerable situation.",
        protective=True,
    )
    vulnerabilities: Annotated[tuple[Vulnerability, ...], Listed(100)] | None = fact(
        "What makes the debtor vulnerable. An empty list: nothing known after looking.",
        protective=True,
    )
    represented: Bool | None = fact(
        "Whether a lawyer or other representative acts for the debtor.",
        protective=True,
    )
    represented_since: Timestamp | None = fact("When the representation became known.")
    student: Bool | None = fact("Whether the debtor is a student.")
    unreachable: Bool | None = fact("Whether the debtor cannot be reached at any known contact.")
    unreachable_since: Timestamp | None = fact("Since when the debtor cannot be reached.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("represented", "represented_since"),
        StateTime("unreachable", "unreachable_since"),
        NotAfter("represented_since"),
        NotAfter("unreachable_since"),
    )


class MetPerson(FactModel):
    """One person met on the visit."""

    known: ClassVar[Known] = "door"

    id: Id | None = fact("The person's id within this visit.")
    role: Role | None = fact("Who the person is to the debtor.")
    debt_related: Bool | None = fact(
        "Whether the debt concerns the person: debtor, guarantor, co-debtor, or a spouse whose household had the money."
    )
    identity_confirmed: Bool | None = fact("Whether the person's identity was confirmed.")
    identity_confirmed_at: Timestamp | None = fact("When it was confirmed.")
    under_14: Bool | None = fact("Whether the person is younger than 14.")
    offered_to_pay: Bool | None = fact("Whether the person offered to pay without being asked to.")
    refused: Bool | None = fact("Whether the person refused to talk, or asked for contact to end.")
    refused_at: Timestamp | None = fact("When the person refused.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("identity_confirmed", "identity_confirmed_at"),
        StateTime("refused", "refused_at"),
        NotAfter("identity_confirmed_at"),
        NotAfter("refused_at"),
    )
