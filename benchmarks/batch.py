"""Recorded visits by the million: the audit beside hand-written SQL, on the same twelve rules and visits.

    python benchmarks/batch.py --folder /var/tmp/bench 1000000x6 10000000x2
    python benchmarks/batch.py --folder /var/tmp/bench --packs base --visits 1000000

Each case runs in a process of its own, one after the other; its peak memory is what the system says of it. Answers
are compared: all cases have to count the same failures for each rule.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers import batch_by_hand

HERE = Path(__file__).parent
PACK = HERE / "rules.yaml"
THREADS = 2


def _hand(query: Callable[[str], str]) -> Callable[[Path, Path], dict[str, Any]]:
    def measured(plain: Path, own: Path) -> dict[str, Any]:
        with _connection() as con:
            began = _now()
            row = con.execute(batch_by_hand.summary(query(f"read_parquet('{plain}')"))).fetchone()
            took = _since(began)
        return {**took, "visits": row[0], "failures": list(row[2:])}

    return measured


def _hand_written(plain: Path, own: Path) -> dict[str, Any]:
    target = plain.with_suffix(".masks")
    with _connection() as con:
        began = _now()
        query = batch_by_hand.nested_filter(f"read_parquet('{plain}')")
        con.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
        took = _since(began)
    target.unlink()
    return {**took}


def _ours(canonical: bool) -> Callable[[Path, Path], dict[str, Any]]:
    """The conditions, statuses and outcomes, counted and not written; of canonical rows, or read and validated too."""

    def measured(plain: Path, own: Path) -> dict[str, Any]:
        from visitcheck.audit.inputs import open_inputs
        from visitcheck.audit.options import AuditOptions
        from visitcheck.audit.running.scope import audit_scope
        from visitcheck.engines.sql import STATUS_CODES, SqlEngine
        from visitcheck.ir.plan import make_plan
        from visitcheck.policy import load_policy

        policy = load_policy(PACK)
        plan = make_plan(policy, "recorded")
        statuses = ", ".join(f"sum((s{n} = {STATUS_CODES['violated']})::INT)" for n in range(len(plan.rules)))
        with _connection() as con:
            began = _now()
            inputs = open_inputs([own], policy=policy)
            opened = round(_now()[0] - began[0], 2)
            scope = audit_scope(plan, inputs.fed, AuditOptions(history="none"))
            engine = SqlEngine(scope.plan, zones=(), never_known=scope.never_known, may_go_on=scope.may_go_on)
            source = f"({inputs.relation(con, scope.kept)})"
            con.execute("SET preserve_insertion_order = false")
            if canonical:
                target = own.with_suffix(".canonical")
                if not target.exists():
                    con.execute(f"COPY (SELECT * FROM {source}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
                source = f"read_parquet('{target}')"
            began = _now()
            query = engine.dialect.print(engine.judge("canonical", []))
            con.execute(f"CREATE VIEW canonical AS SELECT * FROM {source}") if canonical else None
            query = query if canonical else query.replace("FROM canonical", f"FROM {source}")
            row = con.execute(
                f"SELECT count(*), sum(outcome), sum(assessed_outcome), {statuses} FROM ({query})"
            ).fetchone()
            took = _since(began)
        return {**took, "open_seconds": opened, "visits": row[0], "failures": list(row[3:])}

    return measured


def _audit(plain: Path, own: Path) -> dict[str, Any]:
    return audited(own, PACK, history="none")


def audited(own: Path, *packs: str | Path, **options: Any) -> dict[str, Any]:
    """The whole audit, outputs written; seconds by phase."""
    from visitcheck.audit.auditing import audit
    from visitcheck.policy import load_policy

    out = own.with_suffix(".audit")
    phases: dict[str, float] = {}
    began = _now()
    policy = load_policy(*packs)
    result = audit(
        own,
        policy,
        out=out,
        restart=True,
        replace=True,
        threads=THREADS,
        watch=lambda one: _note(phases, one),
        **options,
    )
    took = _since(began)
    violated = [result.summary["rules"][rule.id]["violated"] for rule in policy.rules if "recorded" in rule.stages]
    sizes = {name: (out / f"{name}.parquet").stat().st_size for name in ("verdicts", "findings")}
    counts = result.manifest["counts"]
    shutil.rmtree(out)
    return {**took, "phases": phases, "visits": counts["verdicts"], "failures": violated, "sizes": sizes} | {
        "findings": counts["findings"]
    }


def _now() -> tuple[float, float]:
    """The clock, and the processor's time that this process took."""
    return time.perf_counter(), time.process_time()


