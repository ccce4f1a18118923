"""Marks on disk for self-tests that were passed, so that a gate for the same policy starts at once.

A mark stands for what was tested: the policy's meaning, the stage, the engines, and all code and versions that the
answer depends on. Where any of it is another, its name is another, so no mark is trusted across versions.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

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
    if path is None:
        return False
    try:
        mark = path.lstat()
        own = not hasattr(os, "geteuid") or mark.st_uid == os.geteuid()
        return own and path.read_text(encoding="utf-8") == _describe(tested)
    except (OSError, UnicodeDecodeError):
        return False


def leave_mark(tested: Tested) -> None:
    """Leave a mark; a machine without a place for it goes without."""
    path = _mark_path(tested)
    if path is None:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written beside and moved, so that nobody reads half a mark.
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.write_text(_describe(tested), encoding="utf-8")
        beside.replace(path)


def _mark_path(tested: Tested) -> Path | None:
    if os.environ.get(VARIABLE) == "always" or not _code_hash():
        return None
    name = hashlib.sha256(_describe(tested).encode()).hexdigest()
    folder = _cache_folder()
    return None if folder is None else folder / "visitcheck" / "self-test" / name


def _cache_folder() -> Path | None:
    given = os.environ.get("XDG_CACHE_HOME")
    if given and Path(given).is_absolute():  # a relative one is to be ignored, by its specification
        return Path(given)
    try:
        return Path.home() / ".cache"
    except RuntimeError:
        return None


def _describe(tested: Tested) -> str:
    """All that the answer of the test depends on, a line each."""
    parts = (*tested.engines, tested.digest, tested.stage, tested.part)
    return "\n".join([*parts, sys.version, *map(_version_of, _DISTRIBUTIONS), _code_hash(), ""])


def _version_of(distribution: str) -> str:
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return f"{distribution} -"


@cache
def _code_hash() -> str:
    """A hash of every file of this package; empty where they cannot be read, so that nothing is trusted."""
    folder = Path(__file__).resolve().parents[1]
    content = hashlib.sha256()
    try:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        for path in files:
            content.update(f"{path.relative_to(folder)}\n{path.stat().st_size}\n".encode())
            content.update(path.read_bytes())
    except OSError:
        return ""
    return content.hexdigest() if files else ""
