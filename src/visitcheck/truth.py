"""Three-valued truth (Kleene's strong logic) and counts known only as an interval.

TRUE, FALSE and UNKNOWN are Python's `True`, `False` and `None`.
Source: S. C. Kleene, *Introduction to Metamathematics* (1952), section 64.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

Truth: TypeAlias = bool | None
TRUTH_WORDS: Mapping[Truth, str] = MappingProxyType({True: "TRUE", False: "FALSE", None: "UNKNOWN"})
"""How truths are written for people who write rules."""


def not_(a: Truth) -> Truth:
    """FALSE for TRUE, TRUE for FALSE, UNKNOWN for UNKNOWN."""
    return None if a is None else not a


def and_(truths: Iterable[Truth]) -> Truth:
    """FALSE when any is FALSE, else UNKNOWN when any is UNKNOWN, else TRUE (also for none at all)."""
    truth_: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            truth_ = None
    return truth_


def or_(truths: Iterable[Truth]) -> Truth:
    """TRUE when any is TRUE, else UNKNOWN when any is UNKNOWN, else FALSE (also for none at all)."""
    truth_: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            truth_ = None
    return truth_


NO_END: Final = math.inf
"""The upper end of a count that is only known to be at least something (`-NO_END` the lower end of one at most)."""


class Count(NamedTuple):
    """A count known to lie between `low` and `high`, both included.

    Where nothing is known of an end it is `NO_END`, or `-NO_END`.
    """

    low: int | float
    high: int | float

    def exact(self) -> int | None:
        """The count where both ends meet, else UNKNOWN."""
        return int(self.low) if self.low == self.high else None

    def less(self, other: Count) -> Truth:
        """`self < other`."""
        if self.high < other.low:
            return True
        return False if self.low >= other.high else None

    def equal(self, other: Count) -> Truth:
        """`self == other`: TRUE for two equal exact counts, FALSE for intervals that do not meet."""
        if self.low == self.high == other.low == other.high:
            return True
        return False if self.high < other.low or other.high < self.low else None

    def plus(self, other: Count) -> Count:
        """`self + other`, end by end."""
        return Count(self.low + other.low, self.high + other.high)

    def minus(self, other: Count) -> Count:
        """`self - other`, end by opposite end."""
        return Count(self.low - other.high, self.high - other.low)
