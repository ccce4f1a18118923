"""Frames in memory are audited as a Parquet file with the same content, and leave nothing behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dirt import draw_dirty_visits
from typed import table_of

import visitcheck as vc
from visitcheck import Policy
from visitcheck.audit.inputs.frames import OpenFrame
from visitcheck.audit.inputs.temp_parquet import Spool
from visitcheck.errors import InvalidInput

AT = datetime(2026, 1, 30, 2, tzinfo=UTC)
TABLES = ("verdicts", "findings", "rejects", "doubts")


@pytest.fixture(scope="module")
def policy() -> Policy:
    """A small policy: what becomes of rows is the same for any."""
    return vc.load_policy("base.record")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def _dirty(count: int) -> pa.Table:
    twice = {"visit": {"id": "twice", "stage": "recorded", "starts_at": AT.isoformat()}}
    planned = {"visit": {"id": "planned", "stage": "proposed", "starts_at": AT.isoformat()}}
    return table_of([*draw_dirty_visits(count), twice, twice, planned])


def _rows(result: Any, name: str) -> list[dict[str, Any]]:
    """A table's rows but for the name of their file, and what is said of it."""
    table = getattr(result, name)
    rows = table.to_pylist() if isinstance(table, pa.Table) else table().arrow().read_all().to_pylist()
    return [{key: str(value).replace("visits.parquet", "DataFrame") for key, value in row.items()} for row in rows]


FRAMES: dict[str, Callable[[pa.Table], Any]] = {
    "a table": lambda table: table,
    "a batch": lambda table: table.combine_chunks().to_batches()[0],
    "a stream that is gone once read": lambda table: table.to_reader(7),
    "polars": pl.DataFrame,
    "pandas": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "duckdb": lambda table: duckdb.connect().from_arrow(table),
}


@pytest.mark.long
def test_a_frame_is_audited_as_a_file_with_the_same_content(policy: Policy, tmp_path: Path, temporary: Path) -> None:
    """The same verdicts, findings and rejects, row by row, whichever library holds the rows."""
    table = _dirty(40)
    pq.write_table(table, tmp_path / "visits.parquet")
    of_file = vc.audit(tmp_path / "visits.parquet", policy, out=tmp_path / "out")
    assert len(of_file.verdicts())
    assert {row["code"] for row in _rows(of_file, "rejects")} > {"duplicate-visit-id", "not-recorded"}

    for name, make in FRAMES.items():
        of_frame = vc.audit_frame(make(table), policy)
        for each in TABLES:
            assert _rows(of_frame, each) == _rows(of_file, each), (name, each)
        assert of_frame.summary == of_file.summary, name
    assert list(temporary.iterdir()) == []


def test_rows_are_the_same_whichever_library_holds_them(temporary: Path) -> None:
    """Copied to the same values, in the same order."""
    table = _dirty(20)
    spool = Spool()
    for name, make in FRAMES.items():
        assert pq.read_table(OpenFrame(make(table)).copy(spool).path).to_pylist() == table.to_pylist(), name


@pytest.mark.long
def test_results_of_a_frame_in_a_folder(policy: Policy, tmp_path: Path) -> None:
    """Written as those of files; the manifest has the hash of what was read, however the frame was divided."""
    rows = [{"visit": {"id": f"v{n}", "stage": "recorded", "starts_at": AT}} for n in range(9)]
    table = pa.Table.from_pylist(rows)
    first = vc.audit(table, policy, out=tmp_path / "first")
    second = vc.audit(table.to_reader(2), policy, out=tmp_path / "second")
    other = vc.audit(table.slice(1), policy, out=tmp_path / "other")

    [file] = first.manifest["input"]
    assert (file["file"], file["format"], file["rows"]) == ("DataFrame", "frame", 9)
    assert first.manifest == second.manifest
    assert other.manifest["input"][0]["sha256"] != file["sha256"]
    assert len(first.verdicts()) == 9


