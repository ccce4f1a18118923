"""docs/extending.md says all that a new function needs: its steps are followed in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "extending.md"
STEP = re.compile(
    r"^`([\w/.]+)`, (?:(above|below) the line `(?:` )?(.+?)(?: `)?`|at the end):\n\n```\w+\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
ANSWERS = """
from visitcheck.engines.arrays import ArrayEngine
from visitcheck.engines.available import engine_types, durable_load_problem
from visitcheck.engines.sql.duckdb_engine import DuckDbEngine
from visitcheck.facts import read_visit
from visitcheck.ir.plan import make_plan
from visitcheck.policy import policy_from_texts

plan = make_plan(policy_from_texts({"p.yaml": '''
pack: p
title: {en: P, zh: 包}
version: 1.0.0
rules:
  - id: year
    title: {en: Y, zh: 年}
    stages: [recorded]
    require:
      this: yearOf(visit.date) == 2026
      next: yearOf(visit.date) + 1 == 2026
      evaluated: yearOf(agency.evaluated_on) <= 2026
    effect: review
    message: {en: M, zh: 信}
'''}), "recorded")
visit = read_visit('''
visit:
  {id: v, stage: recorded, timezone: Asia/Shanghai, date: 2026-03-10, as_of: "2026-03-11T10:00:00+08:00"}
''', format="yaml")
for make in (*engine_types(), ArrayEngine, DuckDbEngine):
    print(make.name, make(plan).evaluate(visit)[:4])  # after them come doubts, whatever the policy
"""


def steps() -> list[tuple[str, str, str, str]]:
    """The page's steps: the file, where in it, the start of the line there, and the text to write."""
    return [match.groups(default="") for match in STEP.finditer(PAGE.read_text("utf-8"))]  # type: ignore[misc]


def follow(root: Path) -> None:
    """Does what the page says."""
    for name, where, start, text in steps():
        path = root / name
        lines = path.read_text("utf-8").splitlines(keepends=True)
        places = [at for at, line in enumerate(lines) if line.startswith(start)] if start else [len(lines) - 1]
        assert len(places) == 1, (name, start)
        lines.insert(places[0] if where == "above" else places[0] + 1, text)
        path.write_text("".join(lines), "utf-8")


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Python on the copy."""
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    return subprocess.run([sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with the function that the page adds."""
    root = tmp_path_factory.mktemp("extended") / "copy"
    for folder in ("src", "tests", "docs", "rules"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    follow(root)
    return root


def test_the_page_adds_code_sql_a_table_and_a_row() -> None:
    """One place for each thing that a function comes with, and no engine but SQL."""
    touched = {name for name, *_ in steps()}

    assert touched == {
        "src/visitcheck/language/functions/dates.py",
        "src/visitcheck/engines/sql/functions/dates.py",
        "tests/language/sql/tables/dates.yaml",
        "docs/language.md",
    }


@pytest.mark.long
def test_all_engines_have_the_function(copy: Path) -> None:
    """The reference, native, durable-rules where it is installed, arrays and DuckDB agree on a year and its absence."""
    pytest.importorskip("duckdb")
    answered = run(copy, "-c", ANSWERS)

    assert answered.returncode == 0, answered.stderr
    engines = [line.partition(" ") for line in answered.stdout.splitlines()]
    assert {"reference", "native", "arrays", "sql-duckdb"} <= {name for name, _, _ in engines}
    assert {truths for _, _, truths in engines} == {"(True, True, False, None)"}


@pytest.mark.long
def test_the_tests_of_the_language_hold_for_it(copy: Path) -> None:
    """Its edge table passes on the reference and DuckDB; the page of the language names it, with a running example."""
    tests = ("tests/language/sql/test_edge_tables.py", "tests/language/front/test_language_page.py")
    tested = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not spark", *tests)

    assert tested.returncode == 0, tested.stdout[-3000:]


@pytest.mark.parametrize("node", ["Negate", "Aggregate"])
def test_a_node_is_named_where_the_page_says(node: str) -> None:
    """By the library of expressions, the language and the four engines: nothing else needs to know of a plain node."""
    source = ROOT / "src" / "visitcheck"
    named = {
        path.relative_to(source)
        for path in source.rglob("*.py")
        if re.search(rf"^ +{node},$|\b{node}\(|import .*\b{node}\b", path.read_text("utf-8"), re.MULTILINE)
    }
    homes = {path.parts[0] if path.parts[0] != "engines" else path.parts[1] for path in named}

    assert homes == {"ir", "language", "python", "durable", "sql", "arrays"}
    assert len(named) <= 13
