"""The patterns that `matches` takes: a subset read here, and spelled so that every engine agrees on it.

Characters, `\\` escapes, `.` (anything but a newline), flat classes `[a-z]` and `[^...]`, `\\d \\w \\s` (ASCII) and
`\\D \\W \\S`, groups `( )` and `(?: )`, `|`, `* + ? {n} {n,} {n,m}`, `^` and `$` (start and end of the whole text). A pattern
is found anywhere in the text; `^` and `$` bind it.

Nothing here can take exponential time in any engine: what is repeated is one character, or a group without
repeats whose alternatives begin with different characters, so there is one way to read each repetition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

MOST_REPEATS = 250
MOST_UNBOUNDED = 4
LONGEST = 1000

Range: TypeAlias = tuple[int, int]
_LAST = 0x10FFFF
_DIGIT: tuple[Range, ...] = ((0x30, 0x39),)
_WORD: tuple[Range, ...] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: tuple[Range, ...] = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
_NAMED = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
_SPECIAL = frozenset("\\.[](){}|*+?^$")


class PatternError(ValueError):
    """A pattern outside the subset: `start` and `end` say where, `help` what to write instead."""

    def __init__(self, message: str, start: int, end: int, help: str | None = None) -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.help = message, start, end, help


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


def parse(pattern: str) -> Pattern:
    """The tree of a pattern; raises `PatternError` for what the subset does not have."""
    if len(pattern) > LONGEST:
        raise PatternError(f"the pattern is longer than {LONGEST} characters", 0, len(pattern))
    reader = _Reader(pattern)
    found = reader.either()
    if reader.at < len(pattern):
        raise PatternError("`)` closes no group", reader.at, reader.at + 1, "write `\\)` for the character itself")
    return found


def to_python(pattern: str) -> str:
    """The pattern for Python's `re` (with `search`)."""
    return _Printer("\\A", "\\Z").text(parse(pattern))


def to_re2(pattern: str) -> str:
    """The pattern for RE2, as DuckDB's `regexp_matches` takes it."""
    return _Printer("\\A", "\\z").text(parse(pattern))


def to_java(pattern: str) -> str:
    """The pattern for `java.util.regex`, as Spark's `rlike` takes it."""
    return _Printer("\\A", "\\z").text(parse(pattern))


def compile_python(pattern: str) -> re.Pattern[str]:
    """The pattern compiled for Python's `re`."""
    return re.compile(to_python(pattern))


