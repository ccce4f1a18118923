"""The gate: one visit in, allow, review or deny out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from visitcheck.errors import InvalidVisit
from visitcheck.facts import Registers, Visit, read_visit, visit_model_with_extra
from visitcheck.gate.decision import Decision
from visitcheck.gate.engine_pair import NO_RULE, Answer, EngineChoice, EnginePair, chosen_engines
from visitcheck.gate.selectors import selector_problem, selector_problems
from visitcheck.ir.plan import make_plan
from visitcheck.policy.model import STAGES, Policy, Stage

if TYPE_CHECKING:
    from visitcheck.gate.slots import Slots, Timeline

Source: TypeAlias = Visit | Mapping[str, object] | str | bytes
_LOG = logging.getLogger("visitcheck.gate")


class Gate:
    """Asks a policy about visits, proposed or recorded, one at a time.

    Built once and shared: thread-safe, and it keeps nothing of a visit. `registers` give the facts of lenders,
    agencies and collectors that a visit names by id. `clock` says what time it is for a proposal without
    `visit.as_of`; a recorded visit is never given one.

    `engine` says who answers: `native`, `durable` (durable-rules), or `both`, which answer only what both say. Without
    it both do where durable-rules is installed, and `native` alone, with a warning in the log, where it is not.
    `repr(gate)` and each decision name the engines. Raises `EngineUnavailable` where durable-rules is asked for and
    does not load, `UnsupportedByEngine` for a policy that an engine cannot hold, and `EngineFailure` where the
    engines do not pass the self-test: the values around every comparison of the policy, and missing ones.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        registers: Registers | Mapping[str, object] | None = None,
        engine: EngineChoice | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.policy = policy
        self.registers = Registers.of(registers)
        self.engines: tuple[str, ...] = chosen_engines(engine)
        self._clock = clock or _utc_now
        self._model = visit_model_with_extra(policy.extra_facts)
        self._by_stage: dict[str, _StageGate] = {
            stage: _StageGate(EnginePair(make_plan(policy, stage), self.engines)) for stage in STAGES
        }
        self._timeline: Timeline | None = None
        _LOG.info("%r is ready", self)

    def __repr__(self) -> str:
        return f"<Gate {self.policy.name} {self.policy.digest[:12]} engines={'+'.join(self.engines)}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give back the memory that durable-rules holds; from then on its answer is a failure, so visits are denied.

        A gate that is no longer used does so by itself.
        """
        for stage_gate in self._by_stage.values():
            stage_gate.engine_pair.close()

    def check(self, visit: Source) -> Decision:
        """Decide on one visit: a `Visit`, a mapping, or JSON as text or bytes.

        Raises `InvalidVisit`, with all problems, for anything that is no visit or lacks a fact without which
        the policy gives no answer. An engine's own failure is a `deny` with the problem `engine-failure`, engines
        that differ are one with `engines-disagree`; both are logged.
        """
        # Not `isinstance`, which is slow for what is no model; `_read` takes a subclass as it is, too.
        ready = type(visit) is self._model and self.registers is None
        judged: Visit = visit if ready else self._read(visit)  # type: ignore[assignment]
        facts = judged.visit
        stage = getattr(facts, "stage", None)  # nothing is sure of a visit that was copied without validation
        if stage == "proposed" and getattr(facts, "as_of", None) is None:
            judged = self._read(judged, as_of=self._clock())
        stage_gate = self._by_stage.get(stage) if isinstance(stage, str) else None
        if stage_gate is None:
            problems = selector_problems(judged, self.policy.selectors)
            raise InvalidVisit(problems or [selector_problem("visit.stage")])
        return stage_gate.decide(judged, self.engines)

    def next_slot(
        self,
        visit: Source,
        *,
        within: timedelta | str = timedelta(days=14),
        step: timedelta | str = "15m",
        limit: int = 3,
        after: datetime | None = None,
    ) -> Slots:
        """Find the earliest starts at which a proposal is allowed, as long as it is; or what stands against every time.

        Looks at every `step` (a `timedelta`, or text like `15m`) from `visit.as_of` on, or from `after` where that is
        later, and ends with the first `limit` slots, each some starts in a row. With the visit move its end and its
        date; all else stays. Notices and an agreed time are of the past, so a slot may ask for a new notice, or a
        new agreement, by a moment that it gives: it is allowed, all else being equal, once that is done. Each slot is
        confirmed by `check`. Raises `InvalidVisit` as `check` does, also for a recorded visit and for a proposal
        without a start; `ValueError` for a step or a span that is none, or more than 50,000 times.

        The first call compiles the policy once more, a condition at a time.
        """
        from visitcheck.gate.slots import Timeline, find_slots, require_proposal

        proposal = require_proposal(self._read(visit))
        if proposal.visit is None or proposal.visit.as_of is None:
            proposal = self._read(proposal, as_of=self._clock())
        self._by_stage["proposed"].demand_selectors(proposal)
        timeline = self._timeline
        if timeline is None:
            timeline = self._timeline = Timeline(self._by_stage["proposed"].engine_pair.plan)
        return find_slots(timeline, proposal, self.check, within=within, step=step, limit=limit, after=after)

    def read(self, visit: Source, *, format: Literal["json", "yaml"] = "json") -> Visit:  # noqa: A002
        """Read and validate a visit, with the policy's own facts, and with those of the registers filled in."""
        return read_visit(visit, registers=self.registers, model=self._model, format=format)

    def _read(self, visit: Source, *, as_of: datetime | None = None) -> Visit:
        return read_visit(visit, registers=self.registers, model=self._model, as_of=as_of)


class _StageGate:
    """The gate for visits of one stage."""

    def __init__(self, engine_pair: EnginePair) -> None:
        self.engine_pair = engine_pair
        plan = engine_pair.plan
        self._judge, self._plan = engine_pair.judge, plan
        self._alone = engine_pair.engines[0].evaluate if engine_pair.durable is None else None
        self._paths = tuple(sorted(plan.policy.selectors))
        self._selected = attrgetter(*self._paths, "visit.starts_at")

    def decide(self, visit: Visit, engines: tuple[str, ...]) -> Decision:
        self.demand_selectors(visit)
        if self._alone is None:
            return self._decision(visit, engines, self.engine_pair.answer(visit))
        try:  # as the pair of engines does, without its bookkeeping: callers of the native engine count microseconds
            truths = self._alone(visit)
            verdict = self._judge.verdict(truths)
        except Exception as failure:  # nothing fails open: whatever broke, the answer is deny
            return self._decision(visit, engines, self.engine_pair.deny_broken(visit, failure))
        problems = NO_RULE if verdict.no_rule_applies else ()
        return Decision(
            self._plan, visit, verdict, truths, engines=engines, problems=problems, engine_pair=self.engine_pair
        )

    def _decision(self, visit: Visit, engines: tuple[str, ...], answer: Answer) -> Decision:
        return Decision(
            self._plan,
            visit,
            answer.verdict,
            answer.truths,
            engines=engines,
            outcome=answer.outcome,
            answers=answer.answers,
            problems=answer.problems,
            engine_pair=self.engine_pair,
        )

    def demand_selectors(self, visit: Visit) -> None:
        """Raise `InvalidVisit` where the visit lacks a fact without which the policy gives no answer."""
        try:
            if None not in self._selected(visit):
                return
        except AttributeError:  # a whole group is missing
            pass
        missing = selector_problems(visit, self._paths)
        if missing:
            raise InvalidVisit(missing)


def _utc_now() -> datetime:
    return datetime.now(UTC)


__all__ = ["Gate", "Source", "Stage"]
