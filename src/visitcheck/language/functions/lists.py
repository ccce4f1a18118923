"""List functions: answers about a list whose elements may be maybe in, and whose values may be UNKNOWN.

Each answer is sound: whatever the unknown values are, and whichever of the maybe elements are in, the true
count lies in the interval, and TRUE and FALSE do not change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from visitcheck.facts.types import BOOL, COUNT, DATE, DURATION, INT, TIMESTAMP
from visitcheck.language.functions.model import Examined, ListFunction
from visitcheck.truth import Count, Truth


def max_per_group(elements: Sequence[Examined]) -> Count:
    """The size of the largest group of elements with equal keys; 0 for no elements.

    An element with an unknown key may stand alone or belong to any group that its known keys allow.
    """
    sure: Counter[tuple[Any, ...]] = Counter()
    possible: Counter[tuple[Any, ...]] = Counter()
    partial: list[tuple[Any, ...]] = []
    alone = 0
    for held, keys in elements:
        if None in keys:
            partial.append(keys)
            alone = 1 if held else alone
        else:
            possible[keys] += 1
            sure[keys] += 1 if held else 0
    low = max([alone, *sure.values()])
    high = max([len(partial), *(n + sum(_may_equal(keys, p) for p in partial) for keys, n in possible.items())])
    return Count(low, high)


def _may_equal(keys: tuple[Any, ...], partial: tuple[Any, ...]) -> bool:
    return all(b is None or a == b for a, b in zip(keys, partial, strict=True))


def last_run(elements: Sequence[Examined]) -> Count:
    """How many elements that pass come after the last one that fails; all that pass when none fails.

    Bodies: what orders the elements, and the condition. After means strictly later: one that passes at the
    same time as the last that fails does not count.
    """
    seen = [(held, order, passes) for held, (order, passes) in elements]
    failures = [order for held, order, passes in seen if held and passes is False]
    doubtful = [order for held, order, passes in seen if passes is None or (passes is False and not held)]
    passing = [(held, order, passes) for held, order, passes in seen if passes is not False]
    return Count(_fewest_in_run(passing, failures + doubtful), _most_in_run(passing, failures))


def _fewest_in_run(passing: list[tuple[Truth, Any, Truth]], failures: list[Any]) -> int:
    """With every element that may fail failing, as late as it can."""
    sure = [order for held, order, passes in passing if held and passes]
    if None in failures:
        return 0
    last = max(failures, default=None)
    return len(sure) if last is None else sum(order is not None and order > last for order in sure)


def _most_in_run(passing: list[tuple[Truth, Any, Truth]], failures: list[Any]) -> int:
    """With every element that may pass passing, and sure failures of unknown order first of all."""
    last = max((order for order in failures if order is not None), default=None)
    return sum(last is None or order is None or order > last for _, order, _ in passing)


def covers(elements: Sequence[Examined], start: int, end: int, tolerance: int) -> Truth:
    """Whether intervals cover the time from `start` to `end` but for gaps no longer than `tolerance` each.

    Where both are the same it is that moment. Bodies: where an interval begins and where it ends; one that ends before
    it begins covers nothing.
    UNKNOWN when `start`, `end` or `tolerance` is, when `end` comes first, or for a negative tolerance.
    """
    if start is None or end is None or tolerance is None or start > end or tolerance < 0:
        return None
    sure = [(a, b) for held, (a, b) in elements if held and a is not None and b is not None and a <= b]
    if _is_covered(sure, start, end, tolerance):
        return True
    best = [(start if a is None else a, end if b is None else b) for _, (a, b) in elements]
    if _is_covered([(a, b) for a, b in best if a <= b], start, end, tolerance):
        return None
    return False


def _is_covered(intervals: list[tuple[int, int]], start: int, end: int, tolerance: int) -> bool:
    if start == end and tolerance == 0:  # a single moment, which nothing covers where there is no interval
        return any(begins <= start <= ends for begins, ends in intervals)
    reached = start
    for begins, ends in sorted(intervals):
        if begins - reached > tolerance:
            break
        reached = max(reached, ends)
    return end - reached <= tolerance


LIST_FUNCTIONS = (
    ListFunction(
        "maxPerGroup",
        (None,),
        (),
        COUNT,
        max_per_group,
        "The size of the largest group of elements that have all keys equal, as an interval; 0 for no "
        "elements. An element with an unknown key may stand alone or belong to any group its known keys "
        "allow.",
        further="add",
        repeat=True,
    ),
    ListFunction(
        "lastRun",
        (frozenset({TIMESTAMP, DATE, INT}), frozenset({BOOL})),
        (),
        COUNT,
        last_run,
        "How many elements that pass the condition come after the last one that fails it, in the given "
        "order, as an interval. One that passes at the very moment of the last that fails does not count.",
        further="any",
    ),
    ListFunction(
        "covers",
        (frozenset({TIMESTAMP}), frozenset({TIMESTAMP})),
        (TIMESTAMP, TIMESTAMP, DURATION),
        BOOL,
        covers,
        "Whether intervals, each from one moment to another, cover the time from `start` to `end`, but for "
        "gaps no longer than `tolerance` each; where both are the same, that moment. UNKNOWN when `start`, `end` or "
        "`tolerance` is, or `end` comes first.",
        further="help",
    ),
)