class _Reader:
    """Reads a pattern from left to right by recursive descent."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.unbounded = 0
        self.depth = 0

    def either(self) -> Pattern:
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _sequence(self) -> Pattern:
        parts = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            start = self.at
            parts.append(self._repeated(self._atom(), start))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, part: Pattern, start: int) -> Pattern:
        found = self._counts()
        if found is None:
            return part
        if self.at < len(self.text) and self.text[self.at] in "*+?{":
            self._refuse("a repeat of a repeat", help="lazy and possessive repeats are left out; a match is a match")
        least, most = found
        self._check_repeat(part, most, start)
        return Repeat(part, least, most)

    def _counts(self) -> tuple[int, int | None] | None:
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
            self._refuse("`{` begins no count", help="write `\\{` for the character itself, or a count like `{2,3}`")
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
        if not _one_way(part):
            raise PatternError(
                "this group cannot be repeated: it could be read in more than one way",
                start,
                self.at,
                "repeat one character or class, or a group without repeats whose alternatives begin differently",
            )

    def _atom(self) -> Pattern:
        char = self.text[self.at]
        match char:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "^" | "$":
                self.at += 1
                return Edge(char == "^")
            case ".":
                self.at += 1
                return Chars(_without(((0x0A, 0x0A),)))
            case "\\":
                return self._escape()
            case "*" | "+" | "?" | "{" | "}" | "]":
                self._refuse(f"`{char}` stands for itself nowhere", help=f"write `\\{char}` for the character itself")
        self.at += 1
        return _char(char)

    def _group(self) -> Pattern:
        start = self.at
        self.at += 1
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self.text.startswith("?", self.at):
            self._refuse(
                "flags, names and look-around are left out",
                width=2,
                help="write `(` or `(?:`; for either case list both letters, like `[Aa]`",
            )
        self.depth += 1
        if self.depth > 20:
            raise PatternError("groups more than 20 deep", start, self.at)
        found = self.either()
        self.depth -= 1
        if not self._take(")"):
            raise PatternError("this group is not closed", start, start + 1, "write `\\(` for the character itself")
        return found

    def _escape(self) -> Chars:
        named = self._escaped_ranges()
        return named if named is not None else _char(self._escaped_char())

    def _escaped_ranges(self) -> Chars | None:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter.lower() not in _NAMED or not letter:
            return None
        self.at += 2
        ranges = _NAMED[letter.lower()]
        return Chars(ranges if letter.islower() else _without(ranges))

    def _escaped_char(self) -> str:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter in _CONTROLS and letter:
            self.at += 2
            return _CONTROLS[letter]
        if not letter or letter.isalnum() or not letter.isascii():
            self._refuse(
                f"the escape `\\{letter}` is left out", width=2, help="`\\d \\w \\s \\n \\t \\r \\f` and escaped signs"
            )
        self.at += 2
        return letter

    def _class(self) -> Chars:
        start = self.at
        self.at += 1
        negated = self._take("^")
        ranges: list[Range] = []
        while not self._take("]"):
            if self.at >= len(self.text):
                raise PatternError("this class is not closed", start, start + 1, "write `\\[` for the character itself")
            ranges.extend(self._class_item())
        if not ranges:
            raise PatternError("an empty class", start, self.at, "write `\\]` for the character itself")
        joined = _joined(ranges)
        return Chars(_without(joined) if negated else joined)

    def _class_item(self) -> tuple[Range, ...]:
        start = self.at
        if self.text[self.at] == "\\":
            named = self._escaped_ranges()
            if named is not None:
                return named.ranges
        first = self._class_char()
        if self.text[self.at : self.at + 1] != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return ((ord(first), ord(first)),)
        self.at += 1
        last = self._class_char()
        if last < first:
            raise PatternError("this range ends before it begins", start, self.at)
        return ((ord(first), ord(last)),)

    def _class_char(self) -> str:
        char = self.text[self.at]
        if char == "\\":
            return self._escaped_char()
        if char == "[" or self.text.startswith("&&", self.at):
            self._refuse("classes in classes are left out", help=f"write `\\{char}` for the character itself")
        self.at += 1
        return char

    def _take(self, char: str) -> bool:
        if self.text.startswith(char, self.at):
            self.at += 1
            return True
        return False

    def _refuse(self, message: str, *, width: int = 1, help: str | None = None) -> None:
        raise PatternError(message, self.at, self.at + width, help)


def _char(char: str) -> Chars:
    return Chars(((ord(char), ord(char)),))


def _joined(ranges: list[Range]) -> tuple[Range, ...]:
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _without(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    found, low = [], 0
    for start, end in ranges:
        if low < start:
            found.append((low, start - 1))
        low = end + 1
    return (*found, (low, _LAST)) if low <= _LAST else tuple(found)


def _one_way(part: Pattern) -> bool:
    """Whether there is one way at most to read the part from any place, and it takes a character at least."""
    match part:
        case Chars():
            return True
        case Sequence(parts):
            return bool(parts) and all(_one_way(each) for each in parts)
        case Either(options):
            firsts = [_first(option) for option in options]
            return all(map(_one_way, options)) and _apart([first for first in firsts if first is not None])
        case _:
            return False


def _first(part: Pattern) -> tuple[Range, ...] | None:
    """The characters that a part without repeats and edges can begin with."""
    match part:
        case Chars(ranges):
            return ranges
        case Sequence(parts):
            return _first(parts[0]) if parts else None
        case Either(options):
            return _joined([each for option in options for each in _first(option) or ()])
        case _:
            return None


def _apart(sets: list[tuple[Range, ...]]) -> bool:
    everything = sorted(each for ranges in sets for each in ranges)
    return all(before[1] < after[0] for before, after in zip(everything, everything[1:], strict=False))


@dataclass(frozen=True, slots=True)
class _Printer:
    """Writes a tree with the spellings that Python, RE2 and Java read alike, and theirs for the two edges."""

    start: str
    end: str

    def text(self, node: Pattern) -> str:
        match node:
            case Chars(ranges):
                return _chars(ranges)
            case Edge(start):
                return self.start if start else self.end
            case Sequence(parts):
                return "".join(f"(?:{self.text(part)})" if isinstance(part, Either) else self.text(part) for part in parts)
            case Either(options):
                return "|".join(self.text(option) for option in options)
            case Repeat(part, least, most):
                inner = self.text(part)
                return (inner if isinstance(part, Chars) else f"(?:{inner})") + _count(least, most)


def _count(least: int, most: int | None) -> str:
    if most is None:
        return {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    return "?" if (least, most) == (0, 1) else f"{{{least},{most}}}"


def _chars(ranges: tuple[Range, ...]) -> str:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _spelled(ranges[0][0])
    negated = ranges[-1][1] == _LAST
    shown = _without(ranges) if negated else ranges
    if not shown:  # every character there is
        return "[\\s\\S]"
    return f"[{'^' if negated else ''}{''.join(_spans(shown))}]"


def _spans(ranges: tuple[Range, ...]) -> Iterator[str]:
    for low, high in ranges:
        yield _spelled(low) if low == high else f"{_spelled(low)}-{_spelled(high)}"


def _spelled(point: int) -> str:
    char = chr(point)
    for letter, control in _CONTROLS.items():
        if char == control:
            return f"\\{letter}"
    return f"\\{char}" if char.isascii() and not char.isalnum() and char not in " _" and char.isprintable() else char
