"""Values and texts of a policy inside generated source, where none of them may become code."""

from __future__ import annotations

import math
from typing import Any

_LONGEST = 80


class Constants:
    """The names that the source finds in its namespace: values without a literal, and functions."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self._names: dict[int, str] = {}

    def name(self, value: object) -> str:
        """A name for an object, the same one each time."""
        found = self._names.get(id(value))
        if found is None:
            found = self._names[id(value)] = f"k{len(self.namespace)}"
            self.namespace[found] = value
        return found

    def literal(self, value: object) -> str:
        """A value as source: a literal for short plain ones, else a name.

        Only exact built-in types are written out: a subclass could have a `repr` of its own making.
        """
        if value is None or type(value) is bool:
            return repr(value)
        if type(value) is int:
            return repr(value) if value >= 0 else f"({value!r})"
        if type(value) is float and math.isfinite(value):
            return f"({value!r})"
        if type(value) is str and len(value) <= _LONGEST:
            return repr(value)
        return self.name(value)

    def literals(self, values: tuple[object, ...]) -> str:
        """Several values as a tuple to look into."""
        return f"({', '.join(self.literal(value) for value in values)},)"


def comment(text: str) -> str:
    """A text that stays inside its comment: whatever could end the line or hide text is replaced."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)[:200]
