"""What a remedy is: something to do before the visit, with what it would change in the facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from visitcheck.policy.model import Text

RemedyKind: TypeAlias = Literal["establish", "promise", "prepare", "notice", "agreement", "consent", "team", "place"]
"""What has to be done: find out a fact, promise, prepare, tell the borrower, agree a time, obtain a consent, send
other people, go to another place."""


@dataclass(frozen=True, slots=True)
class Change:
    """A fact and what it would become; a new element of a list stands at the place it would have, `notices[2]`.

    `value` is in the form that visits are written in; None where a fact has yet to be found out.
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
