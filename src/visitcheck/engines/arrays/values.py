"""What an expression comes to in every row at once: arrays of values, and of what is known.

| type of the expression | here |
| --- | --- |
| bool | `Masks`: where it is TRUE, and where it is FALSE |
| count | `Counts`: both ends of the interval, which may be open |
| money | `Amounts`: minor units and the code of the currency |
| closed words, text | `Numbers` of codes (`codes.TextCodes`) |
| int, timestamp, duration, date, time of day; double | `Numbers` of int64; of float64 |
| record | `Records`: rows of a `structs.StructColumn` |
| list | `lists.Lists` |
| weekly hours, lists as arguments of functions | `Objects`: places in a table |

What must hold: an array has an entry for each row, or a single one that stands for all of them (a constant); an entry
of a value that is not known may be anything. Arrays are shared between values and never written to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]
Array: TypeAlias = npt.NDArray[Any]
Known: TypeAlias = "Bools | None"
"""Where a value is known; None where it is in all rows."""

YES: Bools = np.ones(1, np.bool_)
NO: Bools = np.zeros(1, np.bool_)
ZERO: Ints = np.zeros(1, np.int64)


class NoArrayFormError(Exception):
    """What a condition asks has no array form; the text names it. The native engine is asked then, row by row."""


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """A truth in every row: UNKNOWN where both masks are unset."""

    true: Bools
    false: Bools

    @property
    def known(self) -> Bools:
        """Where the truth is TRUE or FALSE."""
        return self.true | self.false

    @property
    def unknown(self) -> Bools:
        """Where the truth is UNKNOWN."""
        return ~(self.true | self.false)


ALL_TRUE, ALL_FALSE, ALL_UNKNOWN = Masks(YES, NO), Masks(NO, YES), Masks(NO, NO)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A single value in every row."""

    values: Array
    known: Known = None


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Money in every row; `currency` holds codes."""

    minor: Ints
    currency: Ints
    known: Known = None


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """An interval in every row. Where `no_low` (`no_high`) is set there is no lower (upper) end; None: nowhere."""

    low: Ints
    high: Ints
    known: Known = None
    no_low: Known = None
    no_high: Known = None


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """Python objects in every row, as places in `table`; below zero where UNKNOWN."""

    places: Ints
    table: tuple[Any, ...]


Plain: TypeAlias = Masks | Numbers | Amounts | Counts | Objects
"""Values that are made of arrays alone."""


def truths_where(mask: Bools, known: Known = None) -> Masks:
    """TRUE where `mask` is set and FALSE elsewhere, UNKNOWN where it is not known."""
    return Masks(mask, ~mask) if known is None else Masks(mask & known, known & ~mask)


def negated(masks: Masks) -> Masks:
    """Kleene's not."""
    return Masks(masks.false, masks.true)


def conjunction(a: Masks, b: Masks) -> Masks:
    """Kleene's and."""
    return Masks(a.true & b.true, a.false | b.false)


def disjunction(a: Masks, b: Masks) -> Masks:
    """Kleene's or."""
    return Masks(a.true | b.true, a.false & b.false)


def both_known(a: Known, b: Known) -> Known:
    """Where two values are known."""
    return b if a is None else a if b is None else a & b


def spread(array: Array, count: int) -> Array:
    """The array with an entry for each of `count` rows."""
    return array if len(array) == count else np.repeat(array, count)


def spread_known(known: Known, count: int) -> Bools:
    """Where something is known, row by row."""
    return np.ones(count, np.bool_) if known is None else spread(known, count)


def take_array(array: Array, index: Ints) -> Array:
    """The entries at `index`; a single one that stands for all rows still does."""
    return array if len(array) == 1 else array[index]


def take_known(known: Known, index: Ints) -> Known:
    """Where something is known, at the rows of `index`."""
    return None if known is None else take_array(known, index)


