"""The types of literals, comparisons, `in`, arithmetic, prefixes and `?:`, once their parts have theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from visitcheck.facts.types import (
    BOOL,
    COUNT,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    INT_MAX,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Type,
    Word,
)
from visitcheck.ir.binders import next_binder
from visitcheck.ir.nodes import (
    Arithmetic,
    ArithmeticOp,
    Choose,
    Compare,
    CompareOp,
    Const,
    Element,
    Exists,
    Expr,
    Negate,
    Not,
    Or,
)
from visitcheck.language import syntax as s
from visitcheck.language.coerce import (
    ORDERED,
    as_exact,
    as_type,
    is_readable,
    is_same_type,
    is_value,
    mending_help,
    require_type,
)
from visitcheck.language.condition_text import ConditionText
from visitcheck.language.operators import ARITHMETIC_TYPES
from visitcheck.language.scope import describe

RELATIONS = frozenset({"==", "!=", "<", "<=", ">", ">="})

_RESULTS = {types: result for types, result in ARITHMETIC_TYPES.items() if DATE not in types}
"""What arithmetic on two types gives; dates have functions instead, whose names say what is counted."""

_ARITHMETIC_HELP: dict[tuple[str, Type, Type], str] = {
    ("-", DATE, DATE): "write `daysBetween(start, end)` for the days between two dates",
    ("+", DATE, INT): "write `addDays(date, n)`",
    ("-", DATE, INT): "write `addDays(date, -n)`",
    ("+", DATE, DURATION): "write `addDays(date, n)`",
    ("-", DATE, DURATION): "write `addDays(date, -n)`",
    ("+", TIMESTAMP, INT): 'write `+ days(n)` or `+ duration("24h")`',
    ("-", TIMESTAMP, INT): 'write `- days(n)` or `- duration("24h")`',
    ("*", DURATION, INT): 'write the product as a duration, like `duration("48h")` or `days(2 * n)`',
    ("*", INT, DURATION): 'write the product as a duration, like `duration("48h")` or `days(2 * n)`',
    ("/", DURATION, INT): 'write the part as a duration, like `duration("12h")`',
    ("/", DURATION, DURATION): "compare the two durations instead",
    ("-", TIME_OF_DAY, TIME_OF_DAY): "subtract the timestamps instead: that gives a duration",
    ("+", TIME_OF_DAY, DURATION): "add the duration to the timestamp and take `localTime` of the sum",
    ("-", TIME_OF_DAY, DURATION): "subtract the duration from the timestamp and take `localTime` of the rest",
}


def are_value_lists(left: Expr | None, right: Expr | None) -> bool:
    """Whether both are lists of values, which are equal element by element; what had a problem may be one."""
    sides = [side.type for side in (left, right) if side is not None]
    return all(isinstance(type_, ListOf) and is_value(type_.item) for type_ in sides)


def compare(text: ConditionText, op: CompareOp, left: Expr, right: Expr, tree: s.Binary) -> Expr | None:
    """`left op right`, both of one type, text constants read as the other side's type."""
    pair = _same_sides(text, left, right, tree.left, tree.right, tree)
    if pair is None:
        return None
    left, right = pair
    if op not in ("==", "!=") and left.type not in ORDERED:
        help_ = "use `==`, `!=` or `in`"
        if isinstance(tree.left, s.Binary) and tree.left.op in RELATIONS:
            help_ = f"comparisons do not chain: write `a {tree.left.op} b && b {op} c`"
        text.report("not-ordered", f"{describe(left.type)} has no order, so `{op}` does not apply", help_, tree)
        return None
    return Compare(op, left, right, origin=text.origin(tree))


def _same_sides(
    text: ConditionText, left: Expr, right: Expr, at_left: s.TextSpan, at_right: s.TextSpan, whole: s.Binary
) -> tuple[Expr, Expr] | None:
    """Both sides of a comparison or `in` with one type (a count may meet an int), or None after a report."""
    if is_same_type(left.type, right.type) or {left.type, right.type} == {INT, COUNT}:
        return left, right
    if is_readable(right, left.type):
        right_read = as_type(text, right, left.type, at_right)
        return None if right_read is None else (left, right_read)
    if is_readable(left, right.type):
        left_read = as_type(text, left, right.type, at_left)
        return None if left_read is None else (left_read, right)
    _report_mismatch(text, left, right, whole)
    return None


