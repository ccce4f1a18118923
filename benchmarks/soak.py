"""Memory of a gate with both engines over many calls: `python benchmarks/soak.py [--calls 300000]`.

A visit that is allowed and one that is denied in turn, and every fiftieth time an input that is refused. Prints the
resident memory (MB) at the start and after each tenth of the calls, and the median time of a call.
"""

from __future__ import annotations

import argparse
import copy
import gc
import json
import resource
import time
from pathlib import Path

import visitcheck as vc

ALLOWED = Path(__file__).parents[1] / "examples" / "proposed-allowed.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=300_000)
    calls = parser.parse_args().calls
    gate = vc.Gate(vc.load_policy("base"), engine="both")
    allowed = json.loads(ALLOWED.read_text(encoding="utf-8"))
    denied = copy.deepcopy(allowed)
    del denied["notices"][0]
    visits = [gate.read(allowed), gate.read(denied)]
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