def take_plain(value: Plain, index: Ints) -> Plain:
    """The values at the rows of `index`."""
    match value:
        case Masks(true, false):
            return Masks(take_array(true, index), take_array(false, index))
        case Numbers(values, known):
            return Numbers(take_array(values, index), take_known(known, index))
        case Amounts(minor, currency, known):
            return Amounts(take_array(minor, index), take_array(currency, index), take_known(known, index))
        case Counts():
            return Counts(
                take_array(value.low, index),
                take_array(value.high, index),
                take_known(value.known, index),
                take_known(value.no_low, index),
                take_known(value.no_high, index),
            )
        case Objects(places, table):
            return Objects(take_array(places, index), table)


def known_of(value: Plain) -> Known:
    """Where a value is known."""
    match value:
        case Masks():
            return value.known
        case Objects(places):
            return places >= 0
        case _:
            return value.known


def choose_plain(test: Masks, a: Plain, b: Plain) -> Plain:
    """`a` where the test is TRUE, `b` where it is FALSE, else UNKNOWN."""
    if isinstance(a, Masks) and isinstance(b, Masks):
        return Masks(
            (test.true & a.true) | (test.false & b.true),
            (test.true & a.false) | (test.false & b.false),
        )
    known = (test.true & _mask(known_of(a))) | (test.false & _mask(known_of(b)))
    return _pick(test.true, a, b, known)


def first_known(a: Plain, b: Plain) -> Plain:
    """`a` where it is known, else `b`."""
    known = known_of(a)
    if known is None:
        return a
    if isinstance(a, Masks) and isinstance(b, Masks):
        return Masks(a.true | (~known & b.true), a.false | (~known & b.false))
    other = known_of(b)
    return _pick(known, a, b, None if other is None else known | other)


def _mask(known: Known) -> Bools:
    return YES if known is None else known


def _pick(which: Bools, a: Plain, b: Plain, known: Known) -> Plain:
    if isinstance(a, Numbers) and isinstance(b, Numbers):
        return Numbers(np.where(which, a.values, b.values), known)
    if isinstance(a, Amounts) and isinstance(b, Amounts):
        return Amounts(np.where(which, a.minor, b.minor), np.where(which, a.currency, b.currency), known)
    if isinstance(a, Counts) and isinstance(b, Counts):
        return Counts(
            np.where(which, a.low, b.low),
            np.where(which, a.high, b.high),
            known,
            _pick_open(which, a.no_low, b.no_low),
            _pick_open(which, a.no_high, b.no_high),
        )
    raise NoArrayFormError(f"a choice between {type(a).__name__} and {type(b).__name__}")


def _pick_open(which: Bools, a: Known, b: Known) -> Known:
    """Which ends are open: None is nowhere, here."""
    if a is None and b is None:
        return None
    return np.where(which, NO if a is None else a, NO if b is None else b)


def concatenate_plain(a: Plain, b: Plain, sizes: tuple[int, int]) -> Plain:
    """The values of some rows, and after them those of others."""

    def joined(x: Array, y: Array) -> Array:
        return np.concatenate((spread(x, sizes[0]), spread(y, sizes[1])))

    def joined_known(x: Known, y: Known) -> Known:
        if x is None and y is None:
            return None
        return np.concatenate((spread_known(x, sizes[0]), spread_known(y, sizes[1])))

    if isinstance(a, Masks) and isinstance(b, Masks):
        return Masks(joined(a.true, b.true), joined(a.false, b.false))
    if isinstance(a, Numbers) and isinstance(b, Numbers):
        return Numbers(joined(a.values, b.values), joined_known(a.known, b.known))
    if isinstance(a, Amounts) and isinstance(b, Amounts):
        known = joined_known(a.known, b.known)
        return Amounts(joined(a.minor, b.minor), joined(a.currency, b.currency), known)
    raise NoArrayFormError(f"a choice between lists of {type(a).__name__} and {type(b).__name__}")
