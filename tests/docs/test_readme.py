"""What the READMEs show runs, and both show the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from repository import README, README_ZH, ROOT, blocks

import visitcheck as vc
from visitcheck.cli import main

READMES = pytest.mark.parametrize("readme", [README, README_ZH], ids=lambda page: page.name)


def calls(readme: Path) -> list[list[str]]:
    """The arguments of every `visitcheck` call in the console blocks."""
    parts = [part for block in blocks(readme, "console") for line in block.splitlines() for part in line.split("&&")]
    words = [shlex.split(part) for part in parts]
    return [one[1:] for one in words if Path(one[0]).name == "visitcheck"]


def test_both_readmes_show_the_same_commands() -> None:
    assert blocks(README, "console") == blocks(README_ZH, "console")
    assert blocks(README, "sh") == blocks(README_ZH, "sh")


def test_both_readmes_show_the_same_pack_and_visit() -> None:
    assert blocks(README, "yaml") == blocks(README_ZH, "yaml")
    assert blocks(README, "json") == blocks(README_ZH, "json")


@READMES
def test_it_opens_with_the_main_job_and_the_tests(readme: Path) -> None:
    first, second, *_ = blocks(readme, "console")
    assert first.rstrip().endswith(".venv/bin/visitcheck demo")
    assert first.count("\n") == second.count("\n") == 1
    assert second.rstrip().endswith(".venv/bin/pytest -n 2 --dist loadfile")


@READMES
def test_the_extras_it_installs_exist(readme: Path) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for extras in re.findall(r'"\.\[([\w,]+)\]"', readme.read_text(encoding="utf-8")):
        for extra in extras.split(","):
            assert re.search(rf"^{extra} = \[", project, re.MULTILINE)


@pytest.mark.long  # tests/cli runs the demonstration by default
@READMES
def test_the_first_command_ends_in_success(readme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, calls(readme)[0])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "visitcheck-demo" / "report.html").is_file()


@READMES
def test_the_rule_of_ones_own_decides_the_visit(readme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack and the visit as saved by a reader: denied in the evening, allowed an hour before six."""
    (pack, _), (visit,) = blocks(readme, "yaml"), blocks(readme, "json")
    (tmp_path / "my.yaml").write_text(pack, encoding="utf-8")
    (tmp_path / "visit.json").write_text(visit, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (arguments,) = [one for one in calls(readme) if "my.yaml" in one]
    denied = CliRunner().invoke(main, arguments)
    assert denied.exit_code == 1, denied.output
    assert "my/not-in-the-evening" in denied.output
    (tmp_path / "visit.json").write_text(visit.replace("19:30", "17:30"), encoding="utf-8")
    assert CliRunner().invoke(main, arguments).exit_code == 0


@READMES
def test_the_cases_of_the_rule_of_ones_own_pass(readme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack, cases = blocks(readme, "yaml")
    (tmp_path / "my.yaml").write_text(pack, encoding="utf-8")
    (tmp_path / "my.cases.yaml").write_text(cases, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["test", "my.cases.yaml"])

    assert result.exit_code == 0, result.output
    assert "2 cases" in result.output


@READMES
def test_the_rule_of_ones_own_may_use_the_base_process(readme: Path, tmp_path: Path) -> None:
    pack, _ = blocks(readme, "yaml")
    (tmp_path / "my.yaml").write_text(pack + "uses: [base]\n", encoding="utf-8")
    policy = vc.load_policy(tmp_path / "my.yaml")
    assert {"my/not-in-the-evening", "base.notice/told-beforehand"} <= {rule.id for rule in policy.rules}


@READMES
def test_the_python_snippets_run(
    readme: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    (snippet,) = blocks(readme, "python")
    exec(compile(snippet, readme.name, "exec"), {})  # noqa: S102 - our own page
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "deny"
    assert len(printed) > 1
