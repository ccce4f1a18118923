"""Runs a case, and knows the published cases that differ on purpose."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from cel_cases import ERROR, Case

from visitcheck import language
from visitcheck.documents import parse_yaml, to_python
from visitcheck.errors import InvalidCondition
from visitcheck.truth import Count

_tree, _problems = parse_yaml((Path(__file__).parent / "differences.yaml").read_text("utf-8"), "differences.yaml")
assert _tree is not None, _problems
DIFFERENCES: dict[str, str] = {name: group["why"] for group in to_python(_tree) for name in group["cases"]}
"""Published cases that apply and are answered differently on purpose, each with the reason."""


def answer(case: Case) -> Any:
    """The case's value here; `ERROR` where the condition is refused."""
    try:
        return language.evaluate(case.text, case.values, types=case.types, zone="UTC")
    except InvalidCondition:
        return ERROR


def passes(case: Case) -> bool:
    """Whether the answer is the expected one. An error that CEL meets while evaluating is UNKNOWN here."""
    value = answer(case)
    if isinstance(value, Count):
        value = value.exact()
    if case.expected == ERROR:
        return value == ERROR or _unknown(value)
    return _same(value, case.expected)


def _unknown(value: Any) -> bool:
    return value is None or (isinstance(value, tuple) and any(map(_unknown, value)))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return a == b and math.copysign(1, a) == math.copysign(1, b)
    return type(a) is type(b) and a == b
