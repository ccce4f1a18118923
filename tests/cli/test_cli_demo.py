"""`visitcheck demo`: it finds what was planted, and says so."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from command_line import run

from visitcheck.cli import demo as command
from visitcheck.testing.synthetic.demo_visits import CHOSEN, write_demo_visits

DATA = Path(command.__file__).with_name("demo_data")


def test_it_finds_what_was_planted_and_ends_in_success(tmp_path: Path) -> None:
    """
    240 compliant, 20 to review, 40 in breach; the planned visits allowed and denied; about ten lines.
    """
    result = run("demo", "-o", tmp_path / "demo")

    assert 0 == result.exit_code, result.output
    lines = result.stdout.splitlines()
    assert 9 <= len(lines) <= 11
    assert [": ALLOW" in lines[1], ": DENY" in lines[2]] == [True, True]
    summary = json.loads((tmp_path / "demo" / "audit" / "summary.json").read_text("utf-8"))
    assert {"allow": 240, "review": 20, "deny": 40} == summary["outcome"] == CHOSEN
    assert 60 == sum(bool(row["fault"]) for row in _planted(tmp_path / "demo" / "planted.csv"))
    assert str(tmp_path / "demo" / "report.html") in result.stdout
    assert "visitcheck" in (tmp_path / "demo" / "report.html").read_text("utf-8")


@pytest.mark.long
def test_a_visit_that_does_not_end_as_planted_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    With exit code 2: the demonstration is a test of the installation, too.
    """
    copied = command._copy_data
    monkeypatch.setattr(command, "_copy_data", lambda folder: copied(folder) | {"V-00000008": ("", "allow")})

    result = run("demo", "-o", tmp_path / "demo", "--lang", "zh")

    assert 2 == result.exit_code
    assert "V-00000008" in result.stdout


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """
    With its code, and nothing written.
    """
    (tmp_path / "file").write_text("in the way", "utf-8")

    result = run("demo", "-o", tmp_path / "file")

    assert 2 == result.exit_code
    assert "demo-unwritable" in result.stderr


@pytest.mark.long
def test_its_visits_are_those_that_synth_makes(tmp_path: Path) -> None:
    """
    Chosen anew they are the same rows, with the same faults.
    """
    write_demo_visits(tmp_path)

    assert (DATA / "planted.csv").read_text("utf-8") == (tmp_path / "planted.csv").read_text("utf-8")
    old, new = (
        duckdb.read_parquet(str(folder / "visits.parquet")).to_arrow_table().to_pylist() for folder in (DATA, tmp_path)
    )
    assert old == new


def test_many_sorts_of_faults_are_planted() -> None:
    """
    Each at most twice.
    """
    counts = Counter(row["fault"] for row in _planted(DATA / "planted.csv") if row["fault"])

    assert 40 <= len(counts)
    assert {1, 2} == set(counts.values())


def _planted(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
