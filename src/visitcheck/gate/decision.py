"""The gate's answer on one visit, in the forms in which programs and people read it."""

from __future__ import annotations

from typing import NoReturn

from visitcheck.errors import VisitNotAllowed
from visitcheck.gate.audiences import Reader, render_for
from visitcheck.gate.json_form import Detail, JsonObject, decision_to_dict, remedies_to_dict, to_json
from visitcheck.gate.judgment import Judgment
from visitcheck.gate.render import render_decision
from visitcheck.policy.model import Language


class Decision(Judgment):
    """What the policy says of one visit. Only `allowed` lets a visit go ahead.

    The outcome is there at once; everything that explains it is worked out when first asked for.
    """

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a decision is no boolean: ask `decision.allowed`, or compare `decision.outcome`")

    def __repr__(self) -> str:
        return f"<Decision {self.outcome} on visit {self.visit_id!r} by {self.policy_name} ({'+'.join(self.engines)})>"

    def raise_unless_allowed(self) -> None:
        """Raise `VisitNotAllowed`, with this decision, for any other outcome."""
        if not self.allowed:
            raise VisitNotAllowed(self)

    def to_dict(self, *, remedies: bool = False, detail: Detail = "full") -> JsonObject:
        """Give the decision as JSON values, by the published schema (`visitcheck schema decision`).

        With `remedies` it has those too, which are left out otherwise since they have to be searched for. With
        `detail="brief"` findings come without checks and evidence, and duties at the door by the id of their rule.
        """
        more = {"remedies": remedies_to_dict(self.remedies, self.zone)} if remedies else {}
        return decision_to_dict(self, detail) | more

    def to_json(self) -> str:
        """Give `to_dict` as JSON text: the same bytes for the same input, policy and options."""
        return to_json(self.to_dict())

    def render(self, lang: Language = "en", *, for_: Reader | None = None) -> str:
        """Render the decision as text for people: whole, or as one reader needs it (`docs/remedies.md`)."""
        if for_ is not None:
            return render_for(self, for_, lang)
        return render_decision(self, lang)

    def __str__(self) -> str:
        return self.render()
