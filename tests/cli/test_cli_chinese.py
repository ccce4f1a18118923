"""The command line in Chinese: help, mistakes, problems and results."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from command_line import ALLOWED, DENIED, json_lines, run

from visitcheck.cli import main
from visitcheck.cli.commands import ChineseFormatter, cells, wrap_wide

_VISITS = (
    '{"visit": {"id": "a", "stage": "recorded", "starts_at": "2026-03-10T10:00:00+08:00"}}\n'
    '{"visit": {"id": "b", "stage": "recorded", "starts_at": "10 March"}}\n'
)


@pytest.mark.parametrize(
    "command", ["", *main.commands, "columns check", "columns suggest", "rules sql", "schema visit"]
)
def test_all_help_is_in_chinese(command: str) -> None:
    """
    By the option or by the environment; without a heading or text of the English help.
    """
    told = run(*command.split(), "--lang", "zh", "--help").stdout
    assert told.startswith("用法：")
    assert "选项：" in told
    assert not [line for line in told.splitlines() if re.search("Options:|Commands:|Usage:|default|required", line)]
    assert max(map(cells, told.splitlines())) <= 80


def test_the_environment_names_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISITCHECK_LANG", "zh")
    assert run("audit", "--help").stdout.startswith("用法：")
    assert run("audit", "--help", "--lang", "en").stdout.startswith("Usage:")
    assert "准许" in run("check", ALLOWED).stdout
    monkeypatch.setenv("VISITCHECK_LANG", "fr")
    assert (run("check", ALLOWED).exit_code, "must be `en` or `zh`" in run("check", ALLOWED).stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["audit", "x.csv"], "缺少选项 -o / --out。"),
        (["nonsense"], "没有命令“nonsense”。"),
        (["audit", "--nosuch"], "没有选项“--nosuch”。"),
        (["check"], "缺少参数 FILE...。"),
        (["check", str(DENIED), "--now", "--as-of", "2026-03-10T10:00:00Z"], "`--now` 和 `--as-of` 是两个判定时点"),
        (["check", str(DENIED), "--as-of", "2026-03-10T10:00:00"], "没有与 UTC 的时差"),
        (["audit", "x.csv", "-o", "out", "--engine", "other"], "不在允许的取值之内"),
    ],
)
def test_mistakes_of_the_command_line_are_told_in_chinese(arguments: list[str], said: str) -> None:
    """
    With the same exit code, and the way to the help.
    """
    result = run(*arguments, "--lang", "zh")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"错误：{said}" in result.stderr or said in result.stderr
    assert "--help”可查看说明" in result.stderr


def test_problems_are_told_in_chinese_and_json_stays_english(tmp_path: Path) -> None:
    result = run("check", tmp_path / "none.json", "--lang", "zh")
    assert result.stderr.startswith(f"{tmp_path / 'none.json'}:1: 错误[input-unreadable]：无法读取")
    assert "没有此文件或文件夹" in result.stderr
    [told] = json_lines(run("check", tmp_path / "none.json", "--lang", "zh", "--format", "json"))
    assert told["problems"][0]["message"].startswith("cannot read")


@pytest.mark.long
def test_an_audit_is_told_in_chinese(tmp_path: Path) -> None:
    """
    Counts, words and problems; its page opens in Chinese.
    """
    (tmp_path / "v.jsonl").write_text(_VISITS, "utf-8")
    page = tmp_path / "page.html"
    result = run("audit", tmp_path / "v.jsonl", "-o", tmp_path / "out", "--html", page, "--lang", "zh")
    assert (result.exit_code, result.stdout.splitlines()[0][:15]) == (4, "共 2 行 = 已判定 1 行")
    assert "无法判定的记录：1 行 [fact-timestamp]" in result.stdout
    assert not re.search("rejected|note:|collect next|rules", result.stdout)
    assert 'lang="zh' in page.read_text("utf-8")[:2000]
    assert json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["rejects"] == {"fact-timestamp": 1}


def test_a_mapping_is_checked_in_chinese(tmp_path: Path) -> None:
    """
    What is wrong with it, and what it comes to.
    """
    (tmp_path / "v.csv").write_text("编号,时间\na,2026-03-10 10:00\n", "utf-8")
    mapping = tmp_path / "columns.yaml"
    text = (
        "timezone: Asia/Shanghai\nconstants: {visit.stage: recorded}\nvisits: {columns: {编号: visit.id, 时刻: %s}}\n"
    )
    mapping.write_text(text % "visit.start_at", "utf-8")
    refused = run("columns", "check", mapping, tmp_path / "v.csv", "--lang", "zh")
    assert (refused.exit_code, "是否想写 `visit.starts_at`？" in refused.stderr) == (2, True)
    mapping.write_text(text.replace("时刻", "时间") % "visit.starts_at", "utf-8")
    checked = run("columns", "check", mapping, tmp_path / "v.csv", "-p", "base.record", "--lang", "zh")
    assert (checked.exit_code, "：1 张表，2 列" in checked.stdout, "外访记录 1 行" in checked.stdout) == (0, True, True)
    assert not re.search("rows|opens|facts", checked.stdout)


def test_the_state_of_the_installation_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Programs get the English words.
    """
    doctor = import_module("visitcheck.cli.doctor")
    monkeypatch.setattr(doctor, "_PACKAGES", ("click", "no-such-package"))
    for each in ("_check_engines", "_check_policies"):
        monkeypatch.setattr(doctor, each, lambda: iter(()))
    monkeypatch.setattr(doctor, "_run_self_test", lambda: doctor.HealthCheck("self-test", "broken", "cause"))
    lines = run("doctor", "--lang", "zh").stdout.splitlines()

    assert lines[1:] == [f"正常  click  {version('click')}", "缺失  no-such-package  未安装", "损坏  self-test  cause"]
    told = json_lines(run("doctor", "--lang", "zh", "--format", "json"))
    assert told[2:] == [
        {"name": "no-such-package", "status": "missing", "detail": "not installed"},
        {"name": "self-test", "status": "broken", "detail": "cause"},
    ]


