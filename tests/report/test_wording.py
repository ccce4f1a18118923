"""The report's texts: both languages, the same placeholders, nothing asked for that is not there."""

from __future__ import annotations

import re
from importlib import import_module, resources
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.errors import problem_codes
from visitcheck.report.wording import escape_controls, page_texts

TEMPLATES = [one for one in (resources.files("visitcheck.report") / "templates").iterdir() if one.name.endswith("j2")]


@pytest.mark.parametrize("key", sorted(page_texts().texts))
def test_both_languages_fill_in_the_same(key: str) -> None:
    text = page_texts()(key)
    en, zh = ({name for _, name, _, _ in Formatter().parse(one) if name} for one in (text.en, text.zh))
    assert en == zh
    assert text.en.strip()
    assert re.search(r"[\u4e00-\u9fff]", text.zh)


def test_what_has_one_name_has_no_other() -> None:
    """The borrower, the collectors, rows that could not be judged, periods and facts have one Chinese word each."""
    others = re.compile("债务人|客户|外访员|催收员|剔除|事实项|前期|后期|明显偏高|金融机构公示|计划上门|无法评估")
    assert [] == [key for key, text in page_texts().texts.items() if others.search(text.zh)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_every_text_that_a_template_names_is_there(template: resources.abc.Traversable) -> None:
    source = template.read_text("utf-8")
    whole = re.findall(r'\b(?:t|label|hint|option)\("([\w.]+)"[,)]', source)
    begun = re.findall(r'\b(?:t|option)\("([\w.]+)" ~', source)
    assert [] == [key for key in whole if key not in page_texts().texts]
    assert [] == [key for key in begun if not any(one.startswith(key) for one in page_texts().texts)]


def test_every_code_that_a_row_can_be_refused_with_has_a_text() -> None:
    before = set(problem_codes())
    module = import_module("visitcheck.facts.problem_codes")
    codes = set(
        re.findall(
            r'"((?:fact|visit|json|register)-[\w-]+)":',
            resources.files(module.__package__ or "").joinpath("problem_codes.py").read_text("utf-8"),
        )
    )
    assert codes <= before
    assert [] == sorted(code for code in codes if f"codes.{code}" not in page_texts().texts)


@pytest.mark.long
@given(st.text())
def test_shown_text_has_no_controls_and_no_direction_marks(text: str) -> None:
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", escape_controls(text))
