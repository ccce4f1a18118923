"""Loads each shipped policy, and makes its engines, once for all tests of the command line."""

from __future__ import annotations

from functools import cache

import pytest

from visitcheck.policy import load_policy


@cache
def _load_once(*names: str, allow_shadow: tuple[str, ...] = ()) -> object:
    return load_policy(*names, allow_shadow=allow_shadow)


@pytest.fixture(autouse=True)
def shipped_policies_once(monkeypatch: pytest.MonkeyPatch, shared_engines: None) -> None:
    """Policies do not change, so commands may share them."""
    monkeypatch.setattr("visitcheck.cli.judging.load_policy", _load_once)
