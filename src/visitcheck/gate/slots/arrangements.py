"""What can be arranged anew when a visit moves: the notice of it, and a time that was agreed.

The notices and the agreement that there are stay as they are: they are of the past, and speak of another time.
A further notice, or a new agreement, can still come; it is thought of as reaching the borrower, and being judged, at
one moment before the visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visitcheck.facts import Visit
from visitcheck.facts.groups.contact import Appointment, Notice
from visitcheck.facts.vocabulary import FACTS
from visitcheck.gate.remedies.model import Change
from visitcheck.gate.slots.grid import MovedVisit

ARRANGED = frozenset(
    path for path in FACTS if path == "visit.as_of" or path.split(".")[0] in ("notices", "notices[]", "appointment")
)
"""The facts that an arrangement changes."""
CHANNELS = ("sms", "phone", "letter")
"""How a new notice may be given, in the order in which it is tried."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A new notice by this channel (None: no notice), and whether the time is agreed anew."""

    channel: str | None = None
    agreed: bool = False


AS_IT_IS = Arrangement()


def possible_arrangements(visit: Visit) -> tuple[Arrangement, ...]:
    """List what can be arranged for this visit, the least first.

    A notice joins a list that is there: a list that is missing is not known, and stays so. A time is agreed anew only
    where one had been agreed.
    """
    channels: tuple[str | None, ...] = (None, *CHANNELS) if visit.notices is not None else (None,)
    agreements = (False, True) if visit.appointment is not None and visit.appointment.agreed else (False,)
    combinations = [Arrangement(channel, agreed) for agreed in agreements for channel in channels]
    return tuple(combination for combination in combinations if combination != AS_IT_IS)


class Arranger:
    """Puts arrangements into a moved visit, and takes them out again."""

    def __init__(self, moved: MovedVisit) -> None:
        self._moved = moved
        visit = moved.visit
        self._own: dict[str, Any] = {"notices": visit.notices, "appointment": visit.appointment}
        self._as_of: Any = None if visit.visit is None else visit.visit.as_of
        place = visit.place
        self._notices = {
            channel: Notice.model_construct(
                about="visit",
                to="debtor",
                channel=channel,
                sent=True,
                delivered=True,
                place_id=None if place is None else place.id,
                place_kind=None if place is None else place.kind,
                cancelled=False,
            )
            for channel in CHANNELS
        }

    def undo(self) -> None:
        """Put back the notices and the appointment as they were given."""
        self._moved.replace(**self._own)
        self._moved.judge_at(self._as_of)

    def put(self, arrangement: Arrangement, at: int) -> None:
        """Make the arrangement at the moment `at` for the time to which the visit is moved; it is judged then."""
        self.undo()
        self._moved.judge_at(at)
        if arrangement.channel is not None:
            self._moved.replace(notices=(*self._own["notices"], self._notice(arrangement.channel, at)))
        if arrangement.agreed:
            self._moved.replace(appointment=self._agreement(at))

    def changes(self, arrangement: Arrangement) -> tuple[list[Change], list[Change]]:
        """Describe the facts that the arrangement in the visit changes: by the notice, and by the agreement."""
        visit, notice, agreement = self._moved.visit, [], []
        if arrangement.channel is not None and visit.notices:
            place = f"notices[{len(visit.notices) - 1}]"
            notice.append(Change(place, visit.notices[-1].model_dump(mode="json", exclude_none=True)))
        if arrangement.agreed and visit.appointment is not None:
            before = self._own["appointment"].model_dump(mode="json")
            after = visit.appointment.model_dump(mode="json")
            agreement = [Change(f"appointment.{name}", after[name]) for name in after if after[name] != before[name]]
        return notice, agreement

    def _end(self) -> int | None:
        return None if self._moved.length is None else self._moved.start + self._moved.length

    def _notice(self, channel: str, at: int) -> Notice:
        times = {"sent_at": at, "delivered_at": at, "starts_at": self._moved.start, "ends_at": self._end()}
        return self._notices[channel].model_copy(update=times)

    def _agreement(self, at: int) -> Appointment:
        given: Appointment = self._own["appointment"]
        times = {"starts_at": self._moved.start, "ends_at": self._end(), "agreed_at": at}
        return given.model_copy(update={**times, "cancelled": False, "cancelled_at": None})
