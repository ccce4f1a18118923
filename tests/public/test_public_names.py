"""The public surface: what `import visitcheck` offers."""

from __future__ import annotations

import subprocess
import sys

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


@pytest.mark.parametrize(
    "first",
    [
        pytest.param("visitcheck", marks=pytest.mark.long),
        pytest.param("visitcheck.audit", marks=pytest.mark.long),
        "visitcheck.audit.problem_codes",
    ],
)
def test_audit_is_the_function_whatever_is_imported_first(first: str) -> None:
    """`visitcheck.audit` is also a package; a part of it that is imported first does not hide the function."""
    code = f"import {first}, visitcheck as vc; print(vc.audit.__module__, type(vc.audit).__name__)"
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, env={"PYTHONPATH": ":".join(sys.path)}
    )

    assert "visitcheck.audit.auditing function\n" == process.stdout
