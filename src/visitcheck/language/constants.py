"""Text constants read as the type they are compared with, and shown as such.

Times are read as facts are (`facts.times`); durations as CEL has it, with `+`, `.5h` and nanoseconds too.
"""

from __future__ import annotations

from collections.abc import Callable

from visitcheck.facts import times
from visitcheck.facts.scalars import BadValueError, shown
from visitcheck.facts.types import DATE, DURATION, HOUR, MINUTE, SECOND, TIME_OF_DAY, TIMESTAMP, Type
from visitcheck.language.functions import FUNCTIONS

UnreadableError = BadValueError
"""Raised for a text that is no value of the wanted type; carries a sentence and help."""


def _duration(text: str) -> int:
    found: int | None = FUNCTIONS["duration"](text)
    if found is None:
        message = f"`{shown(text)}` is not a duration"
        help_ = "write it like `24h`, `90m` or `1h30m`, at most to the microsecond"
        raise UnreadableError("text-not-readable", message, help_)
    return found


READERS: dict[Type, Callable[[str], int]] = {
    TIMESTAMP: times.timestamp,
    DURATION: _duration,
    DATE: times.date_,
    TIME_OF_DAY: times.time_of_day,
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
