"""Makes `tests/` importable for what tests share (`strategies`), and sets what holds for all of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from visitcheck.gate.engine_pair import EnginePair
    from visitcheck.gate.self_test_marks import SelfTest
    from visitcheck.ir.plan import Plan

# Machines are shared and noisy: how long an example takes says nothing about the code.
settings.register_profile("visitcheck", deadline=None)
settings.load_profile("visitcheck")

# No test stands on what an earlier run left behind, and none leaves marks in somebody's home.
os.environ["VISITCHECK_SELF_TEST"] = "always"

_PAIRS: dict[tuple[int, str, tuple[str, ...]], EnginePair] = {}
"""By the policy, the stage and the engines; a pair keeps its policy alive, so no other has its number."""
_LARGE = 30
"""Conditions of a plan whose engines take long to make."""


def _pair_once(plan: Plan, names: tuple[str, ...], self_test: SelfTest) -> EnginePair:
    from visitcheck.gate.engine_pair import EnginePair

    if len(plan.conditions) < _LARGE:
        return EnginePair(plan, names, self_test)
    key = (id(plan.policy), plan.stage, names)
    if key not in _PAIRS:
        pair = _PAIRS[key] = EnginePair(plan, names, self_test)
        pair.close = lambda: None  # type: ignore[method-assign] # others go on using it
    return _PAIRS[key]


@pytest.fixture
def shared_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what gates say, not of their engines: all gates of a large policy have the same ones."""
    monkeypatch.setattr("visitcheck.gate.gate.EnginePair", _pair_once)
