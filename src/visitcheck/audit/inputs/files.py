"""The files of an audit: which they are, what they hold, and what is wrong with one as a whole."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from itertools import filterfalse
from pathlib import Path
from typing import Literal, TypeAlias

from visitcheck.audit import problem_codes as problem_codes
from visitcheck.errors import AuditFailed, InvalidInput, Problem

FileFormat: TypeAlias = Literal["parquet", "json_lines", "csv", "excel", "postgresql", "frame", "spark"]
_SUFFIXES: dict[str, FileFormat] = {
    ".parquet": "parquet",
    ".jsonl": "json_lines",
    ".ndjson": "json_lines",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
    ".ods": "excel",
}


_OWN_FAILURES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EROFS})
_TICK = 2_000_000_000
"""Nanoseconds within which a file system may give two writes the same time."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What shows that a file is written to: its size, times and place on disk.

    `fresh` is whether it changed so shortly before that another change might bear the same time.
    """

    size: int
    modified: int
    changed: int
    inode: tuple[int, int]
    fresh: bool = field(compare=False)

    @classmethod
    def of(cls, path: Path) -> FileState:
        """The state of a file now; raises `OSError`."""
        status = os.stat(path)
        fresh = time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < _TICK
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, (status.st_dev, status.st_ino), fresh)


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file's hash, and its state before it was read for that."""

    sha256: str
    state: FileState

    @classmethod
    def of(cls, path: Path) -> FileIdentity:
        """The identity of a file now; asked for before anything else is read of it. Raises `OSError`."""
        state = FileState.of(path)
        return cls(sha256_of(path), state)


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file, or what stands for one: the query on a database (then `sha256` is of its rows), a frame in memory (then
    it is of the copy that is read), or a Spark DataFrame (then there is none, and no size).

    `rows` is None where it is broken, and then `problem` says why; nothing of it is judged. A file may have a problem
    and rows: then it was read, and all its rows are refused for the same reason. `table` is `visits`, or the list
    that a separate table gives: its rows are no visits. `warnings` are what people should know of what was read.
    """

    path: Path
    format: FileFormat
    size: int
    sha256: str
    rows: int | None
    problem: Problem | None = None
    table: str = "visits"
    warnings: tuple[Problem, ...] = ()
    state: FileState | None = None
    """The state of a file on disk before it was read."""
    sheet: str | None = None
    """The sheet of a workbook that was read."""

    @classmethod
    def on_disk(cls, path: Path, format_: FileFormat, identity: FileIdentity, rows: int) -> InputFile:
        """A file that has been read."""
        return cls(path, format_, identity.state.size, identity.sha256, rows, state=identity.state)


def expand_paths(paths: Sequence[str | Path]) -> tuple[Path, ...]:
    """The files named, patterns filled in and sorted, each once; raises `InvalidInput` for what names none."""
    problems: list[Problem] = []
    files: dict[Path, None] = {}
    for path in paths:
        named = sorted(map(Path, _matching_files(str(path))))
        if not named:
            help_ = "a pattern may hold `*`, `?` and `**`" if has_magic(str(path)) else None
            problems.append(Problem("no-input", f"there is no file `{path}`", help_))
        problems += map(_unreadable_name, filterfalse(_is_text, named))
        files |= dict.fromkeys(named)
    if problems or not files:
        raise InvalidInput(problems or [Problem("no-input", "no input was named", "name at least one file")])
    return tuple(files)


def _is_text(path: Path) -> bool:
    """Whether a name can be written in UTF-8, as results name files in it."""
    return not any("\ud800" <= one <= "\udfff" for one in str(path))


def _unreadable_name(path: Path) -> Problem:
    shown = str(path).encode("utf-8", "backslashreplace").decode()
    return Problem("input-format", f"the name of `{shown}` is not UTF-8", "rename the file")


def _matching_files(path: str) -> Iterator[str]:
    """Files of this name, else those that match it as a pattern."""
    if Path(path).is_file():
        yield path
    elif has_magic(path):
        yield from (one for one in glob(path, recursive=True) if Path(one).is_file())


def format_of(path: Path) -> FileFormat:
    """What the name says that a file is; raises `InvalidInput`."""
    format_ = _SUFFIXES.get(path.suffix.lower())
    if format_ is None:
        known = ", ".join(f"`{suffix}`" for suffix in _SUFFIXES)
        raise InvalidInput([Problem("input-format", f"`{path}` has an unknown kind of name", f"known: {known}")])
    return format_


def raise_own_failure(error: Exception) -> None:
    """Raise as `AuditFailed` what is wrong with this machine, and not with the file that was being read."""
    reason = (getattr(error, "strerror", None) or str(error)).partition("\n")[0]
    if isinstance(error, OSError) and error.errno in _OWN_FAILURES:
        raise AuditFailed([Problem("temp-failed", f"this machine cannot read on: {reason}")]) from error
    if "No space left" in reason or "Out of Memory" in reason:
        raise AuditFailed([Problem("memory-too-small", f"the database needs more room: {reason}")]) from error


def find_changed(files: Iterable[InputFile]) -> list[Problem]:
    """A problem for each file that was written to, or went, since it was first read."""
    return [problem for file in files if file.state is not None for problem in _changes(file, file.state)]


def _changes(file: InputFile, before: FileState) -> Iterator[Problem]:
    help_ = "nothing was published; audit it again when nobody writes to it, or a copy of it"
    try:
        now = FileState.of(file.path)
        # Whoever sets the times back, or links the file, changes this one time alone.
        same = now == before or (now.size, now.modified, now.inode) == (before.size, before.modified, before.inode)
        if same and (now != before or before.fresh):
            same = sha256_of(file.path) == file.sha256
    except OSError as error:
        yield Problem("input-changed", f"`{file.path}` went while it was judged: {error.strerror or error}", help_)
        return
    if not same:
        yield Problem("input-changed", f"`{file.path}` was written to while it was judged", help_)


def broken_file(path: Path, format_: FileFormat, reason: str) -> InputFile:
    """A file that cannot be read."""
    size = path.stat().st_size if path.exists() else 0
    try:
        digest = sha256_of(path)
    except OSError:
        digest = ""
    problem = Problem("broken-file", f"`{path}` cannot be read: {reason}", "nothing of it is judged")
    return InputFile(path, format_, size, digest, None, problem)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
