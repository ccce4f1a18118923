"""Comparisons and arithmetic of inside values; UNKNOWN where there is no answer, never an exception."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from visitcheck.facts.types import (
    COUNT,
    DATE,
    DATE_MAX,
    DATE_MIN,
    DOUBLE,
    DURATION,
    INT,
    INT_MAX,
    INT_MIN,
    MONEY,
    STRING,
    TIMESTAMP,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
    ListOf,
    Money,
    Type,
)
from visitcheck.ir.nodes import ArithmeticOp, CompareOp
from visitcheck.truth import Count, Truth, and_, not_, or_

ARITHMETIC_TYPES: dict[tuple[ArithmeticOp, Type, Type], Type] = {
    **{(op, INT, INT): INT for op in ("+", "-", "*", "/", "%")},
    **{(op, DOUBLE, DOUBLE): DOUBLE for op in ("+", "-", "*", "/")},
    **{(op, left, right): COUNT for op in ("+", "-") for left, right in ((COUNT, COUNT), (COUNT, INT), (INT, COUNT))},
    ("+", STRING, STRING): STRING,
    ("+", DURATION, DURATION): DURATION,
    ("-", DURATION, DURATION): DURATION,
    ("+", TIMESTAMP, DURATION): TIMESTAMP,
    ("+", DURATION, TIMESTAMP): TIMESTAMP,
    ("-", TIMESTAMP, DURATION): TIMESTAMP,
    ("-", TIMESTAMP, TIMESTAMP): DURATION,
    ("+", DATE, INT): DATE,
    ("-", DATE, INT): DATE,
    ("-", DATE, DATE): INT,
    ("+", MONEY, MONEY): MONEY,
    ("-", MONEY, MONEY): MONEY,
    ("*", MONEY, INT): MONEY,
    ("*", INT, MONEY): MONEY,
}
"""The types of operands with a result, and its type."""

ORDER: dict[CompareOp, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""What compares two known values that Python orders as the language does."""
VALUE_RANGES: dict[Type, tuple[int, int]] = {
    INT: (INT_MIN, INT_MAX),
    DURATION: (INT_MIN, INT_MAX),
    TIMESTAMP: (TIMESTAMP_MIN, TIMESTAMP_MAX),
    DATE: (DATE_MIN, DATE_MAX),
}


def compare(op: CompareOp, type_: Type, a: Any, b: Any) -> Truth:
    """`a op b` for two values of one type; with COUNT either may be an int.

    UNKNOWN when a value is, and for money of two currencies.
    """
    if a is None or b is None:
        return None
    if type_ == COUNT:
        return _compare_counts(op, as_count(a), as_count(b))
    if type_ == MONEY:
        return ORDER[op](a.minor, b.minor) if a.currency == b.currency else None
    if isinstance(type_, ListOf):
        return _compare_lists(op, type_.item, a, b)
    return ORDER[op](a, b)


def arithmetic(op: ArithmeticOp, left: Type, right: Type, a: Any, b: Any) -> Any:
    """`a op b` for values of these types; see `ARITHMETIC_TYPES`.

    UNKNOWN when a value is, on overflow of 64 bits, division by zero, a double that is not finite, a time
    out of range, and for money of two currencies. Ints are divided toward zero.
    """
    if a is None or b is None:
        return None
    result = ARITHMETIC_TYPES[op, left, right]
    if result == COUNT:
        return _count_arithmetic(op, as_count(a), as_count(b))
    if result == MONEY:
        return _money_arithmetic(op, a, b)
    if result == DOUBLE:
        return _double_arithmetic(op, a, b)
    if result == STRING:
        return a + b
    return in_range(result, _int_arithmetic(op, a, b))


def negate(type_: Type, a: Any) -> Any:
    """`-a` of an int, double, duration or money."""
    if a is None:
        return None
    if type_ == MONEY:
        return _money_in_range(-a.minor, a.currency)
    return -a if type_ == DOUBLE else in_range(type_, -a)


