"""The recorded visits of `visitcheck demo`: chosen from made-up ones, so that what is to come out is known.

`python -m visitcheck.testing.synthetic.demo_visits FOLDER` writes them anew.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.gate import Gate
from visitcheck.policy import load_policy
from visitcheck.testing.synthetic.rates import GOING_ON
from visitcheck.testing.synthetic.write import faults_of, synthesise

CHOSEN = {"allow": 240, "review": 20, "deny": 40}
_POLICIES = ("base", "cn")
_MADE, _SEED = 3_000, 1
_TRIED = 4  # visits with a fault, of which those are taken that all policies agree on


def write_demo_visits(folder: Path) -> None:
    """Write `visits.parquet`, and `planted.csv` with the fault and the outcome of each visit."""
    with TemporaryDirectory() as scratch:
        lines, table = Path(scratch, "visits.jsonl"), Path(scratch, "visits.parquet")
        synthesise(lines, visits=_MADE, seed=_SEED)
        synthesise(table, visits=_MADE, seed=_SEED)
        chosen = sorted(_choose_visits(lines))
        with connect_duckdb() as con:
            con.execute("CREATE TABLE chosen (id VARCHAR)")
            con.executemany("INSERT INTO chosen VALUES (?)", [[visit_id] for visit_id, _, _ in chosen])
            # A list that goes on is none of the faults chosen.
            con.execute(
                f"COPY (SELECT * EXCLUDE (completeness) FROM read_parquet('{table}') "
                "WHERE visit.id IN (SELECT id FROM chosen) ORDER BY visit.id) "
                f"TO '{folder / 'visits.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
            )
    with (folder / "planted.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("visit_id", "fault", "outcome"), *chosen])


def _choose_visits(lines: Path) -> Iterator[tuple[str, str, str]]:
    """The id of each chosen visit, the fault put into it, if any, and the outcome that every policy agrees on.

    Faults take turns, so that many are shown; a visit has one at most.
    """
    by_fault: dict[str, list[str]] = defaultdict(list)
    for visit_id, faults in faults_of(_MADE, _SEED).items():
        if len(faults) < 2 and not GOING_ON.keys() & set(faults):
            by_fault["".join(faults)].append(visit_id)
    yield from ((visit_id, "", "allow") for visit_id in by_fault.pop("")[: CHOSEN["allow"]])
    outcomes = _agreed_outcomes(lines, {visit_id for ids in by_fault.values() for visit_id in ids[:_TRIED]})
    for outcome in ("review", "deny"):
        turns = [
            (turn, fault, visit_id)
            for fault, ids in by_fault.items()
            for turn, visit_id in enumerate(one for one in ids if outcomes.get(one) == outcome)
        ]
        yield from ((visit_id, fault, outcome) for _, fault, visit_id in sorted(turns)[: CHOSEN[outcome]])


def _agreed_outcomes(lines: Path, ids: set[str]) -> dict[str, str]:
    """The outcomes of these visits, where all policies say the same of a visit."""
    gates = [Gate(load_policy(name), engine="native") for name in _POLICIES]
    outcomes = {}
    for line in lines.read_text("utf-8").splitlines():
        visit = json.loads(line)
        if visit["visit"]["id"] in ids:
            said = {gate.check(visit | {"earlier_visits": []}).outcome for gate in gates}
            if len(said) == 1:
                outcomes[visit["visit"]["id"]] = said.pop().value
    return outcomes


if __name__ == "__main__":
    write_demo_visits(Path(sys.argv[1]))
