"""The public surface: what `import visitcheck` offers."""

from __future__ import annotations

import pytest

import visitcheck


def test_every_public_name_is_there() -> None:
    """`__all__`, the table of homes and what can be had are one set, sorted."""
    assert sorted(visitcheck.__all__) == sorted(visitcheck._HOME)
    assert len(visitcheck.__all__) == len(set(visitcheck.__all__))
    for name in visitcheck.__all__:
        assert getattr(visitcheck, name) is not None
    assert set(visitcheck.__all__) == set(dir(visitcheck))


def test_a_name_that_is_not_there() -> None:
    """A misspelt name is an AttributeError as in any module."""
    with pytest.raises(AttributeError, match="no attribute 'gate_keeper'"):
        visitcheck.gate_keeper  # noqa: B018
