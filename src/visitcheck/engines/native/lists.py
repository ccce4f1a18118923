"""What generated code calls for lists that are kept: pairs of a flag (TRUE: in, None: maybe) and a value."""

from __future__ import annotations

from typing import Any

from visitcheck.language.nodes import Aggregate
from visitcheck.truth import Truth


def distinct(pairs: list[tuple[Truth, Any]]) -> list[tuple[Truth, Any]]:
    """Equal values once, as `language.nodes.Distinct` says; elements of UNKNOWN value stay apart."""
    flags: dict[Any, Truth] = {}
    unknown: list[Truth] = []
    for flag, value in pairs:
        if value is None:
            unknown.append(flag)
        elif flag or value not in flags:
            flags[value] = flag
    found: list[tuple[Truth, Any]] = [(flag, value) for value, flag in flags.items()]
    something = True in flags.values()
    for flag in unknown:
        found.append((None if something else flag, None))
        something = something or flag is True
    return found


def aggregate(node: Aggregate, pairs: list[tuple[Truth, Any]], default: Any) -> Any:
    """`min`, `max` or `sum` of values that Python cannot compare or add by itself."""
    raise NotImplementedError
