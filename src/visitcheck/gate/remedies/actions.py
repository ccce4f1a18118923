"""What can be done about a proposal: everything that is tried, in the order in which it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from visitcheck.facts import Visit
from visitcheck.facts.fields import FactModel, shapes
from visitcheck.facts.groups.contact import Consent, Notice
from visitcheck.facts.groups.debt import Verification
from visitcheck.facts.groups.people import Collector
from visitcheck.facts.groups.visit import VisitPlace
from visitcheck.gate.remedies import catalogue as known
from visitcheck.gate.remedies.edits import BLANK, Edit, Path, vocabulary_path
from visitcheck.gate.remedies.model import RemedyKind
from visitcheck.policy.model import Text

Edits = Callable[[Visit, int], tuple[Edit, ...]]
_FUTURE_DAY = 2_932_896  # 9999-12-31: a newcomer's papers do not run out


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: `edits` are the facts it changes in a visit when done at a moment.

    Of actions with one `choice` at most one is taken. A `timed` one has to be done by some moment.
    """

    kind: RemedyKind
    what: Text
    edits: Edits
    touches: frozenset[str]
    choice: str
    timed: bool = False


def possible_actions(visit: Visit) -> tuple[Action, ...]:
    """List all that can be tried for this visit. Nothing joins a list that is missing, since it is not known."""
    return (
        *_promise_actions(),
        *_preparation_actions(),
        _target_action(),
        *_notice_actions(visit),
        *_notified_actions(visit),
        *_agreement_action(visit),
        *_consent_actions(visit),
        *_team_actions(visit),
        *_place_actions(visit),
    )


def _fixed_action(kind: RemedyKind, what: Text, *facts: tuple[Path, object], choice: str = "") -> Action:
    edits = tuple(Edit(path, value) for path, value in facts)
    touches = frozenset(vocabulary_path(edit.path) for edit in edits)
    return Action(kind, what, lambda visit, moment: edits, touches, choice or vocabulary_path(facts[0][0]))


def _promise_actions() -> Iterator[Action]:
    for name, value, what in known.PROMISES:
        yield _fixed_action("promise", what, (("plan", name), value))


def _target_action() -> Action:
    return _fixed_action("place", known.TARGET, (("visit", "target"), "debtor"))


def _preparation_actions() -> Iterator[Action]:
    yield Action(
        "prepare",
        known.FINANCES,
        lambda visit, moment: (
            Edit(("preparation", "finances_reviewed"), True),
            Edit(("preparation", "finances_reviewed_at"), moment),
        ),
        frozenset({"preparation.finances_reviewed", "preparation.finances_reviewed_at"}),
        "finances",
        timed=True,
    )
    yield _fixed_action("prepare", known.EMERGENCY_PLAN, (("preparation", "emergency_plan"), True))
    yield _fixed_action("prepare", known.EMERGENCY_CONTACT, (("preparation", "emergency_contact"), BLANK))
    for document, what in known.DOCUMENTS.items():
        yield Action("prepare", what, _add_document(document), frozenset({"preparation.documents"}), document)
    for item, what in known.VERIFICATIONS.items():
        touches = _element_paths("verification", Verification)
        yield Action("prepare", what, _add_verification(item), touches, item, timed=True)


def _add_document(name: str) -> Edits:
    def edits(visit: Visit, moment: int) -> tuple[Edit, ...]:
        given = (visit.preparation.documents if visit.preparation else None) or ()
        return (Edit(("preparation", "documents"), (*given, name)),)

    return edits


def _add_verification(item: str) -> Edits:
    return lambda visit, moment: _append_elements(
        "verification", visit, Verification.model_construct(item=item, matched=True, at=moment, source="core_system")
    )


def _append_elements(name: str, visit: Visit, *elements: object) -> tuple[Edit, ...]:
    """Add new elements to the end of a list."""
    size = len(getattr(visit, name) or ())
    return tuple(Edit((name, size + number), element) for number, element in enumerate(elements))


def _element_paths(name: str, model: type[FactModel]) -> frozenset[str]:
    return frozenset({name, *(f"{name}[].{field}" for field in model.model_fields)})


def _notice_actions(visit: Visit) -> Iterator[Action]:
    if visit.notices is None:
        return
    for (about, channel), what in known.NOTICES.items():
        touches = _element_paths("notices", Notice)
        yield Action("notice", what, _add_notice(about, channel), touches, f"notice {about}", timed=True)


