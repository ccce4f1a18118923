"""The gate: one visit in, allow, review or deny out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Literal, NoReturn, Self, TypeAlias

from visitcheck.concurrency import renew_locks_in_children
from visitcheck.engines.outcomes import Outcome
from visitcheck.errors import InvalidVisit, Problem
from visitcheck.facts import Registers, Visit, read_visit, visit_model_with_extra
from visitcheck.facts.doubts import DOUBTS
from visitcheck.facts.read import refuse_future_record
from visitcheck.facts.types import DAY, HOUR
from visitcheck.facts.visit import is_validated, mark_validated
from visitcheck.gate.decision import Decision
from visitcheck.gate.engine_pair import NO_RULE, Answer, EngineChoice, EnginePair, chosen_engines
from visitcheck.gate.selectors import REQUIRED, selector_problems
from visitcheck.gate.self_test_marks import SelfTest
from visitcheck.ir.plan import make_plan
from visitcheck.policy.model import STAGES, Policy, Stage

if TYPE_CHECKING:
    from visitcheck.gate.slots import Slots, Timeline

Source: TypeAlias = Visit | Mapping[str, object] | str | bytes
_PASSED = Problem(
    "visit-in-the-past",
    "the proposal starts before the moment of judging, which is the gate's own",
    help="propose another time; a visit that took place is `recorded`",
)
_REFUSING = frozenset(doubt.code for doubt in DOUBTS if doubt.refuses_proposals)
_FARTHEST_WEST = 12 * HOUR
_LOG = logging.getLogger("visitcheck.gate")


class Gate:
    """Asks a policy about visits, proposed or recorded, one at a time.

    Built once and shared: thread-safe, and it keeps nothing of a visit. `registers` give the facts of lenders,
    agencies and collectors that a visit names by id. What they say otherwise is a doubt
    (`register-contradiction`): a proposal is refused for it, a recorded visit is judged by the register and never
    allowed. Whom they do not hold is one, too (`not-registered`): such a visit is never allowed, and refused with
    `require_registered=True`.

    `clock` says what time it is for a proposal without `visit.as_of`. A recorded visit is never given one, so that it
    is judged alike on every day; but one that is later than the clock is refused (`fact-after-as-of`). With
    `trust_as_of=False` the clock gives the moment of judging of every visit, whatever `visit.as_of` says, and a
    proposal for a time that has passed is denied (`visit-in-the-past`).

    `engine` says who answers: `native`, `durable` (durable-rules), or `both`, which answer only what both say. Without
    it both do where durable-rules is installed, and `native` alone, with a warning in the log, where it is not.
    `repr(gate)` and each decision name the engines. Raises `EngineUnavailable` where durable-rules is asked for and
    does not load.

    Each stage is compiled, and tested, when it is first asked; `prepare` does so at once. That, and the first visit of
    a stage, raises `UnsupportedByEngine` for a policy that an engine cannot hold, and `EngineFailure` where the engines
    do not pass the self-test: the values around every comparison of the policy, and missing ones. A self-test that
    was passed on this machine with the same policy, code and versions is not run again (a mark below
    `XDG_CACHE_HOME`); `self_test="always"`, or the environment variable `VISITCHECK_SELF_TEST=always`, runs it anyway.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        registers: Registers | Mapping[str, object] | None = None,
        engine: EngineChoice | None = None,
        clock: Callable[[], datetime] | None = None,
        trust_as_of: bool = True,
        require_registered: bool = False,
        self_test: SelfTest = "once",
    ) -> None:
        self.policy = policy
        self.require_registered = require_registered
        self.trust_as_of = trust_as_of
        self.registers = Registers.of(registers)
        self.engines: tuple[str, ...] = chosen_engines(engine)
        self._clock = clock or _utc_now
        self._model = visit_model_with_extra(policy.extra_facts)
        self._by_stage = _StageGates(policy, self.engines, self_test)
        self._timeline: Timeline | None = None
        _LOG.info("%r is ready", self)

    def __repr__(self) -> str:
        return f"<Gate {self.policy.name} {self.policy.digest[:12]} engines={'+'.join(self.engines)}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Gate cannot be pickled or copied, for it holds compiled engines: share it between threads, and make one "
            "in each process, from `load_policy`"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give back the memory that durable-rules holds; from then on its answer is a failure, so visits are denied.

        A gate that is no longer used does so by itself.
        """
        self._by_stage.close()

    def prepare(self, *stages: Stage, open_lists: bool = False) -> Self:
        """Compile and test these stages now (without any: both), so that no visit has to wait for it.

        With `open_lists` also what serves visits whose lists go on. Raises as the first visit would.
        """
        for stage in stages or STAGES:
            stage_gate = self._by_stage[stage]
            if open_lists:
                stage_gate.engine_pair.test_open_lists()
        return self

    def check(self, visit: Source) -> Decision:
        """Decide on one visit: a `Visit`, a mapping, or JSON as text or bytes.

        Raises `InvalidVisit`, with all problems, for anything that is no visit, lacks its id, its stage, or a start or
        date, and for a proposal with a doubt. A `Visit` changed behind validation is validated once more. An engine's
        own failure is a `deny` with the problem `engine-failure`, engines that differ are one with `engines-disagree`;
        both are logged.
        """
        return self._check(visit, trusted=self.trust_as_of)

    def _check(self, visit: Source, *, trusted: bool) -> Decision:
        # Not `isinstance`, which is slow for what is no model; `_read` takes a subclass as it is, too.
        ready = type(visit) is self._model and self.registers is None and is_validated(visit)
        judged: Visit = visit if ready else self._read(visit)  # type: ignore[assignment]
        facts = judged.visit
        stage = None if facts is None else facts.stage
        by_clock = not trusted or (stage == "proposed" and facts.as_of is None)  # type: ignore[union-attr]
        if by_clock:
            judged = self._judged_now(judged)
        elif stage == "recorded" and facts.as_of is None:  # type: ignore[union-attr]
            refuse_future_record(judged, self._clock())
        if stage is None:
            raise InvalidVisit(selector_problems(judged))
        return self._by_stage[stage].decide(judged, self.engines, by_clock=by_clock, trusted=trusted)

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
        if not self.trust_as_of or proposal.visit is None or proposal.visit.as_of is None:
            proposal = self._judged_now(proposal)
        as_planned = self._check(proposal, trusted=True)
        timeline = self._timeline
        if timeline is None:
            timeline = self._timeline = Timeline(self._by_stage["proposed"].engine_pair.plan)
        # The moment of judging stays, or moves to that by which a slot asks for something: so it is taken as given.
        check = partial(self._check, trusted=True)
        slots = find_slots(timeline, proposal, check, within=within, step=step, limit=limit, after=after)
        open_law = () if slots.slots else (each for each in as_planned.problems if each.code == "missing-selector")
        return replace(slots, problems=(*slots.problems, *open_law))

    def read(self, visit: Source, *, format: Literal["json", "yaml"] = "json") -> Visit:  # noqa: A002
        """Read and validate a visit, with the policy's own facts, and with those of the registers filled in."""
        return read_visit(
            visit,
            registers=self.registers,
            model=self._model,
            format=format,
            require_registered=self.require_registered,
        )

    def _judged_now(self, visit: Visit) -> Visit:
        """The visit, judged at the time of the gate's clock."""
        facts = visit.visit
        if facts is not None and facts.as_of is not None:
            visit = visit.model_copy(update={"visit": facts.model_copy(update={"as_of": None})})
            mark_validated(visit)  # without a moment of judging all the fewer constraints are broken
        return self._read(visit, as_of=self._clock())

    def _read(self, visit: Source, *, as_of: datetime | None = None) -> Visit:
        return read_visit(
            visit,
            registers=self.registers,
            model=self._model,
            as_of=as_of,
            require_registered=self.require_registered,
        )


