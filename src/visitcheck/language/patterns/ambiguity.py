"""Whether a part can be read in one way only, so that repeating it cannot make an engine try for ever."""

from __future__ import annotations

from itertools import pairwise

from visitcheck.language.patterns.tree import Chars, Either, Pattern, Range, Sequence, joined


def one_way(part: Pattern) -> bool:
    """Whether there is one way at most to read the part from any place, and it takes a character at least."""
    match part:
        case Chars():
            return True
        case Sequence(parts):
            return bool(parts) and all(one_way(each) for each in parts)
        case Either(options):
            firsts = [_first(option) for option in options]
            return all(map(one_way, options)) and _apart([first for first in firsts if first is not None])
        case _:
            return False


def _first(part: Pattern) -> tuple[Range, ...] | None:
    """The characters that a part without repeats and edges can begin with."""
    match part:
        case Chars(ranges):
            return ranges
        case Sequence(parts):
            return _first(parts[0]) if parts else None
        case Either(options):
            return joined([each for option in options for each in _first(option) or ()])
        case _:
            return None


def _apart(sets: list[tuple[Range, ...]]) -> bool:
    everything = sorted(each for ranges in sets for each in ranges)
    return all(before[1] < after[0] for before, after in pairwise(everything))
