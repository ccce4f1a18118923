"""The working folder beside the output: what is finished there survives a run that is broken off."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from visitcheck.audit import problem_codes as problem_codes
from visitcheck.errors import AuditFailed, Problem

_KEY, _LOCK, _REPLACED = "key.json", "lock", "replaced"
_MARKS_OF_AN_AUDIT = ("manifest.json", "verdicts.parquet")
"""Files that identify an audit's output folder: `--replace` deletes no folder that lacks one of them."""


class RunFolder:
    """`<out>.unfinished`, which becomes the output by one rename when all is done.

    A file there is whole or absent: it is written under another name, flushed to disk, then renamed.
    """

    def __init__(self, out: Path) -> None:
        self.out = out if out.name not in ("", "..") else out.resolve()
        self.folder = self.out.parent / f"{self.out.name}.unfinished"
        self._may_replace = False
        self.replaces_results = False
        """Whether the output folder held an audit when the run began."""

    def path(self, *parts: str) -> Path:
        """A path in the folder."""
        return self.folder.joinpath(*parts)

    def write_json(self, value: Any, *parts: str) -> None:
        """Write a file of JSON with sorted keys."""
        with self.write_file(*parts) as part:
            part.write_text(json_text(value), "utf-8")

    def read_json(self, *parts: str) -> Any:
        """Read what `write_json` wrote; None where there is no such file."""
        path = self.path(*parts)
        return json.loads(path.read_text("utf-8")) if path.exists() else None

    @contextmanager
    def write_file(self, *parts: str) -> Iterator[Path]:
        """Give a path to write to; at the end of the block what is there becomes the file at once."""
        target = self.path(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{os.getpid()}.part")  # of this process alone
        yield part
        flush_to_disk(part)
        os.replace(part, target)
        flush_to_disk(target.parent)

    @contextmanager
    def start_or_resume(self, key: dict[str, Any], *, resume: bool, restart: bool, replace: bool) -> Iterator[bool]:
        """Hold the folder, new or that of a run to resume, while the block runs; gives True where a run is resumed.

        Raises `AuditFailed` where that is not to be: the output is there, another process is at work, the folder
        holds a run and neither `resume` nor `restart` is asked for, or the run there had another `key`.
        """
        with translate_failures(self.folder):
            self._may_replace = replace
            if not self.path(_REPLACED).exists():
                self._refuse_to_overwrite()
            self.out.parent.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self.folder.chmod(0o700)
            with _hold_lock(self.path(_LOCK), self.folder):
                self._restore_replaced()
                self._refuse_to_overwrite()  # another process may have finished meanwhile
                self.replaces_results = self.out.exists() and any(self.out.iterdir())
                if restart:
                    self.forget()
                yield self._check_key(key, resume=resume)

    @contextmanager
    def notice_loss(self) -> Iterator[None]:
        """Raise `AuditFailed` for whatever breaks because somebody deleted the folder, or what is in it."""
        try:
            yield
        except Exception as error:
            if self.path(_LOCK).exists() and self.path(_KEY).exists():
                raise
            help_ = "run the audit again, and leave that folder alone until it ends"
            message = f"the working folder `{self.folder}` was deleted or emptied while the audit ran"
            raise AuditFailed([Problem("run-folder-lost", message, help_)]) from error

    def _refuse_to_overwrite(self) -> None:
        """Refuse to write where anything is but an audit's output that may be replaced."""
        if not self.out.exists() or (self.out.is_dir() and not any(self.out.iterdir())):
            return
        if not self._may_replace:
            message = f"`{self.out}` is there already"
            raise AuditFailed([Problem("output-exists", message, "name another folder, or use `--replace`")])
        if not all((self.out / name).exists() for name in _MARKS_OF_AN_AUDIT):
            message = f"`{self.out}` is there already, and is not the output of an audit"
            raise AuditFailed([Problem("output-exists", message, "name another folder; only audits are replaced")])

    def _restore_replaced(self) -> None:
        """Put back the output that a run was about to replace when it was killed, unless the new one is there."""
        if self.path(_REPLACED).exists() and not self.out.exists():
            os.replace(self.path(_REPLACED), self.out)

    def forget(self) -> None:
        """Delete all that a run has finished, so that nobody resumes it; the lock stays."""
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != _LOCK:
                path.unlink()

    def _check_key(self, key: dict[str, Any], *, resume: bool) -> bool:
        before = self.read_json(_KEY)
        if before is None:
            self.write_json(key, _KEY)
            return False
        if not resume:
            help_ = "use `--resume` to go on with it, or `--restart` to start over"
            raise AuditFailed([Problem("run-unfinished", f"`{self.folder}` holds a run that was broken off", help_)])
        changed = sorted(name for name in before.keys() | key.keys() if before.get(name) != key.get(name))
        if changed:
            message = f"the run that was broken off had another {', '.join(changed)}"
            raise AuditFailed([Problem("resume-differs", message, "restore what has changed, or use `--restart`")])
        return True

    def publish(self, folder: Path) -> None:
        """Make the finished folder the output, in place of what was there, and remove the rest."""
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
            flush_to_disk(path)
        self._refuse_to_overwrite()  # it may have come since the run began
        old = self.path(_REPLACED)
        if self.out.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.replace(self.out, old)
        try:
            os.replace(folder, self.out)
        except BaseException:
            self._restore_replaced()
            raise
        flush_to_disk(self.out.parent)
        shutil.rmtree(self.folder, ignore_errors=True)


def json_text(value: Any) -> str:
    """JSON with sorted keys, the same for the same value."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def flush_to_disk(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def translate_failures(where: Path) -> Iterator[None]:
    """Raise what keeps output from being written as `AuditFailed`."""
    from visitcheck.engines.sql.duckdb_connection import connection_errors

    try:
        yield
    except OSError as error:
        raise _output_failed(where, error.strerror or str(error)) from error
    except connection_errors() as error:
        message = str(error)
        if "KeyboardInterrupt" in message or "INTERRUPT Error" in message:  # in what the database was calling
            raise KeyboardInterrupt from None
        if "Out of Memory" in message:
            help_ = "allow more with `--memory`"
            message = f"the database needs more memory: {message.partition(chr(10))[0]}"
            raise AuditFailed([Problem("memory-too-small", message, help_)]) from error
        if "IO Error" in message or "No space" in message:
            raise _output_failed(where, message.partition("\n")[0]) from error
        raise


def _output_failed(where: Path, reason: str) -> AuditFailed:
    help_ = "make room, or name another folder; `--resume` goes on with what is finished"
    return AuditFailed([Problem("output-failed", f"cannot write to `{where}`: {reason}", help_)])


@contextmanager
def _hold_lock(path: Path, folder: Path) -> Iterator[None]:
    """Hold the folder for this process; the lock goes with the process, however it ends."""
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"another process is at work in `{folder}`"
            raise AuditFailed([Problem("run-active", message, "wait for it, or name another folder")]) from None
        yield
