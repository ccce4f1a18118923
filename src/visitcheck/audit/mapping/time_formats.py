"""Formats of times: which directives they may have, whether they state a whole time, and how strictly they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from visitcheck.facts.types import DATE, TIME_OF_DAY, TIMESTAMP, Type

# Digits as people write them; a year has four, so that no 26 is read as the year 26.
_PATTERNS = {
    "Y": "[12][0-9]{3}",
    "y": "[0-9]{2}",
    "m": "(?:0?[1-9]|1[0-2])",
    "d": "(?:0?[1-9]|[12][0-9]|3[01])",
    "j": "[0-9]{1,3}",
    "H": "(?:[01]?[0-9]|2[0-3])",
    "I": "(?:0?[1-9]|1[0-2])",
    "M": "[0-5]?[0-9]",
    "S": "[0-5]?[0-9]",
    "f": "[0-9]{1,6}",
    "p": "(?:[AaPp][Mm])",
    "z": "[+-][0-9]{2}(?::?[0-9]{2})?",
    "b": "[A-Za-z]+",
    "B": "[A-Za-z]+",
    "a": "[A-Za-z]+",
    "A": "[A-Za-z]+",
    "%": "%",
}
_parts = re.compile(r"(?s)%(-?.)|([^%]+)|(%)").findall
WEEKDAYS = frozenset("aA")


def directives(format_: str) -> frozenset[str]:
    """The directives of a format, without the `-` that leaves zeros out."""
    return frozenset(directive.removeprefix("-") for directive, _, _ in _parts(format_) if directive)


def text_pattern(format_: str) -> str:
    """A pattern of the texts that a format reads, for DuckDB and Python alike."""
    return "".join(
        _PATTERNS[directive.removeprefix("-")] if directive else _literal(text)
        for directive, text, _ in _parts(format_)
    )


def _literal(text: str) -> str:
    return "".join(char if char.isalnum() or char.isspace() or not char.isascii() else f"\\{char}" for char in text)


def format_problems(format_: str, type_: Type) -> Iterator[tuple[str, str]]:
    """What is wrong with a format for a fact of this type: messages with their help."""
    if not directives(format_):
        yield "a format of times belongs here", "write it like `%Y/%m/%d %H:%M`"
        return
    broken = any(percent for _, _, percent in _parts(format_))
    unknown = sorted(directives(format_) - _PATTERNS.keys())
    if "Z" in unknown:
        message = "`%Z`: names of zones can mean several zones (CST is Shanghai's and Chicago's)"
        yield message, "give the zone as `timezone`, or write offsets and read them by `%z`"
        return
    if broken or unknown:
        shown = f"`%{unknown[0]}`" if unknown else "a `%` alone"
        yield (
            f"{shown} is read by no format of times",
            "use " + ", ".join(f"`%{one}`" for one in _PATTERNS if one != "%"),
        )
        return
    yield from _unstated(directives(format_), type_)


def _unstated(has: frozenset[str], type_: Type) -> Iterator[tuple[str, str]]:
    """What a format leaves open that the fact needs."""
    day = bool(has & set("Yy")) and ((bool(has & set("mbB")) and "d" in has) or "j" in has)
    clock = "M" in has and ("H" in has or {"I", "p"} <= has)
    if "I" in has and "p" not in has and "H" not in has:
        yield "`%I` is an hour of twelve, and no `%p` says which half of the day it is in", "read 24 hours by `%H`"
    elif type_ in (TIMESTAMP, DATE) and not day:
        help_ = "it needs year, month and day"
        if type_ == TIMESTAMP and clock:
            help_ += "; where another column has them, join both: `from: [外访日期, 到达时间]`"
        yield "the format does not state a whole date", help_
    elif type_ in (TIMESTAMP, TIME_OF_DAY) and not clock:
        yield "the format does not state a time of day", "it needs hours and minutes"
    elif "z" in has and type_ != TIMESTAMP:
        yield "`%z` is an offset, which dates and times of day do not have", "feed a fact that is a moment"
