"""Nodes to plain Python values, for documents whose reader expects what JSON would hold."""

from __future__ import annotations

import re
from decimal import Decimal

from visitcheck.documents.nodes import YamlMapping, YamlNode, YamlScalar

_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
# Longer digits are text: no fact has a number of this size, and converting endless digits takes endless time.
_LONGEST_NUMBER = 64


def to_python(node: YamlNode | None) -> object:
    """Dicts, lists and plain values.

    Plain scalars are read as JSON would: `true`, `false`, `null` (also `~` and nothing), JSON numbers (`int`,
    or `Decimal` where there is a point or exponent). All else is text: `NO`, `22:00`, `010`, `2026-01-30`.
    """
    if node is None:
        return None
    if isinstance(node, YamlMapping):
        return {key.text: to_python(value) for key, value in node.entries}
    if isinstance(node, YamlScalar):
        return scalar_value(node)
    return [to_python(item) for item in node.items]


def scalar_value(scalar: YamlScalar) -> str | bool | int | Decimal | None:
    """One scalar, as `to_python` reads it."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if number is None:
        return text
    return int(text) if number[1] is None and number[2] is None else Decimal(text)
