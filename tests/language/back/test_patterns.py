"""Patterns: the subset, what it refuses, and that Python and RE2 find the same."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitcheck.language import patterns

REFUSED = {
    r"\bvisit\b": "left out",
    r"(?i)visit": "flags",
    r"(?=a)": "look-around",
    r"(?P<name>a)": "names",
    r"a*?": "repeat of a repeat",
    r"a++": "repeat of a repeat",
    r"a{2}{3}": "repeat of a repeat",
    r"(a+)+": "more than one way",
    r"(a|ab)*": "more than one way",
    r"(a?)*": "more than one way",
    r"(a|)+": "more than one way",
    r"(.|a)*": "more than one way",
    r"((ab)*c)*": "more than one way",
    r"(a?){50}": "more than one way",
    r"^*": "cannot be repeated",
    r"a{251}": "more than 250",
    r"a{3,2}": "smaller",
    r"a{,2}": "no count",
    r"a{x}": "no count",
    r"*a": "stands for itself nowhere",
    r"a]": "stands for itself nowhere",
    r"(a": "not closed",
    r"a)": "closes no group",
    r"[a": "not closed",
    r"[]": "empty class",
    r"[[:alpha:]]": "classes in classes",
    r"[a&&b]": "classes in classes",
    r"[z-a]": "ends before",
    "\\": "left out",
    r"\1": "left out",
    r"\x41": "left out",
    r"\p{Han}": "left out",
    r"[\D]x\Z": "left out",
    r"a*b*c*d*e*": "more than 4",
    "(" * 21 + "a" + ")" * 21: "20 deep",
    "a" * 1001: "longer than",
}


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_is_left_out_is_refused_with_a_place(pattern: str) -> None:
    with pytest.raises(patterns.PatternError, match=REFUSED[pattern]) as caught:
        patterns.parse(pattern)

    assert 0 <= caught.value.start <= caught.value.end <= len(pattern) + 2


PATTERNS = [
    "催收",
    "^1[3-9]\\d{9}$",
    "借(钱|款).{0,3}不还",
    "(ab|cd)+$|^\\s*$",
    "[^\\w\\s]",
    "\\D\\W\\S",
    "[\\]\\-\\[&^x]{2}",
    "a|",
    "",
    "x?(?:y|z){1,2}",
    "\\.\\*\\(\\)\\{\\}\\|\\/\\~\\#",
    "[一-龥]{2,}",
    "[\\s\\d-]",
    "a^b|c$d",
    "(^a|b$)",
    "\\n\\t\\r\\f",
    "(a(b|c)d)*e",
    "[^\\n]",
    "[\U0001f600-\U0001f64f]",
]
TEXTS = st.text(alphabet="abcdexyz01 _\n\t\r\f\v\u0085\u2028催收借钱款不还。-[]&^.*(){}|/~#😀é", max_size=12)


@pytest.fixture(scope="module")
def re2() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_python_and_re2_find_the_same(pattern: str, re2: duckdb.DuckDBPyConnection) -> None:
    @settings(max_examples=5, deadline=None)
    @given(st.lists(TEXTS, min_size=1, max_size=40))
    def check(texts: list[str]) -> None:
        compiled = patterns.compile_python(pattern)
        query = "SELECT list_transform(?::VARCHAR[], lambda s: regexp_matches(s, ?))"
        (re2_answers,) = re2.execute(query, [texts, patterns.to_re2(pattern)]).fetchone() or (None,)

        automaton = patterns.Automaton(patterns.parse(pattern))
        assert re2_answers == [compiled.search(text) is not None for text in texts]
        assert re2_answers == [automaton.search(text) for text in texts]

    check()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_printed_reads_back_as_the_same_tree(pattern: str) -> None:
    """But for the edges, which every engine spells for itself."""
    printed = patterns.to_python(pattern).replace("\\A", "^").replace("\\Z", "$")

    assert patterns.to_python(printed.replace("[\\s\\S]", "(.|\\n)")) == patterns.to_python(pattern)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_java_differs_from_python_by_the_end_alone(pattern: str) -> None:
    assert patterns.to_java(pattern) == patterns.to_python(pattern).replace("\\Z", "\\z") == patterns.to_re2(pattern)


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "[ab]",
        ".",
        "\\w",
        "a*",
        "b+",
        "[ab]?",
        ".{0,9}",
        "(ab|ba)*",
        "(a|b)+",
        "(aab|b){2,5}",
        "(a|b)",
        "^",
        "$",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6), st.text("abc\n", max_size=8))
def test_the_automaton_finds_what_python_finds(pieces: list[str], text: str) -> None:
    """The automaton against Python's own matcher, on texts too short for that one to be slow."""
    try:
        tree = patterns.parse("".join(pieces))
    except patterns.PatternError:
        return
    expected = re.search(patterns.to_python("".join(pieces)), text) is not None

    assert patterns.Automaton(tree).search(text) is expected


SLOW_ELSEWHERE = [
    ("a?" * 60 + "b", "a" * 60),
    ("a{0,30}" * 60 + "b", "a" * 60),
    ("a*a*a*a*b", "a" * 20_000),
    ("a*.*a*.*b", "a" * 20_000),
    ("a.*b.*c", "ab" * 10_000),
    ("a+b", "a" * 20_000),
]


@pytest.mark.parametrize(("pattern", "text"), SLOW_ELSEWHERE)
def test_no_text_makes_a_pattern_slow(pattern: str, text: str) -> None:
    """Patterns that take a backtracking matcher minutes to millennia are done in linear time."""
    automaton = patterns.Automaton(patterns.parse(pattern))

    assert automaton.search(text) is False
    assert automaton.search(text + "bc") is True


def test_a_pattern_too_large_when_written_out_is_refused() -> None:
    """Bounded repeats count as often as they repeat."""
    with pytest.raises(patterns.PatternError, match="more than 2000 steps"):
        patterns.parse("a{0,250}" * 9)


def test_python_s_compiler_takes_every_printed_pattern() -> None:
    for pattern in PATTERNS:
        assert isinstance(patterns.compile_python(pattern), re.Pattern)
