"""When a rate of recorded visits says something: not of what could only fail, nor of few of those it speaks of."""

from __future__ import annotations


def is_telling(broken: int, of: int, left_out: int) -> bool:
    """Whether a rate of `of` visits may be shown, `broken` of which break a rule and besides which others are left out.

    Not where all that are counted break it while others were left out, which could only fail; nor where fewer than half
    of the visits are counted that the rate speaks of.
    """
    return of > 0 and of >= left_out and not (left_out > 0 and broken == of)
