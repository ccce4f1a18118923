"""What is said about conditions that are none: codes, places and help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from front_scope import scope

from visitcheck.documents import parse_yaml, to_python
from visitcheck.errors import InvalidCondition, Place, Problem, problem_codes
from visitcheck.facts.types import INT
from visitcheck.language import compile_condition
from visitcheck.language import problem_codes as own_codes

_FILE = Path(__file__).parent / "diagnostics.yaml"
_TREE, _PROBLEMS = parse_yaml(_FILE.read_text(encoding="utf-8"), _FILE.name)
assert _TREE is not None, _PROBLEMS
CASES: list[dict[str, Any]] = to_python(_TREE)  # type: ignore[assignment]
# Shown by tests of their own below, or by those of `evaluate`.
ELSEWHERE = {
    "condition-too-long",
    "condition-too-deep",
    "condition-too-large",
    "no-such-value-type",
    "wrong-value",
}


def problems_of(case: dict[str, Any]) -> tuple[Problem, ...]:
    text = case["text"]

    def locate(start: int, end: int) -> Place:
        return Place("p.yaml", 1, start + 1, end - start, text)

    names = scope(lets=case.get("lets"), allow_has=case.get("has") != "refused")
    with pytest.raises(InvalidCondition) as failure:
        compile_condition(text, names, locate=locate)
    return failure.value.problems


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_diagnostics(case: dict[str, Any]) -> None:
    """The expected problems and no others, each at its place, with its help."""
    problems = problems_of(case)

    assert [expected["code"] for expected in case["problems"]] == [problem.code for problem in problems]
    for expected, problem in zip(case["problems"], problems, strict=True):
        assert problem.place is not None
        start = problem.place.column - 1
        under = case["text"][start : start + problem.place.width]
        assert expected.get("under", under) == under
        assert expected.get("says", "") in problem.message
        assert expected.get("help", "") in (problem.help or "")


def test_every_code_is_shown_by_a_case() -> None:
    shown = {problem["code"] for case in CASES for problem in case["problems"]}
    own = {code for code in problem_codes() if f'"{code}"' in Path(str(own_codes.__file__)).read_text("utf-8")}

    assert own - ELSEWHERE == shown


def test_a_condition_is_at_most_ten_thousand_characters_long() -> None:
    text = "true" + " " * 9_997

    with pytest.raises(InvalidCondition, match="condition-too-long"):
        compile_condition(text, scope())
    compile_condition(text[:10_000], scope())


@pytest.mark.parametrize(
    "text",
    [
        "(" * 4_000 + "true" + ")" * 4_000,
        "!" * 9_000 + "true",
        "-" * 9_000 + "1 == 1",
        "true ? true : " * 600 + "true",
        "true" + ".a" * 4_000,
        "[" * 4_000 + "]" * 4_000,
        "1" + " + 1" * 2_400 + " == 1",
        "contacts" + ".filter(c, true)" * 600 + ".size() == 1",
    ],
    ids=lambda text: text[:12],
)
def test_deep_text_is_a_problem_and_no_overflow_of_the_stack(text: str) -> None:
    with pytest.raises(InvalidCondition, match="condition-too-deep"):
        compile_condition(text, scope())


def test_many_parts_side_by_side_are_not_deep() -> None:
    compile_condition(" && ".join(["place.private"] * 500), scope())


def test_let_parts_that_grow_are_too_large() -> None:
    """Each `let` uses the one before it many times; what they stand for together is refused, and soon."""
    text = " && ".join(["place.private"] * 50)
    names = scope(lets={"a": text})

    with pytest.raises(InvalidCondition, match="condition-too-large"):
        compile_condition(" || ".join(["a"] * 200), names)


def test_in_over_in_over_in_is_too_large() -> None:
    """The left side of `in` is compared with every element, so nesting it doubles each time."""
    text = "place.private"
    for _ in range(25):
        text = f"({text} in [true, false])"

    with pytest.raises(InvalidCondition, match=r"condition-too-(large|deep)"):
        compile_condition(f"contacts.exists(c, {text})", scope())


def test_a_place_is_a_line_and_a_column_of_the_text() -> None:
    with pytest.raises(InvalidCondition) as failure:
        compile_condition("true\n  && plase.private", scope())
    (problem,) = failure.value.problems

    assert str(problem.place) == "<condition>:2:6"
    assert problem.place is not None
    assert problem.place.underlined() == "2 |   && plase.private\n  |      ^^^^^"


def test_the_expected_type_is_asked_for() -> None:
    with pytest.raises(InvalidCondition, match="type-mismatch"):
        compile_condition("place.private", scope(), expected=INT)
    compile_condition("contacts.size()", scope(), expected=INT)
