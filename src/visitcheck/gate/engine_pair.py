"""The engines that answer for a gate: one, or two that must agree."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Literal, TypeAlias

from visitcheck.concurrency import renew_locks_in_children
from visitcheck.engines.contract import Engine
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.self_test import (
    Evaluators,
    compare_engines,
    compare_evaluators,
    compare_open_lists,
    engine_evaluators,
    interpreter_evaluators,
    name_rules,
)
from visitcheck.engines.status import Judge, Outcome, Verdict
from visitcheck.errors import EngineUnavailable, Problem
from visitcheck.facts import Visit
from visitcheck.gate.self_test_marks import SelfTest, Tested, has_mark, leave_mark
from visitcheck.ir.plan import Plan, Truths
from visitcheck.truth import TRUTH_WORDS

if TYPE_CHECKING:
    from visitcheck.engines.durable import DurableEngine

EngineChoice: TypeAlias = Literal["native", "durable", "both"]
ENGINES: Mapping[EngineChoice, tuple[str, ...]] = {
    "native": ("native",),
    "durable": ("durable",),
    "both": ("native", "durable"),
}
_LOG = logging.getLogger("visitcheck.gate")
NO_RULE = (Problem("no-rule-applies", "no deny or review rule of this policy applies to the visit"),)
ENGINE_PROBLEMS = ("engine-failure", "engines-disagree")
"""Problems with which the truths of a denied visit say nothing, or not all."""
_SHOWN = 5
_TESTED: set[Tested] = set()
"""What passed the self-test in this process."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engines say of a visit; `answers` has the outcome each came to, None where it broke."""

    verdict: Verdict
    truths: Truths
    outcome: Outcome
    answers: Mapping[str, Outcome | None]
    problems: tuple[Problem, ...] = ()
    broken: bool = False
    """Whether an engine broke, or the engines differ."""


def chosen_engines(choice: EngineChoice | None) -> tuple[str, ...]:
    """Name the engines to ask: without a choice, both where durable-rules loads.

    Raises `EngineUnavailable` where the choice names durable-rules and it does not load.
    """
    if choice is not None and choice not in ENGINES:
        raise ValueError(f"no engine is called {choice!r}: use {', '.join(map(repr, ENGINES))}")
    if choice == "native":
        return ENGINES[choice]
    from visitcheck.engines.durable.core import load_core

    try:
        load_core()
    except EngineUnavailable as missing:
        if choice is not None:
            raise
        _LOG.warning("the native engine answers alone: %s", missing)
        return ENGINES["native"]
    import visitcheck.engines.durable.self_test  # noqa: F401 - now, and not by the first visit: see `visitcheck.gate`

    return ENGINES[choice or "both"]