def _add_notice(about: str, channel: str) -> Edits:
    def edits(visit: Visit, moment: int) -> tuple[Edit, ...]:
        facts, place = visit.visit, visit.place
        announced: dict[str, Any] = {}
        if about == "visit":
            announced = {
                "starts_at": facts and facts.starts_at,
                "ends_at": facts and facts.ends_at,
                "place_id": place and place.id,
                "place_kind": place and place.kind,
            }
        notice = Notice.model_construct(
            about=about, to="debtor", channel=channel, sent=True, sent_at=moment, delivered=True,
            delivered_at=moment, cancelled=False, **announced,
        )  # fmt: skip
        return _append_elements("notices", visit, notice)

    return edits


def _notified_actions(visit: Visit) -> Iterator[Action]:
    for (group, name), what in known.NOTIFIED.items():
        if getattr(visit, group) is not None:
            facts = frozenset({f"{group}.{name}", f"{group}.{name}_at"})
            yield Action("notice", what, _state_notified(group, name), facts, name, timed=True)


def _state_notified(group: str, name: str) -> Edits:
    return lambda visit, moment: (Edit((group, name), True), Edit((group, f"{name}_at"), moment))


def _agreement_action(visit: Visit) -> Iterator[Action]:
    names = ("agreed", "agreed_at", "starts_at", "ends_at", "place_id", "cancelled", "cancelled_at")

    def edits(visit: Visit, moment: int) -> tuple[Edit, ...]:
        facts, place = visit.visit, visit.place
        values = (
            True, moment, facts and facts.starts_at, facts and facts.ends_at, place and place.id, False, None,
        )  # fmt: skip
        return tuple(Edit(("appointment", name), value) for name, value in zip(names, values, strict=True))

    touches = frozenset(f"appointment.{name}" for name in names)
    yield Action("agreement", known.AGREEMENT, edits, touches, "agreement", timed=True)


def _consent_actions(visit: Visit) -> Iterator[Action]:
    if visit.consents is None:
        return
    for (kind, by), what in known.CONSENTS.items():
        touches = _element_paths("consents", Consent)
        yield Action("consent", what, _add_consent(kind, by), touches, f"consent {kind}", timed=True)


def _add_consent(kind: str, by: str) -> Edits:
    def edits(visit: Visit, moment: int) -> tuple[Edit, ...]:
        facts, place = visit.visit, visit.place
        consent = Consent.model_construct(
            kind=kind, by=by, given=True, given_at=moment, method="written", informed=True, withdrawn=False,
            valid_from=moment, valid_until=facts and facts.ends_at, place_id=place and place.id, evidence_id=BLANK,
        )  # fmt: skip
        return _append_elements("consents", visit, consent)

    return edits


def _team_actions(visit: Visit) -> Iterator[Action]:
    if visit.team is None:
        return
    touches = _element_paths("team", Collector)
    for number in known.MORE_PEOPLE:
        yield Action("team", known.more_people_text(number), _add_newcomers(number), touches, "team size")
    for number in known.FEWER_PEOPLE:
        if number < len(visit.team):
            yield _fixed_action(
                "team",
                known.fewer_people_text(number),
                *((("team", index, "present"), False) for index in range(len(visit.team) - number, len(visit.team))),
                choice="team size",
            )
    for index, member in enumerate(visit.team):
        what = known.replacement_text(member.id or str(index + 1))
        yield Action("team", what, _replace_member(index), touches, f"team {index}")


def _newcomer(visit: Visit, number: int) -> Collector:
    """Make up a collector who may go: of the same employer, with everything in order."""
    first = visit.team[0] if visit.team else None
    return Collector.model_construct(
        id=f"new-{number}", employer=first and first.employer, agency_id=first and first.agency_id, present=True,
        authorised=True, authorised_until=_FUTURE_DAY, trained=True, trained_on=_today(visit), screened=True,
        screened_on=_today(visit), confidentiality_signed=True,
    )  # fmt: skip


def _today(visit: Visit) -> int | None:
    as_of = None if visit.visit is None else visit.visit.as_of
    return None if as_of is None else as_of // (24 * 3_600_000_000)


def _add_newcomers(number: int) -> Edits:
    return lambda visit, moment: _append_elements(
        "team", visit, *(_newcomer(visit, len(visit.team or ()) + index) for index in range(number))
    )


def _replace_member(index: int) -> Edits:
    return lambda visit, moment: (Edit(("team", index), _newcomer(visit, index)),)


def _place_actions(visit: Visit) -> Iterator[Action]:
    for kind, what in known.PLACES.items():
        place = VisitPlace.model_construct(id=f"new-{kind}", kind=kind, private=False, office_area=False)
        # What only the visit can show of a place, such as how far off the planned spot it was, is not for us to say.
        names = [name for name, shape in shapes(VisitPlace).items() if shape.known == "before"]
        touches = frozenset({"place", *(f"place.{name}" for name in names)})
        yield Action("place", what, _move_place(place), touches, "place")


def _move_place(place: VisitPlace) -> Edits:
    return lambda visit, moment: (Edit(("place",), place),)
