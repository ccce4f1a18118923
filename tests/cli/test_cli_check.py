"""`visitcheck check`: exit codes, sources, formats and languages."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from command_line import ALLOWED, DENIED, EXAMPLES, REVIEW, json_lines, one_line, run

from visitcheck.cli import main

OUTCOMES = {ALLOWED: 0, DENIED: 1, REVIEW: 3}


@pytest.mark.parametrize("path", OUTCOMES, ids=lambda path: path.name)
def test_the_exit_code_is_that_of_the_outcome(path: Path) -> None:
    assert run("check", path).exit_code == OUTCOMES[path]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([ALLOWED, REVIEW], 3),
        ([REVIEW, DENIED, ALLOWED], 1),
        ([DENIED, EXAMPLES / "no-such-file.json", ALLOWED], 2),
        ([EXAMPLES], 2),
    ],
    ids=["review-over-allow", "deny-over-review", "error-over-deny", "a-folder"],
)
def test_the_worst_of_all_files_decides(files: list[Path], code: int) -> None:
    assert run("check", *files).exit_code == code


def test_a_broken_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"visit": ', encoding="utf-8")
    result = run("check", broken, ALLOWED)
    assert "ALLOW  visit V-2026-0310-001" in result.stdout
    assert f"{broken}:1: $: error[json-syntax]" in result.stderr


def test_all_examples_are_decided() -> None:
    files = sorted(path for path in EXAMPLES.iterdir() if path.suffix in (".json", ".yaml"))
    result = run("check", "--format", "json", *files)
    assert result.stderr == ""
    assert len([line for line in json_lines(result) if "decision" in line]) == len(files)


def test_standard_input_is_json() -> None:
    result = run("check", "-", stdin=ALLOWED.read_bytes())
    assert (result.exit_code, result.stdout.split(":")[0]) == (0, "<stdin>")


def test_standard_input_is_json_lines() -> None:
    result = run("check", "-", "--format", "json", stdin=f"{one_line(ALLOWED)}\n{one_line(DENIED)}\n")
    assert [line["source"] for line in json_lines(result)] == ["<stdin>:1", "<stdin>:2"]
    assert result.exit_code == 1


def test_a_broken_line_amid_json_lines_harms_no_other(tmp_path: Path) -> None:
    lines = [one_line(ALLOWED).encode(), b'{"visit": {"id": "\xff"}}', b'{"visit"', b"", one_line(DENIED).encode()]
    file = tmp_path / "visits.jsonl"
    file.write_bytes(b"\n".join(lines))
    for result in (
        run("check", file, "--format", "json"),
        run("check", "-", "--format", "json", stdin=file.read_bytes()),
    ):
        lines = json_lines(result)
        assert [line["source"].rpartition(":")[2] for line in lines] == ["1", "2", "3", "5"]
        assert [line.get("decision", {}).get("outcome") for line in lines] == ["allow", None, None, "deny"]
        assert [line["problems"][0]["code"] for line in lines[1:3]] == ["visit-encoding", "json-syntax"]
        assert (result.exit_code, result.stderr) == (2, "")


def test_a_json_array_is_many_visits_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "visits.json"
    file.write_text(f" [\n{one_line(ALLOWED)},\n\n{one_line(DENIED)}\n]\n", encoding="utf-8")
    result = run("check", file, "--format", "json")
    assert [line["source"] for line in json_lines(result)] == [f"{file}:2", f"{file}:4"]
    assert result.exit_code == 1


@pytest.mark.parametrize("end", ["", ",", ",]", "] x", "{}", '\n{"a": nope}]'])
def test_a_broken_array_keeps_what_came_before_and_is_an_error(end: str, tmp_path: Path) -> None:
    file = tmp_path / "visits.json"
    file.write_text(f"[{one_line(ALLOWED)}{end}", encoding="utf-8")
    result = run("check", file, "--format", "json")
    first, last = json_lines(result)
    assert first["decision"]["outcome"] == "allow"
    assert last["problems"][0]["code"] == "json-syntax"
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.json", ""), ("b.json", " [ ]\n"), ("c.jsonl", "\n\n"), ("d.yaml", "# nothing\n"), ("e.yaml", "[]")],
)
def test_input_without_a_visit_is_an_error(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    result = run("check", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[input-empty]" in result.stderr


def test_deeply_nested_arrays_are_refused(tmp_path: Path) -> None:
    result = run("check", "-", stdin="[" * 100_000)
    assert result.exit_code == 2
    assert "error[visit-too-deep]" in result.stderr


def test_yaml_problems_show_their_place(tmp_path: Path) -> None:
    file = tmp_path / "visit.yaml"
    file.write_text("visit:\n  id: V-1\n  stage: 拟访\n", encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 2
    assert f"{file}:3:10: $.visit.stage: error[" in result.stderr
    assert "3 |   stage: 拟访" in result.stderr


@pytest.mark.parametrize("text", ["just words", "'{}'", "- - 1"])
def test_yaml_that_is_no_visit_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "visit.yaml"
    file.write_text(text, encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 2
    assert "error[visit-not-an-object]" in result.stderr


def test_a_yaml_list_is_many_visits(tmp_path: Path) -> None:
    file = tmp_path / "visits.yml"
    text = (EXAMPLES / "smallest-proposal.yaml").read_text(encoding="utf-8")
    visit = "\n".join(f"  {line}" for line in text.splitlines())
    file.write_text(f"-\n{visit}\n-\n{visit}\n", encoding="utf-8")
    assert run("check", file, "--as-of", "2026-03-09T00:00:00Z").stdout.count("ALLOW") == 2


def test_chinese_output() -> None:
    result = run("check", "--lang", "zh", DENIED)
    assert "禁止  外访 V-2026-0310-002" in result.stdout
    assert "依据" in result.stdout


def test_as_of_fills_what_a_visit_lacks_and_no_more() -> None:
    moment = "2026-03-09T08:30:00+08:00"
    filled = run("check", EXAMPLES / "smallest-proposal.yaml", "--as-of", moment, "--format", "json")
    assert json_lines(filled)[0]["decision"]["as_of"] == "2026-03-09T00:30:00Z"
    given = run("check", ALLOWED, "--as-of", moment, "--format", "json")
    assert json_lines(given)[0]["decision"]["as_of"] == "2026-03-09T09:30:00Z"


@pytest.mark.parametrize("moment", ["yesterday", "2026-03-09", "2026-03-09T08:30:00"])
def test_as_of_needs_an_offset(moment: str) -> None:
    result = run("check", ALLOWED, "--as-of", moment)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("name", ["r.json", "r.yaml"])
def test_registers_fill_in_facts(name: str, tmp_path: Path) -> None:
    registers, visit = tmp_path / name, tmp_path / "visit.json"
    registers.write_text(json.dumps({"lenders": {"L-1": {"kind": "bank"}}}), encoding="utf-8")
    facts = json.loads(ALLOWED.read_text(encoding="utf-8")) | {"lender": {"id": "L-1", "kind": "trust"}}
    visit.write_text(json.dumps(facts), encoding="utf-8")
    result = run("check", visit, "--registers", registers)
    assert result.exit_code == 2
    assert "error[register-contradiction]" in result.stderr


@pytest.mark.parametrize("text", ["[]", "{", '{"banks": {}}'])
def test_broken_registers_stop_everything(text: str, tmp_path: Path) -> None:
    registers = tmp_path / "registers.json"
    registers.write_text(text, encoding="utf-8")
    for file in (registers, tmp_path / "none.json"):
        result = run("check", ALLOWED, "--registers", file)
        assert (result.exit_code, result.stdout) == (2, "")
        assert str(file) in result.stderr


@pytest.mark.long
def test_a_company_policy_decides_with_its_own_fact() -> None:
    result = run("check", ALLOWED, "-p", EXAMPLES / "company" / "company.yaml", "--format", "json")
    decision = json_lines(result)[0]["decision"]
    assert decision["rules"]["company/branch-informed"] in ("undetermined", "not_applicable")


@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_policy_that_does_not_load_is_an_error(format_: str) -> None:
    result = run("check", ALLOWED, "-p", "no-such-policy", "--format", format_)
    assert result.exit_code == 2
    if format_ == "json":
        assert json_lines(result)[0]["problems"]
    else:
        assert (result.stdout, "error[" in result.stderr) == ("", True)


def test_colour_on_a_terminal_only() -> None:
    assert "\x1b[" not in run("check", DENIED).stdout
    assert "\x1b[31m\x1b[1mDENY\x1b[0m  visit" in run("check", DENIED, colour=True).stdout


@pytest.mark.parametrize(("raised", "code"), [(RuntimeError("a defect"), 2), (KeyboardInterrupt(), 130)])
def test_what_breaks_the_command_does_not_look_like_a_deny(
    raised: BaseException, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("visitcheck.gate.Gate.check", broken)
    result = CliRunner().invoke(main, ["check", str(ALLOWED)])
    assert (result.exit_code, result.stdout) == (code, "")


def test_usage_errors_exit_with_2() -> None:
    for arguments in (["check"], ["check", "x", "--lang", "fr"], ["nonsense"]):
        assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(("engine", "named"), [("native", ["native"]), ("both", ["native", "durable"])])
def test_the_engine_is_chosen(engine: str, named: list[str]) -> None:
    result = run("check", ALLOWED, "--engine", engine, "--format", "json")
    assert named == json_lines(result)[0]["decision"]["engines"]


def test_an_engine_that_is_missing_is_an_error_that_says_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    result = run("check", ALLOWED, "--engine", "both")
    assert result.exit_code == 2
    assert "pip install" in result.stderr
