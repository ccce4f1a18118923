"""Loads each shipped policy, and makes its engines, once for all tests of the command line."""

from __future__ import annotations

from functools import cache

import pytest

from visitcheck.gate.engine_pair import EnginePair
from visitcheck.gate.self_test_marks import SelfTest
from visitcheck.ir.plan import Plan
from visitcheck.policy import load_policy

_PAIRS: dict[tuple[int, str, tuple[str, ...]], EnginePair] = {}
"""By the policy, the stage and the engines; a pair keeps its policy alive, so no other has its number."""


@cache
def _load_once(*names: str, allow_shadow: tuple[str, ...] = ()) -> object:
    return load_policy(*names, allow_shadow=allow_shadow)


def _pair_once(plan: Plan, names: tuple[str, ...], self_test: SelfTest) -> EnginePair:
    key = (id(plan.policy), plan.stage, names)
    if key not in _PAIRS:
        _PAIRS[key] = EnginePair(plan, names, self_test)
    return _PAIRS[key]


@pytest.fixture(autouse=True)
def shipped_policies_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither policies nor their engines change, so commands may share them."""
    monkeypatch.setattr("visitcheck.cli.judging.load_policy", _load_once)
    monkeypatch.setattr("visitcheck.gate.gate.EnginePair", _pair_once)
