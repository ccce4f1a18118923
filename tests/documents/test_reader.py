"""What the reader takes and what it refuses."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from visitcheck.documents import Limits, parse_yaml, to_python

REFUSED = {
    "a: &x 1\nb: *x": ["yaml-alias 1:4", "yaml-alias 2:4"],
    "a: 1\nb: 2\na: 3": ["yaml-duplicate-key 3:1"],
    "a: !!str 1": ["yaml-tag 1:4"],
    "a: ! 1": ["yaml-tag 1:4"],
    "--- \na: 1\n---\nb: 2": ["yaml-documents 3:1"],
    "<<: {a: 1}": ["yaml-merge-key 1:1"],
    "? [a]\n: 1": ["yaml-key 1:3"],
    'a: "x\\0"': ["yaml-character 1:6"],
    "a: x\x00": ["yaml-character 1:5"],
    "a: \ud800": ["yaml-character 1:4"],
    "a: [1, 2": ["yaml-syntax 1:9"],
    "a: b: c": ["yaml-syntax 1:5"],
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    """Each surprise of YAML is a problem with a code and a place."""
    _, problems = parse_yaml(text, "f.yaml")

    assert [f"{p.code} {p.place.line}:{p.place.column}" for p in problems if p.place] == REFUSED[text]


def test_scalars_are_read_as_json_would() -> None:
    """None of YAML 1.1's surprises: `NO`, `22:00`, `010`, `on`, dates stay text."""
    text = "[true, null, ~, 12, -0, 1.50, 1e3, NO, on, yes, 22:00, 010, 0x1F, 1_000, .5, "
    text += "2026-01-30, '12', +1, NaN]"
    node, problems = parse_yaml(text, "f.yaml")

    assert problems == []
    assert to_python(node) == [
        True, None, None, 12, 0, Decimal("1.50"), Decimal("1e3"), "NO", "on", "yes", "22:00", "010", "0x1F",
        "1_000", ".5", "2026-01-30", "12", "+1", "NaN",
    ]  # fmt: skip


def test_an_endless_number_stays_text() -> None:
    """Converting very long digits takes very long."""
    node, _ = parse_yaml("9" * 100_000, "f.yaml")

    assert to_python(node) == "9" * 100_000


@pytest.mark.parametrize("depth", [65, 900, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    """Nesting that would crash a process ends as a problem."""
    node, problems = parse_yaml("[" * depth, "f.yaml")

    assert node is None
    assert problems[0].code in {"yaml-too-deep", "yaml-syntax"}


def test_limits() -> None:
    """Both limits are the caller's to set."""
    _, many = parse_yaml("[1, 2, 3]", "f", limits=Limits(values=3))
    _, long = parse_yaml("[1, 2, 3]", "f", limits=Limits(characters=8))

    assert [p.code for p in (*many, *long)] == ["yaml-too-large", "yaml-too-large"]


@pytest.mark.long
@given(st.text() | st.text("[]{}:,-?&*!|>'\"%@`# \n\tab\\x0"))
@example("a: |\n")
@example("- ? x")
@example("\u2028a: 'b\u0085c'")
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text gives a node or problems, and each of its places can be shown."""
    node, problems = parse_yaml(text, "f.yaml")
    for problem in problems:
        problem.render().encode()
    to_python(node)
