"""What a decision costs, and the start of a gate, on the shipped examples: this tree beside others.

    python benchmarks/gate_cost.py                          this tree
    python benchmarks/gate_cost.py ../other [...]           checkouts of other commits, side by side in one run
    python benchmarks/gate_cost.py --calls | --starts       only the one or the other
    python benchmarks/gate_cost.py --packs benchmarks/packs ../other      the same packs in every tree
    python benchmarks/gate_cost.py --many visits.jsonl ../other           made-up visits, none of them twice

`benchmarks/packs` holds `base`, `cn` and their examples as they were at 8f4a85e, so that trees are compared on as many
rules; without `--packs` each tree is asked about the packs and examples that it ships.

Each figure is made in a process of its own, in processor time: the median of many calls (microseconds), the best of
three rounds (`--rounds`); of a start (seconds) without a mark of a passed self-test and with one. A call is made again
and again, so that durable-rules has seen its features before; "anew" is `both` where nothing is remembered. `--many`
goes through recorded visits (`visitcheck synth --visits 2000 -o visits.jsonl`); its medians are of the second half.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
VISITS = {
    "base, proposed, denied": "proposed-denied.json",
    "base, proposed, allowed": "proposed-allowed.json",
    "base, proposed, to review": "proposed-review.yaml",
    "base, recorded": "recorded-compliant.json",
    "cn, proposed": "cn/bank-credit-card.yaml",
    "cn, recorded": "cn/recorded-compliant.yaml",
    "cn, recorded, denied": "cn/recorded-breach.yaml",
}
_ROUNDS = 3


# --- in a process of one tree


def calls(root: Path, packs: Path | None) -> dict[str, dict[str, float]]:
    """The median microseconds of each kind of call on each visit."""
    examples = (packs or root) / "examples"
    return {title: _calls_on(examples, title.partition(",")[0], name, packs) for title, name in VISITS.items()}


def _load(pack: str, packs: Path | None) -> Any:
    """The policy shipped by that name, or, where a folder of packs is given, the one in there."""
    import visitcheck as vc

    if packs is None:
        return vc.load_policy(pack)
    folders = [packs / name for name in dict.fromkeys((pack, "base"))]
    ids = [
        line.split()[1]
        for folder in folders
        for file in sorted(folder.glob("*.yaml"))
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("pack:")
    ]
    try:
        return vc.load_policy(*folders, allow_shadow=ids)
    except TypeError:  # a commit from before shadows were refused
        return vc.load_policy(*folders)


def _calls_on(examples: Path, pack: str, name: str, packs: Path | None) -> dict[str, float]:
    import visitcheck as vc
    from visitcheck.documents import parse_yaml, to_python

    def read(path: str) -> Any:
        return to_python(parse_yaml((examples / path).read_text("utf-8"), path)[0])

    policy = _load(pack, packs)
    registers = read("cn/registers.yaml") if pack == "cn" else None
    visit = vc.Gate(policy, engine="native", registers=registers).read(read(name))
    native, both = vc.Gate(policy, engine="native"), vc.Gate(policy, engine="both")
    durable = getattr(getattr(both.check(visit), "_engine_pair", None), "durable", None)
    row = {
        "rules": float(len(native.check(visit).plan.rules)),
        "native": _median(lambda: native.check(visit).outcome, 1_000),
        "both": _median(lambda: both.check(visit).outcome, 1_000),
        "findings": _median(lambda: both.check(visit).findings, 100),
        "full": _median(lambda: both.check(visit).to_dict(), 50),
    }
    if hasattr(durable, "forget"):

        def check_anew() -> Any:
            durable.forget()
            return both.check(visit).outcome

        row["anew"] = _median(check_anew, 300)
    with suppress(TypeError):  # a commit from before there was a brief form
        row["brief"] = _median(lambda: both.check(visit).to_dict(detail="brief"), 100)
    return row


def many(root: Path, file: Path, packs: Path | None) -> dict[str, dict[str, float]]:
    """The median microseconds of decisions on the second half of recorded visits, each asked once."""
    rows: dict[str, dict[str, float]] = {}
    for pack in ("base", "cn"):
        policy = _load(pack, packs)
        gates = {"native": _gate(policy, "native"), "both": _gate(policy, "both")}
        visits = list(_readable(gates["native"], file))
        if not visits:
            continue  # a commit with another vocabulary
        took: dict[str, list[int]] = {name: [] for name in gates}
        for visit in visits:
            for name, gate in gates.items():
                start = time.process_time_ns()
                gate.check(visit).outcome  # noqa: B018
                took[name].append(time.process_time_ns() - start)
        later = {name: sorted(each[len(visits) // 2 :]) for name, each in took.items()}
        rows[f"{pack}, {len(visits):,} recorded"] = {
            **{name: each[len(each) // 2] / 1e3 for name, each in later.items()},
            "both, mean": sum(later["both"]) / len(later["both"]) / 1e3,
        }
    return rows


def _gate(policy: Any, engine: str) -> Any:
    import visitcheck as vc

    return vc.Gate(policy, engine=engine)  # type: ignore[arg-type]


def _readable(gate: Any, file: Path) -> Iterator[Any]:
    """The visits of a file that the tree takes."""
    import visitcheck as vc

    for line in file.read_text("utf-8").splitlines():
        with suppress(vc.InvalidVisit):
            yield gate.read(line)


def _median(call: Callable[[], Any], times: int) -> float:
    call()
    clock, took = time.process_time_ns, []
    for _ in range(times):
        start = clock()
        call()
        took.append(clock() - start)
    return sorted(took)[times // 2] / 1e3


def start(pack: str, engine: str) -> float:
    """The seconds from before the import to a gate that is ready for both stages."""
    import visitcheck as vc

    gate = vc.Gate(vc.load_policy(pack), engine=engine)
    prepare = getattr(gate, "prepare", None)  # before that there was nothing to wait for
    if prepare is not None:
        prepare()
    return time.process_time()


# --- the tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trees", nargs="*", type=Path, help="checkouts of other commits")
    parser.add_argument("--calls", action="store_true")
    parser.add_argument("--starts", action="store_true")
    parser.add_argument("--packs", type=Path, help="packs and examples to compare all trees on")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--many", type=Path, metavar="FILE", help="recorded visits, to be decided once each")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        what, *arguments = options.child
        if what == "calls":
            root, *packs = map(Path, arguments)
            print(json.dumps(calls(root, packs[0] if packs else None)))
        elif what == "many":
            root, file, *packs = map(Path, arguments)
            print(json.dumps(many(root, file, packs[0] if packs else None)))
        else:
            print(json.dumps(start(*arguments)))
        return
    trees = [ROOT, *(tree.resolve() for tree in options.trees)]
    if options.many:
        _report_many(trees, options.many.resolve(), options.packs, options.rounds)
        return
    if options.calls or not options.starts:
        _report_calls(trees, options.packs, options.rounds)
    if options.starts or not options.calls:
        _report_starts(trees)


def _report_many(trees: list[Path], file: Path, packs: Path | None, times: int) -> None:
    shared = [] if packs is None else [str(packs.resolve())]
    rounds = [{tree: _ask(tree, "many", str(tree), str(file), *shared) for tree in trees} for _ in range(times)]
    names = ("native", "both", "both, mean")
    print(f"| visits | tree | {' | '.join(names)} |\n| --- | --- |{' ---: |' * len(names)}")
    for title in rounds[0][trees[0]]:
        pack = title.partition(",")[0]
        for tree in trees:
            rows = [row for each in rounds for name, row in each[tree].items() if name.partition(",")[0] == pack]
            if rows:
                cells = [f"{min(row[name] for row in rows):,.0f}" for name in names]
                print(f"| {title} | {tree.name} | {' | '.join(cells)} |")


def _report_calls(trees: list[Path], packs: Path | None, times: int) -> None:
    shared = [] if packs is None else [str(packs.resolve())]
    rounds = [{tree: _ask(tree, "calls", str(tree), *shared) for tree in trees} for _ in range(times)]
    names = ("rules", "native", "both", "anew", "findings", "brief", "full")
    print(f"| visit | tree | {' | '.join(names)} |\n| --- | --- |{' ---: |' * len(names)}")
    for title in VISITS:
        for tree in trees:
            rows = [each[tree][title] for each in rounds]
            cells = [f"{min(row[name] for row in rows):,.0f}" if name in rows[0] else "" for name in names]
            print(f"| {title} | {tree.name} | {' | '.join(cells)} |")


def _report_starts(trees: list[Path]) -> None:
    print("\n| start | tree | without a mark | with one |\n| --- | --- | ---: | ---: |")
    for pack in ("base", "cn"):
        for engine in ("native", "both"):
            for tree in trees:
                with tempfile.TemporaryDirectory() as cache:
                    first, *others = [_ask(tree, "start", pack, engine, cache=cache) for _ in range(_ROUNDS)]
                print(f"| {pack}, {engine} | {tree.name} | {first:.2f} | {min(others):.2f} |")


def _ask(tree: Path, *what: str, cache: str | None = None) -> Any:
    own = {"PYTHONPATH": str(tree / "src")} | ({"XDG_CACHE_HOME": cache} if cache else {})
    command = [sys.executable, __file__, "--child", *what]
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
