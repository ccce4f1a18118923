"""Between arrays and the inside values of Python: for functions that are asked of one value at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.structs import Value, is_text, missing
from visitcheck.engines.arrays.values import (
    Amounts,
    Array,
    Counts,
    Ints,
    Known,
    Masks,
    NoArrayFormError,
    Numbers,
    Objects,
    spread,
    spread_known,
)
from visitcheck.facts.types import BOOL, COUNT, DOUBLE, INT_MAX, INT_MIN, MONEY, Money, Type
from visitcheck.truth import NO_END, Count


def python_values(value: Value, type_: Type, count: int, codes: TextCodes) -> list[Any]:
    """A value in each of `count` rows, None where UNKNOWN."""
    match value:
        case Masks():
            true, known = spread(value.true, count).tolist(), spread(value.known, count).tolist()
            return [truth if known_ else None for truth, known_ in zip(true, known, strict=True)]
        case Objects(places, table):
            return [table[place] if place >= 0 else None for place in spread(places, count).tolist()]
        case Amounts(minor, currency, known):
            pairs = zip(spread(minor, count).tolist(), spread(currency, count).tolist(), strict=True)
            given = spread_known(known, count).tolist()
            return [Money(m, codes.texts[c]) if k else None for (m, c), k in zip(pairs, given, strict=True)]
        case Numbers(values, known):
            given = spread_known(known, count).tolist()
            plain = spread(values, count).tolist()
            if is_text(type_):
                return [codes.texts[code] if k else None for code, k in zip(plain, given, strict=True)]
            return [each if k else None for each, k in zip(plain, given, strict=True)]
        case Counts():
            return _python_counts(value, count)
        case _:
            raise NoArrayFormError(f"{type(value).__name__} as values")


def _python_counts(value: Counts, count: int) -> list[Count | None]:
    def ends(closed: Ints, open_: Known, end: float) -> list[float]:
        opened = [False] * count if open_ is None else spread(open_, count).tolist()
        return [end if o else c for c, o in zip(spread(closed, count).tolist(), opened, strict=True)]

    lows, highs = ends(value.low, value.no_low, -NO_END), ends(value.high, value.no_high, NO_END)
    given = spread_known(value.known, count).tolist()
    return [Count(low, high) if k else None for low, high, k in zip(lows, highs, given, strict=True)]


def array_values(values: Sequence[Any], type_: Type, codes: TextCodes) -> Value:
    """Values of a type, one for each row, None for UNKNOWN."""
    if not values:
        return missing(type_)
    if type_ == BOOL:
        return Masks(
            np.array([each is True for each in values], np.bool_),
            np.array([each is False for each in values], np.bool_),
        )
    known = np.array([each is not None for each in values], np.bool_)
    if type_ == MONEY:
        minor = np.array([0 if each is None else each.minor for each in values], np.int64)
        return Amounts(minor, codes.encode(["" if each is None else each.currency for each in values]), known)
    if type_ == COUNT:
        return _array_counts(values, known)
    if is_text(type_):
        return Numbers(codes.encode(["" if each is None else each for each in values]), known)
    numbers: Array = np.array(
        [0 if each is None else each for each in values], np.float64 if type_ == DOUBLE else np.int64
    )
    return Numbers(numbers, known)


def _array_counts(values: Sequence[Count | None], known: Array) -> Counts:
    counts = [each or Count(0, 0) for each in values]
    no_low = np.array([each.low == -NO_END for each in counts], np.bool_)
    no_high = np.array([each.high == NO_END for each in counts], np.bool_)
    low = np.array([INT_MIN if each.low == -NO_END else each.low for each in counts], np.int64)
    high = np.array([INT_MAX if each.high == NO_END else each.high for each in counts], np.int64)
    return Counts(low, high, known, no_low, no_high)


def distinct_rows(keys: Sequence[Array]) -> tuple[Ints, Ints]:
    """A row for each combination of keys that there is, and for every row the place of its own among these."""
    places = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        _, coded = np.unique(key, return_inverse=True)
        _, places = np.unique(places * (int(coded.max(initial=0)) + 1) + coded, return_inverse=True)
    rows = np.zeros(int(places.max(initial=-1)) + 1, np.int64)
    rows[places] = np.arange(len(places))
    return rows, places
