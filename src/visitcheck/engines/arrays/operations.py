"""Comparisons and arithmetic of arrays: in every row what `language.operators` says of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.structs import Value, is_text
from visitcheck.engines.arrays.values import (
    NO,
    Amounts,
    Array,
    Bools,
    Counts,
    Ints,
    Known,
    Masks,
    NoArrayFormError,
    Numbers,
    both_known,
    negated,
    truths_where,
)
from visitcheck.facts.types import DOUBLE, INT_MAX, INT_MIN, MONEY, STRING, Type
from visitcheck.ir.nodes import ArithmeticOp, CompareOp
from visitcheck.language.operators import ORDER, VALUE_RANGES

_HALF = 1 << 32


def compare(op: CompareOp, type_: Type, a: Value, b: Value, codes: TextCodes) -> Masks:
    """`a op b` for two values of one type; with a count on either side the other may be an int."""
    match a, b:
        case (Counts(), _) | (_, Counts()):
            return _compare_counts(op, as_counts(a), as_counts(b))
        case Masks(), Masks():
            equal = Masks((a.true & b.true) | (a.false & b.false), (a.true & b.false) | (a.false & b.true))
            return equal if op == "==" else negated(equal)
        case Amounts(), Amounts():
            known = both_known(both_known(a.known, b.known), a.currency == b.currency)
            return truths_where(ORDER[op](a.minor, b.minor), known)  # type: ignore[arg-type]
        case Numbers(), Numbers():
            left, right = a.values, b.values
            if op not in ("==", "!=") and is_text(type_):
                ranks = codes.ranks()
                left, right = _ranked(left, ranks), _ranked(right, ranks)
            return truths_where(ORDER[op](left, right), both_known(a.known, b.known))  # type: ignore[arg-type]
        case _:
            raise NoArrayFormError(f"{op} of {type(a).__name__} and {type(b).__name__}")


def _ranked(codes: Array, ranks: Ints) -> Array:
    return ranks[codes] if len(ranks) else codes


# -- counts


def as_counts(value: Value) -> Counts:
    """A count as it is, an int as the count that is surely that."""
    if isinstance(value, Counts):
        return value
    if not isinstance(value, Numbers):
        raise NoArrayFormError(f"a count of {type(value).__name__}")
    return Counts(value.values, value.values, value.known)


def _compare_counts(op: CompareOp, a: Counts, b: Counts) -> Masks:
    match op:
        case "==":
            return _equal(a, b)
        case "!=":
            return negated(_equal(a, b))
        case "<":
            return _less(a, b)
        case "<=":
            return negated(_less(b, a))
        case ">":
            return _less(b, a)
        case ">=":
            return negated(_less(a, b))


def _closed(mask: Bools, *open_ends: Known) -> Bools:
    """Where something holds of two ends, and neither is open."""
    for each in open_ends:
        if each is not None:
            mask = mask & ~each
    return mask


def _masks(true: Bools, false: Bools, known: Known) -> Masks:
    return Masks(true, false) if known is None else Masks(true & known, false & known)


def _less(a: Counts, b: Counts) -> Masks:
    true = _closed(a.high < b.low, a.no_high, b.no_low)
    false = _closed(a.low >= b.high, a.no_low, b.no_high)
    return _masks(true, false, both_known(a.known, b.known))


def _equal(a: Counts, b: Counts) -> Masks:
    exact = (a.low == a.high) & (b.low == b.high) & (a.low == b.low)
    true = _closed(exact, a.no_low, a.no_high, b.no_low, b.no_high)
    below = _closed(a.high < b.low, a.no_high, b.no_low)
    above = _closed(b.high < a.low, b.no_high, a.no_low)
    return _masks(true, below | above, both_known(a.known, b.known))


def exact(count: Counts) -> Numbers:
    """The count where both ends meet, else UNKNOWN."""
    known = _closed(count.low == count.high, count.no_low, count.no_high)
    return Numbers(count.low, known if count.known is None else known & count.known)


def _count_arithmetic(op: ArithmeticOp, a: Counts, b: Counts) -> Counts:
    """Sum or difference, end by end; UNKNOWN where an end that is closed does not fit into 64 bits."""
    if op == "+":
        (low, low_fits), (high, high_fits) = _add(a.low, b.low), _add(a.high, b.high)
        no_low, no_high = _either(a.no_low, b.no_low), _either(a.no_high, b.no_high)
    else:
        (low, low_fits), (high, high_fits) = _subtract(a.low, b.high), _subtract(a.high, b.low)
        no_low, no_high = _either(a.no_low, b.no_high), _either(a.no_high, b.no_low)
    fits = (low_fits if no_low is None else low_fits | no_low) & (high_fits if no_high is None else high_fits | no_high)
    known = both_known(both_known(a.known, b.known), None if fits.all() else fits)
    return Counts(low, high, known, no_low, no_high)


def _either(a: Known, b: Known) -> Known:
    """Where an end is open: None is nowhere, here."""
    return b if a is None else a if b is None else a | b


# -- arithmetic


def arithmetic(op: ArithmeticOp, result: Type, a: Value, b: Value, codes: TextCodes) -> Value:
    """`a op b` where the result is of this type; UNKNOWN where `language.operators.arithmetic` is."""
    match a, b:
        case (Counts(), _) | (_, Counts()):
            return _count_arithmetic(op, as_counts(a), as_counts(b))
        case Amounts(), Amounts():
            minor, fits = _INT_OPERATIONS[op](a.minor, b.minor)
            known = both_known(both_known(a.known, b.known), fits & (a.currency == b.currency))
            return Amounts(minor, a.currency, known)
        case (Amounts() as amount, Numbers() as factor) | (Numbers() as factor, Amounts() as amount):
            minor, fits = _multiply(amount.minor, factor.values)
            return Amounts(minor, amount.currency, both_known(both_known(amount.known, factor.known), fits))
        case Numbers(), Numbers():
            known = both_known(a.known, b.known)
            if result == STRING:
                return _join_texts(a.values, b.values, known, codes)
            if result == DOUBLE:
                return _double_arithmetic(op, a.values, b.values, known)
            values, fits = _INT_OPERATIONS[op](a.values, b.values)
            return Numbers(values, _in_range(result, values, both_known(known, None if fits.all() else fits)))
        case _:
            raise NoArrayFormError(f"{op} of {type(a).__name__} and {type(b).__name__}")


def negate(type_: Type, a: Value) -> Value:
    """`-a` of an int, double, duration or money."""
    if isinstance(a, Amounts):
        return Amounts(-a.minor, a.currency, both_known(a.known, a.minor != INT_MIN))
    if not isinstance(a, Numbers):
        raise NoArrayFormError(f"minus {type(a).__name__}")
    return Numbers(-a.values, a.known if type_ == DOUBLE else both_known(a.known, a.values != INT_MIN))


def _in_range(type_: Type, values: Ints, known: Known) -> Known:
    """Where values are known that the type can hold."""
    low, high = VALUE_RANGES[type_]
    if (low, high) == (INT_MIN, INT_MAX) or not len(values) or (values.min() >= low and values.max() <= high):
        return known
    return both_known(known, (values >= low) & (values <= high))


def _add(a: Ints, b: Ints) -> tuple[Ints, Bools]:
    total = a + b
    return total, ((a ^ total) & (b ^ total)) >= 0


def _subtract(a: Ints, b: Ints) -> tuple[Ints, Bools]:
    difference = a - b
    return difference, ((a ^ b) & (a ^ difference)) >= 0


def _multiply(a: Ints, b: Ints) -> tuple[Ints, Bools]:
    product = a * b
    # A double is exact enough to tell products that surely fit; the few others are worked out as whole numbers.
    fits = np.abs(a.astype(np.float64) * b.astype(np.float64)) < 2.0**62
    if fits.all():
        return product, fits
    left, right = np.broadcast_arrays(a, b)
    for place in np.flatnonzero(~fits):
        fits[place] = INT_MIN <= int(left[place]) * int(right[place]) <= INT_MAX
    return product, fits


def _without_undivided(a: Ints, b: Ints) -> tuple[Ints, Bools]:
    """Divisors that can be divided by, and where they are those given."""
    fits = (b != 0) & ~((a == INT_MIN) & (b == -1))
    return np.where(fits, b, 1), fits


def _divide(a: Ints, b: Ints) -> tuple[Ints, Bools]:
    divisor, fits = _without_undivided(a, b)
    quotient = a // divisor
    return quotient + ((a % divisor != 0) & ((a < 0) != (divisor < 0))), fits


def _remainder(a: Ints, b: Ints) -> tuple[Ints, Bools]:
    divisor, fits = _without_undivided(a, b)
    return np.fmod(a, divisor), fits


_INT_OPERATIONS: dict[ArithmeticOp, Callable[[Any, Any], tuple[Ints, Bools]]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
}


def _double_arithmetic(op: ArithmeticOp, a: Array, b: Array, known: Known) -> Numbers:
    with np.errstate(all="ignore"):
        match op:
            case "+":
                values = a + b
            case "-":
                values = a - b
            case "*":
                values = a * b
            case _:
                values = a / b
    finite = np.isfinite(values)
    return Numbers(values, known if finite.all() else both_known(known, finite))


def _join_texts(a: Array, b: Array, known: Known, codes: TextCodes) -> Numbers:
    """Texts one after the other: once for each two distinct ones."""
    left, right = np.broadcast_arrays(a, b)
    pairs, places = np.unique(left * _HALF + right, return_inverse=True)
    joined = [_text(codes, pair // _HALF) + _text(codes, pair % _HALF) for pair in pairs.tolist()]
    return Numbers(codes.encode(joined)[places], known)


def _text(codes: TextCodes, code: int) -> str:
    return codes.texts[code] if 0 <= code < len(codes.texts) else ""


# -- aggregates


def fold_values(kind: str, type_: Type, value: Value, starts: Ints, codes: TextCodes) -> Value:
    """`min`, `max` or `sum` of known values, those from each of `starts` up to the next; there is one in each."""
    if isinstance(value, Amounts):
        low = np.minimum.reduceat(value.currency, starts)
        alike = low == np.maximum.reduceat(value.currency, starts)
        minor, fits = _fold_ints(kind, value.minor, starts)
        return Amounts(minor, low, alike & fits)
    if not isinstance(value, Numbers):
        raise NoArrayFormError(f"{kind} of {type(value).__name__}")
    if is_text(type_):
        ranks = codes.ranks()
        order = np.argsort(ranks)
        return Numbers(order[_fold_ints(kind, ranks[value.values], starts)[0]])
    if type_ == DOUBLE:
        return _fold_doubles(kind, value.values, starts)
    values, fits = _fold_ints(kind, value.values, starts)
    return Numbers(values, None if fits.all() else fits)


def _fold_ints(kind: str, values: Ints, starts: Ints) -> tuple[Ints, Bools]:
    if kind != "sum":
        folded: Ints = (np.minimum if kind == "min" else np.maximum).reduceat(values, starts)
        return folded, np.ones(len(folded), np.bool_)
    # In two halves, so that only the sum as a whole has to fit into 64 bits.
    low = np.add.reduceat(values & (_HALF - 1), starts)
    high = np.add.reduceat(values >> 32, starts) + (low >> 32)
    fits = (high >= -(1 << 31)) & (high < 1 << 31)
    return (np.where(fits, high, 0) << 32) | (low & (_HALF - 1)), fits


def _fold_doubles(kind: str, values: Array, starts: Ints) -> Numbers:
    if kind != "sum":
        return Numbers((np.minimum if kind == "min" else np.maximum).reduceat(values, starts))
    # The order of additions matters, and how Python adds: so it is Python that adds.
    ends = [*starts[1:].tolist(), len(values)]
    lists = [values[start:end].tolist() for start, end in zip(starts.tolist(), ends, strict=True)]
    sums = np.array([sum(each[1:], each[0]) for each in lists], np.float64)
    finite = np.isfinite(sums)
    return Numbers(sums, None if finite.all() else finite)


def zero(type_: Type) -> Value:
    """The sum of no values; UNKNOWN for money, which has no currency then."""
    if type_ == MONEY:
        return Amounts(np.zeros(1, np.int64), np.zeros(1, np.int64), NO)
    return Numbers(np.zeros(1, np.float64 if type_ == DOUBLE else np.int64))
