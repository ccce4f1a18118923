"""The list functions over arrays: in every row what `language.functions.lists` says of one list.

A function without an array form here is called, as the language has it, for the list of each row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from visitcheck.engines.arrays.lists import Lists, any_of, keys_of, order_groups, segment_starts
from visitcheck.engines.arrays.python_values import array_values, python_values
from visitcheck.engines.arrays.structs import Value, known_rows
from visitcheck.engines.arrays.values import (
    Array,
    Bools,
    Counts,
    Ints,
    Masks,
    NoArrayFormError,
    Numbers,
    spread,
    spread_known,
)
from visitcheck.facts.types import BOOL
from visitcheck.ir.nodes import ListCall
from visitcheck.language.functions import LIST_FUNCTIONS

if TYPE_CHECKING:
    from visitcheck.engines.arrays.tools import Tools


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A list function asked in every row: its list, what its bodies say of each element, and its other arguments."""

    node: ListCall
    lists: Lists
    bodies: Sequence[Value]
    args: Sequence[Value]
    tools: Tools

    @property
    def index(self) -> Ints:
        """For each element its row."""
        return self.lists.stem.index

    @property
    def size(self) -> int:
        """How many elements there are."""
        return self.lists.stem.size

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.lists.count

    def column(self, value: Value, count: int) -> tuple[Array, Bools]:
        """Numbers and where they are known, with an entry for each of `count` rows."""
        if not isinstance(value, Numbers):
            raise NoArrayFormError(f"{self.node.function} of {type(value).__name__}")
        return spread(value.values, count), spread_known(value.known, count)

    def count_marked(self, mask: Bools) -> Ints:
        """How many elements are marked in each row."""
        return np.bincount(self.index[np.flatnonzero(mask)], minlength=self.count).astype(np.int64, copy=False)

    def in_any(self, mask: Bools) -> Bools:
        """In which rows an element is marked."""
        return any_of(mask, self.index, self.count)


_Form: TypeAlias = Callable[[Asked], Value]


def call_list_function(asked: Asked) -> Value:
    """A list function in every row; UNKNOWN where the list is absent."""
    form = LIST_FORMS.get(asked.node.function)
    value = _once_per_row(asked, np.arange(asked.count)) if form is None else form(asked)
    known = asked.lists.known
    match value:
        case _ if known is None:
            return value
        case Masks(true, false):
            return Masks(true & known, false & known)
        case Counts(low, high, given, no_low, no_high):
            return Counts(low, high, known if given is None else given & known, no_low, no_high)
        case _:
            raise NoArrayFormError(f"{asked.node.function} of absent lists")


def _once_per_row(asked: Asked, rows: Ints) -> Value:
    """The function as the language has it, for the lists of some rows."""
    node, lists, codes = asked.node, asked.lists, asked.tools.codes
    asked.tools.work.calls[node.function] += len(rows)
    held = python_values(Masks(lists.in_, ~lists.may_be_in), BOOL, asked.size, codes)
    columns = [
        python_values(body, part.type, asked.size, codes) for body, part in zip(asked.bodies, node.bodies, strict=True)
    ]
    args = [python_values(arg, part.type, asked.count, codes) for arg, part in zip(asked.args, node.args, strict=True)]
    ends = np.cumsum(lists.length)
    function = LIST_FUNCTIONS[node.function].evaluate
    answers = []
    for row in rows.tolist():
        places = range(int(ends[row] - lists.length[row]), int(ends[row]))
        elements = [(held[at], tuple(column[at] for column in columns)) for at in places if held[at] is not False]
        answers.append(function(elements, *(arg[row] for arg in args)))
    return array_values(answers, node.type, codes)


# -- maxPerGroup


def _max_per_group(asked: Asked) -> Counts:
    known = np.ones(asked.size, np.bool_)
    keys: list[Array] = [asked.index]
    for body in asked.bodies:
        given = known_rows(body, asked.size)
        known &= given
        keys += [np.where(given, key, 0) for key in keys_of(body, asked.size)]
    lists = asked.lists
    low, high = _largest(keys, lists.in_ & known, asked.count), _largest(keys, lists.may_be_in & known, asked.count)
    # An element with a key that is not known may belong to several groups.
    partial = np.flatnonzero(asked.in_any(lists.may_be_in & ~known))
    if len(partial):
        counts = _once_per_row(asked, partial)
        if isinstance(counts, Counts):
            low[partial], high[partial] = counts.low, counts.high
    return Counts(low, high)


def _largest(keys: list[Array], which: Bools, count: int) -> Ints:
    """The size of the largest group of elements with equal keys in each row; the first key is the row."""
    largest = np.zeros(count, np.int64)
    places = np.flatnonzero(which)
    order, starts = order_groups([key[places] for key in keys])
    if len(starts):
        rows = keys[0][places][order[starts]]
        np.maximum.at(largest, rows, np.diff(starts, append=len(order)))
    return largest


# -- lastRun


