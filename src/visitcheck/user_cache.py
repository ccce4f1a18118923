"""What is kept on disk between processes: where it lies, and what it must have been made by to be trusted."""

from __future__ import annotations

import email.parser  # noqa: F401 - `importlib.metadata` imports it when it is first asked (see `visitcheck.gate`)
import hashlib
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

VARIABLE = "VISITCHECK_CACHE"
"""The environment variable that keeps everything off the disk: `off`."""
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_path(kind: str, description: str) -> Path | None:
    """Where something of this kind lies that was made of what `description` says; None where nothing is kept."""
    if os.environ.get(VARIABLE) == "off" or not code_hash():
        return None
    folder = _cache_folder()
    name = hashlib.sha256(description.encode()).hexdigest()
    return None if folder is None else folder / "visitcheck" / kind / name


def read_own(path: Path) -> bytes | None:
    """The content of a file that this user wrote and nobody else may write; None where there is no such file."""
    try:
        with path.open("rb") as file:
            for about in (os.fstat(file.fileno()), path.parent.lstat()):
                if hasattr(os, "geteuid") and (about.st_uid != os.geteuid() or about.st_mode & _OTHERS_MAY_WRITE):
                    return None
            return file.read()
    except OSError:
        return None


def write_own(path: Path, content: bytes) -> None:
    """Keep a file that only this user may read; a machine without a place for it goes without."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written beside and moved, so that nobody reads half a file.
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.touch(mode=0o600)
        beside.write_bytes(content)
        beside.replace(path)


def describe_installation(distributions: Iterable[str]) -> str:
    """The Python, the packages and the code that something is made by, a line each."""
    return "\n".join([sys.version, *map(_version_of, distributions), code_hash()])


def _cache_folder() -> Path | None:
    given = os.environ.get("XDG_CACHE_HOME")
    if given and Path(given).is_absolute():  # a relative one is to be ignored, by its specification
        return Path(given)
    try:
        return Path.home() / ".cache"
    except RuntimeError:
        return None


def _version_of(distribution: str) -> str:
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return f"{distribution} -"


@cache
def code_hash() -> str:
    """A hash of every file of this package; empty where they cannot be read, so that nothing is trusted."""
    folder = Path(__file__).resolve().parent
    content = hashlib.sha256()
    try:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        for path in files:
            content.update(f"{path.relative_to(folder)}\n{path.stat().st_size}\n".encode())
            content.update(path.read_bytes())
    except OSError:
        return ""
    return content.hexdigest() if files else ""
