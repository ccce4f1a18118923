"""The visit itself, and the place it goes to."""

from __future__ import annotations

from typing import ClassVar, Literal

from visitcheck.facts.constraints import NotAfter, Order, RecordConstraint
from visitcheck.facts.fields import (
    Bool,
    Date,
    FactModel,
    Id,
    Latitude,
    Longitude,
    Metres,
    Region,
    Text,
    Timestamp,
    Zone,
    fact,
)
from visitcheck.facts.groups.words import PlaceKind, Role


class VisitFacts(FactModel):
    """The visit: which case, at what stage, what for, and when."""

    id: Id | None = fact("The visit's own id.")
    case_id: Id | None = fact("The case that the visit belongs to.")
    stage: Literal["proposed", "recorded"] | None = fact(
        "Whether the visit is still only proposed, or has taken place and is on record."
    )
    purpose: (
        Literal["collect", "deliver_documents", "agree_plan", "verify_circumstances", "locate_debtor", "other"] | None
    ) = fact("What the visit is for.")
    target: Role | None = fact("Whom the visit is made to.")
    starts_at: Timestamp | None = fact("Planned start of a proposed visit; arrival of a recorded one.")
    ends_at: Timestamp | None = fact("Planned end of a proposed visit; departure of a recorded one.")
    date: Date | None = fact("Local date of the visit, for records whose time of day is lost.")
    timezone: Zone | None = fact("Zone of the place visited; decides local time where a pack names no zone of its own.")
    as_of: Timestamp | None = fact(
        "The moment of judging. Nothing that has happened is later. The gate fills it in for a proposal without one."
    )
    requested_by_debtor: Bool | None = fact("Whether the debtor asked for this visit.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        Order("starts_at", "ends_at"),
        NotAfter("starts_at", only=("stage", "recorded")),
        NotAfter("ends_at", only=("stage", "recorded")),
        NotAfter("date", is_date=True, only=("stage", "recorded")),
    )


class VisitPlace(FactModel):
    """The place visited, and how its address came to be known."""

    id: Id | None = fact("The place's id, which notices, consents and events may name.")
    kind: PlaceKind | None = fact("What sort of place it is. Protection never hangs on `other`: see `place.private`.")
    private: Bool | None = fact("Whether it is somebody's private space, such as a dwelling or a hotel room.")
    office_area: Bool | None = fact("Whether it is an area where people work, such as a debtor's office.")
    region: Region | None = fact("Country and subdivision, ISO 3166-2, like `CN-GD`.")
    address: Text | None = fact("The address as written.")
    address_source: (
        Literal[
            "contract",
            "debtor",
            "debtor_authorised",
            "public_record",
            "nominated_contact",
            "credit_bureau",
            "purchased",
            "other",
        ]
        | None
    ) = fact("Where the address was obtained from; `purchased`: bought, or taken without a right to it.")
    address_obtained_at: Timestamp | None = fact("When the address was obtained.")
    latitude: Latitude | None = fact(
        "Where the visit took place: degrees north of the equator, negative to its south.",
        unit="degrees", known="door", personal=True,
    )  # fmt: skip
    longitude: Longitude | None = fact(
        "Where the visit took place: degrees east of Greenwich, negative to its west.",
        unit="degrees", known="door", personal=True,
    )  # fmt: skip
    planned_distance_m: Metres | None = fact(
        "How far from the planned point the visit took place.", unit="metres", known="door"
    )

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (NotAfter("address_obtained_at"),)
