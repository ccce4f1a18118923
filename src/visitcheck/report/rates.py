"""Shares with the interval that chance leaves them, so that few visits never pass for a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist
from typing import Literal

LEVEL = 0.95
"""Confidence of the intervals shown."""

Standing = Literal["above", "below", "within"]


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `of` visits, and the Wilson score interval of that share; without visits all of it is open."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """The share itself; None without visits."""
        return self.hits / self.of if self.of else None


def rate(hits: int, of: int, level: float = LEVEL) -> Rate:
    """Give the rate with its Wilson score interval (Wilson 1927, without continuity correction).

    The interval holds for small numbers and near 0 and 1, where the usual `p ± z·√(p(1-p)/n)` does not.
    Raises `ValueError` unless `0 <= hits <= of`.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    if not of:
        return Rate(0, 0, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    p, scale = hits / of, 1 + z * z / of
    centre = (p + z * z / (2 * of)) / scale
    margin = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / scale
    # At 0 and 1 rounding would leave a trace of the bound that is there exactly.
    return Rate(hits, of, max(0.0, centre - margin) if hits else 0.0, min(1.0, centre + margin) if hits < of else 1.0)


def standing_of(hits: int, of: int, overall: float, groups: int) -> Standing:
    """Say whether a group's rate differs from the overall one by more than chance, by the exact binomial test.

    As `groups` are looked at together, each is held to a level of 0.05 / `groups`, half of it each way (Bonferroni):
    of whole tables whose groups are all alike, at most one in twenty has any group marked, whatever their number.
    The Wilson interval would not do: for few visits, all of them in breach, it errs more often than it says.
    """
    level = (1 - LEVEL) / 2 / max(groups, 1)
    if hits > of * overall and binomial_tail(hits, of, overall) <= level:
        return "above"
    return "below" if hits < of * overall and binomial_tail(of - hits, of, 1 - overall) <= level else "within"


def binomial_tail(hits: int, of: int, chance: float) -> float:
    """Give the probability of `hits` or more in `of` trials that each hit with probability `chance`.

    `hits` must be more than are expected: then each term is smaller than the one before, and the sum ends after some
    multiple of the square root of `of`.
    """
    if not 0 < chance < 1:
        return 1.0 if chance or not hits else 0.0
    term = total = exp(
        lgamma(of + 1) - lgamma(hits + 1) - lgamma(of - hits + 1) + hits * log(chance) + (of - hits) * log1p(-chance)
    )
    for number in range(hits, of):
        term *= (of - number) / (number + 1) * chance / (1 - chance)
        total += term
        if term <= total * 1e-17:  # also where all of it is too small to be told from none
            break
    return min(total, 1.0)


@dataclass(frozen=True, slots=True)
class RateChange:
    """The difference of two rates, second less first, with its interval; None where either has no visits."""

    by: float | None
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether chance alone hardly explains it: the interval leaves out 0."""
        return self.by is not None and not self.low <= 0 <= self.high


def rate_change(first: Rate, second: Rate) -> RateChange:
    """Give the change of a rate with Newcombe's interval (1998, method 10), made from the two Wilson intervals."""
    if first.share is None or second.share is None:
        return RateChange(None, -1.0, 1.0)
    by = second.share - first.share
    down = sqrt((second.share - second.low) ** 2 + (first.high - first.share) ** 2)
    up = sqrt((second.high - second.share) ** 2 + (first.share - first.low) ** 2)
    return RateChange(by, by - down, by + up)
