"""Inputs and folders as they are in the wild: every row still ends as a verdict or a reject, and nothing is harmed."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from visitcheck.audit.auditing import audit
from visitcheck.audit.one_visit import find_visit
from visitcheck.audit.running.run_folder import RunFolder
from visitcheck.errors import AuditFailed, InvalidInput, InvalidVisit
from visitcheck.policy import Policy


@pytest.mark.parametrize(
    ("content", "rejects"),
    [
        (b"", 0),
        (b'{\n[]\n{"visit": {"id": "a"}}\n', 3),
        pytest.param(b"\n\n", 0, marks=pytest.mark.long),
        pytest.param(b"{\n[]\n", 2, marks=pytest.mark.long),
        pytest.param(b'{"visit": {"id": "a"}}\n', 1, marks=pytest.mark.long),
    ],
)
def test_an_input_without_a_row_to_judge_has_all_tables(
    content: bytes, rejects: int, policy: Policy, tmp_path: Path
) -> None:
    """
    No rows, or nothing but rejects: that is a result.
    """
    path = tmp_path / "visits.jsonl"
    path.write_bytes(content)

    result = audit(path, policy, out=tmp_path / "out", allow_empty=True)

    assert len(result.verdicts()) == len(result.findings()) == 0
    assert rejects == len(result.rejects())


def test_a_broken_file_alone_is_named(policy: Policy, tmp_path: Path) -> None:
    """
    Where the only file is broken, the error says so, and nothing is published.
    """
    path = tmp_path / "visits.parquet"
    path.write_bytes(b"PAR1 and no more")

    with pytest.raises(InvalidInput, match=r"broken-file.*visits\.parquet"):
        audit(path, policy, out=tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_far_time_in_a_group_rejects_its_row(policy: Policy, tmp_path: Path) -> None:
    """Milliseconds that are no microseconds of the database, among the facts of a visit: other rows are judged.

    As in a table of columns of its own (`tests/audit/mapping/test_files_as_kept.py`), in lists, too.
    """
    near, far = 1_773_108_000_000, 2**62
    visits = [{"id": id_, "stage": "recorded", "starts_at": at} for id_, at in (("a", near), ("b", far), ("c", near))]
    contacts = [[], [], [{"at": far}]]
    moment = pa.timestamp("ms", "UTC")
    groups = {
        "visit": pa.array(visits, pa.struct({"id": pa.string(), "stage": pa.string(), "starts_at": moment})),
        "contacts": pa.array(contacts, pa.list_(pa.struct({"at": moment}))),
    }
    pq.write_table(pa.table(groups), tmp_path / "visits.parquet")

    result = audit(tmp_path / "visits.parquet", policy, out=tmp_path / "out")

    assert [("a",)] == result.verdicts().relation().select("visit_id").fetchall()
    rejects = result.rejects().relation().order("row").select("row, code, path").fetchall()
    assert [(2, "fact-timestamp", "$.visit.starts_at"), (3, "fact-timestamp", "$.contacts[0].at")] == rejects


@pytest.mark.long
@pytest.mark.parametrize("kind", [pa.float64(), pa.int64(), pa.decimal128(25, 6)])
def test_a_position_that_is_nowhere_on_earth_rejects_its_row(kind: pa.DataType, policy: Policy, tmp_path: Path) -> None:
    """As the gate refuses it, whatever the column's type; the number, which may be of the other axis, is not shown."""
    north, east = pa.array([31, 91, -90, None]).cast(kind), pa.array([121, 1, -181, 180]).cast(kind)
    visits = [{"id": f"v{number}", "stage": "recorded", "date": "2026-03-10"} for number in range(4)]
    place = pa.StructArray.from_arrays([north, east], ["latitude", "longitude"])
    pq.write_table(pa.table({"visit": pa.array(visits), "place": place}), tmp_path / "visits.parquet")

    result = audit(tmp_path / "visits.parquet", policy, out=tmp_path / "out")

    rejects = result.rejects().arrow().read_all().to_pylist()
    assert [(row["row"], row["code"], row["path"]) for row in rejects] == [
        (2, "fact-range", "$.place.latitude"),
        (3, "fact-range", "$.place.longitude"),
    ]
    assert not any("91" in row["message"] or "181" in row["message"] for row in rejects)


