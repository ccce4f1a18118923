"""Mapping files: what is right, and every problem with its code, line and help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from visitcheck.audit.mapping import mapping_from_text
from visitcheck.errors import InvalidInput

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("loading.cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_problems(case: dict[str, Any]) -> None:
    """All problems of a file at once, in order."""
    problems: list[str] = []
    try:
        mapping_from_text(case["mapping"], "columns.yaml")
    except InvalidInput as refused:
        problems = [
            f"{one.place.line if one.place else '-'} {one.code}: {one.message}; {one.help}" for one in refused.problems
        ]
    assert len(problems) == len(case["problems"]), problems
    for expected, problem in zip(case["problems"], problems, strict=True):
        line, code, *parts = expected
        assert problem.startswith(f"{line} {code}: "), problem
        assert all(part in problem for part in parts), problem
