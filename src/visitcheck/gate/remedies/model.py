"""What a remedy is: something to do before the visit, with what it would change in the facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from visitcheck.engines.outcomes import Outcome
from visitcheck.policy.model import Text

RemedyKind: TypeAlias = Literal["establish", "promise", "prepare", "notice", "agreement", "consent", "team", "place"]
"""What has to be done: find out a fact, promise, prepare, tell the borrower, agree a time, obtain a consent, send
other people, go to another place."""


@dataclass(frozen=True, slots=True)
class Change:
    """A fact and what it would become; a new element of a list stands at the place it would have, `notices[2]`.

    `value` is in the form that visits are written in; None is a text to fill in. Of a fact that has to be found out it
    is a value that would do, which nobody knows to be true.
    """

    fact: str
    value: object


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do, the facts it changes, the rules it settles, and the last moment for it.

    `by` is in microseconds since 1970 UTC; None where the policy sets no moment for it.
    """

    kind: RemedyKind
    what: Text
    changes: tuple[Change, ...]
    rules: tuple[str, ...]
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Remedies:
    """What makes a proposal lawful, as far as anything does: none of `steps` can be left out.

    `outcome` is what the gate says of the visit once all are done, each by its moment. `left` are the rules, by id,
    that nothing settles which can still be changed, nor any one supposition on a missing fact; another time may settle
    some of them (`Gate.next_slot`).
    """

    outcome: Outcome
    steps: tuple[Remedy, ...]
    left: tuple[str, ...]

    def __iter__(self) -> Iterator[Remedy]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)
