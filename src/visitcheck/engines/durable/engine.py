"""The durable engine: a Plan compiled to rule sets, and visits evaluated one at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence

from visitcheck.concurrency import renew_locks_in_children
from visitcheck.engines.durable.conclusion import conclusion_rules, fact_of, outcome_of
from visitcheck.engines.durable.core import load_core
from visitcheck.engines.durable.formulas import Formula
from visitcheck.engines.durable.memory import Memory
from visitcheck.engines.durable.program import Program
from visitcheck.engines.durable.rulesets import RuleSet
from visitcheck.engines.outcomes import Outcome
from visitcheck.engines.tally import COUNTS
from visitcheck.errors import EngineFailure
from visitcheck.facts import Visit
from visitcheck.ir.plan import Plan, Truths
from visitcheck.truth import Truth


class DurableEngine:
    """A Plan as rule sets of durable-rules.

    A condition is TRUE only where its pattern for TRUE fired, FALSE only where that for FALSE did, and UNKNOWN
    where neither did and the rule set's sentinel shows that it was evaluated. Constant conditions are not sent, and
    neither are features that a rule set was sent before, and inferred the same from each time (`memory`).

    Safe to share between threads (one visit at a time) and to use after a fork, where rule sets are made anew.
    Raises `EngineUnavailable` where durable-rules does not load, and `UnsupportedByEngine` with the rules' ids for
    a condition that does not fit. `close` gives memory back; an engine that is collected does so, too.
    """

    name = "durable"

    def __init__(self, plan: Plan) -> None:
        load_core()
        self.plan = plan
        self._program = Program(plan)
        self._patterns = tuple(
            tuple((f"{'T' if want else 'F'}{number}", formula) for number, want, formula in patterns)
            for patterns in self._program.patterns()
        )
        self._sets = tuple(RuleSet(dict(patterns), self.domains) for patterns in self._patterns)
        self._conclusion = conclusion_rules()
        self._all = (*self._sets, self._conclusion)
        self._memories = tuple(Memory[Truths](each.features) for each in self._sets)
        self._conclusions = Memory[Outcome](COUNTS)
        self._lock = threading.Lock()
        self._owner: int | None = None
        self._closed, self._clean = False, True
        self._process: int | None = None
        self._make_ready()
        renew_locks_in_children(self)

    def __repr__(self) -> str:
        return f"<DurableEngine {self.rule_sets} rule sets, {self.patterns} patterns>"

    @property
    def rule_sets(self) -> int:
        """How many rule sets a visit goes through before the one that decides."""
        return len(self._sets)

    @property
    def patterns(self) -> int:
        """How many patterns they hold together, besides their sentinels."""
        return 2 * len(self._program.formulas)

    @property
    def features(self) -> int:
        """How many features of a visit they read."""
        return len(self._program.features)

    @property
    def patterns_of_sets(self) -> tuple[tuple[tuple[str, Formula], ...], ...]:
        """For each rule set the names of its patterns, with the formula for which each fires where it is TRUE."""
        return self._patterns

    @property
    def domains(self) -> tuple[tuple[int, ...], ...]:
        """For each feature every value that it can have, besides UNKNOWN."""
        return self._program.features.domains

    def evaluate(self, visit: Visit) -> Truths:
        """Return the truth of each of `plan.conditions`; raises `EngineFailure` for anything out of the ordinary."""
        try:
            return self.truths(self._program.features.read(visit))
        except EngineFailure:
            raise
        except Exception as error:
            raise EngineFailure(f"the durable engine broke: {type(error).__name__}: {error}") from error

    def truths(self, values: Sequence[int | None]) -> Truths:
        """Return the truth of each condition as durable-rules infers it from the values of the features."""
        if self._closed:
            raise EngineFailure("the durable engine is closed")
        known: list[Truth] = []
        for number, memory in enumerate(self._memories):
            key = memory.key_of(values)
            truths = memory.recall(key)
            if truths is None:
                truths = self._program.truths_in(number, self.fired_patterns(number, values))
                memory.keep(key, truths)
            known += truths
        return self._program.truths(known)

    def fired_patterns(self, rule_set: int, values: Sequence[int | None]) -> set[str]:
        """Return the names of the patterns of one rule set that fire for the values of the features."""
        return self._run(self._sets[rule_set], values)

    def conclude(self, counts: Mapping[str, int]) -> Outcome:
        """Return the outcome that fires for the counts of a `Tally`; raises `EngineFailure` unless just one does."""
        try:
            return self._conclude(counts)
        except EngineFailure:
            raise
        except Exception as error:
            raise EngineFailure(f"the durable engine broke: {type(error).__name__}: {error}") from error

    def _conclude(self, counts: Mapping[str, int]) -> Outcome:
        if self._closed:
            raise EngineFailure("the durable engine is closed")
        key = self._conclusions.key_of(counts)
        outcome = self._conclusions.recall(key)
        if outcome is None:
            outcome = outcome_of(self._run(self._conclusion, fact_of(counts)))
            self._conclusions.keep(key, outcome)
        return outcome

    def forget(self) -> None:
        """Forget what was inferred before: every rule set is asked again."""
        for memory in self._memories:
            memory.forget()
        self._conclusions.forget()

    def close(self) -> None:
        """Give back the memory of the rule sets; `evaluate` raises `EngineFailure` from then on."""
        me = self._thread_outside_run()
        with self._lock:
            self._owner = me
            self._closed = True
            if self._process == os.getpid():
                for each in self._all:
                    each.close()

    def _thread_outside_run(self) -> int:
        """Return the calling thread; raise `EngineFailure` if it is in the middle of a run.

        A signal handler or a finalizer may be: waiting for the lock, it would wait for itself.
        """
        me = threading.get_ident()
        if self._owner == me and self._lock.locked():
            raise EngineFailure("the durable engine was called from within its own run")
        return me

    def _run(self, rule_set: RuleSet, values: Sequence[int | None]) -> set[str]:
        me = self._thread_outside_run()
        with self._lock:
            self._owner = me  # no call before this line: a signal could come in between
            self._make_ready()
            self._clean = False  # until the end is reached: an exception may come anywhere
            fired = rule_set.run(values)
            self._clean = True
            self._owner = None
            return fired

    def _make_ready(self) -> None:
        """Make the rule sets of this process if there are none, and drop what an interrupted run left."""
        if self._closed:
            raise EngineFailure("the durable engine is closed")
        if self._process != os.getpid():
            self._process = None
            for each in self._all:
                each.open()
            self._process, self._clean = os.getpid(), True
        if not self._clean:
            for each in self._all:
                each.reset()
            self._clean = True

    def renew_locks(self) -> None:
        """See `renew_locks_in_children`."""
        self._lock = threading.Lock()
