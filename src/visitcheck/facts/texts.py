"""Texts, and the names of zones."""

from __future__ import annotations

import re
from collections.abc import Callable

from visitcheck.facts.limits import MAX_TEXT
from visitcheck.facts.scalars import (
    LONGEST_STAND_IN,
    STAND_INS,
    BadValueError,
    is_stand_in,
    shown,
    wrong_type,
)
from visitcheck.facts.zones import zone_help, zone_names

FORMAT_CHARACTERS = (
    (0xAD, 0xAD), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2),
    (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB),
    (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
    (0xE0001, 0xE007F),
)  # fmt: skip
"""Unicode's format characters, from and to: nobody sees them, and an id with one is another id."""
_FORMAT = "".join(f"{chr(first)}-{chr(last)}" for first, last in FORMAT_CHARACTERS)
_REFUSED_IN_IDS = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff{_FORMAT}]")
# What YAML documents may not hold either: one text, one answer, however it is written.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def text_reader(
    *,
    longest: int = MAX_TEXT,
    control: bool = True,
    pattern: str | None = None,
    example: str = "",
    spoken: bool = False,
) -> Callable[[object], str]:
    """A reader of text: its length in characters, whether control characters may stand in it, its pattern.

    `spoken` text is a quotation, in which a word like "unknown" is no stand-in.
    """
    forbidden = _REFUSED if control else _REFUSED_IN_IDS
    search = forbidden.search
    matches = None if pattern is None else re.compile(pattern).fullmatch

    def read(value: object) -> str:
        if type(value) is not str:
            if not isinstance(value, str):
                raise wrong_type(value, "a text", f"`{example}`" if example else 'text in quotes, `"..."`')
            value = str.__str__(value)
        if len(value) <= LONGEST_STAND_IN and value.lower().strip() in STAND_INS and not (spoken and value.strip()):
            message = f"`{shown(value)}` stands for a missing value" if value.strip() else "the text is empty"
            raise BadValueError("fact-stand-in", message, "leave the fact out")
        if len(value) > longest:
            raise BadValueError(
                "fact-too-long", f"the text has {len(value):,} characters", f"at most {longest:,} are read"
            )
        if not (value.isascii() and value.isprintable()) and (refused := search(value)) is not None:
            raise _forbidden(refused[0])
        if not control and value.strip() != value:
            raise BadValueError("fact-character", f"`{shown(value)}` has white space around it", "remove it")
        if matches is not None and matches(value) is None:
            raise BadValueError(
                "fact-pattern",
                f"`{shown(value)}` is not written as it should be",
                f"write it like `{example}`",
            )
        return value

    return read


def _forbidden(char: str) -> BadValueError:
    if "\ud800" <= char <= "\udfff":
        return BadValueError(
            "fact-surrogate", f"the text holds half of a surrogate pair, U+{ord(char):04X}", "remove it"
        )
    return BadValueError("fact-character", f"the text holds the character U+{ord(char):04X}", "remove it")


def read_zone(value: object) -> str:
    """The name of a time zone, in exact case."""
    if isinstance(value, str) and value in zone_names():
        return str.__str__(value)
    if isinstance(value, str) and not is_stand_in(value):
        raise BadValueError("fact-zone", f"there is no time zone `{shown(value)}`", zone_help(value))
    raise wrong_type(value, "the name of a time zone", "`Asia/Shanghai`")
