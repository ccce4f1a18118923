"""Comparisons and arithmetic, of plain values and of those with parts: money, and counts as intervals.

An end of a count that is none (`truth.NO_END`) is NULL. No number could stand for it: sizes are compared with whatever
64 bits hold, and beside the greatest of these a list that goes on would look like one that cannot exceed it. NULL does
what is asked of it: a comparison with an end that is none settles nothing, and a sum with it has none either. A count
that is UNKNOWN has two such ends, and nothing can be asked that would tell it from one without any.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql import lists
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.context import Context
from visitcheck.facts.types import (
    COUNT,
    DATE,
    DATE_MAX,
    DATE_MIN,
    DOUBLE,
    DURATION,
    INT,
    INT_MIN,
    MONEY,
    STRING,
    TIMESTAMP,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
    ListOf,
    Type,
)
from visitcheck.ir.fold import fold_constants
from visitcheck.ir.nodes import Arithmetic, Choose, Compare, Const, Expr, Negate, RestCount, Size
from visitcheck.ir.walk import walk

FIELDS: dict[Type, tuple[str, str]] = {COUNT: ("low", "high"), MONEY: ("minor", "currency")}
_RANGES = {TIMESTAMP: (TIMESTAMP_MIN, TIMESTAMP_MAX), DATE: (DATE_MIN, DATE_MAX)}
# No duration below this takes a moment past 64 bits, and no whole number a date.
_NEAR = 2**62


def compare(c: Context, node: Compare) -> Sql:
    """The truth of a comparison."""
    node = replace(node, left=fold_constants(node.left), right=fold_constants(node.right))
    left, right = node.left, node.right
    if COUNT in (left.type, right.type):
        return _intervals(node.op, parts(c, left), parts(c, right))
    if left.type == MONEY:
        a, b = parts(c, left), parts(c, right)
        same = sql.compare("==", a["currency"], b["currency"])
        return sql.case((same, sql.compare(node.op, a["minor"], b["minor"])))
    if isinstance(left.type, ListOf):
        return lists.compare_lists(c, node)
    if left.type == DOUBLE:
        return sql.compare(node.op, c.value(left), c.value(right))
    return sql.compare(node.op, *_bare(c, left, right))


def _bare(c: Context, left: Expr, right: Expr) -> tuple[Sql, Sql]:
    """Both values, a constant without its cast where the other side has the type already."""
    a, b = c.value(left), c.value(right)
    if isinstance(left, Const) != isinstance(right, Const):
        return tuple(sql.uncast(value) for value in (a, b))  # type: ignore[return-value]
    return a, b


def parts(c: Context, node: Expr) -> dict[str, Sql]:
    """A count's `low` and `high`, or money's `minor` and `currency`; an int is the count that is surely that."""
    match node:
        case Const(value, type_) if type_ == MONEY and value is not None:
            return {"minor": sql.number(value.minor), "currency": sql.text(value.currency)}  # type: ignore[attr-defined]
        case Choose(test, then, otherwise, type_):
            a, b = parts(c, then), parts(c, otherwise)
            return {name: c.choice(test, a[name], b[name]) for name in FIELDS[_type_with_parts(type_)]}
        case Arithmetic() | Negate():
            ends = _parts_of_count(c, node) if node.type in (COUNT, INT) else _parts_of_money(c, node)
        case Size():
            ends = lists.size_of(c, node)
        case RestCount(test):
            return {"low": sql.number(0), "high": sql.case((sql.not_(c.value(test)), sql.number(0)))}
        case _ if node.type == INT:
            ends = None
        case _:
            return c.parts_of_struct(node, FIELDS[node.type])
    if ends is None:
        value = c.value(node)
        exact = sql.uncast(value) if isinstance(node, Const) else value
        return {"low": exact, "high": exact}
    return ends


def _type_with_parts(type_: Type) -> Type:
    return COUNT if type_ == INT else type_


def struct(c: Context, node: Expr) -> Sql:
    """Money or a count as one value, NULL where it is UNKNOWN."""
    ends = parts(c, node)
    if _has_both_ends(node):
        return c.struct(ends)
    return sql.case((sql.or_(map(sql.is_known, ends.values())), sql.struct(ends)))


def _has_both_ends(node: Expr) -> bool:
    """Whether a count has two ends wherever it is known."""
    return not any(isinstance(each, RestCount) for each in walk(node))


def exact(count: dict[str, Sql]) -> Sql:
    """A count as an int, where both ends meet."""
    low, high = count["low"], count["high"]
    return low if low == high else sql.case((sql.compare("==", low, high), low))


def _intervals(op: str, a: dict[str, Sql], b: dict[str, Sql]) -> Sql:
    """A comparison of two counts: known where it holds, or fails, for all their values."""
    if a["low"] == a["high"] and b["low"] == b["high"]:
        return sql.compare(op, a["low"], b["low"])
    match op:
        case "<" | "<=":
            holds = sql.compare(op, a["high"], b["low"])
            fails = sql.not_(sql.compare(op, a["low"], b["high"]))
        case ">" | ">=":
            holds = sql.compare(op, a["low"], b["high"])
            fails = sql.not_(sql.compare(op, a["high"], b["low"]))
        case _:
            ends = [sql.compare("==", x, y) for x, y in ((a["low"], a["high"]), (b["low"], b["high"]))]
            same = sql.and_([*ends, sql.compare("==", a["low"], b["low"])])
            apart = sql.or_([sql.compare("<", a["high"], b["low"]), sql.compare("<", b["high"], a["low"])])
            holds, fails = (same, apart) if op == "==" else (apart, same)
    return sql.case((holds, sql.true()), (fails, sql.false()))


def arithmetic(c: Context, node: Arithmetic | Negate) -> Sql:
    """The value of `+ - * / %` or of a minus."""
    if isinstance(node, Arithmetic):
        node = replace(node, left=fold_constants(node.left), right=fold_constants(node.right))
    if node.type in (COUNT, MONEY):
        return struct(c, node)
    if isinstance(node, Negate):
        return _negate(c, c.value(node.operand), node.type)
    if node.type == STRING:
        return sql.binary(exp.DPipe, c.value(node.left), c.value(node.right))
    left, right = c.value(node.left), c.value(node.right)
    if node.type == DOUBLE:
        return _double_arithmetic(c, node.op, left, right)
    if node.op in ("/", "%"):
        return c.names.lets([left, right], lambda a, b: _divide(node.op, a, b))
    result = sql.binary(exp.Add if node.op == "+" else exp.Sub, left, right)
    if not _fits(node):
        result = c.dialect.checked(node.op, left, right)
    return c.names.let(result, lambda value: in_range(node.type, value))


def in_range(type_: Type, value: Sql) -> Sql:
    """The value where its type can hold it."""
    if type_ not in _RANGES:
        return value
    return sql.case((sql.between(value, *_RANGES[type_]), value))


def _fits(node: Arithmetic) -> bool:
    """Whether 64 bits surely hold the result, which moments and dates leave room for."""
    if node.op == "*":
        return False
    roomy = {TIMESTAMP, DATE}
    return all(
        side.type in roomy or (isinstance(side, Const) and side.type in (INT, DURATION) and abs(_int(side)) < _NEAR)
        for side in (node.left, node.right)
    ) and bool({node.left.type, node.right.type} & roomy)


def _int(node: Const) -> int:
    return node.value if isinstance(node.value, int) else _NEAR


def _divide(op: str, a: Sql, b: Sql) -> Sql:
    """Division by zero, and the least number by -1, have no answer."""
    overflows = sql.and_([sql.compare("==", a, INT_MIN), sql.compare("==", b, -1)])
    divisor = sql.null_if(b, sql.number(0))
    return sql.case((sql.not_(overflows), sql.binary(exp.IntDiv if op == "/" else exp.Mod, a, divisor)))


def _double_arithmetic(c: Context, op: str, left: Sql, right: Sql) -> Sql:
    kinds: dict[str, type[Sql]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
    divisor = sql.null_if(right, sql.cast(sql.number(0), DOUBLE))
    result = sql.binary(kinds[op], left, divisor if op == "/" else right)
    return c.names.let(result, sql.finite)


def _negate(c: Context, value: Sql, type_: Type) -> Sql:
    if type_ == DOUBLE:
        return sql.make(exp.Neg, this=sql.operand(value))
    return c.dialect.checked("-", sql.cast(sql.number(0)), value)


def _parts_of_money(c: Context, node: Arithmetic | Negate) -> dict[str, Sql]:
    if isinstance(node, Negate):
        money = parts(c, node.operand)
        return {"minor": _negate(c, money["minor"], INT), "currency": money["currency"]}
    if node.op == "*":
        amount, factor = (node.left, node.right) if node.left.type == MONEY else (node.right, node.left)
        money = parts(c, amount)
        minor = c.dialect.checked("*", sql.cast(money["minor"]), c.value(factor))
        return {"minor": minor, "currency": money["currency"]}
    a, b = parts(c, node.left), parts(c, node.right)
    same = sql.compare("==", a["currency"], b["currency"])
    minor = c.dialect.checked(node.op, sql.cast(a["minor"]), sql.cast(b["minor"]))
    return {"minor": sql.case((same, minor)), "currency": a["currency"]}


def _parts_of_count(c: Context, node: Arithmetic | Negate) -> dict[str, Sql] | None:
    """The ends of a sum or difference of counts; None for arithmetic of ints."""
    if not isinstance(node, Arithmetic) or node.type != COUNT:
        return None
    a, b = parts(c, node.left), parts(c, node.right)
    if node.op == "+" and isinstance(node.right, RestCount):
        return {"low": a["low"], "high": sql.case((sql.is_known(b["high"]), a["high"]))}
    ends = ("low", "high") if node.op == "+" else ("high", "low")
    pairs = [(sql.cast(a[end]), sql.cast(b[other])) for end, other in zip(("low", "high"), ends, strict=True)]
    low, high = (c.dialect.checked(node.op, *pair) for pair in pairs)
    if _has_both_ends(node):
        fits = [sql.is_known(end) for end in (low, high)]
    else:  # where an operand has no end there is nothing that could overflow
        fits = [
            sql.or_([sql.is_known(end), *map(sql.is_null, pair)]) for end, pair in zip((low, high), pairs, strict=True)
        ]
    return {"low": sql.case((fits[1], low)), "high": sql.case((fits[0], high))}
