"""Lists in every row, flat: the elements of all rows one after the other, and what is folded of them.

What is asked of an element is worked out once over the elements of all rows, and folded to the rows that own them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from visitcheck.concurrency import cached_property
from visitcheck.engines.arrays.rows import Rows
from visitcheck.engines.arrays.structs import ListColumn, Value, take
from visitcheck.engines.arrays.values import (
    Amounts,
    Array,
    Bools,
    Counts,
    Ints,
    Known,
    Masks,
    NoArrayFormError,
    Numbers,
    Objects,
    conjunction,
    spread,
    spread_known,
    take_known,
    take_plain,
)

MOST_ELEMENTS = 1 << 21
"""Elements of one list over all rows of a chunk, at most: a chunk with more is judged in pieces."""


class TooManyElementsError(Exception):
    """The elements of a list, for each row that asks for them, are too many to look at them all at once."""


@dataclass(slots=True, eq=False)
class Stem:
    """The elements of a list in every row of `owner`, whichever of them are in.

    `index` gives for each element its row, in the order of the rows. Elements that are those of another stem, repeated
    or some of them, have it as `base` with their places there; `is_selection` where those stand in the same rows.
    """

    owner: Rows
    index: Ints
    element: Value
    base: Stem | None = None
    base_index: Ints | None = None
    is_selection: bool = False
    bound: dict[int, Rows] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.index) > MOST_ELEMENTS:
            raise TooManyElementsError(f"{len(self.index):,} elements of a list")

    @property
    def size(self) -> int:
        """How many elements there are in all rows together."""
        return len(self.index)

    def bind(self, binder: int) -> Rows:
        """The elements as rows, in which `binder` is the element."""
        rows = self.bound.get(binder)
        if rows is None:
            base = None if self.base is None else self.base.bind(binder)
            if self.is_selection and base is not None:
                rows = Rows(self.size, base, self.base_index, is_selection=True)
            else:
                rows = Rows(
                    self.size,
                    self.owner,
                    self.index,
                    binder=binder,
                    element=self.element,
                    base=base,
                    base_index=self.base_index,
                )
            self.bound[binder] = rows
        return rows


@dataclass(frozen=True, eq=False)
class Lists:
    """A list in every row: an element is in where `held` is TRUE (None: everywhere), maybe in where it is UNKNOWN."""

    stem: Stem
    known: Known
    held: Masks | None = None

    @property
    def count(self) -> int:
        """How many rows there are, each with a list."""
        return self.stem.owner.count

    @cached_property
    def length(self) -> Ints:
        """How many elements each row has, whether they are in or not."""
        return np.bincount(self.stem.index, minlength=self.count).astype(np.int64, copy=False)

    @cached_property
    def in_(self) -> Bools:
        """Where an element is in, element by element."""
        return np.ones(self.stem.size, np.bool_) if self.held is None else spread(self.held.true, self.stem.size)

    @cached_property
    def may_be_in(self) -> Bools:
        """Where an element is in or maybe in."""
        return np.ones(self.stem.size, np.bool_) if self.held is None else spread(~self.held.false, self.stem.size)

    def filtered(self, test: Masks) -> Lists:
        """The same elements, in where they pass the test, too."""
        return Lists(self.stem, self.known, test if self.held is None else conjunction(self.held, test))

    def without_those_out(self) -> Lists:
        """The same lists, where every element is in or maybe in."""
        if self.held is None:
            return self
        keep = np.flatnonzero(self.may_be_in)
        stem = self.stem
        if len(keep) == stem.size:
            return self
        kept = Stem(stem.owner, stem.index[keep], take(stem.element, keep), stem, keep, is_selection=True)
        held = take_plain(self.held, keep)
        return Lists(kept, self.known, held if isinstance(held, Masks) else None)

    def expanded(self, rows: Rows, index: Ints) -> Lists:
        """The lists at `index`, one for each of `rows`; elements that are out are left behind."""
        kept = self.without_those_out()
        start = np.cumsum(kept.length) - kept.length
        places, owners = places_of(start[index], kept.length[index])
        held = None if kept.held is None else take_plain(kept.held, places)
        stem = Stem(
            rows,
            owners,
            take(kept.stem.element, places),
            kept.stem,
            places,
            is_selection=rows.is_selection and rows.unselected() is self.stem.owner.unselected(),
        )
        return Lists(stem, take_known(kept.known, index), held if isinstance(held, Masks) else None)


def places_of(start: Ints, length: Ints) -> tuple[Ints, Ints]:
    """The places from each start on, so many of them, one after the other; and for each the row it is of."""
    total = int(length.sum())
    if total > MOST_ELEMENTS:
        raise TooManyElementsError(f"{total:,} elements of a list")
    owners = np.repeat(np.arange(len(length)), length)
    return np.arange(total) + (start - np.cumsum(length) + length)[owners], owners


def lists_of_column(column: ListColumn, rows: Rows) -> Lists:
    """The lists of a column, one for each row."""
    length = spread(column.length, rows.count)
    if column.is_flat:
        stem = Stem(rows, np.repeat(np.arange(rows.count), length), column.element)
    else:
        places, owners = places_of(spread(column.start, rows.count), length)
        stem = Stem(rows, owners, take(column.element, places))
    return Lists(stem, column.known)


def lists_of_objects(values: Objects, element: Value, start: Ints, rows: Rows) -> Lists:
    """Lists of a table, one for each row: `element` holds those of all lists, `start` where each begins."""
    which = spread(values.places, rows.count)
    length = np.diff(start, append=sum(map(len, values.table)))
    given = which >= 0
    lengths = np.where(given, length[which], 0) if len(length) else np.zeros(rows.count, np.int64)
    starts = np.where(given, start[which], 0) if len(length) else lengths
    places, owners = places_of(starts, lengths)
    return Lists(Stem(rows, owners, take(element, places)), None if given.all() else given)


# -- folds: from elements to the rows that own them


def any_of(mask: Bools, index: Ints, count: int) -> Bools:
    """In which rows an element is marked."""
    marked = np.zeros(count, np.bool_)
    marked[index[np.flatnonzero(mask)]] = True
    return marked


def or_of(truths: Masks, lists: Lists) -> Masks:
    """The OR over the elements of each row; UNKNOWN where the list is absent."""
    size, index, count = lists.stem.size, lists.stem.index, lists.count
    true = any_of(spread(truths.true, size), index, count)
    false = ~any_of(spread(~truths.false, size), index, count)
    if lists.known is not None:
        true, false = true & lists.known, false & lists.known
    return Masks(true, false)


def sizes_of(lists: Lists) -> Counts:
    """How many elements are in each list, as an interval."""
    index, count = lists.stem.index, lists.count
    if lists.held is None:
        return Counts(lists.length, lists.length, lists.known)
    low = np.bincount(index[np.flatnonzero(lists.in_)], minlength=count)
    high = np.bincount(index[np.flatnonzero(lists.may_be_in)], minlength=count)
    return Counts(low.astype(np.int64, copy=False), high.astype(np.int64, copy=False), lists.known)


def segment_starts(index: Ints) -> Ints:
    """Where the elements of another row begin, for rows in order."""
    if not len(index):
        return np.zeros(0, np.int64)
    return np.concatenate((np.zeros(1, np.int64), np.flatnonzero(index[1:] != index[:-1]) + 1))


def sure_rows(lists: Lists, known: Known) -> tuple[Bools, Bools]:
    """The rows whose elements are all in and known, and of these the ones that have any; elements out are none."""
    doubtful = lists.may_be_in & ~lists.in_
    if known is not None:
        doubtful = doubtful | (lists.may_be_in & ~spread_known(known, lists.stem.size))
    sure = ~any_of(doubtful, lists.stem.index, lists.count)
    some = any_of(lists.may_be_in, lists.stem.index, lists.count)
    return sure & spread_known(lists.known, lists.count), some


def order_groups(keys: list[Array]) -> tuple[Ints, Ints]:
    """An order that brings entries with equal keys together, and where in it each group begins.

    Within a group entries stay in their order.
    """
    packed = pack(keys)
    if packed is not None:
        order = np.argsort(packed, kind="stable")
        ordered = packed[order]
        differs = ordered[1:] != ordered[:-1]
    else:
        order = np.lexsort(tuple(reversed(keys)))
        differs = np.zeros(max(len(order) - 1, 0), np.bool_)
        for key in keys:
            ordered = key[order]
            differs |= ordered[1:] != ordered[:-1]
    if not len(order):
        return order, order
    return order, np.concatenate((np.zeros(1, np.int64), np.flatnonzero(differs) + 1))


def pack(keys: list[Array]) -> Ints | None:
    """Several keys as one whole number each, the first one gravest; None where 64 bits are too few."""
    packed: Ints | None = None
    room = 1
    for key in keys:
        if not len(key):
            return np.zeros(0, np.int64)
        low, high = int(key.min()), int(key.max())
        room *= high - low + 1
        if room >= 1 << 62:
            return None
        shifted = key.astype(np.int64) - low
        packed = shifted if packed is None else packed * (high - low + 1) + shifted
    return packed


def keys_of(value: Value, size: int) -> list[Array]:
    """Whole numbers that are equal where known values are."""
    match value:
        case Masks():
            return [spread(value.true, size).astype(np.int64)]
        case Numbers(values):
            if values.dtype == np.float64:
                values = (values + 0.0).view(np.int64)  # minus zero is zero
            return [spread(values, size)]
        case Amounts(minor, currency):
            return [spread(minor, size), spread(currency, size)]
        case _:
            raise NoArrayFormError(f"equal values of {type(value).__name__}")
