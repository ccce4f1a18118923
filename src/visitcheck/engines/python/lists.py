"""What generated code calls for lists that are kept: pairs of a flag (TRUE: in, None: maybe) and a value."""

from __future__ import annotations

from typing import Any

from visitcheck.truth import Truth


def distinct(kept: list[tuple[Truth, Any]]) -> list[tuple[Truth, Any]]:
    """Equal values once, as `language.nodes.Distinct` says; elements of UNKNOWN value stay apart."""
    flags: dict[Any, Truth] = {}
    unknown: list[Truth] = []
    for flag, value in kept:
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


def plain(kept: list[tuple[Truth, Any]] | None) -> tuple[Any, ...] | None:
    """The values alone; UNKNOWN when an element is only maybe in."""
    if kept is None or any(flag is None for flag, _ in kept):
        return None
    return tuple(value for _, value in kept)


def pairs(values: tuple[Any, ...] | None) -> list[tuple[Truth, Any]] | None:
    """Pairs for values that are all in."""
    return None if values is None else [(True, value) for value in values]
