"""From a decision to its remedies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from visitcheck.engines.outcomes import Outcome
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.status import Judge
from visitcheck.facts import Visit
from visitcheck.gate.remedies.model import Remedies
from visitcheck.gate.remedies.search import RemedySearch
from visitcheck.ir.plan import Plan, Truths

if TYPE_CHECKING:
    from visitcheck.gate.decision import Decision
    from visitcheck.gate.engine_pair import EnginePair


def find_remedies(decision: Decision, panel: EnginePair | None) -> Remedies:
    """The remedies of a proposal that is not allowed; of any other visit there are none.

    Nor are there any where the engines gave no plain answer: nothing can be told from those. The search asks the native
    engine; all the engines of `panel`, where there is one, have the last word.
    """
    if decision.allowed or decision.problems or decision.stage != "proposed" or decision.as_of is None:
        return Remedies(decision.outcome, (), ())
    evaluate = _native(decision.plan, panel)
    judge = Judge(decision.plan)

    def confirmed(visit: Visit) -> Outcome:
        return judge.verdict(evaluate(visit)).outcome if panel is None else panel.answer(visit).outcome

    return RemedySearch(decision.plan, evaluate, decision.visit, decision.zone).run(confirmed)


def _native(plan: Plan, panel: EnginePair | None) -> Callable[[Visit], Truths]:
    """The panel's own native engine, or one made for this."""
    for engine in () if panel is None else panel.engines:
        if engine.name == "native":
            return engine.evaluate
    return NativeEngine(plan).evaluate
