"""What a built-in function is: its types, its meaning in three-valued logic, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from visitcheck.facts.types import Type
from visitcheck.truth import Truth

Cost: TypeAlias = Literal["cheap", "zone", "text", "list"]
Examined: TypeAlias = tuple[Truth, tuple[Any, ...]]
"""An element as a list function sees it: TRUE where it is in, UNKNOWN where maybe; and its bodies' values."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function. A `receiver` signature is written `first.name(rest)`.

    `params` are complete: a zone comes last, also where a writer may leave it out (`Function.zone`).
    """

    params: tuple[Type, ...]
    result: Type
    receiver: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A built-in function of values.

    `evaluate` takes inside values in the order of `Signature.params` and answers with one, or None for
    UNKNOWN; it never raises for arguments of the right types. A `strict` function is not called when an
    argument is UNKNOWN: it is UNKNOWN then. With `zone` the last parameter is a zone name that the rule's
    zone stands in for. The arguments at the positions `constant` must be known when a policy is compiled.
    """

    name: str
    signatures: tuple[Signature, ...]
    evaluate: Callable[..., Any]
    doc: str
    strict: bool = True
    zone: bool = False
    constant: frozenset[int] = frozenset()
    cost: Cost = "cheap"

    def __call__(self, *args: Any) -> Any:
        """The value for these arguments; UNKNOWN for an UNKNOWN one where the function is strict."""
        if self.strict and None in args:
            return None
        return self.evaluate(*args)


@dataclass(frozen=True, slots=True)
class ListFunction:
    """A built-in function of a list, written `name(list, x, bodies..., args...)` or `list.name(x, ...)`.

    Each body is an expression of the element `x`; a body type of None stands for any type with `==`, and
    with `repeat` the last body may be written several times. `args` do not see the element.
    `evaluate(elements, *args)` gets each element's membership and body values; an absent list is UNKNOWN
    before it is called. `further` says what further elements of a list that goes on may do to the answer: `add` to
    a count, make it `any` count, or `help` what is not TRUE to become so.
    """

    name: str
    bodies: tuple[frozenset[Type] | None, ...]
    args: tuple[Type, ...]
    result: Type
    evaluate: Callable[..., Any]
    doc: str
    further: Literal["add", "any", "help"]
    repeat: bool = False
    cost: Cost = "list"
