"""The known name that somebody may have meant, for the help of a problem."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

LIKE_ENOUGH = 0.65
"""How alike two names must be for one to be offered for the other, from 0 to 1.

A slip in a name of three letters (`lwa` for `law`) leaves 0.67, and is to be mended. Names that only happen to be alike
reach 0.62 (`Peking` and `Kuching`), and a wrong name offered is worse than none.
"""
_LONGEST = 64  # characters compared: a visit may hold a "name" of a megabyte, and comparing takes quadratic time
_FEW = 16  # names that a help can list without hiding what it says


def similarity(name: str, known: str) -> float:
    """How alike two texts are: 1 for the same text, 0 for texts without a common character."""
    return SequenceMatcher(None, name, known).ratio()


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None where none is like it.

    Case does not count, nor whether words are divided by a space, `-` or `_`. Names may have parts, like
    `place.kind` or `Asia/Shanghai`. Their last parts must be alike too, because a long first part makes any two names
    alike that share it. Where no whole name is alike, one with the very same last part is offered.
    """
    wanted = _folded(name[:_LONGEST])
    by_folded: dict[str, str] = {}
    by_last: dict[str, str] = {}
    for each in sorted(known):
        folded = _folded(each)
        by_folded.setdefault(folded, each)
        by_last.setdefault(_last_part(folded), each)
    for near in get_close_matches(wanted, by_folded, n=3, cutoff=LIKE_ENOUGH):
        if similarity(_last_part(wanted), _last_part(near)) >= LIKE_ENOUGH:
            return by_folded[near]
    return by_last.get(_last_part(wanted))


def did_you_mean(name: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """Help for an unknown name: the nearest known one, or all of them where they are few, or `otherwise`."""
    names = sorted(known)
    near = nearest(name, names)
    if near is not None:
        return f"did you mean `{near}`?"
    if 0 < len(names) <= _FEW:
        return "known here: " + ", ".join(f"`{each}`" for each in names)
    return otherwise


def _folded(name: str) -> str:
    return name.lower().replace(" ", "_").replace("-", "_")


def _last_part(name: str) -> str:
    return name[max(name.rfind("."), name.rfind("/")) + 1 :]
