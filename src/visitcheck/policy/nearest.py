"""The nearest known name, for help texts."""

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 12


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None where none is near."""
    near = get_close_matches(name[:64], sorted(known), n=1, cutoff=0.6)
    return near[0] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A help that offers the nearest of a few names, or lists them where none is near."""
    names = sorted(known)
    near = nearest(name, names)
    if near:
        return f"did you mean `{near}`?"
    shown = ", ".join(f"`{each}`" for each in names[:_SHOWN])
    return f"known: {shown}" + (", ..." if len(names) > _SHOWN else "") if names else None