def _report_mismatch(text: ConditionText, left: Expr, right: Expr, whole: s.Binary) -> None:
    help_ = mending_help(right, left.type) or mending_help(left, right.type)
    if isinstance(whole.left, s.Binary) and whole.left.op in RELATIONS and whole.op in RELATIONS:
        help_ = f"comparisons do not chain: write `a {whole.left.op} b && b {whole.op} c`"
    if left.type == BOOL and isinstance(whole.left, s.Prefix) and whole.left.op == "!":
        help_ = "`!` binds tighter than a comparison: write `!(a == b)`"
    text.report(
        "type-mismatch",
        f"`{text.excerpt(whole.left)}` is {describe(left.type)} and `{text.excerpt(whole.right)}` is "
        f"{describe(right.type)}, so `{whole.op}` does not apply",
        help_,
        whole,
    )


def member_of(text: ConditionText, item: Expr, source: Expr, tree: s.Binary) -> Expr | None:
    """`item in source` for anything but a list literal, whose elements have places of their own."""
    if not isinstance(source.type, ListOf):
        help_ = 'write a list of constants, like `x in ["a", "b"]`, or `==`'
        if source.type == STRING:
            help_ = "write `text.contains(part)` to look for a part of a text"
        text.report("not-a-list", f"`in` needs a list, but this is {describe(source.type)}", help_, tree.right)
        return None
    if isinstance(source, Const):
        items = cast("tuple[object, ...]", source.value)
        constants = [Const(value, source.type.item, origin=source.origin) for value in items]
        return any_equal(text, item, constants, [tree.right] * len(constants), tree)
    return _exists_equal(text, item, source, tree)


def any_equal(
    text: ConditionText, item: Expr, constants: Sequence[Const], spans: Sequence[s.TextSpan], tree: s.Binary
) -> Expr | None:
    """`item` equal to one of the constants, each written at its span."""
    origin = text.origin(tree)
    sides = [_same_sides(text, item, part, tree.left, span, tree) for part, span in zip(constants, spans, strict=True)]
    pairs = [pair for pair in sides if pair is not None]
    if len(pairs) < len(sides):
        return None
    equal = tuple(Compare("==", left, right, origin=origin) for left, right in pairs)
    return equal[0] if len(equal) == 1 else Or(equal, origin=origin)


def _exists_equal(text: ConditionText, item: Expr, source: Expr, tree: s.Binary) -> Expr | None:
    wanted = cast("ListOf", source.type).item
    item = as_exact(item)
    if not (is_same_type(item.type, wanted) or is_readable(item, wanted)):
        text.report(
            "type-mismatch",
            f"`{text.excerpt(tree.left)}` is {describe(item.type)}, but the elements of "
            f"`{text.excerpt(tree.right)}` are {describe(wanted)} each",
            mending_help(item, wanted),
            tree,
        )
        return None
    fitted = as_type(text, item, wanted, tree.left)
    if fitted is None:
        return None
    binder = next_binder((fitted,))
    origin = text.origin(tree)
    body = Compare("==", Element(binder, wanted, origin=text.origin(tree.right)), fitted, origin=origin)
    return Exists(source, binder, body, origin=origin)


def require_constant(text: ConditionText, expr: Expr | None, tree: s.Tree) -> Const | None:
    """`expr` as an element of a list literal, which must be a constant."""
    if expr is None or isinstance(expr, Const):
        return expr
    text.report(
        "constant-needed",
        f"a list holds constants, and `{text.excerpt(tree)}` is none",
        "write `x == a || x == b`, or declare a parameter with a list",
        tree,
    )
    return None


def constant_list(text: ConditionText, constants: Sequence[Const], tree: s.ListLiteral) -> Expr | None:
    """A list of constants, which must have the type of the first one."""
    first = constants[0].type
    values: list[object] = []
    for constant, span in zip(constants, tree.items, strict=True):
        fitted = require_type(text, constant, first, span, "each element of this list")
        if fitted is None:
            return None
        values.append(cast("Const", fitted).value)
    return Const(tuple(values), ListOf(first), origin=text.origin(tree))


