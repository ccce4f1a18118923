"""`explain`, `rules`, `schema`, `test` and `doctor`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from command_line import ALLOWED, DENIED, EXAMPLES, REVIEW, ROOT, json_lines, run
from jsonschema import Draft202012Validator

from visitcheck.engines.durable.core import BUILD_LINE

RULE = "base.notice/told-early-enough"
COMPANY = EXAMPLES / "company"


def test_explain_shows_every_rule_of_the_stage() -> None:
    result = run("explain", DENIED)
    assert result.exit_code == 1
    assert f"[{RULE}]" in result.stdout
    assert "DENY  visit V-2026-0310-002" in result.stdout


def test_explain_one_rule_in_chinese() -> None:
    result = run("explain", REVIEW, "--rule", "told-early-enough", "--lang", "zh")
    assert result.exit_code == 3
    assert "适用条件" in result.stdout
    assert result.stdout.count("[base.") == 1


def test_explain_refuses_a_rule_of_the_other_stage() -> None:
    listed = json_lines(run("rules", "list", "--format", "json"))
    recorded = next(rule["rule"] for rule in listed if rule["stages"] == ["recorded"])
    result = run("explain", ALLOWED, "--rule", recorded)
    assert result.exit_code == 2
    assert "error[rule-other-stage]" in result.stderr


@pytest.mark.parametrize("command", [("explain", str(ALLOWED), "--rule"), ("rules", "show")])
def test_an_unknown_rule_is_an_error_with_a_suggestion(command: tuple[str, ...]) -> None:
    result = run(*command, "told-early-enogh")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"did you mean `{RULE}`?" in result.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    "path", sorted(p for p in EXAMPLES.iterdir() if p.suffix in (".json", ".yaml")), ids=lambda path: path.name
)
def test_decisions_and_trees_follow_their_schemas(path: Path) -> None:
    decisions = Draft202012Validator(json.loads(run("schema", "decision").stdout))
    trees = Draft202012Validator(json.loads(run("schema", "explanation").stdout))
    for line in json_lines(run("check", path, "--format", "json")):
        decisions.validate(line["decision"])
    for line in json_lines(run("explain", path, "--format", "json")):
        assert line["rules"]
        for rule in line["rules"]:
            trees.validate(rule)


def test_the_decision_schema_refuses_other_forms() -> None:
    schema = Draft202012Validator(json.loads(run("schema", "decision").stdout))
    decision = json_lines(run("check", ALLOWED, "--format", "json"))[0]["decision"]
    assert not schema.is_valid({**decision, "outcome": "maybe"})
    assert not schema.is_valid({**decision, "more": 1})
    assert not schema.is_valid({name: value for name, value in decision.items() if name != "allowed"})


def test_rules_list_gives_one_line_a_rule() -> None:
    text = run("rules", "list").stdout.splitlines()
    listed = json_lines(run("rules", "list", "--format", "json"))
    assert [line.split()[0] for line in text] == [rule["rule"] for rule in listed]
    assert RULE in {rule["rule"] for rule in listed}


def test_rules_list_of_another_policy_in_chinese() -> None:
    result = run("rules", "list", "-p", COMPANY / "company.yaml", "--lang", "zh")
    assert "已告知附近网点" in result.stdout


def test_rules_show_gives_the_conditions() -> None:
    result = run("rules", "show", "branch-informed", "-p", COMPANY / "company.yaml")
    assert "when: place.kind in" in result.stdout
    assert "require: informed: extra.branch_informed" in result.stdout


def test_rules_show_source_is_python_for_this_rule() -> None:
    source = run("rules", "show", RULE, "--source").stdout
    compile(source, "rule", "exec")
    assert RULE in source
    assert "base.privacy/" not in source


def test_rules_show_source_refuses_the_other_stage() -> None:
    result = run("rules", "show", "branch-informed", "-p", COMPANY / "company.yaml", "--source", "--stage", "recorded")
    assert result.exit_code == 2


@pytest.mark.parametrize("name", ["visit", "pack", "cases", "decision", "explanation"])
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(run("schema", name).stdout))


def test_the_visit_schema_of_a_policy_holds_just_what_it_reads() -> None:
    arguments = ("schema", "visit", "-p", COMPANY / "company.yaml", "--stage")
    proposed = json.loads(run(*arguments, "proposed").stdout)["properties"]
    recorded = json.loads(run(*arguments, "recorded").stdout)["properties"]
    assert "extra" in proposed
    assert "extra" not in recorded
    assert "conduct" in recorded
    assert "conduct" not in proposed
    assert run("schema", "visit", "--stage", "proposed").exit_code == 2


def test_cases_pass_and_are_written_as_junit(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    result = run("test", COMPANY, "--junit", junit, "--verbose")
    assert result.exit_code == 0
    assert "passed company.cases.yaml::branch/informed [native]" in result.stdout
    suites = ET.parse(junit).getroot()  # noqa: S314 - our own file
    assert len(suites.findall("testsuite/testcase")) == result.stdout.count("\npassed ") + 1


def _company_with(tmp_path: Path, old: str, new: str) -> Path:
    for file in COMPANY.iterdir():
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path


@pytest.mark.long
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{branch-informed: violated}", "{branch-informed: satisfied}", 1),
        ("{branch-informed: violated}", "{no-such-rule: satisfied}", 2),
        ("pack: company\n\nbase", "pack: company\nbass: 1\nbase", 2),
        ("require:", "demand:", 2),
    ],
    ids=["fails", "cannot-run", "broken-case-file", "broken-pack"],
)
def test_cases_that_fail_differ_from_cases_that_cannot_run(old: str, new: str, code: int, tmp_path: Path) -> None:
    result = run("test", _company_with(tmp_path, old, new))
    assert result.exit_code == code
    if code == 1:
        assert "1 failed" in result.stdout


def test_a_junit_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    assert run("test", COMPANY, "--junit", tmp_path / "none" / "junit.xml").exit_code == 2


def test_no_case_files_is_an_error(tmp_path: Path) -> None:
    assert run("test", tmp_path).exit_code == 2
    assert run("test", tmp_path / "none.cases.yaml").exit_code == 2


@pytest.mark.parametrize("file", ["base/record.cases.yaml", pytest.param(None, marks=pytest.mark.long)])
def test_shipped_cases_pass(file: str | None) -> None:
    """Those of one pack; in the long run all that ship, which tests/rules runs file by file as well."""
    result = run("test", *([ROOT / "rules" / file] if file else []))
    assert result.exit_code == 0
    assert result.stdout.strip().endswith("cases on reference, native, durable: all passed")


@pytest.mark.long
def test_doctor_finds_all_well() -> None:
    result = run("doctor", "--format", "json")
    checks = {line["name"]: line for line in json_lines(result)}
    assert {line["status"] for line in checks.values()} == {"ok"}
    names = {"python", "pydantic", "engine native", "engine durable", "gate", "policy base", "self-test"}
    assert names <= checks.keys()
    assert result.exit_code == 0


@pytest.mark.long
def test_doctor_says_why_an_engine_is_missing_and_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate then says that it answers with one engine; the cases run on those there are."""
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    result = run("doctor", "--format", "json")
    checks = {line["name"]: line for line in json_lines(result)}

    assert "missing" == checks["engine durable"]["status"]
    assert BUILD_LINE in checks["engine durable"]["detail"]
    assert "engines=native>" in checks["gate"]["detail"]
    assert 2 == result.exit_code


@pytest.mark.long
def test_a_reader_that_goes_away_is_met_with_one_line() -> None:
    """The output is larger than a pipe holds, and the reader closes it at once."""
    command = [sys.executable, "-m", "visitcheck", "explain", str(DENIED), *["--format", "json"]]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), errors) == (2, b"error: cannot write to standard output: Broken pipe\n")


def test_help_and_version() -> None:
    assert "check" in run("--help").stdout
    assert run("--version").stdout.startswith("visitcheck")


@pytest.mark.parametrize("module", ["duckdb", "pyarrow"])
def test_an_audit_without_its_packages_is_an_error_and_no_breach(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1 says that visits are in breach; a package that is missing is exit code 2."""
    monkeypatch.setitem(sys.modules, module, None)
    result = run("synth", "--visits", "1", "-o", tmp_path / "v.parquet") if module == "duckdb" else None
    audited = run("audit", EXAMPLES / "audit" / "visits.parquet", "-o", tmp_path / "out")

    assert audited.exit_code == 2
    assert module in audited.stderr
    assert result is None or result.exit_code == 2
