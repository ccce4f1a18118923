"""Problem codes of the gate."""

from visitcheck.errors import register_codes

register_codes(
    {
        "no-rule-applies": (
            "No rule that could deny or review applies to this visit, so the policy cannot vouch for it: the outcome "
            "is `review`. Choose a policy made for this lender and product, or mend what `applies` reads."
        ),
        "missing-selector": (
            "A fact is missing that decides the answer. Without the visit's id, stage, or start there is none. Without "
            'a fact that says whether a pack\'s law binds, what is not met is suspected "if this law binds", and the '
            "outcome is at least `review`. Fill it in."
        ),
        "visit-in-the-past": (
            "The proposal starts before the moment of judging, which the gate took from its own clock, so the outcome "
            "is `deny`. Propose another time; a visit that took place is `recorded`."
        ),
        "slot-not-a-proposal": (
            "Another time was asked for a visit that is not proposed. A recorded visit took place when it did; ask for "
            "`visit.stage: proposed`."
        ),
        "slot-without-start": (
            "Another time was asked for a proposal that says on which day it is at most. Give `visit.starts_at`, and "
            "`visit.ends_at` where the length matters."
        ),
        "slot-not-confirmed": (
            "A time that the search found was put to the gate like any other visit, and was not allowed, so it is not "
            "suggested. The problems beside it say why; without any, report it, with the visit's facts if they may be "
            "shared."
        ),
        "engine-failure": (
            "An engine broke while it judged the visit, so the outcome is `deny`. The log holds the cause; report it, "
            "with the visit's facts if they may be shared."
        ),
        "engines-disagree": (
            "Two engines came to different answers on the same visit, so the outcome is `deny`; the message holds both "
            "and the rules they differ on. One of them has a fault: report it, with the visit's facts if they may be "
            "shared."
        ),
    }
)
