"""What happened at the door: the timeline of conduct, and the recordings of it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from visitcheck.facts.constraints import Needs, NotAfter, OnlyFor, Order, RecordConstraint
from visitcheck.facts.fields import (
    Amount,
    Bool,
    Currency,
    FactModel,
    Id,
    Known,
    Listed,
    Spoken,
    Text,
    Timestamp,
    fact,
)
from visitcheck.facts.groups.words import LetterItem, Material, Role

ShownDocument: TypeAlias = Literal["identification", "authorisation_letter", "business_card", "loan_information"]

_SUMS = ("payment_taken", "fee_requested")
_MATERIAL = ("material_left", "posting")
_OFFERS = ("plan_offered", "extension_offered")


class Conduct(FactModel):
    """One event at the door. Some facts belong to some kinds of event only."""

    known: ClassVar[Known] = "door"

    kind: (
        Literal[
            "arrival",
            "identification",
            "entry",
            "statement",
            "disclosure",
            "threat",
            "insult",
            "violence",
            "obstruction",
            "following",
            "property_taken",
            "property_damaged",
            "posting",
            "noise",
            "impersonation",
            "false_statement",
            "filming",
            "asked_to_leave",
            "departure",
            "plan_offered",
            "extension_offered",
            "payment_taken",
            "fee_requested",
            "material_left",
            "recording_announced",
            "payment_demanded",
            "pressed_to_borrow",
            "spying",
            "display",
            "defacing",
            "utilities_cut",
            "posturing",
            "distress",
            "break_offered",
            "emergency",
            "police_called",
        ]
        | None
    ) = fact(
        "What happened. `spying`: peeping, eavesdropping or filming in secret; `display`: banners, wreaths or the "
        "like put up; `defacing`: paint or filth; `posturing`: a show of numbers or force; `pressed_to_borrow`: the "
        "debtor was pressed to borrow or raise money elsewhere."
    )
    at: Timestamp | None = fact("When it happened or began.")
    until: Timestamp | None = fact("When it ended, where it lasted.")
    by_id: Id | None = fact("The collector who did it.")
    to: Role | None = fact(
        "Whom it was done or said to; of material that was left, who took it, or for whom it was left where nobody did."
    )
    words: Spoken | None = fact("The words said, as recorded.")
    place_id: Id | None = fact("`entry`: the place entered.")
    private: Bool | None = fact("`entry`: whether the place entered is somebody's private space.")
    office_area: Bool | None = fact("`entry`: whether people work in the place entered, as in an office.")
    invited: Bool | None = fact("`entry`: whether somebody who may do so let the collectors in.")
    documents_shown: Annotated[tuple[ShownDocument, ...], Listed(100)] | None = fact(
        "`identification`: the documents shown. An empty list: none."
    )
    named_principal: Literal["lender", "agency", "state_body", "other"] | None = fact(
        "`identification`: on whose behalf the collectors said they came."
    )
    presented_as: Literal["lender", "agency", "state_body", "other"] | None = fact(
        "`identification`, `impersonation`: whose staff the collectors said they were."
    )
    topic: Literal["debt_existence", "debt_amount", "debt_details", "personal_data"] | None = fact(
        "`disclosure`: what was disclosed."
    )
    public: Bool | None = fact(
        "`disclosure`, `material_left`, `posting`: whether people at large could see or hear it."
    )
    currency: Currency | None = fact("`payment_taken`, `fee_requested`: currency of the sum, ISO 4217.")
    amount: Amount | None = fact(
        "`payment_taken`, `fee_requested`: the sum.", unit="`currency` beside it, two decimals"
    )
    payment_channel: Literal["institution_channel", "cash", "private_account", "other"] | None = fact(
        "`payment_taken`, `fee_requested`: where the money went, or was asked to go."
    )
    sealed: Bool | None = fact("`material_left`, `posting`: whether it was in a closed envelope.")
    material: Material | None = fact("`material_left`, `posting`: what sort of material it was.")
    letter_states: Annotated[tuple[LetterItem, ...], Listed(100)] | None = fact(
        "`material_left`, `posting`: what a letter among it states. An empty list: none of these."
    )
    accepted: Bool | None = fact("`plan_offered`, `extension_offered`: whether the debtor accepted.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        Order("at", "until"),
        NotAfter("at"),
        NotAfter("until"),
        Needs("amount", "currency"),
        OnlyFor(
            {
                "place_id": ("entry",),
                "private": ("entry",),
                "office_area": ("entry",),
                "invited": ("entry",),
                "documents_shown": ("identification",),
                "named_principal": ("identification",),
                "presented_as": ("identification", "impersonation"),
                "topic": ("disclosure",),
                "public": ("disclosure", *_MATERIAL),
                "amount": _SUMS,  # before its currency, without which it could not be read
                "currency": _SUMS,
                "payment_channel": _SUMS,
                "sealed": _MATERIAL,
                "material": _MATERIAL,
                "letter_states": _MATERIAL,
                "accepted": _OFFERS,
            }
        ),
    )


class Recording(FactModel):
    """One recording of the visit."""

    known: ClassVar[Known] = "door"

    id: Id | None = fact("The recording's id.")
    medium: Literal["audio", "video", "audio_video"] | None = fact("What was recorded.")
    starts_at: Timestamp | None = fact("When it begins.")
    ends_at: Timestamp | None = fact("When it ends.")
    announced: Bool | None = fact("Whether the people recorded were told before.")
    device_owner: Literal["lender", "agency", "private"] | None = fact("Whose device recorded.")
    hash: Text | None = fact("A digest of the file, which shows that it was not changed.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        Order("starts_at", "ends_at"),
        NotAfter("starts_at"),
        NotAfter("ends_at"),
    )


class RecordingGap(FactModel):
    """A time during the visit that was not recorded, and why."""

    known: ClassVar[Known] = "door"

    medium: Literal["audio", "video", "audio_video"] | None = fact(
        "What was not recorded; missing: not known, it may be both."
    )
    starts_at: Timestamp | None = fact("When recording stopped.")
    ends_at: Timestamp | None = fact("When it went on.")
    reason: Literal["private_space", "consent_refused", "equipment_failure", "other"] | None = fact("Why it stopped.")

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (
        Order("starts_at", "ends_at"),
        NotAfter("starts_at"),
        NotAfter("ends_at"),
    )