@pytest.mark.long
def test_names_are_no_patterns(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    Of `visits[1].parquet` and `visits1.parquet` the one that is named is read, and the output may be named so, too.
    """
    named = tmp_path / "visits[1].parquet"
    shutil.copy(visits, named)
    pq.write_table(pq.read_table(visits).slice(0, 5), tmp_path / "visits1.parquet")
    (tmp_path / "o1").mkdir()

    result = audit(named, policy, out=tmp_path / "o[1]" / "o*t")

    assert 400 == len(result.verdicts())
    assert 400 == len(result.verdicts().relation().fetchall())


def test_folders_named_like_partitions_are_no_columns(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    What a folder is called is no fact of its visits.
    """
    folder = tmp_path / "month=2026-01" / "visit=5"
    folder.mkdir(parents=True)
    shutil.copy(visits, folder / "visits.parquet")

    result = audit(folder / "*.parquet", policy, out=tmp_path / "out")

    assert (400, {}) == (len(result.verdicts()), result.summary["rejects"])


@pytest.mark.long
def test_an_unknown_zone_is_a_reject_of_its_row(policy: Policy, tmp_path: Path) -> None:
    """
    The database would fail at a zone that it does not know.
    """
    path = tmp_path / "visits.jsonl"
    zones = ("Asia/Shanghai", "Asia/Shanghia", "asia/shanghai", "local")
    rows = [
        {
            "id": zone,
            "stage": "recorded",
            "date": "2026-01-02",
            "starts_at": "2026-01-02T10:00:00+08:00",
            "timezone": zone,
        }
        for zone in zones
    ]
    path.write_text("".join(f"{json.dumps({'visit': row})}\n" for row in rows), "utf-8")

    result = audit(path, policy, out=tmp_path / "out")

    assert {"fact-zone": 3} == result.summary["rejects"]
    assert 1 == len(result.verdicts())


@pytest.mark.long
def test_a_line_too_long_for_a_visit_is_a_reject(policy: Policy, tmp_path: Path) -> None:
    """
    20 MB without a line's end, and the next line is judged.
    """
    path = tmp_path / "visits.jsonl"
    good = b'{"visit": {"id": "a", "stage": "recorded", "date": "2026-01-02"}}\n'
    path.write_bytes(good + b'{"visit": {"id": "' + b"x" * 20_000_000 + b'"}}\n' + good.replace(b'"a"', b'"b"'))

    result = audit(path, policy, out=tmp_path / "out")

    assert [(2, "visit-too-large")] == [
        (row["row"], row["code"]) for row in result.rejects().pandas().to_dict("records")
    ]
    assert 2 == len(result.verdicts())


@pytest.mark.long
@pytest.mark.parametrize("name", ["__row", "__ROW", "__file"])
def test_a_column_may_have_a_name_that_reading_uses(name: str, policy: Policy, tmp_path: Path) -> None:
    """
    Columns that the mapping does not name are left alone, whatever they are called; such a one cannot be mapped.
    """
    path, mapping = tmp_path / "visits.csv", tmp_path / "columns.yaml"
    path.write_text(f"id,day,{name}\na,2026-01-02,zz\nb,2026-01-02,7\n", "utf-8")
    text = "constants: {visit.stage: recorded}\nvisits: {columns: {id: visit.id, day: visit.date%s}}\n"
    mapping.write_text(text % "", "utf-8")

    rows = audit(path, policy, out=tmp_path / "out", columns=mapping).verdicts().pandas().to_dict("records")
    assert [("a", 1), ("b", 2)] == [(row["visit_id"], row["row"]) for row in rows]

    mapping.write_text(text % f", {name}: debtor.id", "utf-8")
    with pytest.raises(InvalidInput, match="mapping-column"):
        audit(path, policy, out=tmp_path / "other", columns=mapping)


def test_a_name_that_is_no_text_is_a_problem(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    Results name files in UTF-8.
    """
    path = tmp_path / "\udcff.parquet"
    shutil.copy(visits, path)

    with pytest.raises(InvalidInput, match=r"\\xff|udcff"):
        audit(path, policy, out=tmp_path / "out")


@pytest.mark.parametrize(
    "option",
    [
        {"memory": "much"},
        {"threads": 0},
        {"history": "guess"},
        {"as_of": datetime(2026, 1, 1)},
        {"history_since": datetime(2026, 1, 1)},
    ],
)
def test_impossible_options_are_named(option: dict[str, object], visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    Before anything is read or written.
    """
    with pytest.raises(AuditFailed, match="audit-option"):
        audit(visits, policy, out=tmp_path / "out", **option)  # type: ignore[call-overload]

    assert [] == list(tmp_path.iterdir())


@pytest.mark.long
def test_only_audits_are_replaced(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    A folder of other things stays, also where it comes while the run is at work; an audit's is replaced.
    """
    out = tmp_path / "out"
    audit(visits, policy, out=out)
    audit(visits, policy, out=out, replace=True)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "visits.txt").write_text("mine")

    for folder in (mine, Path("/")):
        with pytest.raises(AuditFailed, match="output-exists"):
            audit(visits, policy, out=folder, replace=True)

    late = tmp_path / "late"

    def comes(_: object) -> None:
        late.mkdir(exist_ok=True)
        (late / "visits.txt").write_text("mine")

    with pytest.raises(AuditFailed, match="output-exists"):
        audit(visits, policy, out=late, watch=comes)
    assert ["visits.txt"] == [path.name for path in late.iterdir()]
    assert ["visits.txt"] == [path.name for path in mine.iterdir()]


def test_starting_anew_leaves_a_run_at_work_alone(tmp_path: Path) -> None:
    """
    `--restart` does not discard the folder of a process that is at work in it.
    """
    options = {"resume": False, "replace": False}
    with RunFolder(tmp_path / "out").start_or_resume({"a": 1}, restart=False, **options):
        with (
            pytest.raises(AuditFailed, match="run-active"),
            RunFolder(tmp_path / "out").start_or_resume({}, restart=True, **options),
        ):
            pass
        assert {"a": 1} == RunFolder(tmp_path / "out").read_json("key.json")


@pytest.mark.long
def test_one_visit_has_the_earlier_visits_that_the_audit_gives_it(policy: Policy, tmp_path: Path) -> None:
    """
    Neither proposals nor rows that share an id, of whatever debtor, come before it.
    """
    path = tmp_path / "visits.jsonl"
    told = [("a", 1, "D", "recorded"), ("b", 2, "D", "recorded"), ("c", 3, "D", "proposed"), ("z", 9, "D", "recorded")]
    told.append(("b", 2, "E", "recorded"))
    rows = [
        {"visit": {"id": id_, "stage": stage, "starts_at": f"2026-01-02T0{hour}:00:00Z"}, "debtor": {"id": debtor}}
        for id_, hour, debtor, stage in told
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")

    visit, _ = find_visit([path], "z", policy)

    assert ["a"] == [one.id for one in visit.earlier_visits or ()]
    with pytest.raises(InvalidVisit, match="not-recorded"):
        find_visit([path], "c", policy)


def test_a_column_of_nothing_is_missing_in_every_row(visits: Path, policy: Policy, tmp_path: Path) -> None:
    """
    Writers give a column without values the type of NULL.
    """
    table = pq.read_table(visits).slice(0, 3).drop_columns(["contacts"]).append_column("contacts", pa.nulls(3))
    pq.write_table(table, tmp_path / "visits.parquet")

    assert 3 == len(audit(tmp_path / "visits.parquet", policy, out=tmp_path / "out").verdicts())
