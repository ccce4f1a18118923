"""The gate: one visit in, allow, review or deny out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Literal, TypeAlias

from visitcheck.engines.contract import Engine
from visitcheck.engines.native import NativeEngine
from visitcheck.engines.status import Judge, Outcome, Verdict
from visitcheck.errors import InvalidVisit, Problem
from visitcheck.facts import Registers, Visit, read_visit, visit_model_with_extra
from visitcheck.gate.decision import Decision
from visitcheck.gate.selectors import fact_at, missing_selector, missing_selectors
from visitcheck.plan import Plan, Truths, make_plan
from visitcheck.policy.model import STAGES, Policy, Stage

Source: TypeAlias = Visit | Mapping[str, object] | str | bytes
_LOG = logging.getLogger("visitcheck.gate")
_NO_RULE = Problem("no-rule-applies", "no deny or review rule of this policy applies to the visit")


class Gate:
    """Asks a policy about visits, proposed or recorded, one at a time.

    Built once and shared: thread-safe, and it keeps nothing of a visit. `registers` give the facts of lenders,
    agencies and collectors that a visit names by id. `clock` says what time it is for a proposal without
    `visit.as_of`; a recorded visit is never given one.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        registers: Registers | Mapping[str, object] | None = None,
        engine: Literal["native"] = "native",
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        if engine != "native":
            raise ValueError(f"no engine is called {engine!r}: use 'native'")
        self.policy = policy
        self.registers = registers if isinstance(registers, Registers | None) else Registers.read(registers)
        self.engines: tuple[str, ...] = (engine,)
        self._clock = clock or _now
        self._model = visit_model_with_extra(policy.extra_facts) if policy.extra_facts else Visit
        self._by_stage: dict[str, _StageGate] = {stage: _StageGate(make_plan(policy, stage)) for stage in STAGES}

    def __repr__(self) -> str:
        return f"<Gate {self.policy.name} {self.policy.digest[:12]} engines={'+'.join(self.engines)}>"

    def check(self, visit: Source) -> Decision:
        """The decision on one visit: a `Visit`, a mapping, or JSON as text or bytes.

        Raises `InvalidVisit`, with all problems, for anything that is no visit or lacks a fact without which
        the policy gives no answer. An engine's own failure is a `deny` with the problem `engine-failure`.
        """
        # Not `isinstance`, which is slow for what is no model; `_read` takes a subclass as it is, too.
        ready = type(visit) is self._model and self.registers is None
        found: Visit = visit if ready else self._read(visit)  # type: ignore[assignment]
        facts = found.visit
        stage = getattr(facts, "stage", None)  # nothing is sure of a visit that was copied without validation
        if stage == "proposed" and getattr(facts, "as_of", None) is None:
            found = self._read(found, as_of=self._clock())
        judge = self._by_stage.get(stage) if isinstance(stage, str) else None
        if judge is None:
            raise InvalidVisit([missing_selector("visit.stage", "`proposed` or `recorded`")])
        return judge.decide(found, self.engines)

    def read(self, visit: Source, *, format: Literal["json", "yaml"] = "json") -> Visit:  # noqa: A002
        """A validated visit, with the policy's own facts and the registers filled in."""
        return read_visit(visit, registers=self.registers, model=self._model, format=format)

    def _read(self, visit: Source, *, as_of: datetime | None = None) -> Visit:
        return read_visit(visit, registers=self.registers, model=self._model, as_of=as_of)


class _StageGate:
    """The gate for visits of one stage."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.engine: Engine = NativeEngine(plan)
        self.judge = Judge(plan)
        self._paths = tuple(sorted(plan.policy.selectors))
        self._selected = attrgetter(*self._paths, "visit.starts_at")
        self._undecided: Truths = (None,) * len(plan.conditions)

    def decide(self, visit: Visit, engines: tuple[str, ...]) -> Decision:
        self._demand_selectors(visit)
        try:
            truths = self.engine.evaluate(visit)
            verdict = self.judge.verdict(truths)
        except Exception as failure:  # nothing fails open: whatever broke, the answer is deny
            return self._failed(visit, engines, failure)
        problems = (_NO_RULE,) if verdict.no_rule_applies else ()
        return Decision(self.plan, visit, verdict, truths, engines=engines, problems=problems)

    def _failed(self, visit: Visit, engines: tuple[str, ...], failure: Exception) -> Decision:
        _LOG.error("engine failure on visit %r: denied", fact_at(visit, "visit.id"), exc_info=failure)
        problem = Problem("engine-failure", f"the {self.engine.name} engine broke: {type(failure).__name__}: {failure}")
        verdict: Verdict = self.judge.verdict(self._undecided)
        return Decision(
            self.plan, visit, verdict, self._undecided, engines=engines, outcome=Outcome.DENY, problems=(problem,)
        )

    def _demand_selectors(self, visit: Visit) -> None:
        try:
            if None not in self._selected(visit):
                return
        except AttributeError:  # a whole group is missing
            pass
        missing = missing_selectors(visit, self._paths)
        if missing:
            raise InvalidVisit(missing)


def _now() -> datetime:
    return datetime.now(UTC)


__all__ = ["Gate", "Source", "Stage"]
