"""Problems in Chinese: every code has its sentence, and the forms of messages and helps their Chinese."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from visitcheck.authoring.error_page import layer_names
from visitcheck.errors import Place, Problem, problem_codes
from visitcheck.texts import chinese_sentence, render_problem, translate
from visitcheck.texts.catalogue import read_texts
from visitcheck.texts.problems import problem_forms

for _layer in layer_names():
    import_module(f"visitcheck.{_layer}.problem_codes")
_chinese = re.compile("[\u4e00-\u9fff]")
_placeholder = re.compile(r"\{([a-z_]+)\}")


def test_every_code_has_its_sentence_in_chinese() -> None:
    """
    In the order of the alphabet; and no sentence is of a code that there is not.
    """
    codes = list(read_texts("problems.yaml")["codes"])
    assert codes == sorted(problem_codes())
    assert not [code for code in codes if not _chinese.search(chinese_sentence(code) or "")]


@pytest.mark.parametrize("code", sorted(problem_codes()))
def test_both_languages_of_a_form_show_the_same_values(code: str) -> None:
    for form in problem_forms(code):
        assert set(_placeholder.findall(form["en"])) == set(_placeholder.findall(form["zh"])), form
        assert translate(code, _placeholder.sub("7", form["en"])) is not None, form


@pytest.mark.parametrize(
    ("code", "message", "help_", "chinese"),
    [
        ("mapping-column", "`a.csv` has no column `时间`", "did you mean `时 间`?",
         "错误[mapping-column]：`a.csv` 没有列“时间”\n  = 建议：是否想写 `时 间`？"),
        ("fact-wrong-type", "expected a number, found a text", "write it like `1.5`",
         "错误[fact-wrong-type]：应为数字，实为文本\n  = 建议：请写作 `1.5`"),
        ("input-unreadable", "cannot read `v.json`: no such file or directory", None,
         "错误[input-unreadable]：无法读取 `v.json`：没有此文件或文件夹"),
    ],
)  # fmt: skip
def test_a_message_of_a_known_form_is_said_in_chinese(code: str, message: str, help_: str | None, chinese: str) -> None:
    assert render_problem(Problem(code, message, help_), "zh") == chinese


def test_a_message_of_no_known_form_stays_below_the_sentence_on_its_code() -> None:
    problem = Problem("no-such-visit", "something composed freely", "do so", Place("v.json", 3, 1))
    told = render_problem(problem, "zh", "warning").splitlines()
    sentence = chinese_sentence("no-such-visit")
    assert told[0] == f"v.json:3:1: 警告[no-such-visit]：{sentence}"
    assert told[-1] == "  = 原文：something composed freely; do so"


def test_english_is_as_it_was() -> None:
    problem = Problem("no-such-visit", "no row has the visit id `a`")
    assert render_problem(problem, "en") == problem.render()
