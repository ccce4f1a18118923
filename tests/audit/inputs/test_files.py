"""Files as a whole: patterns, broken ones, columns that the vocabulary lacks; the rest goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from input_rows import rows_of
from reading import write_lines

from visitcheck import Policy
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.inputs.arrow_rows import canonical_schema
from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.errors import InvalidInput

AT = datetime(2026, 1, 30, 2, tzinfo=UTC)


def visit(id_: str, **more: object) -> dict[str, object]:
    return {"visit": {"id": id_, "stage": "recorded", "starts_at": AT}, "lender": {"kind": "bank"}, **more}


def parquet(path: Path, *visits: dict[str, object]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(visits)), path)
    return path


@pytest.mark.long
def test_broken_files_are_named_and_the_rest_is_read(policy: Policy, tmp_path: Path) -> None:
    """Truncated, damaged in the middle, no Parquet at all, a folder of the right name: nothing of them is judged."""
    good = parquet(tmp_path / "a.parquet", visit("a"), visit("b"))
    data = good.read_bytes()
    (tmp_path / "cut.parquet").write_bytes(data[: len(data) // 2])
    many = parquet(tmp_path / "many.parquet", *(visit(f"v{number}" * 9) for number in range(5000)))
    damaged = bytearray(many.read_bytes())
    damaged[100:3000] = bytes(2900)
    many.write_bytes(damaged)
    (tmp_path / "text.parquet").write_text("no Parquet")
    (tmp_path / "empty.jsonl").write_text("")
    inputs = open_inputs([tmp_path / "*.parquet", tmp_path / "empty.jsonl"], policy=policy)

    assert {file.path.name: file.rows for file in inputs.files} == {
        "a.parquet": 2, "cut.parquet": None, "many.parquet": None, "text.parquet": None, "empty.jsonl": 0,
    }  # fmt: skip
    assert {file.problem.code for file in inputs.files if file.problem} == {"broken-file"}
    assert [(row["__file"], row["__row"], row["visit"]["id"]) for row in rows_of(inputs)] == [(0, 1, "a"), (0, 2, "b")]


def test_columns_that_are_no_facts(policy: Policy, tmp_path: Path) -> None:
    """Each row would be refused for the same reason: it is said once, of the file, whose rows are counted."""
    wrong = parquet(tmp_path / "v.parquet", visit("a", contacts=[{"id": "c", "att": AT}]), visit("b", contacts=[]))
    inputs = open_inputs([wrong], policy=policy)

    [file] = inputs.files
    assert file.rows == 2
    assert file.problem is not None
    assert (file.problem.code, file.problem.path) == ("fact-unknown-name", "$.contacts.att")
    assert rows_of(inputs) == []


@pytest.mark.long
def test_files_with_different_columns_and_formats(policy: Policy, tmp_path: Path) -> None:
    """Rows keep the number of their file and their place in it, and feed what any of the files feeds."""
    first = parquet(tmp_path / "1.parquet", visit("a", debt={"days_overdue": 3}))
    second = parquet(tmp_path / "2.parquet", visit("b"), visit("c"))
    lines = write_lines(tmp_path / "3.jsonl", ['{"visit": {"id": "d", "stage": "recorded"}}'])
    inputs = open_inputs([second, first, lines, first], policy=policy)

    assert [(row["__file"], row["__row"], row["visit"]["id"]) for row in rows_of(inputs)] == [
        (0, 1, "b"), (0, 2, "c"), (1, 1, "a"), (2, 1, "d"),
    ]  # fmt: skip
    only = open_inputs([first], policy=policy).fed
    assert only == {
        "visit",
        "visit.id",
        "visit.stage",
        "visit.starts_at",
        "lender",
        "lender.kind",
        "debt",
        "debt.days_overdue",
    }
    assert only < inputs.fed


def test_a_relation_on_a_connection_of_the_caller(policy: Policy, tmp_path: Path) -> None:
    """The same rows as SQL, twice if asked twice."""
    path = parquet(tmp_path / "v.parquet", *(visit(f"v{number}") for number in range(20_000)))
    inputs = open_inputs([path], policy=policy)
    with duckdb.connect() as con:
        counts = [con.sql(inputs.relation(con)).aggregate("count(*), count(__problems)").fetchall() for _ in "ab"]

    assert counts == [[(20_000, 0)]] * 2
    assert all(0 < len(batch) <= CHUNK_ROWS for batch in inputs.batches())
    assert all(batch.schema == canonical_schema(inputs.root) for batch in inputs.batches())


@pytest.mark.parametrize("name", ["nothing.parquet", "*.none", "visits.doc", "visits.csv"])
def test_no_input(name: str, policy: Policy, tmp_path: Path) -> None:
    for suffix in ("doc", "csv"):
        (tmp_path / f"visits.{suffix}").touch()
    with pytest.raises(InvalidInput):
        open_inputs([tmp_path / name], policy=policy)
