"""Memory of a gate with both engines over many calls: `python benchmarks/soak.py [--calls 300000]`.

A visit that is allowed and one that is denied in turn, and every fiftieth time an input that is refused. Prints the
resident memory (MB) at the start and after each tenth of the calls, and the median time of a call.

    python benchmarks/soak.py --threads 8 --calls 100000      so many calls in each of eight threads of one gate

Then the visits are allowed, denied, and one with a list that goes on; every answer has to be the one that a single
thread was given, in all that `to_dict` says of it every thousandth time.
"""

from __future__ import annotations

import argparse
import copy
import gc
import json
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import visitcheck as vc

ALLOWED = Path(__file__).parents[1] / "examples" / "proposed-allowed.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=300_000)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    gate = vc.Gate(vc.load_policy("base"), engine="both").prepare("proposed", open_lists=True)
    allowed = json.loads(ALLOWED.read_text(encoding="utf-8"))
    denied = copy.deepcopy(allowed)
    del denied["notices"][0]
    visits = [gate.read(allowed), gate.read(denied)]
    if options.threads == 1:
        soak(gate, visits, options.calls)
    else:
        goes_on = {"completeness": {"notices": {"complete": False, "all_with": {"about": ["visit"]}}}}
        soak_threads(gate, [*visits, gate.read(allowed | goes_on)], options.calls, options.threads)


def soak(gate: vc.Gate, visits: list[vc.Visit], calls: int) -> None:
    """Call a gate from one thread."""
    curve, took = [_resident()], []
    for call in range(1, calls + 1):
        start = time.perf_counter_ns()
        outcome = gate.check(visits[call % 2]).outcome
        took.append(time.perf_counter_ns() - start)
        assert outcome == ("allow", "deny")[call % 2]
        if call % 50 == 0:
            _refused(gate)
        if call % (calls // 10) == 0:
            took = sorted(took)[len(took) // 2 :][:1]  # the median is kept, not the list: it would grow
            curve.append(_resident())
    print(f"{gate}: {calls:,} calls, last median {took[0] / 1e3:.0f} us, resident MB: {curve}")


def soak_threads(gate: vc.Gate, visits: list[vc.Visit], calls: int, threads: int) -> None:
    """Call a gate from several threads at once."""
    expected = [(decision.outcome, decision.to_json()) for decision in map(gate.check, visits)]
    curve, started = [_resident()], time.perf_counter()

    def call_often(first: int) -> int:
        differing = 0
        for call in range(first, first + calls // 10):
            decision = gate.check(visits[call % len(visits)])
            outcome, json_text = expected[call % len(visits)]
            differing += decision.outcome is not outcome or (call % 1_000 == 0 and decision.to_json() != json_text)
        return differing

    with ThreadPoolExecutor(threads) as pool:
        for tenth in range(10):
            assert not sum(pool.map(call_often, range(tenth, tenth + threads)))
            curve.append(_resident())
    rate = threads * (calls // 10) * 10 / (time.perf_counter() - started)
    outcomes = ", ".join(str(outcome) for outcome, _ in expected)
    print(f"{gate}: {calls:,} calls in each of {threads} threads, {rate:,.0f}/s, equal answers ({outcomes}),")
    print(f"resident MB: {curve}")


def _refused(gate: vc.Gate) -> None:
    try:
        gate.check({"visit": {"id": 17}})
    except vc.InvalidVisit:
        return
    raise AssertionError("a number was taken for an id")


def _resident() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 2**20


if __name__ == "__main__":
    main()
