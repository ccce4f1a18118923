"""Made-up visits to a file, with what is known about them beside it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.testing.synthetic.query import counts_query, faults_query, macros_sql, visits_query
from visitcheck.testing.synthetic.rates import FAULTS, KINDS, SEEN

SyntheticFormat: TypeAlias = Literal["parquet", "jsonl"]
MAX_VISITS, MAX_SEED = 50_000_000, 1_000
# Small row groups keep the memory of writing, and of reading one, small.
_ROW_GROUP = 20_000


@dataclass(frozen=True, slots=True)
class Synthetic:
    """What was made: how many visits, and in how many of them each fault was put."""

    visits: int
    seed: int
    faults: dict[str, int]
    by_policy: dict[str, dict[str, int]]
    """By shipped policy, how many visits have a fault that it sees of each kind, and how many have `nothing`."""

    def of_kind(self, kind: str) -> dict[str, int]:
        """In how many visits each fault of a kind (`rates.KINDS`) is."""
        return {name: self.faults[name] for name in KINDS[kind]}

    def to_dict(self) -> dict[str, Any]:
        """Counts with the rates they were drawn at, as the file beside the visits holds them."""
        faults = {
            kind: {name: {"rate": rates[name], "visits": self.faults[name]} for name in sorted(rates)}
            for kind, rates in KINDS.items()
        }
        return {"visits": self.visits, "seed": self.seed, "by_policy": self.by_policy, **faults}


def synthesise(
    path: str | os.PathLike[str],
    *,
    visits: int,
    seed: int = 1,
    format: SyntheticFormat | None = None,  # noqa: A002
) -> Synthetic:
    """Write made-up recorded visits in the vocabulary's own names, as Parquet or JSON Lines.

    The same bytes for the same number, seed and version of DuckDB. Without `format` the name of the file
    decides. Beside the file, `<path>.rates.json` says what was put into it. Raises `ValueError` for a number
    or seed out of range, `OSError` where the file cannot be written. Needs the extra `audit`.
    """
    if not 1 <= visits <= MAX_VISITS or not 0 <= seed <= MAX_SEED:
        raise ValueError(f"visits are 1 to {MAX_VISITS:,}, and a seed is 0 to {MAX_SEED:,}")
    target = Path(path)
    file_format = format or ("jsonl" if target.suffix.lower() in (".jsonl", ".ndjson") else "parquet")
    # Written beside and renamed, so that a name never holds half of it; opened first to fail in time.
    part = target.with_name(f"{target.name}.part")
    part.open("wb").close()
    try:
        with connect_duckdb() as con:
            con.execute(macros_sql())
            query = visits_query(visits, seed)
            con.execute(f"COPY ({query}) TO '{_escape_quotes(part)}' ({_OPTIONS[file_format]})")
            [row] = con.execute(counts_query(visits, seed)).fetchall()
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    counts = iter(row)
    synthetic = Synthetic(
        visits,
        seed,
        {name: next(counts) for name in FAULTS},
        {policy: {kind: next(counts) for kind in (*KINDS, "nothing")} for policy in SEEN},
    )
    beside = target.with_name(f"{target.name}.rates.json")
    beside.write_text(json.dumps(synthetic.to_dict(), indent=2, sort_keys=True) + "\n", "utf-8")
    return synthetic


def faults_of(visits: int, seed: int = 1) -> dict[str, list[str]]:
    """The faults that `synthesise` puts into each of these visits, by id; most have none."""
    with connect_duckdb() as con:
        con.execute(macros_sql())
        return dict(con.execute(faults_query(visits, seed)).fetchall())


_OPTIONS: dict[SyntheticFormat, str] = {
    "parquet": f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP}",
    "jsonl": "FORMAT json, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%fZ'",
}


def _escape_quotes(path: Path) -> str:
    return str(path).replace("'", "''")
