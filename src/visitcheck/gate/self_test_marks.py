"""Marks on disk for self-tests that were passed, so that a gate for the same policy starts at once.

A mark stands for what was tested: the policy's meaning, the stage, the engines, and all code and versions that the
answer depends on. Where any of it is another, its name is another, so no mark is trusted across versions.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from visitcheck.user_cache import cache_path, describe_installation, read_own, write_own

SelfTest: TypeAlias = Literal["once", "always"]
"""Whether a self-test that was passed on this machine stands for another, or each process runs it."""
VARIABLE = "VISITCHECK_SELF_TEST"
"""The environment variable that makes each process run it: `always`."""
_DISTRIBUTIONS = ("visitcheck", "durable_rules", "pydantic", "tzdata")


class Tested(NamedTuple):
    """What a part of the self-test was passed for."""

    digest: str
    stage: str
    engines: tuple[str, ...]
    part: str


def has_mark(tested: Tested) -> bool:
    """Whether this was tested before on this machine, by this user, with the same code and versions."""
    path = _mark_path(tested)
    return path is not None and read_own(path) == _describe(tested).encode()


def leave_mark(tested: Tested) -> None:
    """Leave a mark; a machine without a place for it goes without."""
    if (path := _mark_path(tested)) is not None:
        write_own(path, _describe(tested).encode())


def _mark_path(tested: Tested) -> Path | None:
    return None if os.environ.get(VARIABLE) == "always" else cache_path("self-test", _describe(tested))


def _describe(tested: Tested) -> str:
    """All that the answer of the test depends on, a line each."""
    return "\n".join(
        [*tested.engines, tested.digest, tested.stage, tested.part, describe_installation(_DISTRIBUTIONS), ""]
    )
