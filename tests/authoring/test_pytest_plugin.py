"""The pytest plugin, in test runs of its own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

# Imported here in full: after each inner run, pytester takes away what that run imported.
from visitcheck import load_policy
from visitcheck.pytest_plugin import asked_for

pytest_plugins = "pytester"
load_policy("base.sources")

ROOT = Path(__file__).resolve().parents[2]
PACK = """\
pack: own
title: {en: Own, zh: 自有}
version: 1.0.0
rules:
  - id: filed
    title: {en: Filed, zh: 已归档}
    stages: [recorded]
    require: {filed: record.filed}
    effect: review
    message: {en: Not filed., zh: 未归档。}
"""
CASES = """\
pack: own
base:
  filed: {visit: {stage: recorded, starts_at: "2026-03-10T10:00:00+08:00"}, record: {filed: true}}
cases:
  - {note: filed/yes, from: filed, expect: {filed: satisfied}}
  - {note: filed/no, from: filed, set: {record.filed: false}, expect: {filed: violated}}
"""
INI = "[pytest]\nvisitcheck_cases = rules/**/*.cases.yaml\n"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    folder = pytester.mkdir("rules")
    (folder / "own.yaml").write_text(PACK, encoding="utf-8")
    (folder / "own.cases.yaml").write_text(CASES, encoding="utf-8")
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    # By module, with and without an installed package; the installed one would be the same plugin by another name.
    plugins = ("-p", "no:visitcheck", "-p", "visitcheck.pytest_plugin", "-p", "no:hypothesispytest")
    return project.runpytest(*plugins, *arguments)


def test_each_case_is_a_test_with_an_id(project: pytest.Pytester) -> None:
    project.makefile(".ini", pytest=INI)
    result = run(project, "-v")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["rules/own.cases.yaml::filed/yes PASSED*", "rules/own.cases.yaml::filed/no PASSED*"])


def test_nothing_is_collected_unasked(project: pytest.Pytester) -> None:
    project.makepyfile("def test_other(): pass")

    run(project).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("patterns", "fits"),
    [
        (["rules/*.cases.yaml"], True),
        (["**/own.cases.yaml"], True),
        (["rules/**/*.cases.yaml"], True),
        (["rules/**"], True),
        (["rules/*.py", "r*/own.*"], True),
        (["*.cases.yaml"], False),
        (["rules"], False),
        (["rules/*/*.cases.yaml"], False),
        (["other/**/*.cases.yaml"], False),
        ([], False),
    ],
)
def test_patterns_are_paths_from_the_root(patterns: list[str], fits: bool) -> None:
    assert asked_for(Path("/root/rules/own.cases.yaml"), Path("/root"), patterns) is fits
    assert not asked_for(Path("/else/rules/own.cases.yaml"), Path("/root"), patterns)


def test_a_file_on_the_command_line_needs_no_setting(project: pytest.Pytester) -> None:
    run(project, "rules/own.cases.yaml").assert_outcomes(passed=2)
    run(project, "rules/own.cases.yaml::filed/no").assert_outcomes(passed=1)


def test_cases_can_be_chosen_by_name(project: pytest.Pytester) -> None:
    project.makefile(".ini", pytest=INI)

    run(project, "-k", "yes").assert_outcomes(passed=1, deselected=1)


def test_a_failure_shows_what_differs_and_where(project: pytest.Pytester) -> None:
    project.makefile(".ini", pytest=INI)
    wrong = CASES.replace("expect: {filed: violated}", "expect: {filed: satisfied}, outcome: allow")
    (project.path / "rules" / "own.cases.yaml").write_text(wrong, encoding="utf-8")
    result = run(project)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "own/filed: expected satisfied, found violated",
            "  *own.cases.yaml:6:72",
            "  6 |   - {note: filed/no,*",
            "    | *^^^^^",
            "  applies TRUE",
            "  filed FALSE",
            "outcome: expected allow, found review",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_case_that_cannot_run_says_why(project: pytest.Pytester) -> None:
    project.makefile(".ini", pytest=INI)
    (project.path / "rules" / "own.cases.yaml").write_text(
        CASES.replace("filed: satisfied", "field: satisfied"), "utf-8"
    )
    result = run(project)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*error*case-rule*the policy has no rule `own/field`"])


@pytest.mark.parametrize(("name", "text"), [("own.cases.yaml", "pack: own\n"), ("own.yaml", "pack: own\n")])
def test_a_file_that_cannot_be_read_is_an_error(project: pytest.Pytester, name: str, text: str) -> None:
    project.makefile(".ini", pytest=INI)
    (project.path / "rules" / name).write_text(text, encoding="utf-8")
    result = run(project)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{name}:1:1: error*missing*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_package_names_the_plugin() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert settings["project"]["entry-points"]["pytest11"] == {"visitcheck": "visitcheck.pytest_plugin"}