def test_details_of_the_installation_are_in_both_languages() -> None:
    doctor = import_module("visitcheck.cli.doctor")
    policy = next(doctor._check_policies())
    assert policy.detail_in("en").endswith(policy.detail_in("zh").partition("摘要 ")[2])
    assert re.fullmatch(r"[0-9]+ 条规则，摘要 \S+", policy.detail_in("zh"))
    assert re.fullmatch(r"[0-9]+ rules, digest \S+", policy.detail_in("en"))


def test_a_console_without_chinese_gets_english_and_is_told_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "visitcheck", "rules", "--lang", "zh", "--help"],
        env=os.environ | {"PYTHONIOENCODING": "latin-1"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout[:6]) == (0, b"Usage:")
    assert b"PYTHONIOENCODING=utf-8 shows Chinese" in done.stderr


def test_lines_end_where_chinese_lets_them() -> None:
    """
    Not before punctuation, not within a word, and none is longer than it may be.
    """
    text = "判定 FILE 中的每一次已上门（包括 `visitcheck audit` 的输入），列为无法判定的记录。"
    lines = wrap_wide(text, 20)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not [line for line in lines if line[0] in "，。）" or line[-1] in "（"]
    assert max(map(cells, lines)) <= 22


def test_a_long_term_stands_on_a_line_of_its_own() -> None:
    formatter = ChineseFormatter(width=60)
    formatter.write_dl([("--a", "甲"), ("--" + "b" * 40, "乙")])
    assert formatter.getvalue().splitlines() == [
        "--a" + " " * 29 + "甲", "--" + "b" * 40, " " * 32 + "乙",
    ]  # fmt: skip


def test_commands_and_groups_are_made_in_one_way() -> None:
    """
    By `@command()` and `Group`, without which help has one language.
    """
    plain = [each for each in main.commands.values() if type(each) in (click.Command, click.Group)]
    assert plain == []
