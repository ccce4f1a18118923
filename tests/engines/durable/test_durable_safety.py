"""The durable engine in threads, after a fork, after exceptions in the middle of a run, and closed."""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engines.durable.durable_checks import base_plan
from visitcheck.engines.durable import DurableEngine
from visitcheck.engines.durable.core import BUILD_LINE
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.errors import EngineFailure, EngineUnavailable
from visitcheck.facts import Visit, read_visit
from visitcheck.facts.groups.contact import Appointment
from visitcheck.ir.plan import Truths

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@cache
def answers() -> list[tuple[Visit, Truths]]:
    """Visits that have different truths, with these."""
    files = ("proposed-allowed.json", "proposed-denied.json", "proposed-review.yaml")
    visits: list[Visit] = [
        read_visit((EXAMPLES / name).read_bytes(), format="yaml" if name.endswith("yaml") else "json") for name in files
    ]
    reference = ReferenceEngine(base_plan())
    return [(visit, reference.evaluate(visit)) for visit in (*visits, Visit())]


def right(engine: DurableEngine, times: int = 1) -> bool:
    """Whether durable-rules, asked for everything anew, gives the right answers."""
    for _ in range(times):
        engine.forget()
        if any(engine.evaluate(visit) != truths for visit, truths in answers()):
            return False
    return True


@pytest.fixture
def engine() -> Iterator[DurableEngine]:
    made = DurableEngine(base_plan())
    yield made
    made.close()


class Breaks:
    """The C core, but the call with this number of a function raises."""

    def __init__(self, core: Any, function: str, number: int, error: BaseException) -> None:
        self._core, self._function, self._left, self._error = core, function, number, error

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._core, name)
        if name != self._function:
            return real

        def call(*args: Any) -> Any:
            self._left -= 1
            if self._left < 0:
                raise self._error
            return real(*args)

        return call


def test_four_threads_get_their_own_answers(engine: DurableEngine) -> None:
    answers()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda _: right(engine, 12), range(4)))
    finally:
        sys.setswitchinterval(interval)


def in_child(check: Any) -> bool:
    """Whether a check holds in a forked child; the child leaves without any cleaning up."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if check() else 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


forks = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


class TestFork:
    pytestmark = forks

    def test_parent_and_child_both_answer_right(self, engine: DurableEngine) -> None:
        assert right(engine)
        assert in_child(lambda: right(engine, 3))
        assert right(engine)

    def test_a_fork_in_the_middle_of_another_threads_run(self, engine: DurableEngine) -> None:
        held, done = threading.Event(), threading.Event()
        values = engine._program.features.read(answers()[1][0])

        def run_half() -> None:
            with engine._lock:
                engine._clean = False
                each = engine._sets[0]
                _, state = each._core.assert_fact(each._handle, each._fact(values))
                each._core.start_action_for_state(each._handle, state)
                held.set()
                done.wait(20)

        thread = threading.Thread(target=run_half)
        thread.start()
        try:
            assert held.wait(20)
            assert in_child(lambda: right(engine, 2))
        finally:
            done.set()
            thread.join()
        assert right(engine)

    def test_closing_in_the_child_leaves_the_parent_alone(self, engine: DurableEngine) -> None:
        def closes() -> bool:
            engine.close()
            return True

        assert in_child(closes)
        assert right(engine)


@pytest.mark.long
@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError(), RuntimeError("odd")], ids=repr)
@pytest.mark.parametrize(
    ("function", "number"),
    [("assert_fact", 1), ("start_action_for_state", 0), ("complete_and_start_action", 5), ("retract_fact", 0)],
)
def test_after_an_exception_in_the_middle_of_a_run_answers_are_right_again(
    engine: DurableEngine, function: str, number: int, error: BaseException
) -> None:
    real = engine._sets[0]._core
    broken = Breaks(real, function, number, error)
    for each in engine._sets:
        each._core = broken
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else EngineFailure):
        engine.evaluate(answers()[1][0])
    for each in engine._sets:
        each._core = real

    assert right(engine, 2)


class Stop(BaseException):
    """What the timer below raises, wherever a run happens to be."""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers")
def test_interrupts_at_any_point_leave_no_trace(engine: DurableEngine) -> None:
    def stop(*_: object) -> None:
        raise Stop

    chosen = random.Random(7)  # noqa: S311
    values = [engine._program.features.read(visit) for visit, _ in answers()]
    before, interrupted = signal.signal(signal.SIGALRM, stop), 0
    try:
        for at in range(300):
            try:
                signal.setitimer(signal.ITIMER_REAL, chosen.uniform(1e-5, 2e-4))
                for each in engine._sets:
                    engine._run(each, values[at % len(values)])
                time.sleep(0.001)  # not `pause`: a signal just before it would be waited for forever
            except Stop:
                interrupted += 1
            if at % 10 == 9:
                assert right(engine)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 250


def test_an_interrupted_reset_is_made_up_for(engine: DurableEngine) -> None:
    engine._clean = False
    engine._sets[0].reset()

    assert right(engine)
    engine._sets[0].reset()


def test_a_lost_firing_of_the_sentinel_is_a_failure(engine: DurableEngine) -> None:
    class Silent(Breaks):
        def __getattr__(self, name: str) -> Any:
            return (lambda *_: None) if name == "complete_and_start_action" else getattr(self._core, name)

    first = engine._sets[0]
    real = first._core
    first._core = Silent(real, "", 0, KeyboardInterrupt())
    with pytest.raises(EngineFailure, match="did not finish"):
        engine.evaluate(answers()[0][0])
    first._core = real

    assert right(engine)


def test_a_call_from_within_a_run_is_refused_and_does_not_hang(engine: DurableEngine) -> None:
    inner: list[str] = []

    class Calls(Breaks):
        def __getattr__(self, name: str) -> Any:
            if name == "retract_fact" and not inner:
                with pytest.raises(EngineFailure) as raised:
                    engine.evaluate(answers()[0][0])
                with pytest.raises(EngineFailure):
                    engine.close()
                inner.append(str(raised.value))
            return getattr(self._core, name)

    for each in engine._sets:
        each._core = Calls(each._core, "", 0, KeyboardInterrupt())

    assert right(engine)
    assert "from within its own run" in inner[0]


def test_odd_values_in_a_visit_are_failures(engine: DurableEngine) -> None:
    appointment = Appointment().model_copy(update={"agreed": 1})

    with pytest.raises(EngineFailure, match="is not a truth"):
        engine.evaluate(Visit().model_copy(update={"appointment": appointment}))
    with pytest.raises(EngineFailure, match="broke: KeyError"):
        engine.evaluate(type("Odd", (), {"appointment": appointment})())
    assert right(engine)


def test_a_closed_engine_refuses_and_closing_twice_is_harmless() -> None:
    engine = DurableEngine(base_plan())
    engine.close()
    engine.close()

    with pytest.raises(EngineFailure, match="closed"):
        engine.evaluate(answers()[0][0])


def test_engines_that_are_dropped_give_their_rule_sets_back() -> None:
    finalizers = [each._finalizer for each in DurableEngine(base_plan())._sets]
    gc.collect()

    assert finalizers
    assert not any(finalizer.alive for finalizer in finalizers if finalizer is not None)


def test_without_durable_rules_the_error_says_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)

    with pytest.raises(EngineUnavailable) as raised:
        DurableEngine(base_plan())
    assert BUILD_LINE in str(raised.value)
