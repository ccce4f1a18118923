"""Pieces of conditions as they are written."""

from __future__ import annotations

import pytest

from visitcheck.authoring.source_spans import text_of


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a  ==\n b", "a == b"),
        ("(a == b)", "a == b"),
        ("( (a == b) )", "a == b"),
        ("(a) && (b)", "(a) && (b)"),
        ('(a == ")")', 'a == ")"'),
        ("(a == ')' || b)", "a == ')' || b"),
        ('(a == "\\")")', 'a == "\\")"'),
        ("f(a)", "f(a)"),
        ("()", ""),
    ],
)
def test_a_piece_is_on_one_line_without_outer_brackets(written: str, shown: str) -> None:
    assert text_of((f"..{written}..", 2, 2 + len(written))) == shown
