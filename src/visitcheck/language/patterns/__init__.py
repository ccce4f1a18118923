r"""The patterns that `matches` takes: a subset read here, and spelled so that every engine agrees on it.

Characters, `\` escapes, `.` (anything but a newline), flat classes `[a-z]` and `[^...]`, `\d \w \s` (ASCII)
and `\D \W \S`, groups `( )` and `(?: )`, `|`, `* + ? {n} {n,} {n,m}`, `^` and `$` (start and end of the whole
text). A pattern is found anywhere in the text; `^` and `$` bind it.

What is repeated is one character, or a group without repeats whose alternatives begin with different characters, so
there is one way to read each repetition. `Automaton`, which engines in Python use, takes time linear in the text, as
RE2 does. Python's own `re` does not (`a?a?a?...b`): its spelling serves as the measure in tests.
"""

from __future__ import annotations

import re

from visitcheck.language.patterns.automaton import Automaton
from visitcheck.language.patterns.printer import Printer
from visitcheck.language.patterns.reader import PatternError, parse
from visitcheck.language.patterns.tree import Pattern


def to_python(pattern: str) -> str:
    """The pattern for Python's `re` (with `search`)."""
    return Printer("\\A", "\\Z").text(parse(pattern))


def to_re2(pattern: str) -> str:
    """The pattern for RE2, as DuckDB's `regexp_matches` takes it."""
    return Printer("\\A", "\\z").text(parse(pattern))


def to_java(pattern: str) -> str:
    """The pattern for `java.util.regex`, as Spark's `rlike` takes it."""
    return Printer("\\A", "\\z").text(parse(pattern))


def compile_python(pattern: str) -> re.Pattern[str]:
    """The pattern compiled for Python's `re`."""
    return re.compile(to_python(pattern))


__all__ = ["Automaton", "Pattern", "PatternError", "compile_python", "parse", "to_java", "to_python", "to_re2"]
