"""DuckDB and Spark side by side on the same made-up visits: seconds, processor seconds and memory of one audit each.

    python benchmarks/spark.py --visits 200000 --policy base --master 'local[2]'

Each audit runs in a process of its own. Processor time and memory are summed over it and all its children, among them
Spark's Java and the Python workers; memory is each process's own peak.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from visitcheck import load_policy
from visitcheck.audit.auditing import audit, audit_with_spark
from visitcheck.audit.options import AuditOptions
from visitcheck.testing import synthesise

_TICK = os.sysconf("SC_CLK_TCK")
_SINCE = datetime(2025, 8, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=200_000)
    parser.add_argument("--policy", default="base")
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--engines", nargs="+", default=["duckdb", "spark"])
    parser.add_argument("--twice", action="store_true", help="a second audit in the same Spark session, then warm")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "visits.parquet"
        synthesise(path, visits=asked.visits, seed=7)
        for engine in asked.engines:
            process = multiprocessing.get_context("spawn").Process(target=_measure, args=(engine, path, asked))
            process.start()
            process.join()


def _measure(engine: str, path: Path, asked: argparse.Namespace) -> None:
    policy = load_policy(asked.policy)
    for number in range(2 if asked.twice and engine == "spark" else 1):
        began, used = time.monotonic(), _processor_seconds()
        counts = _audited(engine, path, policy, asked.master, path.parent / f"{engine}{number}")
        seconds = time.monotonic() - began
        said = {
            "engine": engine,
            "visits": counts["verdicts"],
            "findings": counts["findings"],
            "seconds": round(seconds, 1),
            "processor_seconds": round(_processor_seconds() - used, 1),
            "peak_megabytes": round(sum(_peak_kilobytes(one) for one in _family()) / 1024),
        }
        print(json.dumps(said), flush=True)


def _audited(engine: str, path: Path, policy: Any, master: str, out: Path) -> dict[str, int]:
    if engine == "duckdb":
        result = audit(path, policy, out=out, history_since=_SINCE)
    else:
        result = audit_with_spark(master, path, policy, out, AuditOptions(history_since=_SINCE))
    counts: dict[str, int] = result.manifest["counts"]
    return counts


def _family() -> list[int]:
    """The process itself and all that come from it."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    processes = [os.getpid()]
    for process in processes:
        processes += [child for child, parent in parents.items() if parent == process]
    return processes


def _processor_seconds() -> float:
    """Of this process, its children and those of them that have ended."""
    total = 0
    for one in _family():
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / _TICK


def _peak_kilobytes(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    main()
