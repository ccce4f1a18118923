"""What went before: earlier visits, complaints, and from when these lists are complete."""

from __future__ import annotations

from typing import ClassVar, Literal

from visitcheck.facts.constraints import NotAfter, Order, RecordConstraint, StateTime
from visitcheck.facts.fields import Bool, Date, FactModel, Id, Timestamp, fact
from visitcheck.facts.groups.words import PlaceKind


class EarlierVisit(FactModel):
    """One earlier visit to the same debtor."""

    id: Id | None = fact("The earlier visit's id.")
    starts_at: Timestamp | None = fact("Arrival.")
    ends_at: Timestamp | None = fact("Departure.")
    date: Date | None = fact("Local date, where the time of day is lost.")
    by: Literal["lender", "agency", "other"] | None = fact("Which side made it: the lender itself or an agency.")
    agency_id: Id | None = fact("The agency that made it; missing where it is not known or the lender made it.")
    place_kind: PlaceKind | None = fact("What sort of place it went to.")
    outcome: Literal["met", "not_met", "refused", "other"] | None = fact("Whether the debtor was met.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        Order("starts_at", "ends_at"),
        NotAfter("starts_at"),
        NotAfter("ends_at"),
        NotAfter("date", is_date=True),
    )


class Complaint(FactModel):
    """One complaint by or for the debtor about collection."""

    id: Id | None = fact("The complaint's id.")
    at: Timestamp | None = fact("When it was made.")
    about: Literal["harassment", "privacy", "time", "place", "conduct", "amount", "other"] | None = fact(
        "What it is about."
    )
    resolved: Bool | None = fact("Whether it was resolved.")
    resolved_at: Timestamp | None = fact("When it was resolved.")
    upheld: Bool | None = fact("Whether it was found to be right.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        StateTime("resolved", "resolved_at"),
        Order("at", "resolved_at"),
        NotAfter("at"),
        NotAfter("resolved_at"),
    )


COMPLETE_SINCE = {"contacts": "contacts_since", "earlier_visits": "visits_since", "complaints": "complaints_since"}
"""The lists of the past, with the field of `History` that says from when each is complete."""


class History(FactModel):
    """From when the lists of the past are complete. Before that moment they may lack entries."""

    contacts_since: Timestamp | None = fact("`contacts` is complete from here on.")
    visits_since: Timestamp | None = fact("`earlier_visits` is complete from here on.")
    complaints_since: Timestamp | None = fact("`complaints` is complete from here on.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        NotAfter("contacts_since"),
        NotAfter("visits_since"),
        NotAfter("complaints_since"),
    )
