"""A PostgreSQL server of the tests' own, from the machine's binaries, on a socket in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

USER = "visits"


def binaries() -> Path | None:
    """The folder of the newest `initdb`."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    on_path = shutil.which("initdb")
    return folders[-1].parent if folders else Path(on_path).parent if on_path else None


def why_not() -> str | None:
    """Why no server can be started here."""
    if binaries() is None:
        return "no PostgreSQL server is installed"
    if os.geteuid() == 0 and _unprivileged() is None:
        return "a PostgreSQL server does not run as root, and there is no user `postgres` or `nobody`"
    return None


def _unprivileged() -> str | None:
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


@contextmanager
def server() -> Iterator[str]:
    """The URI of a fresh database; the server stops and goes afterwards."""
    folder = Path(mkdtemp(prefix="visitcheck-pg-"))
    user = _unprivileged() if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    bin_ = binaries()
    assert bin_ is not None

    def run(*command: str | Path) -> None:
        subprocess.run(
            list(map(str, command)), check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )  # fmt: skip

    data = folder / "data"
    try:
        run(bin_ / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run(bin_ / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql:///postgres?host={folder}&user={USER}"
        finally:
            with suppress(subprocess.CalledProcessError):  # it may have been killed
                run(bin_ / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
