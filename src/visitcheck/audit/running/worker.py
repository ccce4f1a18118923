"""A process that judges ranges for another: a task on standard input, then a range's number a line.

It answers each with a line: how many visits were judged, or the error that kept it from judging.
"""

from __future__ import annotations

import base64
import os
import pickle
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.judging import RangeJudge
from visitcheck.audit.running.reading import ReadRows
from visitcheck.audit.running.remarks import reads_alone

ERROR = b"error "
"""Begins a line with a pickled error, in base64."""


@dataclass(frozen=True)
class JudgingTask:
    """What a process has to know to judge ranges; it can be pickled."""

    rows: ReadRows
    labels: tuple[str, ...]

    @classmethod
    def of_rows(cls, rows: ReadRows, labels: tuple[str, ...]) -> JudgingTask:
        """Make the task of a run: of its options those that say what earlier visits are, and how to read remarks."""
        given = rows.options
        options = AuditOptions(
            history=given.history,
            history_since=given.history_since,
            leads=not reads_alone(given) and given.leads,
            lead_sentences=given.lead_sentences,
        )
        return cls(replace(rows, options=options), labels)


def main() -> None:
    """Judge ranges until standard input ends, or the process that gave the task does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process ends this one
    try:
        task, parent = pickle.load(sys.stdin.buffer), os.getppid()  # noqa: S301 - from the process that started this one
        _judge(task, lambda: os.getppid() == parent)
        sys.stdout.buffer.flush()
    except (BrokenPipeError, EOFError, pickle.UnpicklingError):
        os._exit(1)  # the other process has ended: there is nobody to tell, not even as this one's streams are closed


def _judge(task: JudgingTask, is_wanted: Callable[[], bool]) -> None:
    import pyarrow as pa

    pa.set_cpu_count(1)  # each core has a process of its own
    answers = sys.stdout.buffer
    try:
        judge = RangeJudge.of_rows(task.rows, task.labels)
        for line in sys.stdin.buffer:
            answers.write(b"%d\n" % judge.keep_range(int(line), is_wanted))
            answers.flush()
    except BrokenPipeError:
        raise
    except Exception as error:
        answers.write(ERROR + base64.b64encode(pickle.dumps(error)) + b"\n")


if __name__ == "__main__":
    main()
