"""What the names in a condition may mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from visitcheck.facts.types import BOOL, Record, Type
from visitcheck.ir.nodes import DatedValue, Expr
from visitcheck.language.syntax import RESERVED_WORDS

PARAMETERS = "params"
"""The name under which conditions read parameters: `params.min_team`."""


@dataclass(frozen=True, slots=True)
class ParamType:
    """A parameter as conditions see it: its type and its dated values in inside form."""

    type: Type
    values: tuple[DatedValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The names that a condition may use, and what else its meaning hangs on.

    `zone` is the STRING expression that a call without a zone gets, `date` the DATE expression on which
    parameters have their values. A `let` that could not be compiled is None: reading it is no
    further problem. With `allow_has` False, `has()` is refused, also inside a `let`.
    """

    facts: Record
    zone: Expr
    date: Expr
    params: Mapping[str, ParamType] = field(default_factory=dict)
    lets: Mapping[str, Expr | None] = field(default_factory=dict)
    lexicons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allow_has: bool = True

    def meaning(self, name: str) -> str | None:
        """What `name` already stands for, in words, or None where it is free (for a `let` or a variable)."""
        if name == PARAMETERS:
            return "the parameters"
        if name in self.lets:
            return "a `let`"
        type_ = self.facts.fields.get(name)
        if type_ is not None:
            return "a group of facts" if isinstance(type_, Record) else "a fact"
        return "a reserved word of CEL" if name in RESERVED_WORDS else None

    def names(self) -> list[str]:
        """All names that may start an expression."""
        return [*self.facts.fields, *self.lets, *([PARAMETERS] if self.params else [])]


def describe(type_: Type) -> str:
    """A type in words with its article, as messages use it."""
    if isinstance(type_, Record):
        return f"the record `{type_}`"
    if type_ is BOOL:
        return "a truth (bool)"
    text = str(type_)
    return f"{'an' if text[0] in 'aeiou' else 'a'} {text}"