def _last_run(asked: Asked) -> Counts:
    lists, size = asked.lists, asked.size
    order, ordered = asked.column(asked.bodies[0], size)
    passes = asked.bodies[1]
    if not isinstance(passes, Masks):
        raise NoArrayFormError("a last run of what is no truth")
    passed, failed = spread(passes.true, size), spread(passes.false, size)
    held, may = lists.in_, lists.may_be_in
    failures = held & failed
    doubtful = may & ((~passed & ~failed) | (failed & ~held))
    last, has_last = _latest(asked, order, failures & ordered)
    worst, has_worst = _latest(asked, order, (failures | doubtful) & ordered)
    # With every element that may fail failing, as late as it can.
    sure = held & passed
    after_all = ~has_worst | (ordered & (order > worst))
    low = asked.count_marked(sure & after_all)
    low[asked.in_any((failures | doubtful) & ~ordered)] = 0
    # With every element that may pass passing, and sure failures of unknown order first of all.
    high = asked.count_marked(may & ~failed & (~has_last | ~ordered | (order > last)))
    return Counts(low, high)


def _latest(asked: Asked, order: Array, which: Bools) -> tuple[Array, Bools]:
    """For each element the latest order of those marked in its row, and whether there is any."""
    latest, some = np.zeros(asked.count, np.int64), np.zeros(asked.count, np.bool_)
    places = np.flatnonzero(which)
    rows = asked.index[places]
    starts = segment_starts(rows)
    if len(starts):
        latest[rows[starts]] = np.maximum.reduceat(order[places], starts)
        some[rows[starts]] = True
    return latest[asked.index], some[asked.index]


# -- covers


def _covers(asked: Asked) -> Masks:
    lists, index = asked.lists, asked.index
    begins, begins_known = asked.column(asked.bodies[0], asked.size)
    ends, ends_known = asked.column(asked.bodies[1], asked.size)
    (start, start_known), (end, end_known), (tolerance, tolerance_known) = (
        asked.column(arg, asked.count) for arg in asked.args
    )
    known = start_known & end_known & tolerance_known
    known &= (start <= end) & (tolerance >= 0)
    span = _Span(start, end, tolerance)
    sure = lists.in_ & begins_known & ends_known
    true = span.is_covered(begins, ends, index, sure & (begins <= ends))
    if sure.all():
        return Masks(known & true, known & ~true)
    earliest, latest = np.where(begins_known, begins, start[index]), np.where(ends_known, ends, end[index])
    best = span.is_covered(earliest, latest, index, lists.may_be_in & (earliest <= latest))
    return Masks(known & true, known & ~true & ~best)


@dataclass(frozen=True, slots=True, eq=False)
class _Span:
    """A time in every row, and how long a gap may be."""

    start: Array
    end: Array
    tolerance: Array

    def is_covered(self, begins: Array, ends: Array, index: Ints, which: Bools) -> Bools:
        """Whether the marked intervals cover the span of their row but for gaps that are short enough."""
        reached = self.start.copy()
        begins, ends, rows = _in_order(begins[which], ends[which], index[which])
        if len(rows):
            starts = segment_starts(rows)
            until = _running_latest(ends, starts)
            before = np.empty(len(rows), np.int64)
            before[1:] = until[:-1]
            before[starts] = self.start[rows[starts]]
            before = np.maximum(before, self.start[rows])
            # What comes after the first gap that is too long reaches nothing.
            gap = (begins - before > self.tolerance[rows]).astype(np.int64)
            gaps = np.cumsum(gap)
            gaps -= np.repeat(gaps[starts] - gap[starts], np.diff(starts, append=len(rows)))
            counted = np.flatnonzero(gaps == 0)
            np.maximum.at(reached, rows[counted], until[counted])
        covered: Bools = self.end - reached <= self.tolerance
        # A single moment, which nothing covers where there is no interval.
        moments = (self.start == self.end) & (self.tolerance == 0)
        if moments.any():
            at = self.start[rows]
            seen = any_of((begins <= at) & (at <= ends), rows, len(reached))
            covered = np.where(moments, seen, covered)
        return covered


def _in_order(begins: Array, ends: Array, rows: Ints) -> tuple[Array, Array, Ints]:
    """Intervals of the same row by their beginning; most lists are in that order already."""
    if not ((begins[1:] >= begins[:-1]) | (rows[1:] != rows[:-1])).all():
        order = np.lexsort((begins, rows))
        return begins[order], ends[order], rows[order]
    return begins, ends, rows


def _running_latest(values: Array, starts: Ints) -> Array:
    """For each entry the largest value of its row up to it."""
    segments = np.zeros(len(values), np.int64)
    segments[starts[1:]] = 1
    if ((values[1:] >= values[:-1]) | (segments[1:] == 1)).all():
        return values
    segments = np.cumsum(segments) * len(values)
    order = np.argsort(values)
    ranks = np.empty(len(values), np.int64)
    ranks[order] = np.arange(len(values))
    latest: Array = values[order[np.maximum.accumulate(segments + ranks) - segments]]
    return latest


LIST_FORMS: dict[str, _Form] = {"maxPerGroup": _max_per_group, "lastRun": _last_run, "covers": _covers}
