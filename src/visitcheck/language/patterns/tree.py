"""The tree of a pattern, and sets of characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]
"""Code points from the first to the second, both included."""
LAST = 0x10FFFF
CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
"""What stands after a backslash for a character without a shape."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of these code point ranges, sorted and apart."""

    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """The start (`^`) or the end (`$`) of the whole text."""

    start: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after another; without parts the empty text."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any one of the alternatives."""

    options: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part, `least` times to `most` times (None: without limit)."""

    part: Pattern
    least: int
    most: int | None


Pattern: TypeAlias = Chars | Edge | Sequence | Either | Repeat


def single_character(char: str) -> Chars:
    """Just this character."""
    return Chars(((ord(char), ord(char)),))


def merge_ranges(ranges: list[Range]) -> tuple[Range, ...]:
    """The ranges sorted, those that meet made one."""
    merged: list[Range] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def other_characters(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """All other characters."""
    gaps, low = [], 0
    for start, end in ranges:
        if low < start:
            gaps.append((low, start - 1))
        low = end + 1
    return (*gaps, (low, LAST)) if low <= LAST else tuple(gaps)
