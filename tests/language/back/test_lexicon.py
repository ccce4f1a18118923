"""Folding of text before words are looked for in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.language import lexicon


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Legal ACTION", "legalaction"),
        ("ＡＢｃ１２３", "abc123"),
        ("报 警！", "报警"),
        ("报\u200b\u3000警", "报警"),
        ("殺債門錢", "杀债门钱"),
        ("ÄÖ İ ß", "ÄÖİß"),
        ("e\u0301", "e\u0301"),
        ("# $ % ^", ""),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert lexicon.fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert lexicon.fold(lexicon.fold(text)) == lexicon.fold(text)


@given(st.text(), st.text())
def test_folding_is_character_by_character(left: str, right: str) -> None:
    assert lexicon.fold(left + right) == lexicon.fold(left) + lexicon.fold(right)


@given(st.lists(st.sampled_from(["报警", "Call Police", "杀", "殺"]), min_size=1), st.text())
def test_a_word_is_found_whatever_surrounds_it(words: list[str], around: str) -> None:
    folded = lexicon.fold_words(words)

    assert all(lexicon.mentions(around + word + around, folded) for word in words)


def test_words_that_are_the_same_when_folded_are_one() -> None:
    assert lexicon.fold_words(["殺", "杀", " 杀！"]) == ("杀",)


def test_a_word_of_punctuation_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="punctuation"):
        lexicon.fold_words(["报警", "！？"])


def test_no_target_of_the_table_is_itself_listed() -> None:
    table = lexicon.folding_table()

    assert not [target for target in table.values() if target and ord(target) in table]
