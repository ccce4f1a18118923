"""Functions about what is known."""

from __future__ import annotations

from typing import Any

from visitcheck.facts.types import BOOL, SCALARS, TIMESTAMP, WINDOWS, ListOf
from visitcheck.language.functions.model import Function, Signature

_ANY = tuple(scalar for scalar in SCALARS.values() if scalar not in WINDOWS)


def known_since(since: int, at: int) -> bool | None:
    """TRUE when a history is complete from `at` on; else UNKNOWN, as older entries may not exist."""
    return True if since <= at else None


def first_known(*values: Any) -> Any:
    """The first value that is not UNKNOWN; UNKNOWN when all are."""
    return next((value for value in values if value is not None), None)


def in_param(value: Any, values: tuple[Any, ...]) -> bool:
    """Whether a value is one of a parameter's."""
    return value in values


FUNCTIONS = (
    Function(
        "knownSince",
        (Signature((TIMESTAMP, TIMESTAMP), BOOL),),
        known_since,
        "TRUE when a history (contacts, earlier visits, complaints) is complete from the given moment on, "
        "else UNKNOWN.",
    ),
    Function(
        "firstKnown",
        tuple(Signature((scalar, scalar), scalar) for scalar in _ANY),
        first_known,
        "The first value, or the second where the first is UNKNOWN. For the compiler's own use: it is not monotone.",
        strict=False,
    ),
    Function(
        "inParam",
        tuple(Signature((scalar, ListOf(scalar)), BOOL) for scalar in _ANY),
        in_param,
        "Whether a value is one of a list parameter's. For the compiler's own use: written `x in params.name`.",
    ),
)
