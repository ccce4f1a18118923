"""`Visit`: all groups of facts together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from operator import attrgetter, is_
from typing import Annotated, Any

from pydantic import model_validator

from visitcheck.facts.breaches import BrokenConstraintsError, breaches
from visitcheck.facts.completeness import Completeness, absent_complete_lists, with_open_lists
from visitcheck.facts.constraints import UniqueKey
from visitcheck.facts.fields import FactModel, Listed, fact, shapes
from visitcheck.facts.groups.after import Evasion, VisitRecord
from visitcheck.facts.groups.contact import Appointment, Consent, Contact, Notice, Wishes
from visitcheck.facts.groups.debt import Debt, Preparation, Verification
from visitcheck.facts.groups.door import Conduct, Recording, RecordingGap
from visitcheck.facts.groups.elsewhere import Contradiction
from visitcheck.facts.groups.past import Complaint, EarlierVisit, History
from visitcheck.facts.groups.people import Agency, Collector, Debtor, Lender, MetPerson
from visitcheck.facts.groups.plan import PlanFacts
from visitcheck.facts.groups.visit import VisitFacts, VisitPlace


class Extra(FactModel):
    """Facts that a pack declares."""


_BY_ID = UniqueKey("id")


class Visit(FactModel):
    """One proposed or recorded visit, validated: a group that is missing is None, as is a missing fact.

    Values are in their inside form (`facts.types`): moments are microseconds, lists are tuples. Make one with
    `read_visit`, which reports all problems at once; the constructor takes the same values, and raises
    pydantic's `ValidationError`.
    """

    # A slot, which copies do not take along: what was changed by `model_copy` does not pass for validated.
    __slots__ = ("_seal",)

    visit: VisitFacts | None = fact("The visit itself.")
    place: VisitPlace | None = fact("The place visited.")
    team: Annotated[tuple[Collector, ...], Listed(), _BY_ID] | None = fact("Everybody who is to go, or went.")
    lender: Lender | None = fact("The lender.")
    agency: Agency | None = fact("The collection agency.")
    debtor: Debtor | None = fact("The debtor.")
    met: Annotated[tuple[MetPerson, ...], Listed(), _BY_ID] | None = fact("Everybody met on the visit.")
    debt: Debt | None = fact("The debt.")
    verification: Annotated[tuple[Verification, ...], Listed()] | None = fact(
        "Every item of the debtor's data that was verified for this visit."
    )
    preparation: Preparation | None = fact("How the visit was prepared.")
    contacts: Annotated[tuple[Contact, ...], Listed(), _BY_ID] | None = fact(
        "Every contact with the debtor or about the debt, by the lender and all agencies, from "
        "`history.contacts_since` on."
    )
    notices: Annotated[tuple[Notice, ...], Listed(), _BY_ID] | None = fact("Every notice given, or about to be given.")
    appointment: Appointment | None = fact("The time and place agreed.")
    consents: Annotated[tuple[Consent, ...], Listed(), _BY_ID] | None = fact("Every consent asked for.")
    wishes: Wishes | None = fact("What the debtor has asked for, and protective orders.")
    plan: PlanFacts | None = fact("What a proposal promises.")
    conduct: Annotated[tuple[Conduct, ...], Listed()] | None = fact("Everything that happened at the door.")
    recordings: Annotated[tuple[Recording, ...], Listed(), _BY_ID] | None = fact("Every recording of the visit.")
    recording_gaps: Annotated[tuple[RecordingGap, ...], Listed()] | None = fact(
        "Every time during the visit that was not recorded."
    )
    record: VisitRecord | None = fact("The record filed afterwards.")
    evasion: Evasion | None = fact("Signs of evasion, and what was done about them.")
    earlier_visits: Annotated[tuple[EarlierVisit, ...], Listed(), _BY_ID] | None = fact(
        "Every earlier visit to the debtor, by the lender and all agencies, from `history.visits_since` on."
    )
    complaints: Annotated[tuple[Complaint, ...], Listed(), _BY_ID] | None = fact(
        "Every complaint by or for the debtor, from `history.complaints_since` on."
    )
    history: History | None = fact("From when the lists of the past are complete.")
    completeness: Completeness | None = fact(  # type: ignore[valid-type]
        "Which lists may hold less than what happened. A list that is given is complete where nothing is said of it."
    )
    contradictions: Annotated[tuple[Contradiction, ...], Listed()] | None = fact(
        "What registers, or other visits of an audit, say otherwise. Filled in; a visit with one is never allowed."
    )
    extra: Extra | None = fact("Facts that packs declare.")

    @model_validator(mode="before")
    @classmethod
    def _state_open_lists(cls, facts: Any) -> Any:
        """A list that goes on and is not given has no element that is known of: empty, and not absent."""
        return with_open_lists(facts) if isinstance(facts, dict) and facts.get("completeness") else facts

    @model_validator(mode="after")
    def _hold_constraints(self) -> Visit:
        broken = [*breaches(self), *absent_complete_lists(self)]
        if broken:
            raise BrokenConstraintsError(broken)
        mark_validated(self)
        return self

    def to_dict(self) -> dict[str, Any]:
        """The facts that are given, as JSON holds them: times as RFC 3339 text in UTC, money as text."""
        return self.model_dump(mode="json", exclude_none=True)

    def to_json(self) -> str:
        """`to_dict` as JSON text; `read_visit` makes an equal visit of it."""
        return self.model_dump_json(exclude_none=True)


def mark_validated(visit: Visit) -> None:
    """Say of a visit, whose facts have just been held against all constraints, that it is as validation left it."""
    records: list[FactModel] = [visit]
    _add_records(visit, records)
    object.__setattr__(visit, "_seal", (records, _values(records)))


def is_validated(visit: Visit) -> bool:
    """Whether a visit is as validation left it: no copy with other facts, and nothing set inside it since.

    Each value in it has to be the very object that validation left there, which also tells 1 from True.
    """
    try:
        records, values = visit._seal  # type: ignore[attr-defined]
    except AttributeError:
        return False
    now = _values(records)
    return len(now) == len(values) and all(map(is_, now, values))


def _values(records: Iterable[FactModel]) -> list[object]:
    values: list[object] = []
    for fields in map(_fields_of, records):
        values += fields.values()
    return values


def _add_records(record: FactModel, records: list[FactModel]) -> None:
    """Add every record below `record`, groups and elements of lists, at any depth."""
    fields = record.__dict__
    for name, listed, goes_on in _below(type(record)):
        value = fields[name]
        if value is None:
            continue
        if not listed:
            records.append(value)
            if goes_on:
                _add_records(value, records)
            continue
        below = tuple(value)
        records += below
        if goes_on:
            for each in below:
                _add_records(each, records)


@cache
def _below(model: type[FactModel]) -> tuple[tuple[str, bool, bool], ...]:
    """The fields of a model that hold records: whether each is a list of them, and whether there are records below."""
    return tuple(
        (name, shape.listed is not None, bool(_below(shape.record)))
        for name, shape in shapes(model).items()
        if shape.record is not None
    )


_fields_of = attrgetter("__dict__")
