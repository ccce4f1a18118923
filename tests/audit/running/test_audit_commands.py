"""`visitcheck audit`, `explain --visit` and `synth`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from visitcheck.cli import main

SMALL = ("-p", "base.record")
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "audit" / "visits.parquet"
COLUMNS = EXAMPLE.with_name("columns.yaml")


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_shipped_example_is_audited(tmp_path: Path) -> None:
    """
    Counts are printed and add up, breaches are exit code 1, and nothing of progress shows where nobody watches.
    """
    result = _run("audit", EXAMPLE, "-o", tmp_path / "out", *SMALL)

    assert 1 == result.exit_code
    assert "300 rows = 300 verdicts + 0 rejects" in result.stdout
    assert "" == result.stderr
    again = _run("audit", EXAMPLE, "-o", tmp_path / "out", *SMALL)
    assert (2, True) == (again.exit_code, "output-exists" in again.stderr)


def test_a_mapping_that_names_its_files_is_enough(tmp_path: Path) -> None:
    """
    Rows of other tables that belong to no visit are counted.
    """
    audited = _run("audit", "--columns", COLUMNS, "-o", tmp_path / "out", *SMALL)
    assert "6 rows = 5 verdicts + 1 rejects" in audited.stdout
    assert "rejected: 1 row [fact-order]\n" in audited.stdout
    assert "note: `calls.csv`: 1 rows of `contacts` belong to no visit" in audited.stdout


@pytest.mark.long
def test_a_mapping_that_names_its_files_explains_one_visit() -> None:
    """
    Of the files that it names.
    """
    explained = _run("explain", "--columns", COLUMNS, "--visit", "WF-0001", *SMALL)
    assert "visit WF-0001 (recorded)" in explained.stdout


def test_a_visit_to_explain_is_named_with_its_files() -> None:
    """
    One without the other is an error.
    """
    for too_little in (("--columns", COLUMNS), ("--visit", "WF-0001"), ()):
        assert (2, True) == ((told := _run("explain", *too_little, *SMALL)).exit_code, "name a file" in told.stderr)


@pytest.mark.long
def test_rejects_are_exit_code_2_and_named(tmp_path: Path) -> None:
    """
    A file that is broken, and one with a row that is no visit; the rest is judged all the same.
    """
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    (tmp_path / "bad.jsonl").write_text("{}\n", "utf-8")
    files = (EXAMPLE, tmp_path / "broken.parquet", tmp_path / "bad.jsonl")
    result = _run("audit", *files, "-o", tmp_path / "out", *SMALL, "--format", "json")

    assert 2 == result.exit_code
    said = json.loads(result.stdout)
    assert {"rows": 301, "verdicts": 300, "rejects": 1} == {
        key: said["counts"][key] for key in ("rows", "verdicts", "rejects")
    }
    assert {"missing-selector": 1} == said["rejects"]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert ["broken.parquet"] == [broken["file"] for broken in summary["broken_files"]]


@pytest.mark.long
def test_a_column_that_is_no_fact_rejects_every_row_of_its_file(tmp_path: Path) -> None:
    """
    The problem is the file's, and each of its rows is a reject with it.
    """
    table = pq.read_table(EXAMPLE).slice(0, 4)
    pq.write_table(table.append_column("wether", table.column("debtor")), tmp_path / "odd.parquet")
    result = _run("audit", tmp_path / "odd.parquet", EXAMPLE, "-o", tmp_path / "out", *SMALL)

    assert "304 rows = 300 verdicts + 4 rejects" in result.stdout
    rejects = pq.read_table(tmp_path / "out" / "rejects.parquet").to_pylist()
    assert [("odd.parquet", row) for row in range(1, 5)] == [(one["file"], one["row"]) for one in rejects]


@pytest.mark.long
def test_suspected_rules_and_doubts_are_shown_apart(tmp_path: Path) -> None:
    """
    A visit at night of whose consent nothing is said, and one whose record was filed before it.
    """
    visits = [
        {
            "visit": {"id": id_, "stage": "recorded", "starts_at": f"2026-03-10T{hour}:00:00+08:00"},
            "record": {"filed": True, "filed_at": "2026-03-10T12:00:00+08:00"},
        }
        for id_, hour in (("night", 23), ("day", 10))
    ]
    visits[1]["record"]["filed_at"] = "2026-03-10T20:00:00+08:00"
    (tmp_path / "visits.jsonl").write_text("".join(f"{json.dumps(visit)}\n" for visit in visits), "utf-8")
    given = ("audit", tmp_path / "visits.jsonl", "-p", "base.protection", "-p", "base.record")
    shown = _run(*given, "-o", tmp_path / "out")
    said = json.loads(_run(*given, "-o", tmp_path / "again", "--format", "json").stdout)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))

    assert "  in doubt: 1 visit [filed-before-the-visit]\n" in shown.stdout
    assert "  suspected: 1 findings of 1 rules not met, where an exception or the law is open\n" in shown.stdout
    assert {"filed-before-the-visit": 1} == said["doubts"] == summary["doubts"]
    assert {"base.protection/not-at-night": 1} == said["suspected"]
    assert 1 == summary["rules"]["base.protection/not-at-night"]["suspected"]


@pytest.mark.long
def test_one_visit_of_the_input_is_explained() -> None:
    """
    With its tree and its row; an id that no row has is an error.
    """
    explained = _run("explain", EXAMPLE, "--visit", "V-00000019", *SMALL, "--format", "json")
    missing = _run("explain", EXAMPLE, "--visit", "V-9", *SMALL)

    assert json.loads(explained.stdout)["source"] == f"{EXAMPLE}:20"
    assert ["base.record/filed-in-time", "base.record/not-deleted-early", "base.record/fully-recorded"] == [
        rule["rule"] for rule in json.loads(explained.stdout)["rules"]
    ]
    assert (2, True) == (missing.exit_code, "no-such-visit" in missing.stderr)


def test_made_up_visits_are_written_with_what_was_put_into_them(tmp_path: Path) -> None:
    """
    As JSON Lines where the name says so; a folder that is not there is an error.
    """
    made = _run("synth", "--visits", "20", "--seed", "7", "-o", tmp_path / "visits.jsonl")
    refused = _run("synth", "--visits", "20", "-o", tmp_path / "nowhere" / "visits.jsonl")

    assert 0 == made.exit_code
    assert 20 == len((tmp_path / "visits.jsonl").read_text("utf-8").splitlines())
    assert 20 == json.loads((tmp_path / "visits.jsonl.rates.json").read_text("utf-8"))["visits"]
    assert (2, True) == (refused.exit_code, "output-failed" in refused.stderr)
