"""Reads a pattern into its tree, by recursive descent."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NoReturn

from visitcheck.language.patterns.tree import (
    CONTROLS,
    Chars,
    Edge,
    Either,
    Pattern,
    Range,
    Repeat,
    Sequence,
    merge_ranges,
    other_characters,
    single_character,
)

MOST_REPEATS = 250
MOST_UNBOUNDED = 4
LONGEST = 1000
MOST_STEPS = 2000
"""Characters that a pattern stands for with its bounded repeats written out."""

_DIGIT: tuple[Range, ...] = ((0x30, 0x39),)
_WORD: tuple[Range, ...] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: tuple[Range, ...] = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
_NAMED = {"d": _DIGIT, "w": _WORD, "s": _SPACE}


class PatternError(ValueError):
    """A pattern outside the subset: `start` and `end` say where, `help` what to write instead."""

    def __init__(self, message: str, start: int, end: int, instead: str | None = None) -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.help = message, start, end, instead


def parse(pattern: str) -> Pattern:
    """The tree of a pattern; raises `PatternError` for what the subset does not have."""
    if len(pattern) > LONGEST:
        raise PatternError(f"the pattern is longer than {LONGEST} characters", 0, len(pattern))
    reader = _Reader(pattern)
    tree = reader.read_alternatives()
    if reader.at < len(pattern):
        raise PatternError("`)` closes no group", reader.at, reader.at + 1, "write `\\)` for the character itself")
    if count_steps(tree) > MOST_STEPS:
        message = f"written out, the repeats of this pattern make more than {MOST_STEPS} steps"
        raise PatternError(message, 0, len(pattern), "repeat fewer times, or without limit")
    return tree


def count_steps(pattern: Pattern) -> int:
    """How many steps a pattern has with its bounded repeats written out."""
    match pattern:
        case Sequence():
            return sum(map(count_steps, pattern.parts))
        case Either():
            return 1 + sum(map(count_steps, pattern.options))
        case Repeat():
            times = pattern.least + 1 if pattern.most is None else pattern.most
            return count_steps(pattern.part) * max(1, times)
        case _:
            return 1


class _Reader:
    """A pattern being read, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.unbounded = 0
        self.depth = 0

    def read_alternatives(self) -> Pattern:
        options = [self._read_sequence()]
        while self._take("|"):
            options.append(self._read_sequence())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _read_sequence(self) -> Pattern:
        parts = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            start = self.at
            parts.append(self._read_repeat(self._read_atom(), start))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _read_repeat(self, part: Pattern, start: int) -> Pattern:
        counts = self._read_counts()
        if counts is None:
            return part
        if self.at < len(self.text) and self.text[self.at] in "*+?{":
            self._refuse("a repeat of a repeat", instead="lazy and possessive repeats are left out; a match is a match")
        least, most = counts
        self._check_repeat(part, most, start)
        return Repeat(part, least, most)

    def _read_counts(self) -> tuple[int, int | None] | None:
        if self._take("*"):
            return 0, None
        if self._take("+"):
            return 1, None
        if self._take("?"):
            return 0, 1
        if self.at >= len(self.text) or self.text[self.at] != "{":
            return None
        match = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{1,4})?)?\}").match(self.text, self.at)
        if match is None:
            self._refuse("`{` begins no count", instead="write `\\{` for the character itself, or a count like `{2,3}`")
        start, self.at = self.at, match.end()
        least = int(match[1])
        most = least if not match[2] else int(match[3]) if match[3] else None
        if least > MOST_REPEATS or (most or 0) > MOST_REPEATS:
            raise PatternError(f"more than {MOST_REPEATS} repeats", start, self.at)
        if most is not None and most < least:
            raise PatternError("the second count is smaller than the first", start, self.at)
        return least, most

    def _check_repeat(self, part: Pattern, most: int | None, start: int) -> None:
        if isinstance(part, Edge):
            raise PatternError("`^` and `$` cannot be repeated", start, self.at)
        self.unbounded += most is None
        if self.unbounded > MOST_UNBOUNDED:
            raise PatternError(f"more than {MOST_UNBOUNDED} repeats without limit", start, self.at)
        if most is not None and most <= 1:
            return
        if not _is_unambiguous(part):
            raise PatternError(
                "this group cannot be repeated: it could be read in more than one way",
                start,
                self.at,
                "repeat one character or class, or a group without repeats whose alternatives begin differently",
            )

    def _read_atom(self) -> Pattern:
        char = self.text[self.at]
        match char:
            case "(":
                return self._read_group()
            case "[":
                return self._read_class()
            case "^" | "$":
                self.at += 1
                return Edge(char == "^")
            case ".":
                self.at += 1
                return Chars(other_characters(((0x0A, 0x0A),)))
            case "\\":
                return self._read_escape()
            case "*" | "+" | "?" | "{" | "}" | "]":
                self._refuse(
                    f"`{char}` stands for itself nowhere",
                    instead=f"write `\\{char}` for the character itself",
                )
        self.at += 1
        return single_character(char)

    def _read_group(self) -> Pattern:
        start = self.at
        self.at += 1
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self.text.startswith("?", self.at):
            self._refuse(
                "flags, names and look-around are left out",
                width=2,
                instead="write `(` or `(?:`; for either case list both letters, like `[Aa]`",
            )
        self.depth += 1
        if self.depth > 20:
            raise PatternError("groups more than 20 deep", start, self.at)
        inner = self.read_alternatives()
        self.depth -= 1
        if not self._take(")"):
            raise PatternError("this group is not closed", start, start + 1, "write `\\(` for the character itself")
        return inner

    def _read_escape(self) -> Chars:
        named = self._escaped_ranges()
        return named if named is not None else single_character(self._escaped_character())

    def _escaped_ranges(self) -> Chars | None:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter.lower() not in _NAMED or not letter:
            return None
        self.at += 2
        ranges = _NAMED[letter.lower()]
        return Chars(ranges if letter.islower() else other_characters(ranges))

    def _escaped_character(self) -> str:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter in CONTROLS and letter:
            self.at += 2
            return CONTROLS[letter]
        if not letter or letter.isalnum() or not letter.isascii():
            self._refuse(
                f"the escape `\\{letter}` is left out",
                width=2,
                instead="`\\d \\w \\s \\n \\t \\r \\f` and escaped signs",
            )
        self.at += 2
        return letter

    def _read_class(self) -> Chars:
        start = self.at
        self.at += 1
        negated = self._take("^")
        ranges: list[Range] = []
        while not self._take("]"):
            if self.at >= len(self.text):
                raise PatternError("this class is not closed", start, start + 1, "write `\\[` for the character itself")
            ranges.extend(self._read_class_item())
        if not ranges:
            raise PatternError("an empty class", start, self.at, "write `\\]` for the character itself")
        merged = merge_ranges(ranges)
        return Chars(other_characters(merged) if negated else merged)

    def _read_class_item(self) -> tuple[Range, ...]:
        start = self.at
        if self.text[self.at] == "\\":
            named = self._escaped_ranges()
            if named is not None:
                return named.ranges
        first = self._class_character()
        if self.text[self.at : self.at + 1] != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return ((ord(first), ord(first)),)
        self.at += 1
        last = self._class_character()
        if last < first:
            raise PatternError("this range ends before it begins", start, self.at)
        return ((ord(first), ord(last)),)

    def _class_character(self) -> str:
        char = self.text[self.at]
        if char == "\\":
            return self._escaped_character()
        if char == "[" or self.text.startswith("&&", self.at):
            self._refuse("classes in classes are left out", instead=f"write `\\{char}` for the character itself")
        self.at += 1
        return char

    def _take(self, char: str) -> bool:
        if self.text.startswith(char, self.at):
            self.at += 1
            return True
        return False

    def _refuse(self, message: str, *, width: int = 1, instead: str | None = None) -> NoReturn:
        raise PatternError(message, self.at, self.at + width, instead)


def _is_unambiguous(part: Pattern) -> bool:
    """Whether there is one way at most to read the part from any place, and it takes a character at least.

    Repeating such a part cannot make an engine that goes back try for ever.
    """
    match part:
        case Chars():
            return True
        case Sequence(parts):
            return bool(parts) and all(_is_unambiguous(each) for each in parts)
        case Either(options):
            firsts = [_first_characters(option) for option in options]
            known = [first for first in firsts if first is not None]
            return all(map(_is_unambiguous, options)) and _are_disjoint(known)
        case _:
            return False


def _first_characters(part: Pattern) -> tuple[Range, ...] | None:
    """The characters that a part without repeats and edges can begin with."""
    match part:
        case Chars(ranges):
            return ranges
        case Sequence(parts):
            return _first_characters(parts[0]) if parts else None
        case Either(options):
            return merge_ranges([each for option in options for each in _first_characters(option) or ()])
        case _:
            return None


def _are_disjoint(sets: list[tuple[Range, ...]]) -> bool:
    everything = sorted(each for ranges in sets for each in ranges)
    return all(before[1] < after[0] for before, after in pairwise(everything))