@pytest.mark.long
def test_a_frame_through_a_mapping(policy: Policy, tmp_path: Path) -> None:
    """Readings and value words apply as they do to a file; a table without files of its own reads the frame as well."""
    (tmp_path / "columns.yaml").write_text(
        """
timezone: Asia/Shanghai
constants: {visit.stage: recorded}
visits:
  columns:
    no: visit.id
    came: visit.starts_at
    days: debt.days_overdue
    kind: {fact: place.kind, values: {住宅: home}}
tables:
  contacts: {key: no, joins: no, complete: true, columns: {called: at}}
""",
        "utf-8",
    )
    frame = pl.DataFrame(
        {
            "no": ["a", "b", "c"],
            "came": ["2026-01-30 10:00", "2026-01-30 10:00", "30.1.2026"],
            "days": ["45", "many", "3"],
            "kind": ["住宅", "住宅", "住宅"],
            "called": ["2026-01-29 09:00", None, "2026-01-29 09:00"],
            "identity": ["110101199003070000"] * 3,
        }
    )
    frame.write_parquet(tmp_path / "visits.parquet")
    of_file = vc.audit(tmp_path / "visits.parquet", policy, out=tmp_path / "out", columns=tmp_path / "columns.yaml")
    of_frame = vc.audit_frame(frame, policy, columns=tmp_path / "columns.yaml")

    for each in TABLES:
        assert _rows(of_frame, each) == _rows(of_file, each)
    assert of_frame.verdicts.column("visit_id").to_pylist() == ["a"]
    with pytest.raises(InvalidInput, match=r"(?s)`DataFrame` has no column `came`.*did you mean `cane`"):
        vc.audit_frame(frame.rename({"came": "cane"}), policy, columns=tmp_path / "columns.yaml")


def test_a_copy_holds_what_is_read_and_nobody_else_may_look(temporary: Path) -> None:
    """Columns that no fact is read from are not written to disk."""
    frame = OpenFrame(pa.table({"no": ["a"], "identity": ["110101199003070000"]}))
    spool = Spool()
    copy = frame.copy(spool, {"no"})

    assert pq.read_table(copy.path).to_pydict() == {"no": ["a"]}
    assert os.stat(copy.path).st_mode & 0o777 == 0o600
    assert os.stat(copy.path.parent).st_mode & 0o777 == 0o700
    del frame, spool
    assert list(temporary.iterdir()) == []


def test_columns_that_are_no_facts(policy: Policy) -> None:
    """As of a file: all rows are refused for the first of them. What pandas adds as an index is no column."""
    rows = [{"visit": {"id": f"v{n}", "stage": "recorded", "starts_at": AT}} for n in range(4)]
    strange = vc.audit_frame(pa.Table.from_pylist([row | {"vizit": 1} for row in rows]), policy)
    nothing = vc.audit_frame(pa.table({"a": [1, 2]}), policy)
    indexed = vc.audit_frame(pd.DataFrame(rows).iloc[[0, 1, 3]], policy)

    assert strange.summary["rejects"] == {"fact-unknown-name": 4}
    assert nothing.summary["rejects"] == {"fact-unknown-name": 2}
    assert indexed.summary["visits"] == 3


class _Broken:
    """A stream that breaks off after its first batch."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        def batches() -> Any:
            yield pa.record_batch({"visit": [{"id": "a"}]})
            raise OSError("the source is gone")

        schema = pa.schema([("visit", pa.struct([("id", pa.string())]))])
        return pa.RecordBatchReader.from_batches(schema, batches()).__arrow_c_stream__()


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (_Broken(), "rows break off"),
        (pd.DataFrame({"visit": [{"id": 1}, "a"]}), "cannot be given as Arrow"),
        (pa.table([[1], [2]], ["visit", "visit"]), "stands twice"),
        (pa.table({}), "no columns"),
        (pa.table({"visit": pa.array([1], pa.duration("s"))}), "duration"),
        (pa.table({"visit": pa.array([{}], pa.struct([]))}), "struct<>"),
    ],
)
def test_frames_that_are_none(frame: Any, reason: str, policy: Policy, tmp_path: Path, temporary: Path) -> None:
    """Said by name, before anything is written; a stream that breaks off is never taken for a short one."""
    with pytest.raises(InvalidInput, match=reason):
        vc.audit(frame, policy, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert list(temporary.iterdir()) == []


def test_what_is_no_frame(policy: Policy) -> None:
    for value in ("visits.parquet", pl.LazyFrame({"a": [1]}), [{"visit": {}}]):
        with pytest.raises(TypeError, match="__arrow_c_stream__"):
            vc.audit_frame(value, policy)  # type: ignore[arg-type]