def _since(began: tuple[float, float]) -> dict[str, float]:
    """Seconds that passed, and those of processor time, which other work on the machine hardly changes."""
    clock, cpu = _now()
    return {"seconds": clock - began[0], "cpu": cpu - began[1]}


def _note(phases: dict[str, float], progress: Any) -> None:
    phases[progress.phase] = round(progress.seconds, 1)


def _connection() -> Any:
    from visitcheck.engines.sql.duckdb_connection import connect_duckdb

    con = connect_duckdb()
    con.execute(f"SET threads = {THREADS}")
    con.execute("SET memory_limit = '2GB'")
    con.execute("SET preserve_insertion_order = false")
    return con


_MAKE = (
    "import sys, pathlib, batch_data; batch_data.make(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))"
)
_SYNTH = (
    "import sys; from visitcheck.testing import synthesise; synthesise(sys.argv[1], visits=int(sys.argv[2]), seed=7)"
)
CASES: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
    "duck_nested_filter": _hand(batch_by_hand.nested_filter),
    "duck_nested_packed_sum": _hand(batch_by_hand.nested_packed_sum),
    "visitcheck_judge": _ours(canonical=True),
    "visitcheck_read_and_judge": _ours(canonical=False),
    "duck_nested_filter_written": _hand_written,
    "visitcheck_audit": _audit,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", help="visits x elements, like 1000000x6")
    parser.add_argument("--folder", type=Path, required=True, help="for data and outputs; several gigabytes")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--cases", nargs="*", default=list(CASES))
    parser.add_argument("--packs", nargs="*", default=[], help="audit these on realistic visits instead")
    parser.add_argument("--visits", type=int, default=1_000_000)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.child:
        case, *paths = options.child
        print(json.dumps(_measured(case, *map(Path, paths))))
        return
    for size in options.sizes:
        visits, actions = map(int, size.split("x"))
        # In a process of its own: a child's peak memory would count this one's.
        subprocess.run(
            [sys.executable, "-c", _MAKE, str(options.folder), str(visits), str(actions)], check=True, cwd=HERE
        )
        plain, own = (options.folder / f"{form}-{visits}x{actions}.parquet" for form in ("plain", "visits"))
        _table(size, {name: _best(name, plain, own, options) for name in options.cases})
    for pack in options.packs:
        _table(f"{pack}, {options.visits:,} realistic visits", {pack: _realistic(pack, options)})


def _realistic(pack: str, options: argparse.Namespace) -> dict[str, Any]:
    path = options.folder / f"synth-{options.visits}.parquet"
    if not path.exists():
        subprocess.run([sys.executable, "-c", _SYNTH, str(path), str(options.visits)], check=True)
    return _child(f"pack:{pack}", path, path, options)


def _measured(case: str, plain: Path, own: Path) -> dict[str, Any]:
    measured = audited(own, case.removeprefix("pack:")) if case.startswith("pack:") else CASES[case](plain, own)
    return measured | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _best(name: str, plain: Path, own: Path, options: argparse.Namespace) -> dict[str, Any]:
    return min((_child(name, plain, own, options) for _ in range(options.rounds)), key=lambda one: one["cpu"])


def _child(name: str, plain: Path, own: Path, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--folder", str(options.folder), "--child", name, str(plain), str(own)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def _table(title: str, rows: dict[str, dict[str, Any]]) -> None:
    answers = [row["failures"] for row in rows.values() if "failures" in row]
    assert all(answer == answers[0] for answer in answers), {name: row.get("failures") for name, row in rows.items()}
    base = rows.get("duck_nested_filter")
    print(
        f"## {title}\n\n| case | seconds | CPU s | visits/CPU s | times duck_nested_filter, by CPU | peak MB | more |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    visits = max(row.get("visits", 0) for row in rows.values())
    for name, row in rows.items():
        ratio = f"{base['cpu'] / row['cpu']:.2f}" if base else ""
        more = {key: row[key] for key in ("open_seconds", "phases", "findings", "sizes") if key in row}
        figures = f"{row['seconds']:.1f} | {row['cpu']:.2f} | {visits / row['cpu']:,.0f} | {ratio} | {row['peak_mb']:,}"
        print(f"| {name} | {figures} | {json.dumps(more) if more else ''} |")
    print(flush=True)


if __name__ == "__main__":
    main()
