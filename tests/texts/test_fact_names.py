"""Names of facts and words: all of them, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from visitcheck.audit.next_facts import fact_label
from visitcheck.facts.chinese_reference import chinese_reference
from visitcheck.facts.types import ListOf, Word
from visitcheck.facts.vocabulary import FACTS
from visitcheck.texts.catalogue import LANGUAGES, read_texts
from visitcheck.texts.facts import fact_text, word_text

PAGE = Path(__file__).resolve().parents[2] / "docs" / "zh" / "facts.md"
_chinese = re.compile("[\u4e00-\u9fff]")


def _words() -> set[tuple[str, str]]:
    types = (each.type.item if isinstance(each.type, ListOf) else each.type for each in FACTS.values())
    return {(type_.name, word) for type_ in types if isinstance(type_, Word) for word in type_.words}


def test_every_fact_has_a_name_in_both_languages() -> None:
    """
    But what lists are complete of; and no fact is named that there is not.
    """
    named = [path for path in FACTS if not path.startswith("completeness.")]
    assert not [path for path in named if not _chinese.search(fact_text(path, "zh") or "")]
    assert not [path for path in named if _chinese.search(fact_text(path, "en") or "中")]
    assert set(read_texts("facts.yaml")["facts"]) == set(named)


def test_every_word_has_a_name_in_both_languages() -> None:
    assert not [each for each in _words() if not _chinese.search(word_text(*each, "zh") or "")]
    assert not [each for each in _words() if not word_text(*each, "en")]
    known = {word for _, word in _words()}
    assert set(read_texts("facts.yaml")["words"]) <= known
    own = read_texts("facts.yaml")["words_of"]
    assert {(name, word) for name, words in own.items() for word in words} <= _words()


def test_the_borrower_and_the_collector_have_one_name_each() -> None:
    told = [fact_text(path, "zh") or "" for path in FACTS] + [word_text(*each, "zh") or "" for each in _words()]
    assert not [text for text in told if re.search("债务人|客户|外访员|催收员", text)]


def test_what_says_whether_a_list_is_complete_is_named_by_the_list() -> None:
    assert [fact_text("completeness.contacts", lang) for lang in LANGUAGES] == [
        "whether these are all: calls and messages", "是否完整：联系记录",
    ]  # fmt: skip
    assert fact_text("extra.own", "zh") is None
    assert (fact_label("extra.own").zh, fact_label("debtor.id").zh) == ("extra.own", "借款人编号")


def test_the_page_is_what_the_models_and_the_catalogue_say() -> None:
    """Mend it with `python -m visitcheck.facts.chinese_reference > docs/zh/facts.md`."""
    assert PAGE.read_text("utf-8") == chinese_reference()
