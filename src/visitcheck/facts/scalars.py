"""What the readers of single values share: their refusals, and how values are shown in them.

Each reader (`times`, `numbers`, `texts`) takes any value but None, and returns its inside form
(`facts.types`) or raises `BadValueError`.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

LONGEST_STAND_IN = 12

STAND_INS = frozenset(
    {"", "unknown", "not known", "n/a", "null", "undefined", "-", "--", "?", "？", "不详", "未知", "不明"}
)
"""Texts that stand for "we do not know", in lower case. Leaving the fact out says so."""


class BadValueError(ValueError):
    """A value that is not of the type expected: a code, a sentence, and what would be right."""

    def __init__(self, code: str, message: str, help_: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help_


def is_stand_in(value: object) -> bool:
    """Whether a text stands for a missing value."""
    return isinstance(value, str) and len(value) <= LONGEST_STAND_IN and value.strip().lower() in STAND_INS


def kind_of(value: object) -> str:
    """What a value is, in the words of people who write JSON or YAML."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float() | Decimal():
            return "a number"
        case str():
            return "a text"
        case list() | tuple():
            return "a list"
        case _ if hasattr(value, "keys"):
            return "an object"
        case datetime():
            return "a timestamp"
        case date():
            return "a date"
        case time():
            return "a time of day"
        case _:
            return "a value that JSON does not have"


def shown(value: object, longest: int = 60) -> str:
    """A value as messages show it: one line, short, printable."""
    text = (
        value
        if isinstance(value, str)
        else str(value)
        if isinstance(value, float | Decimal) or (isinstance(value, int) and value.bit_length() <= 1000)
        else kind_of(value)
    )
    text = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[: longest + 1])
    return text if len(text) <= longest else text[: longest - 1] + "…"


def wrong_type(value: object, expected: str, example: str) -> BadValueError:
    """The value is not of the type that the fact has; stand-ins for a missing value get help of their own."""
    if is_stand_in(value):
        return BadValueError("fact-stand-in", f"`{shown(value)}` stands for a missing value", "leave the fact out")
    return BadValueError("fact-wrong-type", f"expected {expected}, found {kind_of(value)}", f"write it like {example}")
