"""`visitcheck rules sql`: a query that a database runs as it was printed."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from command_line import ALLOWED, DENIED, json_lines, run

from visitcheck.engines.columns import FILE, ROW, arrow_schema, row_of
from visitcheck.engines.sql import OUTCOME_CODES, STATUS_CODES
from visitcheck.facts import read_visit
from visitcheck.gate import Gate
from visitcheck.policy import load_policy

RULE = "base.notice/told-early-enough"


@pytest.mark.long
def test_the_printed_query_judges_as_the_gate_does() -> None:
    files: list[Path] = [ALLOWED, DENIED]
    visits = [read_visit(json.loads(path.read_text("utf-8"))) for path in files]
    rows = [{ROW: number, FILE: 0, **row_of(visit)} for number, visit in enumerate(visits)]
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    connection.register("visits", pa.Table.from_pylist(rows, arrow_schema()))

    query = run("rules", "sql", "--stage", "proposed").stdout
    answers = connection.sql(query).to_arrow_table().to_pylist()

    gate = Gate(load_policy("base"), engine="native")
    assert [OUTCOME_CODES[gate.check(visit).outcome] for visit in visits] == [row["outcome"] for row in answers]
    assert {row["outcome"] for row in answers} == {0, 2}


@pytest.mark.long
@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
def test_one_rule(dialect: str) -> None:
    result = run("rules", "sql", "told-early-enough", "--dialect", dialect, "--table", "my.visits")

    legend, _, query = result.stdout.partition("\nWITH ")
    assert f"-- s0: {RULE}" in legend
    assert f"{RULE} requires" in legend
    assert all(f"{code} {status}" in legend for status, code in STATUS_CODES.items())
    assert "my.visits" in query
    assert sqlglot.parse_one(result.stdout, dialect=dialect).named_selects[-2:] == ["outcome", "assessed_outcome"]


def test_as_json() -> None:
    (printed,) = json_lines(run("rules", "sql", "told-early-enough", "--format", "json"))

    assert (printed["dialect"], printed["query"][:4]) == ("duckdb", "WITH")


def test_a_rule_of_the_other_stage() -> None:
    listed = json_lines(run("rules", "list", "--format", "json"))
    recorded = next(rule["rule"] for rule in listed if rule["stages"] == ["recorded"])

    result = run("rules", "sql", recorded, "--stage", "proposed")

    assert result.exit_code == 2
    assert "error[rule-other-stage]" in result.stderr


def test_a_rule_that_sql_cannot_say(tmp_path: Path) -> None:
    pack = tmp_path / "zero.yaml"
    pack.write_text(
        """
pack: zero
title: {en: Zero, zh: 零}
version: 1.0.0
timezone: UTC
instruments: {own: {title: {en: Own, zh: 自定}, force: own}}
rules:
  - id: odd-text
    title: {en: Odd, zh: 怪}
    stages: [recorded]
    require: {odd: 'place.address != "a\\u0000b"'}
    effect: note
    message: {en: Odd, zh: 怪}
    cites: [{instrument: own, reading: own}]
""",
        "utf-8",
    )

    result = run("rules", "sql", "--policy", pack)

    assert result.exit_code == 2
    assert "error[rule-not-in-sql]" in result.stderr
    assert "zero/odd-text" in result.stderr
