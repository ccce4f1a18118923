"""Temporary folders that only their owner reads, and that do not outlive their process for long."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import IO
from weakref import finalize

PREFIX = "visitcheck-tmp-"
_LOCK = ".lock"
_GRACE = 3600.0
"""Seconds after which a folder without a lock is one whose maker died before it had locked it."""


class TempFolder:
    """A folder of mode 0700 under `TMPDIR`, held by a lock, which goes when this object goes.

    A process that is killed leaves its folder behind, unlocked; whoever makes the next one deletes it. Raises `OSError`
    where nothing can be written.
    """

    def __init__(self) -> None:
        sweep_stale_folders()
        self.path = Path(mkdtemp(prefix=PREFIX))
        self._close = finalize(self, _delete_folder, self.path, os.getpid(), _lock_folder(self.path))

    def close(self) -> None:
        """Delete the folder with all that is in it; done once, however often it is asked for."""
        self._close()


def open_private(path: Path) -> IO[bytes]:
    """A new file to write that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def sweep_stale_folders() -> None:
    """Delete the temporary folders of this user whose processes are gone; never raises."""
    try:
        entries = list(os.scandir(gettempdir()))
    except OSError:
        return
    for entry in entries:
        try:
            if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False):
                _sweep_folder(Path(entry.path), entry.stat(follow_symlinks=False))
        except OSError:
            continue  # another process was quicker, or it is not ours to delete


def _sweep_folder(folder: Path, status: os.stat_result) -> None:
    if status.st_uid != os.getuid():
        return
    lock = folder / _LOCK
    if not lock.exists():
        if time.time() - status.st_mtime > _GRACE:
            folder.rmdir()  # what was made and never locked is empty; anything else is not ours
        return
    with lock.open("r+b") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        shutil.rmtree(folder, ignore_errors=True)


def _lock_folder(folder: Path) -> IO[bytes]:
    handle = open_private(folder / _LOCK)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _delete_folder(folder: Path, owner: int, lock: IO[bytes]) -> None:
    if os.getpid() == owner:  # a forked child ends without taking its parent's folder away
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()
