"""Constants as text: quoted texts with their escapes, and texts read and shown as times.

Quotes and escapes are those of CEL: single, double and triple quotes, raw texts. Times are read as facts are
(`facts.times`); durations as CEL has it, with `+`, `.5h` and nanoseconds too.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from visitcheck.facts import times
from visitcheck.facts.scalars import BadValueError, shown
from visitcheck.facts.types import DATE, DURATION, HOUR, MINUTE, SECOND, TIME_OF_DAY, TIMESTAMP, Type
from visitcheck.language.functions import FUNCTIONS

UnreadableError = BadValueError
"""Raised for a text that is no value of the wanted type; carries a sentence and help."""


def _read_duration(text: str) -> int:
    length: int | None = FUNCTIONS["duration"](text)
    if length is None:
        message = f"`{shown(text)}` is not a duration"
        help_ = "write it like `24h`, `90m` or `1h30m`, at most to the microsecond"
        raise UnreadableError("text-not-readable", message, help_)
    return length


READERS: dict[Type, Callable[[str], int]] = {
    TIMESTAMP: times.read_timestamp,
    DURATION: _read_duration,
    DATE: times.read_date,
    TIME_OF_DAY: times.read_time_of_day,
}
"""By type, what reads a text as a value; each raises `UnreadableError`."""


def _show_time_of_day(since_midnight: int) -> str:
    return times.time_of_day_text(since_midnight).removesuffix(":00")


def _show_duration(length: int) -> str:
    for unit, size in (("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1000)):
        if length % size == 0:
            return f"{length // size}{unit}"
    return f"{length}us"


SHOWN: dict[Type, Callable[[int], str]] = {
    TIMESTAMP: times.timestamp_text,
    DURATION: _show_duration,
    DATE: times.date_text,
    TIME_OF_DAY: _show_time_of_day,
}
"""By type, the text that reads back to a value."""

_SIMPLE_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "?": "?", '"': '"', "'": "'", "`": "`",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))"
)


class EscapeError(ValueError):
    """An escape that CEL does not know, at `start` to `end` of the quoted text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, end


def unquote(quoted: str) -> str:
    """The text that a text constant stands for; raises `EscapeError`."""
    raw = quoted[0] in "rR"
    body = quoted[1:] if raw else quoted
    width = 3 if body[:3] in ('"""', "'''") else 1
    inner = body[width:-width]
    if raw or "\\" not in inner:
        return inner
    return _ESCAPE.sub(lambda match: _unescape(match, width), inner)


def quote(text: str) -> str:
    """A text constant, in double quotes, that stands for `text`."""
    names = {value: name for name, value in _SIMPLE_ESCAPES.items() if name not in "?'`"}
    return '"' + "".join(_escape(char, names) for char in text) + '"'


def _escape(char: str, names: dict[str, str]) -> str:
    if char in names:
        return "\\" + names[char]
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def _unescape(match: re.Match[str], offset: int) -> str:
    simple, short, four, eight, octal, other = match.groups()
    if simple is not None:
        return _SIMPLE_ESCAPES[simple]
    start, end = match.start() + offset, match.end() + offset
    if other is not None:
        raise EscapeError(f"`\\{other}` is no escape", start, end)
    code = int(octal, 8) if octal is not None else int(short or four or eight, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise EscapeError(f"`{match[0]}` is no character", start, end)
    return chr(code)
