"""Each problem of `problems.yaml` is found, at its place, with its help, and none besides."""

from pathlib import Path
from typing import Any

import pytest

from visitcheck.documents import parse_yaml, to_python
from visitcheck.errors import InvalidPolicy, Problem
from visitcheck.policy import policy_from_texts

HEAD = """\
pack: p
title: {en: P, zh: 包}
version: 1.0.0
timezone: Asia/Shanghai
instruments:
  law: {title: {en: L, zh: 法}, force: law}
lexicons:
  threat: {zh: [弄死你], en: [kill you]}
rules:
"""


def cases() -> list[Any]:
    file = Path(__file__).with_name("problems.yaml")
    node, problems = parse_yaml(file.read_text("utf-8"), file.name)
    assert problems == []
    listed: Any = to_python(node)
    return listed


def pack_text(case: dict[str, str]) -> str:
    if "pack" in case:
        return case["pack"]
    lines = case["rule"].splitlines()
    return HEAD + f"  - {lines[0]}\n" + "".join(f"    {line}\n" for line in lines[1:])


def shown(problem: Problem, expected: str) -> str:
    """The problem as the cases write it; the help counts only where a case gives one."""
    place = problem.place
    assert place is not None
    underlined = place.excerpt[place.column - 1 : place.column - 1 + place.width]
    text = f"{problem.code} {place.line}:{place.column} `{underlined}` |"
    if expected.endswith(" | *"):
        return text + " *"
    return text if expected.endswith("|") else f"{text} {problem.help}"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["note"])
def test_problems(case: dict[str, Any]) -> None:
    """All problems of a load come together, sorted by place."""
    with pytest.raises(InvalidPolicy) as failure:
        policy_from_texts({"p.yaml": pack_text(case)})

    problems, expected = failure.value.problems, case["problems"]
    hints = [*expected, *[""] * len(problems)]
    assert [shown(problem, hint) for problem, hint in zip(problems, hints, strict=False)] == expected


def test_problems_of_several_files_come_together() -> None:
    """One broken pack does not hide what is wrong with another."""
    texts = {"b.yaml": "pack: b", "a.yaml": "pack: [", "c.yaml": "", "d.yaml": "\ud800"}
    with pytest.raises(InvalidPolicy) as failure:
        policy_from_texts(texts)

    places = [(p.place.file if p.place else None, p.code) for p in failure.value.problems]
    assert places == [
        (None, "empty-file"),
        ("a.yaml", "yaml-syntax"),
        ("b.yaml", "missing-key"),
        ("b.yaml", "missing-key"),
        ("d.yaml", "yaml-character"),
    ]
