"""What registers, or other visits, say otherwise than a visit itself."""

from __future__ import annotations

from typing import Literal

from visitcheck.facts.fields import FactModel, Id, Spoken, Text, fact


class Contradiction(FactModel):
    """One fact of which a register, or an audit's other visits, say something else, or whom no register holds.

    Reading fills these in where it is given registers, and an audit where it derives earlier visits. A record that
    states one itself only speaks against itself.
    """

    kind: Literal["register_differs", "not_registered", "history_lacks"] | None = fact(
        "A register says otherwise; no register holds the lender, agency or collector; or the record's own "
        "`earlier_visits` lack a visit that the audit holds."
    )
    path: Text | None = fact("The fact, like `lender.kind`.")
    id: Id | None = fact("The id of the lender, agency, collector or visit.")
    stated: Spoken | None = fact("What the record says.")
    elsewhere: Spoken | None = fact("What is said elsewhere, by which the visit is judged.")
