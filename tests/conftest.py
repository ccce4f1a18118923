"""Makes `tests/` importable for what tests share (`strategies`), and sets what holds for all of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

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
_LARGE = 80
"""Conditions of a plan whose engines take long to make; those of all doubts, which every plan has, are fewer."""


def _pair(plan: Plan, names: tuple[str, ...], self_test: SelfTest) -> EnginePair:
    from visitcheck.gate.engine_pair import EnginePair

    class Untested(EnginePair):
        def _pass(self, part: str, test: Callable[[], None]) -> None:
            """Take it for passed."""

    return (EnginePair if len(plan.conditions) >= _LARGE else Untested)(plan, names, self_test)


def _pair_once(plan: Plan, names: tuple[str, ...], self_test: SelfTest) -> EnginePair:
    if len(plan.conditions) < _LARGE:
        return _pair(plan, names, self_test)
    key = (id(plan.policy), plan.stage, names)
    if key not in _PAIRS:
        pair = _PAIRS[key] = _pair(plan, names, self_test)
        pair.close = lambda: None  # type: ignore[method-assign] # others go on using it
    return _PAIRS[key]


@pytest.fixture
def untested_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what gates say, not of their engines: small policies of a test's own start without a self-test."""
    monkeypatch.setattr("visitcheck.gate.gate.EnginePair", _pair)


@pytest.fixture
def shared_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, and all gates of a large policy have the same engines."""
    monkeypatch.setattr("visitcheck.gate.gate.EnginePair", _pair_once)
