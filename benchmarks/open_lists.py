"""Compares native, durable, arrays and the reading for explanations with the reference, truth by truth, on visits with
lists that go on.

    python benchmarks/open_lists.py                   a million truths of `base` and `cn`, both stages
    python benchmarks/open_lists.py --truths 50_000   fewer

It stops at the first difference, and says how many truths were compared and how many of them are open only because
lists go on. Needs the extras `testing` and `durable`.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections.abc import Sequence
from typing import cast

from hypothesis import HealthCheck, Phase, given, seed, settings

from visitcheck.engines.arrays import ArrayEngine
from visitcheck.engines.durable import DurableEngine
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.facts import Visit
from visitcheck.ir.plan import make_plan
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy import load_policy
from visitcheck.policy.model import STAGES
from visitcheck.testing import visits
from visitcheck.truth import Truth

_SETTINGS = settings(
    max_examples=25,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_POLICIES = ("base", "cn")


class Comparison:
    """The engines of one policy and stage, and what was compared so far."""

    def __init__(self, policy: str, stage: str) -> None:
        self.plan = make_plan(load_policy(policy), stage)  # type: ignore[arg-type]
        self.title = f"{policy}, {stage}"
        self.reference = ReferenceEngine(self.plan)
        self.others = (NativeEngine(self.plan), DurableEngine(self.plan))
        self.arrays = ArrayEngine(self.plan)
        self.expected: list[tuple[Visit, Sequence[Truth]]] = []
        """The visits that arrays have not been asked about, with the right truths."""
        self.compared = self.opened = self.visits = 0

    def run(self, number: int) -> None:
        """Compare the engines on some more visits, others for each number."""

        @seed(number)
        @settings(_SETTINGS)
        @given(visits(stage=self.plan.stage, min_facts=20).filter(lambda visit: visit.completeness is not None))
        def compare(visit: Visit) -> None:
            self.compare(visit)

        compare()
        answers = self.arrays.evaluate_all([visit for visit, _ in self.expected])
        for (visit, expected), truths in zip(self.expected, answers, strict=True):
            self.hold("arrays", visit, truths, expected)
        self.expected.clear()

    def compare(self, visit: Visit) -> None:
        """Compare the truths of one visit; raises `SystemExit` where any differ."""
        expected = self.reference.evaluate(visit)
        for engine in self.others:
            self.hold(engine.name, visit, engine.evaluate(visit), expected)
        reading = CachedInterpretation(visit)
        kept = [cast("Truth", reading.interpret(condition, {})) for condition in self.plan.conditions]
        self.hold("explaining", visit, kept, expected)
        self.expected.append((visit, expected))
        complete = self.reference.evaluate(visit.model_copy(update={"completeness": None}))
        self.opened += sum(a is not b for a, b in zip(expected, complete, strict=True))
        self.visits += 1

    def hold(self, name: str, visit: Visit, truths: Sequence[Truth], expected: Sequence[Truth]) -> None:
        """Hold what an engine says of a visit to the reference."""
        for position, (truth, right) in enumerate(zip(truths, expected, strict=True)):
            if truth is not right:
                rules = ", ".join(self.plan.rule_ids(position))
                raise SystemExit(f"{self.title}: {name} says {truth}, not {right}, of {rules}: {visit.to_dict()}")
            self.compared += 1


def main() -> None:
    """Compare until there are enough truths."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--truths", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))  # noqa: S311
    options = parser.parse_args()
    started = time.perf_counter()
    comparisons = [Comparison(policy, stage) for policy in _POLICIES for stage in STAGES]
    for number, comparison in zip(itertools.count(options.seed), itertools.cycle(comparisons), strict=False):
        comparison.run(number)
        total = sum(each.compared for each in comparisons)
        print(f"\r{total:,} truths", end="", file=sys.stderr, flush=True)
        if total >= options.truths:
            break
    print(file=sys.stderr)
    for each in comparisons:
        print(f"{each.title}: {each.visits:,} visits, {each.compared:,} truths, {each.opened:,} open as lists go on")
    took = time.perf_counter() - started
    print(f"{total:,} truths compared, no difference (seed {options.seed}, {took:,.0f} s)")


if __name__ == "__main__":
    main()