def aggregate(kind: str, type_: Type, values: tuple[Any, ...]) -> Any:
    """`min`, `max` or `sum` of known values, at least one; a sum only overflows as a whole.

    UNKNOWN for money of several currencies, and on overflow.
    """
    if type_ == MONEY:
        return _aggregate_money(kind, values)
    if kind != "sum":
        return min(values) if kind == "min" else max(values)
    if type_ == DOUBLE:
        return _finite_or_unknown(sum(values[1:], values[0]))
    return in_range(type_, sum(values))


def zero(type_: Type) -> Any:
    """The sum of no values; UNKNOWN for money, which has no currency then."""
    return None if type_ == MONEY else 0.0 if type_ == DOUBLE else 0


def in_range(type_: Type, value: int | None) -> int | None:
    """The value if its type can hold it, else UNKNOWN."""
    low, high = VALUE_RANGES[type_]
    return value if value is not None and low <= value <= high else None


def as_count(value: int | Count) -> Count:
    """A count as it is, an int as the count that is surely that."""
    return value if isinstance(value, Count) else Count(value, value)


def _compare_counts(op: CompareOp, a: Count, b: Count) -> Truth:
    match op:
        case "==":
            return a.equal(b)
        case "!=":
            return not_(a.equal(b))
        case "<":
            return a.less(b)
        case "<=":
            return not_(b.less(a))
        case ">":
            return b.less(a)
        case ">=":
            return not_(a.less(b))


def _compare_lists(op: CompareOp, item: Type, a: tuple[Any, ...], b: tuple[Any, ...]) -> Truth:
    same_length = len(a) == len(b)
    equal = same_length and and_(compare("==", item, x, y) for x, y in zip(a, b, strict=same_length))
    return equal if op == "==" else not_(equal)


def member(item: Type, value: Any, values: tuple[Any, ...]) -> Truth:
    """`value in values`: the OR of `==`."""
    return or_(compare("==", item, value, each) for each in values)


def _count_arithmetic(op: ArithmeticOp, a: Count, b: Count) -> Count | None:
    count = a.plus(b) if op == "+" else a.minus(b)
    ends = [end for end in count if math.isfinite(end)]
    return count if all(INT_MIN <= end <= INT_MAX for end in ends) else None


def _money_arithmetic(op: ArithmeticOp, a: Any, b: Any) -> Money | None:
    if op == "*":
        amount, factor = (a, b) if isinstance(a, Money) else (b, a)
        return _money_in_range(amount.minor * factor, amount.currency)
    if a.currency != b.currency:
        return None
    return _money_in_range(a.minor + b.minor if op == "+" else a.minor - b.minor, a.currency)


def _money_in_range(minor: int, currency: str) -> Money | None:
    return Money(minor, currency) if INT_MIN <= minor <= INT_MAX else None


def _aggregate_money(kind: str, values: tuple[Money, ...]) -> Money | None:
    if len({value.currency for value in values}) != 1:
        return None
    if kind == "sum":
        return _money_in_range(sum(value.minor for value in values), values[0].currency)
    return min(values) if kind == "min" else max(values)


def _double_arithmetic(op: ArithmeticOp, a: float, b: float) -> float | None:
    match op:
        case "+":
            return _finite_or_unknown(a + b)
        case "-":
            return _finite_or_unknown(a - b)
        case "*":
            return _finite_or_unknown(a * b)
        case _:
            return _finite_or_unknown(a / b) if b else None


def _finite_or_unknown(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _int_arithmetic(op: ArithmeticOp, a: int, b: int) -> int | None:
    match op:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return _divide(a, b)
        case "%":
            quotient = _divide(a, b)
            return None if quotient is None or quotient > INT_MAX else a - b * quotient


def _divide(a: int, b: int) -> int | None:
    """The quotient, its fraction cut off."""
    if b == 0:
        return None
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient
