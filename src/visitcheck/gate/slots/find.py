"""From a proposal to its next slots: what the caller asked for, the search, and the gate's own word on the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from visitcheck.errors import InvalidVisit, Problem
from visitcheck.facts import Visit
from visitcheck.facts.read import read_visit
from visitcheck.facts.scalars import BadValueError
from visitcheck.facts.times import read_duration, read_timestamp
from visitcheck.facts.types import DAY, MINUTE
from visitcheck.gate.decision import Decision
from visitcheck.gate.messages import display_zone
from visitcheck.gate.remedies.catalogue import agreement_text, notice_text
from visitcheck.gate.remedies.model import Remedy
from visitcheck.gate.slots.grid import Grid
from visitcheck.gate.slots.search import Opening, Search
from visitcheck.gate.slots.slots import Slot, Slots
from visitcheck.gate.slots.timeline import Timeline
from visitcheck.language.clock import offset

MOST_TIMES = 50_000
"""Times that one search looks at, at most."""


def find_slots(
    timeline: Timeline,
    visit: Visit,
    check: Callable[[Visit], Decision],
    *,
    within: timedelta | str,
    step: timedelta | str,
    limit: int,
    after: datetime | None,
) -> Slots:
    """Find the next slots of a proposal that is complete with its `as_of`; `check` has the last word on each.

    See `Gate.next_slot` for the options, and for what it raises.
    """
    zone = display_zone(timeline.plan.policy, visit)
    grid = _make_grid(visit, span_micros(within, "within"), span_micros(step, "step"), after, zone)
    search = Search(timeline, visit, grid, zone)
    slots: list[Slot] = []
    problems: list[Problem] = []
    for opening in search.openings():
        if len(slots) == limit:
            break
        slot, refused = _confirm_slot(check, search, opening, grid, zone)
        if slot is not None:
            slots.append(slot)
        problems += refused
    obstacles = () if slots else sorted(search.obstacles.times.items(), key=lambda item: (-item[1], item[0]))
    return Slots(
        visit=str(visit.visit.id),  # type: ignore[union-attr]
        searched_from=grid.first,
        searched_until=grid.at(grid.size),
        step=grid.step,
        times=grid.size,
        zone=zone,
        slots=tuple(slots),
        blockers=tuple(search.blocker(rule) for rule, _ in obstacles),
        problems=tuple(problems),
    )


def span_micros(given: timedelta | str, name: str) -> int:
    """Read a `timedelta`, or text like `15m`, as microseconds; raises `ValueError` for no duration above 0."""
    try:
        micros = given // timedelta(microseconds=1) if isinstance(given, timedelta) else read_duration(given)
    except BadValueError as error:
        raise ValueError(f"`{name}`: {error.message}; hours, minutes and seconds, like `336h` or `1h30m`") from None
    if micros <= 0:
        raise ValueError(f"`{name}` is a duration above 0, like `15m`")
    return micros


def _make_grid(visit: Visit, within: int, step: int, after: datetime | None, zone: str | None) -> Grid:
    """Lay the starts from the moment of judging on, or from `after`, at local times that the step divides."""
    facts = visit.visit
    assert facts is not None  # noqa: S101 - a proposal that was read with its `as_of`
    assert facts.as_of is not None  # noqa: S101 - as above
    first = facts.as_of if after is None else max(read_timestamp(after), facts.as_of)
    ahead = (offset(first, zone) if zone else None) or 0
    first += -(first + ahead) % (MINUTE if DAY % step else step)
    size = -(-within // step)
    if size > MOST_TIMES:
        raise ValueError(f"{size:,} times are too many: at most {MOST_TIMES:,} are looked at")
    return Grid(first, step, size)


def _confirm_slot(
    check: Callable[[Visit], Decision], search: Search, opening: Opening, grid: Grid, zone: str | None
) -> tuple[Slot | None, list[Problem]]:
    """Make the slot of an opening, if the gate allows its first time when asked as for any other visit."""
    by = search.place(opening)
    decision = check(_validate_again(search.moved.fixed()))
    start = grid.at(opening.first)
    if not decision.allowed:
        message = f"the search found a slot that the gate answers with {decision.outcome}"
        return None, [Problem("slot-not-confirmed", message), *decision.problems]
    end = None if search.moved.length is None else start + search.moved.length
    remedies = () if by is None else _slot_remedies(search, opening, start, by, zone)
    return Slot(start, end, grid.at(opening.last), remedies, decision), []


def _validate_again(visit: Visit) -> Visit:
    """Hold the visit against all constraints, as one that comes from outside is."""
    return read_visit(visit.to_dict(), model=type(visit))


def _slot_remedies(search: Search, opening: Opening, start: int, by: int, zone: str | None) -> tuple[Remedy, ...]:
    arrangement, rules, remedies = opening.arrangement, search.settled(opening), []
    notice, agreement = search.arranger.changes(arrangement)
    if arrangement.agreed:
        remedies.append(Remedy("agreement", agreement_text(start, by, zone), tuple(agreement), rules, by))
    if arrangement.channel is not None:
        text = notice_text(arrangement.channel, start, by, zone)
        remedies.append(Remedy("notice", text, tuple(notice), rules, by))
    return tuple(remedies)


def require_proposal(visit: Visit) -> Visit:
    """Give the visit back if it is a proposal with a start; raises `InvalidVisit` where it cannot be moved."""
    facts = visit.visit
    if facts is None or facts.stage != "proposed":
        raise _unmovable_error("slot-not-a-proposal", "stage", "only a proposed visit", "give `visit.stage: proposed`")
    if facts.starts_at is None:
        help_ = "give the start as planned"
        raise _unmovable_error("slot-without-start", "starts_at", "no visit without a start", help_)
    return visit


def _unmovable_error(code: str, fact: str, what: str, help_: str) -> InvalidVisit:
    return InvalidVisit([Problem(code, f"{what} can be moved", help_, path=f"$.visit.{fact}")])