class EnginePair:
    """The engines for one plan; they have passed the self-test. Safe to share between threads.

    What serves visits with lists that go on is tested when the first such visit comes. `self_test` says whether a test
    that was passed on this machine (`self_test_marks`) stands for another.
    """

    def __init__(self, plan: Plan, names: tuple[str, ...], self_test: SelfTest = "once") -> None:
        self.judge = Judge(plan)
        self.plan = plan
        self.durable: DurableEngine | None = None
        self.open_lists_tested = False
        engines: list[Engine] = [NativeEngine(plan)] if "native" in names else []
        if "durable" in names:
            from visitcheck.engines.durable import DurableEngine

            self.durable = DurableEngine(plan)
            engines.append(self.durable)
        self.engines = tuple(engines)
        self._self_test = self_test
        self._undecided: Truths = (None,) * len(plan.conditions)
        self._testing = RLock()
        renew_locks_in_children(self)
        self._pass("all", self._test)

    def test_open_lists(self) -> None:
        """Test what serves visits with lists that go on, once; raises `EngineFailure` where the engines differ."""
        with self._testing:
            if not self.open_lists_tested:
                self._pass("open lists", self._test_open_lists)
                self.open_lists_tested = True

    def renew_locks(self) -> None:
        """See `renew_locks_in_children`."""
        self._testing = RLock()

    def close(self) -> None:
        """Give back the memory that the engines hold outside of Python; visits are denied from then on."""
        if self.durable is not None:
            self.durable.close()

    def answer(self, visit: Visit) -> Answer:
        """Ask all engines; where one breaks, or two differ, the answer is a denial."""
        evaluated: dict[str, tuple[Truths, Verdict]] = {}
        answers: dict[str, Outcome | None] = {}
        broken: list[Problem] = []
        for engine in self.engines:
            try:
                truths = engine.evaluate(visit)
                verdict = self.judge.verdict(truths)
                answers[engine.name] = self._conclude(engine, verdict)
                evaluated[engine.name] = truths, verdict
            except Exception as failure:  # nothing fails open: whatever broke, the answer is deny
                answers[engine.name] = None
                broken.append(_failure_problem(engine.name, failure, visit))
        (truths, verdict), *others = evaluated.values() or [(self._undecided, self.judge.verdict(self._undecided))]
        if broken:
            self._forget()
            return Answer(verdict, truths, Outcome.DENY, answers, tuple(broken), broken=True)
        same = all(other == truths for other, _ in others)
        if not same or any(outcome is not verdict.outcome for outcome in answers.values()):
            return self._deny_disagreement(visit, evaluated, answers)
        problems = NO_RULE if verdict.no_rule_applies else ()
        return Answer(verdict, truths, verdict.outcome, answers, problems)

    def answer_alone(self, truths: Truths, verdict: Verdict) -> Answer:
        """Make the answer of the only engine from what it said."""
        problems = NO_RULE if verdict.no_rule_applies else ()
        return Answer(verdict, truths, verdict.outcome, {self.engines[0].name: verdict.outcome}, problems)

    def deny_broken(self, visit: Visit, failure: Exception) -> Answer:
        """Make the denial of a visit at which the only engine broke, or for which the engines may not be used."""
        names = [engine.name for engine in self.engines]
        verdict = self.judge.verdict(self._undecided)
        problem = _failure_problem(names[0], failure, visit)
        return Answer(verdict, self._undecided, Outcome.DENY, dict.fromkeys(names), (problem,), broken=True)

    def _conclude(self, engine: Engine, verdict: Verdict) -> Outcome:
        """Conclude the outcome; durable-rules infers its own from the counts of the rules."""
        return verdict.outcome if engine is not self.durable else self.durable.conclude(verdict.tally.counts)

    def _forget(self) -> None:
        """Let durable-rules infer everything anew: what it inferred before may have been wrong."""
        if self.durable is not None:
            self.durable.forget()

    def _deny_disagreement(
        self, visit: Visit, evaluated: Mapping[str, tuple[Truths, Verdict]], answers: Mapping[str, Outcome | None]
    ) -> Answer:
        """Make the denial of a visit on which the engines differ; a truth they do not agree on is not known."""
        self._forget()
        columns = list(zip(*(truths for truths, _ in evaluated.values()), strict=True))
        agreed = tuple(column[0] if len(set(column)) == 1 else None for column in columns)
        outcomes = "; ".join(f"{name} says {outcome}" for name, outcome in answers.items())
        differing = [at for at, column in enumerate(columns) if len(set(column)) > 1]
        names = list(evaluated)
        shown = "; ".join(_describe_difference(self.plan, at, names, columns[at]) for at in differing[:_SHOWN])
        message = f"the engines do not agree: {outcomes}" + (f" ({shown})" if shown else "")
        _log_error("%s on visit %r: denied", message, _visit_id(visit))
        problem = Problem("engines-disagree", message)
        return Answer(self.judge.verdict(agreed), agreed, Outcome.DENY, answers, (problem,), broken=True)

    def _pass(self, part: str, test: Callable[[], None]) -> None:
        """Run a part of the self-test, unless it was passed before: equal digests mean equal plans."""
        names = tuple(engine.name for engine in self.engines)
        tested = Tested(self.plan.policy.digest, self.plan.stage, names, part)
        if tested in _TESTED:
            return
        if self._self_test == "always" or not has_mark(tested):
            test()
            if self._self_test == "once":
                leave_mark(tested)
        _TESTED.add(tested)

    def _test(self) -> None:
        first, native = self._first_and_native()
        if self.durable is None:
            compare_evaluators(self.plan, native, interpreter_evaluators)
        else:
            from visitcheck.engines.durable.self_test import check_rule_sets, feature_evaluators

            check_rule_sets(self.durable)
            compare_evaluators(self.plan, native, feature_evaluators)
            compare_engines(self.plan, NativeEngine(self.plan) if first is self.durable else first, self.durable)

    def _test_open_lists(self) -> None:
        first, native = self._first_and_native()
        if self.durable is None:
            compare_open_lists(self.plan, native, interpreter_evaluators)
        else:
            from visitcheck.engines.durable.self_test import feature_evaluators

            compare_open_lists(self.plan, native, feature_evaluators)
            alone = NativeEngine(self.plan) if first is self.durable else first
            compare_engines(self.plan, alone, self.durable, open_lists=True)

    def _first_and_native(self) -> tuple[Engine, Evaluators]:
        """The first engine, and what it is held against durable-rules or the interpreter by."""
        first = self.engines[0]
        return first, interpreter_evaluators if first is self.durable else engine_evaluators(first, NativeEngine)


def _failure_problem(name: str, failure: Exception, visit: Visit) -> Problem:
    _log_error("engine failure on visit %r: denied", _visit_id(visit), exc_info=failure)
    return Problem("engine-failure", f"the {name} engine broke: {type(failure).__name__}: {failure}")


def _log_error(message: str, *args: object, exc_info: Exception | None = None) -> None:
    """Log an error; a handler or filter that raises does not keep the denial from being given."""
    with suppress(Exception):
        _LOG.error(message, *args, exc_info=exc_info)


def _describe_difference(plan: Plan, position: int, names: list[str], truths: tuple[bool | None, ...]) -> str:
    answers = ", ".join(f"{name} {TRUTH_WORDS[truth]}" for name, truth in zip(names, truths, strict=True))
    return f"{name_rules(plan, position)}: {answers}"


def _visit_id(visit: Visit) -> object:
    return getattr(getattr(visit, "visit", None), "id", None)
