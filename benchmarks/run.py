"""One visit per call: visitcheck beside hand-written Python and other engines, on the same twelve rules.

    python benchmarks/run.py                 all engines, 3 rounds, as a table
    python benchmarks/run.py --rounds 5 --json out.json visitcheck_evaluate python_loops

Every engine runs in a process of its own, one after the other, round after round; figures are medians over
the rounds, a rate being the best of eight slices of a tenth of a second. Calls are timed on 100 visits in
turn, which stay in the processor's cache as a visit does that
was just read, and once more on 2,000 ("many"), which do not. Before it is timed an engine has to give the
reference answers on 2,000 visits.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers.by_hand import python_hand
from records import records

HERE = Path(__file__).parent
ENGINES = {
    "python_hand": "peers.by_hand",
    "python_loops": "peers.by_hand",
    "visitcheck_evaluate": "ours",
    "visitcheck_gate_visit": "ours",
    "visitcheck_gate_dict": "ours",
    "visitcheck_both_visit": "ours",
    "visitcheck_validate_only": "ours",
    "visitcheck_whole_native": "ours",
    "visitcheck_whole_both": "ours",
    "zen_expression": "peers.zen",
    "zen_decision_table": "peers.zen",
    "regorus_vm": "peers.rego",
    "regorus_engine": "peers.rego",
    "regopy_bundle": "peers.rego",
}
_WARM_UP, _RATE, _SLICES, _SINGLE, _FEW = 0.2, 0.1, 8, 5_000, 100


# --- in the process of one engine


def measure(name: str) -> dict[str, Any]:
    """What one engine takes, or why it could not be measured."""
    try:
        made = getattr(importlib.import_module(ENGINES[name]), name)()
    except ImportError as missing:
        return {"engine": name, "missing": str(missing)}
    prepare, call, failed = made if isinstance(made, tuple) else ((lambda record: record), made, made)
    if failed is not None:
        _assert_reference(prepare, failed)
    inputs = [prepare(record) for record in records(2_000, seed=13)]
    few = inputs[:_FEW]
    gc.collect()
    gc.freeze()
    others = _busy()
    _for(_WARM_UP, call, few)
    rate = max(_for(_RATE, call, few) for _ in range(_SLICES))
    took = _single(call, few)
    return {
        "engine": name,
        "calls_s": rate,
        "many_calls_s": max(_for(_RATE, call, inputs) for _ in range(_SLICES)),
        "p50_us": took[len(took) // 2] / 1e3,
        "p99_us": took[int(len(took) * 0.99)] / 1e3,
        "others": others(),
    }


def _assert_reference(prepare: Callable[[Any], Any], failed: Callable[[Any], list[str]]) -> None:
    """1,000 usual visits, and 1,000 with many values on a rule's boundary."""
    reference = python_hand()
    for record in records(1_000, seed=11) + records(1_000, seed=12, edge=0.3):
        expected, answer = sorted(reference(record)), sorted(set(failed(prepare(record))))
        assert answer == expected, f"{record}: {answer}, not {expected}"


def _for(seconds: float, call: Callable[[Any], Any], inputs: list[Any]) -> float:
    """Calls a second, over whole rounds of the inputs."""
    calls, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        for item in inputs:
            call(item)
        calls += len(inputs)
    return calls / passed


def _single(call: Callable[[Any], Any], inputs: list[Any]) -> list[int]:
    clock = time.perf_counter_ns
    took = []
    for place in range(_SINGLE):
        item = inputs[place % len(inputs)]
        start = clock()
        call(item)
        took.append(clock() - start)
    return sorted(took)


def _busy() -> Callable[[], float]:
    """How many cores other processes used since, where the system tells."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return lambda: float("nan")

    def now() -> tuple[float, float]:
        ticks = [int(part) for part in stat.read_text().splitlines()[0].split()[1:9]]
        own = os.times()
        used = (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK") - own.user - own.system
        return used, time.perf_counter()

    used, at = now()

    def since() -> float:
        used_now, at_now = now()
        return max(0.0, (used_now - used) / (at_now - at))

    return since


# --- the table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engines", nargs="*", help=f"of {', '.join(ENGINES)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures of all rounds there")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options.child)))
        return
    names = options.engines or list(ENGINES)
    runs = [_run(name) for _ in range(options.rounds) for name in names]
    if options.json:
        options.json.write_text(json.dumps(runs, indent=1), "utf-8")
    _report(names, runs)


def _run(name: str) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "run.py"), "--child", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"engine": name, "missing": done.stderr.strip().splitlines()[-1][:200]}
    return dict(json.loads(done.stdout))


def _report(names: list[str], runs: list[dict[str, Any]]) -> None:
    rows: dict[str, dict[str, float]] = {}
    for name in names:
        rounds = [row for row in runs if row["engine"] == name and "missing" not in row]
        if not rounds:
            why = next(row["missing"] for row in runs if row["engine"] == name)
            print(f"{name}: not measured: {why}")
            continue
        rows[name] = {key: statistics.median(row[key] for row in rounds) for key in rounds[0] if key != "engine"}
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores\n")
    print("| engine | p50 us | p99 us | calls/s | times python_loops | calls/s, many | times | others |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    base = rows.get("python_loops")
    for name, row in rows.items():
        ratio, many = (f"{base[key] / row[key]:.1f}" if base else "" for key in ("calls_s", "many_calls_s"))
        print(
            f"| {name} | {row['p50_us']:.1f} | {row['p99_us']:.1f} | {row['calls_s']:,.0f} | {ratio} "
            f"| {row['many_calls_s']:,.0f} | {many} | {row['others']:.2f} |"
        )
    print()
    if any(name.startswith("visitcheck_whole") for name in rows):
        print(f"visitcheck_whole: {importlib.import_module('ours').about()}")
    _goals(rows)


def _goals(rows: dict[str, dict[str, float]]) -> None:
    """The ratios that the project holds itself to, by calls a second."""
    pairs = [("visitcheck_evaluate", "python_loops", 2.0), ("visitcheck_gate_visit", "python_loops", 3.0)]
    rivals = ("zen_decision_table", "regorus_vm", "regorus_engine", "regopy_bundle")
    pairs += [("visitcheck_gate_dict", rival, 1.0) for rival in rivals]
    for ours, theirs, most in pairs:
        if ours in rows and theirs in rows:
            ratio = rows[theirs]["calls_s"] / rows[ours]["calls_s"]
            held = "held" if ratio <= most else "NOT HELD"
            print(f"{ours} takes {ratio:.2f} times {theirs} (at most {most:.0f}): {held}")
    if "visitcheck_whole_both" in rows:
        took = rows["visitcheck_whole_both"]["p50_us"]
        print(f"visitcheck_whole_both: p50 {took:.0f} us (at most 1,000): {'held' if took <= 1_000 else 'NOT HELD'}")


if __name__ == "__main__":
    main()