def arithmetic(text: ConditionText, op: ArithmeticOp, left: Expr, right: Expr, tree: s.Binary) -> Expr | None:
    """`left op right` for `+`, `-`, `*`, `/` and `%`."""
    origin = text.origin(tree)
    if (op, left.type, right.type) not in _RESULTS:  # counts stay counts under `+` and `-` only
        left, right = as_exact(left), as_exact(right)
    result = _RESULTS.get((op, left.type, right.type))
    if result is not None:
        return Arithmetic(op, left, right, result, origin=origin)
    help_ = _ARITHMETIC_HELP.get((op, left.type, right.type))
    if help_ is None and {left.type, right.type} == {INT, DOUBLE}:
        help_ = mending_help(right, left.type) if isinstance(right, Const) else mending_help(left, right.type)
    if help_ is None and (isinstance(left.type, Word) or isinstance(right.type, Word)):
        help_ = "closed words are only compared, with `==`, `!=` and `in`"
    text.report(
        "type-mismatch",
        f"`{op}` does not take {describe(left.type)} and {describe(right.type)}",
        help_,
        tree,
    )
    return None


def prefix(text: ConditionText, operand: Expr, tree: s.Prefix) -> Expr | None:
    """`!truth` or `-number`."""
    operand = as_exact(operand)
    if tree.op == "!" and operand.type == BOOL:
        return Not(operand, origin=text.origin(tree))
    if tree.op == "-" and operand.type in (INT, DOUBLE, DURATION, MONEY):
        return Negate(operand, operand.type, origin=text.origin(tree))
    wanted = "a truth (bool)" if tree.op == "!" else "a number"
    text.report("type-mismatch", f"`{tree.op}` takes {wanted}, not {describe(operand.type)}", None, tree)
    return None


def negative_literal(text: ConditionText, number_: s.Literal, tree: s.Prefix) -> Const:
    """`-5` as one constant, so that the smallest int, which has no positive counterpart, can be written."""
    type_ = INT if number_.kind == "int" else DOUBLE
    return Const(-cast("float", number_.value), type_, origin=text.origin(tree))


def literal(text: ConditionText, tree: s.Literal) -> Expr | None:
    """A number, text or truth."""
    types = {"int": INT, "double": DOUBLE, "string": STRING, "bool": BOOL}
    if tree.kind == "int" and cast("int", tree.value) > INT_MAX:
        text.report("number-range", f"`{tree.value}` is more than 64 bits hold", None, tree)
        return None
    return Const(tree.value, types[tree.kind], origin=text.origin(tree))


def require_branch(text: ConditionText, expr: Expr | None, tree: s.Tree) -> Expr | None:
    """`expr` as one of the two values that `?:` chooses between."""
    if expr is None or is_value(expr.type):
        return expr
    text.report(
        "not-a-value",
        f"`?:` chooses between values, and `{text.excerpt(tree)}` is {describe(expr.type)}",
        "choose between two conditions on it instead",
        tree,
    )
    return None


def conditional(text: ConditionText, test: Expr, then: Expr, other: Expr, tree: s.Conditional) -> Expr | None:
    """`test ? then : other`, both of one type."""
    type_ = _common_type(then, other)
    if type_ is None:
        text.report(
            "type-mismatch",
            f"`?:` chooses between {describe(then.type)} and {describe(other.type)}",
            mending_help(other, then.type) or mending_help(then, other.type) or "both must have one type",
            tree,
        )
        return None
    fitted_then = as_type(text, then, type_, tree.then)
    fitted_other = as_type(text, other, type_, tree.other)
    if fitted_then is None or fitted_other is None:
        return None
    return Choose(test, fitted_then, fitted_other, type_, origin=text.origin(tree))


def _common_type(then: Expr, other: Expr) -> Type | None:
    if {then.type, other.type} <= {INT, COUNT}:
        return INT
    if is_same_type(then.type, other.type) or is_readable(other, then.type):
        return then.type
    return other.type if is_readable(then, other.type) else None