class _StageGates(dict[str, "_StageGate"]):
    """The gates by stage, each made when it is first asked for."""

    def __init__(self, policy: Policy, engines: tuple[str, ...], self_test: SelfTest) -> None:
        super().__init__()
        self._policy = policy
        self._engines = engines
        self._self_test: SelfTest = self_test
        self._making = RLock()  # a signal handler may ask for a visit while its thread makes a stage
        renew_locks_in_children(self)
        self._closed = False

    def __missing__(self, stage: Stage) -> _StageGate:
        with self._making:
            if stage not in self:
                pair = EnginePair(make_plan(self._policy, stage), self._engines, self._self_test)
                self[stage] = _StageGate(pair)
                if self._closed:
                    pair.close()
            return self[stage]

    def renew_locks(self) -> None:
        """See `renew_locks_in_children`."""
        self._making = RLock()

    def close(self) -> None:
        """Close the engines of all stages, also of those to come."""
        with self._making:
            self._closed = True
            for stage_gate in self.values():
                stage_gate.engine_pair.close()


class _StageGate:
    """The gate for visits of one stage."""

    def __init__(self, engine_pair: EnginePair) -> None:
        self.engine_pair = engine_pair
        plan = engine_pair.plan
        self._judge, self._plan = engine_pair.judge, plan
        self._alone = engine_pair.engines[0].evaluate if engine_pair.durable is None else None
        self._refuses_doubts = plan.stage == "proposed"
        self._selected = attrgetter(*REQUIRED, "visit.starts_at")

    def decide(self, visit: Visit, engines: tuple[str, ...], *, by_clock: bool, trusted: bool) -> Decision:
        self._demand_selectors(visit)
        passed = not trusted and self._plan.stage == "proposed" and _has_passed(visit)
        if visit.completeness is not None and not self.engine_pair.open_lists_tested:
            try:
                self.engine_pair.test_open_lists()
            except Exception as failure:  # as below
                return self._decision(visit, engines, self.engine_pair.deny_broken(visit, failure), by_clock, passed)
        if self._alone is None:
            return self._decision(visit, engines, self.engine_pair.answer(visit), by_clock, passed)
        try:  # as the pair of engines does, without its bookkeeping: callers of the native engine count microseconds
            truths = self._alone(visit)
            verdict = self._judge.verdict(truths)
        except Exception as failure:  # nothing fails open: whatever broke, the answer is deny
            return self._decision(visit, engines, self.engine_pair.deny_broken(visit, failure), by_clock, passed)
        if passed or (self._refuses_doubts and verdict.has_doubts):
            return self._decision(visit, engines, self.engine_pair.answer_alone(truths, verdict), by_clock, passed)
        problems = NO_RULE if verdict.no_rule_applies else ()
        return Decision(
            self._plan,
            visit,
            verdict,
            truths,
            engines=engines,
            problems=problems,
            engine_pair=self.engine_pair,
            by_clock=by_clock,
        )

    def _decision(
        self, visit: Visit, engines: tuple[str, ...], answer: Answer, by_clock: bool, passed: bool
    ) -> Decision:
        decision = Decision(
            self._plan,
            visit,
            answer.verdict,
            answer.truths,
            engines=engines,
            outcome=Outcome.DENY if passed else answer.outcome,
            answers=answer.answers,
            problems=(*answer.problems, _PASSED) if passed else answer.problems,
            engine_pair=self.engine_pair,
            by_clock=by_clock,
        )
        if self._refuses_doubts and decision.trail.counts["doubts"] and not answer.broken:
            refusing = [doubt.problem() for doubt in decision.doubts if doubt.code in _REFUSING]
            if refusing:
                raise InvalidVisit(refusing)
        return decision

    def _demand_selectors(self, visit: Visit) -> None:
        """Raise `InvalidVisit` where the visit lacks a fact without which there is no answer."""
        try:
            if None not in self._selected(visit):
                return
        except AttributeError:  # a whole group is missing
            pass
        missing = selector_problems(visit)
        if missing:
            raise InvalidVisit(missing)


def _has_passed(visit: Visit) -> bool:
    """Whether a visit starts before it is judged; one of which only the day is known, once the day is over anywhere."""
    facts = visit.visit
    if facts is None or facts.as_of is None:
        return False
    if facts.starts_at is not None:
        return facts.starts_at < facts.as_of
    return facts.date is not None and (facts.date + 1) * DAY + _FARTHEST_WEST <= facts.as_of


def _utc_now() -> datetime:
    return datetime.now(UTC)


__all__ = ["Gate", "Source", "Stage"]
