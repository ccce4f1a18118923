"""What was said and agreed before: contacts, notices, the appointment, consents and wishes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from visitcheck.facts.constraints import Before, Differ, NotAfter, OnlyFor, Order, RecordConstraint, StateTime
from visitcheck.facts.fields import Bool, FactModel, Id, Listed, Text, TimeOfDay, Timestamp, Weekday, fact
from visitcheck.facts.groups.words import Channel, Party, PlaceKind


class Contact(FactModel):
    """One contact, or attempt at one, outside this visit."""

    id: Id | None = fact("The contact's id.")
    at: Timestamp | None = fact("When it was made; when it is to be made, where `planned`.")
    channel: Channel | None = fact("By what means.")
    direction: Literal["outbound", "inbound"] | None = fact("Who made it: the collecting side, or the other.")
    number: Text | None = fact("Telephone number or address that was used.")
    party: Party | None = fact("Who was contacted.")
    kind: Literal["informative", "interactive"] | None = fact("Whether it only informed, or asked for an answer.")
    result: (
        Literal[
            "reached",
            "no_answer",
            "refused",
            "number_invalid",
            "message_left",
            "delivered",
            "undelivered",
            "other",
        ]
        | None
    ) = fact("What came of it.")
    connected: Bool | None = fact("Whether the call was answered.")
    by_id: Id | None = fact("The collector who made it.")
    by: Literal["lender", "agency", "other"] | None = fact("Which side made it: the lender itself or an agency.")
    agency_id: Id | None = fact("The agency that made it; missing where it is not known or the lender made it.")
    planned: Bool | None = fact("Whether it is only scheduled. A planned contact may be later than `visit.as_of`.")
    debt_disclosed: Bool | None = fact("Whether the debt was spoken of.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        NotAfter("at", unless="planned"),
        # What is only scheduled has come to nothing yet, and may not pass for an attempt that was made.
        OnlyFor({"result": (False,), "connected": (False,), "debt_disclosed": (False,)}, kind="planned"),
    )


class Notice(FactModel):
    """One announcement: of this visit, outsourcing, an assignment, recording, or how personal data is handled."""

    id: Id | None = fact("The notice's id.")
    about: Literal["visit", "outsourcing", "assignment", "recording", "privacy"] | None = fact("What it announces.")
    sent: Bool | None = fact("Whether it was sent. A message that is only scheduled is not.")
    sent_at: Timestamp | None = fact("When it was sent.")
    channel: Channel | None = fact("By what means.")
    to: Party | None = fact("Whom it was sent to.")
    delivered: Bool | None = fact("Whether it arrived.")
    delivered_at: Timestamp | None = fact("When it arrived.")
    starts_at: Timestamp | None = fact("Start of the visit, as announced.")
    ends_at: Timestamp | None = fact("End of the visit, as announced.")
    place_id: Id | None = fact("Place of the visit, as announced.")
    place_kind: PlaceKind | None = fact("What sort of place was announced.")
    cancelled: Bool | None = fact("Whether the announcement was withdrawn.")
    cancelled_at: Timestamp | None = fact("When it was withdrawn.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("sent", "sent_at"),
        StateTime("delivered", "delivered_at"),
        StateTime("cancelled", "cancelled_at"),
        Order("sent_at", "delivered_at"),
        Order("starts_at", "ends_at"),
        NotAfter("sent_at"),
        NotAfter("delivered_at"),
        NotAfter("cancelled_at"),
    )


class Appointment(FactModel):
    """The time and place agreed with the debtor."""

    agreed: Bool | None = fact("Whether a time was agreed.")
    agreed_at: Timestamp | None = fact("When it was agreed.")
    starts_at: Timestamp | None = fact("Start, as agreed.")
    ends_at: Timestamp | None = fact("End, as agreed.")
    place_id: Id | None = fact("Place, as agreed.")
    cancelled: Bool | None = fact("Whether either side cancelled it.")
    cancelled_at: Timestamp | None = fact("When it was cancelled.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("agreed", "agreed_at"),
        StateTime("cancelled", "cancelled_at"),
        Order("agreed_at", "cancelled_at"),
        Order("starts_at", "ends_at"),
        NotAfter("agreed_at"),
        NotAfter("cancelled_at"),
    )


class Consent(FactModel):
    """One consent, given or refused, perhaps withdrawn."""

    id: Id | None = fact("The consent's id.")
    kind: (
        Literal[
            "visit",
            "time",
            "entry",
            "filming",
            "workplace",
            "third_party_disclosure",
            "guardian",
            "data_transfer",
            "publication",
            "frequency",
        ]
        | None
    ) = fact("What is consented to.")
    by: Literal["debtor", "spouse", "household_member", "employer", "guardian", "representative", "other"] | None = (
        fact("Who consented.")
    )
    given: Bool | None = fact("Whether it was given; false where it was asked for and refused.")
    given_at: Timestamp | None = fact("When it was given.")
    method: Literal["written", "recorded_call", "sms", "app", "email", "oral_recorded", "oral"] | None = fact(
        "How it was given."
    )
    informed: Bool | None = fact("Whether the person was told what the consent is for.")
    withdrawn: Bool | None = fact("Whether it was withdrawn.")
    withdrawn_at: Timestamp | None = fact("When it was withdrawn.")
    time_limited: Bool | None = fact("Whether it holds for named hours or days alone; false: no limit was named.")
    valid_from: Timestamp | None = fact("From when it holds.")
    valid_until: Timestamp | None = fact("Until when it holds.")
    place_id: Id | None = fact("The place it holds for.")
    evidence_id: Id | None = fact("The document or recording that shows it.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("given", "given_at"),
        StateTime("withdrawn", "withdrawn_at"),
        StateTime("time_limited", "valid_from"),
        StateTime("time_limited", "valid_until"),
        Order("given_at", "withdrawn_at"),
        Order("valid_from", "valid_until"),
        NotAfter("given_at"),
        NotAfter("withdrawn_at"),
    )


class AvoidTime(FactModel):
    """A time at which the debtor does not want to be visited, in local time."""

    weekdays: Annotated[tuple[Weekday, ...], Listed(7)] | None = fact("On which days: Monday is 1, Sunday is 7.")
    from_time: TimeOfDay | None = fact("From this local time of day.")
    until_time: TimeOfDay | None = fact(
        "Until this local time of day, not included; `24:00` is allowed. Earlier than `from_time`: on the next day."
    )

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        Before("from_time"),
        Differ("from_time", "until_time"),
    )


class Wishes(FactModel):
    """What the debtor has asked for, and orders that protect the debtor."""

    avoid_times: Annotated[tuple[AvoidTime, ...], Listed(100)] | None = fact(
        "Times to avoid. An empty list: the debtor named none.",
        protective=True,
    )
    places_refused: Annotated[tuple[PlaceKind, ...], Listed(100)] | None = fact(
        "Sorts of place where the debtor refuses to be visited. An empty list: the debtor named none.",
        protective=True,
    )
    cease_requested: Bool | None = fact(
        "Whether the debtor has asked for contact to cease.",
        protective=True,
    )
    cease_requested_at: Timestamp | None = fact("When the debtor asked so.")
    no_contact_order: Bool | None = fact(
        "Whether a court or the police has forbidden contact.",
        protective=True,
    )
    no_contact_from: Timestamp | None = fact("From when contact is forbidden.")
    no_contact_until: Timestamp | None = fact("Until when contact is forbidden.")
    authority_stopped: Bool | None = fact(
        "Whether the police or another authority has stopped or punished collection from this debtor.",
        protective=True,
    )
    authority_stopped_at: Timestamp | None = fact("When it last did so.")
    moratorium: Bool | None = fact(
        "Whether a moratorium suspends collection.",
        protective=True,
    )
    moratorium_from: Timestamp | None = fact("From when collection is suspended.")
    moratorium_until: Timestamp | None = fact("Until when collection is suspended.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("cease_requested", "cease_requested_at"),
        StateTime("no_contact_order", "no_contact_from"),
        StateTime("no_contact_order", "no_contact_until"),
        StateTime("authority_stopped", "authority_stopped_at"),
        StateTime("moratorium", "moratorium_from"),
        StateTime("moratorium", "moratorium_until"),
        Order("no_contact_from", "no_contact_until"),
        Order("moratorium_from", "moratorium_until"),
        NotAfter("cease_requested_at"),
        NotAfter("authority_stopped_at"),
    )
