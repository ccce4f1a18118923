"""Standard streams that are closed, full or of a small encoding, and signals that end a process: said in one line."""

from __future__ import annotations

import codecs
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Literal, TextIO

_HANDLER = "visitcheck.escape"
_PLAIN = {"✗": "x", "✓": "v", "–": "-", "—": "-", "−": "-", "·": "*", "…": "...", "¥": "CNY ", "“": '"', "”": '"'}
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class OutputLost(Exception):
    """Standard output takes no more; says why."""


class Terminated(KeyboardInterrupt):
    """A signal asks the process to end, as Ctrl-C does: what is open is closed, and temporary files go."""


class _Guarded(io.RawIOBase):
    """A file descriptor whose failures are told apart from all others; `ignored` ones are of no consequence."""

    def __init__(self, number: int, *, ignored: bool) -> None:
        self._number = number
        self._ignored = ignored

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def write(self, data: Any) -> int:
        try:
            return os.write(self._number, data)
        except OSError as error:
            # What is still waiting must find somewhere to go when the process ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._number)
            if self._ignored:
                return len(data)
            raise OutputLost(error.strerror or str(error)) from error


class Streams:
    """The standard streams of a command, and the signal that ended it."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.json = False
        self.language: Literal["en", "zh"] = "en"
        """The language that was asked for."""
        self.console_language: Literal["en", "zh"] = "en"
        """That language, or English where the encoding of a stream has no Chinese."""
        self.escaped: str | None = None
        """The encoding that lacks a character that was written."""

    def escape(self, error: UnicodeError) -> tuple[str, int]:
        """Write what an encoding lacks as JSON does, or, for people, a well-known sign by a plain one."""
        if not isinstance(error, UnicodeEncodeError):
            raise error
        lacking = error.object[error.start : error.end]
        self.escaped = sys.stdout.encoding
        return "".join(map(_escape_json if self.json else _escape_plainly, lacking)), error.end

    def notes(self) -> Iterator[str]:
        """What people should know about the encoding that they were written to in."""
        from visitcheck.texts import say

        if self.language != self.console_language:
            yield (
                f"note: the encoding {sys.stdout.encoding} has no Chinese characters, so this is in English; "
                "PYTHONIOENCODING=utf-8 shows Chinese"
            )
        elif self.escaped is not None:
            yield say(self.console_language, "streams.escaped", encoding=self.escaped)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Guard the standard streams of this process, and take its signals, while a command runs."""
        codecs.register_error(_HANDLER, self.escape)
        _open_closed_streams()
        if sys.stdout is sys.__stdout__ and sys.stderr is sys.__stderr__:
            sys.stdout = _guarded_text(sys.stdout, 1, ignored=False)
            sys.stderr = _guarded_text(sys.stderr, 2, ignored=True)
        else:  # somebody in this process has put streams of their own
            for stream in (sys.stdout, sys.stderr):
                if isinstance(stream, io.TextIOWrapper):
                    stream.reconfigure(errors=_HANDLER)
        chinese = self.language == "zh" and _can_write_chinese(sys.stdout) and _can_write_chinese(sys.stderr)
        self.console_language = "zh" if chinese else "en"
        before = self._take_signals()
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _take_signals(self) -> dict[int, Any]:
        """Let signals raise `Terminated`, unless they are ignored, as `nohup` asks, or somebody else handles them."""
        try:
            default = [number for number in _SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
            return {number: signal.signal(number, self._terminate) for number in default}
        except ValueError:  # not the main thread
            return {}

    def _terminate(self, number: int, _: FrameType | None) -> None:
        self.signal = number
        signal.signal(number, signal.SIG_IGN)  # a second one would break off the tidying up
        raise Terminated(signal.Signals(number).name)


def _can_write_chinese(stream: TextIO) -> bool:
    try:
        "外访核查".encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _open_closed_streams() -> None:
    """Give closed standard streams a place of their own, so that no file of ours is opened in theirs."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            mode = os.O_WRONLY if number == 0 else os.O_RDONLY  # what is closed stays of no use
            os.dup2(os.open(os.devnull, mode), number)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as long as the process
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            stream = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def _guarded_text(stream: TextIO | None, number: int, *, ignored: bool) -> TextIO:
    """The stream again, above a descriptor that is watched, with what its encoding lacks escaped."""
    raw = _Guarded(number, ignored=ignored)
    encoding = "utf-8" if stream is None else stream.encoding
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=encoding,
        errors=_HANDLER,
        line_buffering=ignored or raw.isatty(),
        write_through=ignored,
    )


def _escape_json(character: str) -> str:
    data = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at : at + 2].hex()}" for at in range(0, len(data), 2))


def _escape_plainly(character: str) -> str:
    return _PLAIN.get(character) or _escape_json(character)
