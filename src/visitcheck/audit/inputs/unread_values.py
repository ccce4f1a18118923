"""Values that cannot be read and that a mapping takes for unknown: left out of their rows, counted and listed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from visitcheck.errors import Problem
from visitcheck.facts.scalars import shown
from visitcheck.gate.selectors import REQUIRED

UNKNOWN_VALUES = "unknown-values"
_ALWAYS_NEEDED = frozenset({*REQUIRED, "visit.starts_at", "visit.date", "visit.timezone"})
# What a value is by itself; what it is beside others, like an end before its start, still rejects a row.
_UNREADABLE = frozenset(
    {
        "fact-character", "fact-date", "fact-duration", "fact-leap-second", "fact-money", "fact-money-decimals",
        "fact-not-finite", "fact-pattern", "fact-range", "fact-stand-in", "fact-surrogate", "fact-time-of-day",
        "fact-time-range", "fact-timestamp", "fact-timestamp-fine", "fact-timestamp-naive", "fact-too-long",
        "fact-unknown-word", "fact-wrong-type",
    }
)  # fmt: skip
_steps = re.compile(r"[^.\[\]]+").findall
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class UnreadValue:
    """A value that could not be read: its file by number, its row, the columns that it may be from, and its text."""

    file: int
    row: int
    column: str
    text: str


def without_unread(
    facts: Mapping[str, Any], problems: Iterable[Problem], selectors: frozenset[str]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The facts without the values that cannot be read, and these with their paths; none of what rows must have."""
    left = deepcopy(dict(facts))
    unread: list[tuple[str, str]] = []
    for problem in problems:
        path = (problem.path or "$").removeprefix("$.")
        plain = re.sub(r"\[[0-9]+\]", "[]", path)
        if problem.code not in _UNREADABLE or plain in _ALWAYS_NEEDED or plain in selectors:
            continue
        *above, last = _steps(path)
        within: Any = left
        for step in above:
            within = within[int(step) if isinstance(within, list) else step]
        if isinstance(within, dict) and last in within:
            value = within.pop(last)
            unread.append((path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    return left, unread


def warn_of_unread(values: Iterable[UnreadValue], file: str, sheet: str | None) -> Iterator[Problem]:
    """The warnings of one file: for each column how many of its values are not known, with row and text."""
    by_column: dict[str, list[UnreadValue]] = {}
    for value in values:
        by_column.setdefault(value.column, []).append(value)
    where = f"`{file}`" if sheet is None else f"`{file}`, sheet `{sheet}`"
    for column, some in by_column.items():
        listed = ", ".join(f"row {one.row} `{shown(one.text)}`" for one in some[:_MOST_LISTED])
        more = f" and {len(some) - _MOST_LISTED:,} more" if len(some) > _MOST_LISTED else ""
        message = f"{where}: {len(some):,} values of {column} cannot be read and count as unknown: {listed}{more}"
        yield Problem(UNKNOWN_VALUES, message, "correct them, or say by `format`, `reading` or `values` what they mean")
