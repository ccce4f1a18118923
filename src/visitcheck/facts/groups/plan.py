"""What a proposal promises."""

from __future__ import annotations

from typing import Annotated

from visitcheck.facts.fields import Bool, FactModel, Listed, fact
from visitcheck.facts.groups.words import LetterItem, Material


class PlanFacts(FactModel):
    """What the collectors will and will not do, promised before the visit. Only asked of a proposal."""

    enter_home: Bool | None = fact("Whether they mean to enter a private space.")
    meet_in_public: Bool | None = fact("Whether they mean to meet in a public place.")
    record_audio: Bool | None = fact("Whether sound will be recorded from arrival to departure.")
    record_video: Bool | None = fact("Whether video will be recorded from arrival to departure.")
    carry_documents: Bool | None = fact("Whether they will carry authorisation and loan documents.")
    show_identification: Bool | None = fact("Whether they will show identification on arrival.")
    name_employer: Bool | None = fact("Whether they will say whose staff they are and on whose behalf they come.")
    offer_plan: Bool | None = fact("Whether they will offer a repayment plan.")
    official_dress: Bool | None = fact("Whether they will wear dress that looks like that of an authority.")
    private_devices: Bool | None = fact("Whether they will use private devices to record or to store data.")
    take_payment: Bool | None = fact("Whether they mean to take payment at the door.")
    leave_material: Bool | None = fact("Whether they mean to leave written material.")
    material: Material | None = fact("What sort of material they mean to leave.")
    letter_states: Annotated[tuple[LetterItem, ...], Listed(100)] | None = fact(
        "What a letter that they mean to leave states. An empty list: none of these."
    )
    contact_third_parties: Bool | None = fact("Whether they mean to speak with people who are not party to the debt.")
    leave_when_asked: Bool | None = fact("Whether they will leave as soon as they are asked to.")
    respectful_conduct: Bool | None = fact("Whether they are instructed to stay respectful, without any threat.")
    keep_private: Bool | None = fact("Whether they will keep the debt private from others.")
    emergency_plan: Bool | None = fact("Whether they will carry the emergency plan and know it.")
