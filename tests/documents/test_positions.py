"""Offsets in a scalar's value lead to the right line and column, whatever style it is written in."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.documents import YamlMapping, YamlScalar, parse_yaml

MARK = "MÄR报Kx"
LAYOUTS = {
    "plain": "key: before MÄR报Kx after",
    "plain with comment": "key: before MÄR报Kx after # not part",
    "plain over lines": "key: before 中文\n  then\n\n  MÄR报Kx after\nother: 1",
    "single quoted": "key: 'it''s ''before'' MÄR报Kx after'",
    "single quoted over lines": "key: 'it''s\n\n    more '' MÄR报Kx\n  after'",
    "double quoted": 'key: "\\u4e2d\\x41\\U0001F600 \\"q\\" \\\\ \\t MÄR报Kx after"',
    "double quoted over lines": 'key: "a \\\n   b\\n\n   c \\   MÄR报Kx\n   after"',
    "literal": "key: |\n  first 中\n    deeper MÄR报Kx after\n  last\nother: 1",
    "literal strip": "key: |-\n    first\n\n\n    MÄR报Kx after\n\n",
    "literal keep with indent": "key: |2+ # why\n   first\n  x MÄR报Kx after\n\n\n",
    "folded": "key: >\n  first 中\n  second MÄR报Kx after\n\n  last\n",
    "folded with deeper lines": "key: >-\n  first\n    * deeper\n    * MÄR报Kx after\n  last\n",
    "in a flow mapping": 'key: "x MÄR报Kx after"',
    "windows line ends": "a: 1\r\nkey: |\r\n  first\r\n  MÄR报Kx after\r\n",
    "tab inside": "key: a\tb MÄR报Kx",
}


def scalar(text: str) -> YamlScalar:
    node, problems = parse_yaml(text, "f.yaml")
    assert problems == []
    assert isinstance(node, YamlMapping)
    value = node.get("key")
    assert isinstance(value, YamlScalar)
    return value


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_character_of_a_known_word_is_found(layout: str) -> None:
    """The word's characters, one by one and as a whole, are placed where the file shows the word."""
    text = LAYOUTS[layout]
    lines = text.replace("\r\n", "\n").split("\n")
    line, column = next((n, row.index(MARK)) for n, row in enumerate(lines) if MARK in row)
    value = scalar(text)
    begin = value.text.index(MARK)

    for at in range(len(MARK)):
        place = value.place(begin + at, begin + at + 1)
        assert (place.line, place.column, place.width) == (line + 1, column + at + 1, 1)
    whole = value.place(begin, begin + len(MARK))
    assert (whole.line, whole.column, whole.width) == (line + 1, column + 1, len(MARK))
    assert whole.excerpt == lines[line]


def test_an_escape_is_underlined_whole() -> None:
    """`\\u4e2d` is one character of the value and six of the file."""
    place = scalar('key: "a\\u4e2db"').place(1, 2)

    assert (place.column, place.width) == (8, 6)


def test_a_span_over_lines_is_underlined_to_the_end_of_its_first_line() -> None:
    """An underline cannot leave the line that is shown."""
    place = scalar("key: |\n  one two\n  three").place(4, 13)

    assert (place.line, place.column, place.width) == (2, 7, 3)


def test_the_end_of_the_text_is_the_place_after_its_last_character() -> None:
    """A parser that wants more text points behind it."""
    place = scalar("key: 'a &&'\n").place(4, 4)

    assert (place.line, place.column) == (1, 11)


words = st.lists(st.sampled_from(["aa", "b", "it's", '"q"', "中文", "😀", "#x", ":", "\\n", "-", "é"]), max_size=8)
gaps = st.sampled_from([" ", "  ", "\n", "\n\n", "\n  ", " \n"])


@st.composite
def values(draw: st.DrawFn) -> str:
    pieces = [*draw(words), MARK, *draw(words)]
    return "".join(piece + draw(gaps) for piece in pieces)


@given(
    values(),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.integers(8, 60),
    st.booleans(),
    st.integers(1, 6),
)
def test_written_by_a_dumper(value: str, style: str | None, width: int, unicode: bool, indent: int) -> None:
    """Whatever a YAML writer makes of a text, each visible character is placed at itself or at its escape."""
    text = yaml.dump({"key": value}, default_style=style, width=width, allow_unicode=unicode, indent=indent)
    text = text.replace('"key"', "key").replace("'key'", "key")
    read_back = scalar(text)
    lines = text.split("\n")

    assert read_back.text == value
    for at, char in enumerate(value):
        place = read_back.place(at, at + 1)
        shown = lines[place.line - 1][place.column - 1 : place.column - 1 + place.width]
        if not char.isspace():
            assert shown in {char, "''", f"\\{char}"} or int(shown[2:], 16) == ord(char)
