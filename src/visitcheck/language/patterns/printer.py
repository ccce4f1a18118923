"""Writes a tree in the spellings that Python, RE2 and Java read alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visitcheck.language.patterns.tree import (
    CONTROLS,
    LAST,
    Chars,
    Edge,
    Either,
    Pattern,
    Range,
    Repeat,
    Sequence,
    other_characters,
)


@dataclass(frozen=True, slots=True)
class Printer:
    """An engine's spellings of the start and the end of the text; all else is spelled alike."""

    start: str
    end: str

    def text(self, node: Pattern) -> str:
        """The pattern's text."""
        match node:
            case Chars(ranges):
                return _class_text(ranges)
            case Edge(start):
                return self.start if start else self.end
            case Sequence(parts):
                return "".join(
                    f"(?:{self.text(part)})" if isinstance(part, Either) else self.text(part) for part in parts
                )
            case Either(options):
                return "|".join(self.text(option) for option in options)
            case Repeat(part, least, most):
                inner = self.text(part)
                return (inner if isinstance(part, Chars) else f"(?:{inner})") + _repeat_text(least, most)


def _repeat_text(least: int, most: int | None) -> str:
    if most is None:
        return {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    return "?" if (least, most) == (0, 1) else f"{{{least},{most}}}"


def _class_text(ranges: tuple[Range, ...]) -> str:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _character_text(ranges[0][0])
    negated = ranges[-1][1] == LAST
    shown = other_characters(ranges) if negated else ranges
    if not shown:  # every character there is
        return "[\\s\\S]"
    return f"[{'^' if negated else ''}{''.join(_range_texts(shown))}]"


def _range_texts(ranges: tuple[Range, ...]) -> Iterator[str]:
    for low, high in ranges:
        yield _character_text(low) if low == high else f"{_character_text(low)}-{_character_text(high)}"


def _character_text(point: int) -> str:
    char = chr(point)
    for letter, control in CONTROLS.items():
        if char == control:
            return f"\\{letter}"
    return f"\\{char}" if char.isascii() and not char.isalnum() and char not in " _" and char.isprintable() else char
