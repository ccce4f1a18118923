"""What every engine is: a Plan compiled once, then a visit in and a vector of truths out."""

from __future__ import annotations

from typing import Protocol

from visitcheck.facts import Visit
from visitcheck.ir.plan import Plan, Truths


class Engine(Protocol):
    """An engine for one Plan.

    Engines are built from a Plan, and raise `UnsupportedByEngine` then, by name, for what they cannot do.
    """

    name: str
    plan: Plan

    def evaluate(self, visit: Visit) -> Truths:
        """Return the truth of each of `plan.conditions`; raises `EngineFailure` when it cannot tell."""
        ...
