"""Closed words that more than one group uses."""

from __future__ import annotations

from typing import Literal, TypeAlias

PlaceKind: TypeAlias = Literal[
    "home", "workplace", "lender_office", "public_place", "hospital", "school", "hotel", "other"
]
Channel: TypeAlias = Literal["phone", "sms", "app_message", "email", "letter", "messaging", "in_person"]
Party: TypeAlias = Literal[
    "debtor", "guarantor", "spouse", "household_member", "employer", "nominated_contact", "other"
]
Role: TypeAlias = Literal[
    "debtor",
    "guarantor",
    "spouse",
    "household_member",
    "colleague",
    "employer",
    "neighbour",
    "nominated_contact",
    "building_staff",
    "other",
]
Material: TypeAlias = Literal["collection_letter", "lawyers_letter", "contact_card", "other"]
LetterItem: TypeAlias = Literal[
    "debtor_name",
    "balance",
    "reason_and_legal_basis",
    "debtor_rights",
    "how_to_check",
    "how_to_dispute",
    "lender_contact",
    "official_seal",
]
