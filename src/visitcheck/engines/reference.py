"""The reference interpreter behind the contract of engines: plain, and what all others are held against."""

from __future__ import annotations

from typing import cast

from visitcheck.facts import Visit
from visitcheck.ir.plan import Plan, Truths
from visitcheck.language.interpreter import interpret


class ReferenceEngine:
    """A Plan read node by node by `language.interpreter`, for each visit anew."""

    name = "reference"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def evaluate(self, visit: Visit) -> Truths:
        """Return the truth of each of `plan.conditions`."""
        return cast("Truths", tuple(interpret(condition, visit) for condition in self.plan.conditions))
