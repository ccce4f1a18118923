"""Ranges judged by several processes at once."""

from __future__ import annotations

import base64
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread
from typing import IO

from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.worker import ERROR, JudgingTask
from visitcheck.errors import EngineFailure

_MOST_WORKERS = 8
"""Each takes some 300 MB."""


def count_workers(options: AuditOptions, ranges: int) -> int:
    """How many processes judge so many ranges: one where a second would have nothing to do."""
    cores = options.threads or len(os.sched_getaffinity(0))
    return max(1, min(cores, ranges, _MOST_WORKERS)) if sys.executable else 1


def judge_with_workers(task: JudgingTask, numbers: Sequence[int], workers: int, judged: Callable[[int], None]) -> None:
    """Judge ranges by so many processes; `judged` is told how many visits each range had.

    Raises what kept a process from judging, and `EngineFailure` where one ended without saying why.
    """
    left: SimpleQueue[int | None] = SimpleQueue()
    for number in (*numbers, *[None] * workers):
        left.put(number)
    answers: SimpleQueue[int | BaseException | None] = SimpleQueue()
    with _start(task, workers) as processes:
        for process in processes:
            Thread(target=_feed, args=(process, left, answers), daemon=True).start()
        working = workers
        while working:
            answer = answers.get()
            if isinstance(answer, BaseException):
                raise answer
            if answer is None:
                working -= 1
            else:
                judged(answer)


@contextmanager
def _start(task: JudgingTask, workers: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that have the task; none is left when the block ends, however it does."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "visitcheck.audit.running.worker"]
    content = pickle.dumps(task)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(workers):
            processes.append(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603
            )
        for process in processes:
            _pipe(process.stdin).write(content)
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                _close(_pipe(pipe))


def _feed(
    process: subprocess.Popen[bytes],
    left: SimpleQueue[int | None],
    answers: SimpleQueue[int | BaseException | None],
) -> None:
    """Give a process one range after another, and hand on its answers."""
    while (number := left.get()) is not None:
        try:
            _pipe(process.stdin).write(b"%d\n" % number)
            _pipe(process.stdin).flush()
            line = _pipe(process.stdout).readline()
        except (OSError, ValueError):  # it was killed, by the system or by the end of the run
            line = b""
        if not line:
            answers.put(EngineFailure(_ended(process)))
            return
        if line.startswith(ERROR):
            answers.put(_error_in(line))
            return
        answers.put(int(line))
    answers.put(None)


def _error_in(line: bytes) -> BaseException:
    try:
        error = pickle.loads(base64.b64decode(line.removeprefix(ERROR)))  # noqa: S301 - of our own process
    except Exception as reason:
        return EngineFailure(f"a process that judged visits failed, and its error cannot be read: {reason}")
    return error if isinstance(error, BaseException) else EngineFailure(str(error))


def _ended(process: subprocess.Popen[bytes]) -> str:
    return f"a process that judged visits ended with code {process.wait()}; it may have run out of memory"


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EngineFailure("a process that judges visits has no pipe")
    return pipe


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # what it did not take before it ended
        return
