"""Types of comparisons, `in`, arithmetic and prefixes."""

from __future__ import annotations

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
from visitcheck.ir.nodes import (
    Arithmetic,
    ArithmeticOp,
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
from visitcheck.language.binders import number
from visitcheck.language.coerce import ORDERED, as_type, exact, fit, hint, is_value, readable, same, value
from visitcheck.language.context import Context
from visitcheck.language.operators import ARITHMETIC_TYPES
from visitcheck.language.scope import describe

_RELATIONS = frozenset({"==", "!=", "<", "<=", ">", ">="})

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


def binary(cx: Context, tree: s.Binary) -> Expr | None:
    """A comparison, `in`, or arithmetic."""
    if tree.op == "in":
        return _member(cx, tree)
    left, right = cx.read(cx, tree.left), cx.read(cx, tree.right)
    if tree.op not in ("==", "!=") or not _lists(left, right):
        left, right = value(cx, left, tree.left), value(cx, right, tree.right)
    if left is None or right is None:
        return None
    if tree.op in _RELATIONS:
        return compare(cx, cast("CompareOp", tree.op), left, right, tree)
    return _arithmetic(cx, cast("ArithmeticOp", tree.op), left, right, tree)


def _lists(left: Expr | None, right: Expr | None) -> bool:
    """Whether both are lists of values, which are equal element by element; what had a problem may be one."""
    sides = [side.type for side in (left, right) if side is not None]
    return all(isinstance(type_, ListOf) and is_value(type_.item) for type_ in sides)


def compare(cx: Context, op: CompareOp, left: Expr, right: Expr, tree: s.Binary) -> Expr | None:
    """`left op right`, both of one type, text constants read as the other side's type."""
    pair = _paired(cx, left, right, tree.left, tree.right, tree)
    if pair is None:
        return None
    left, right = pair
    if op not in ("==", "!=") and left.type not in ORDERED:
        help_ = "use `==`, `!=` or `in`"
        if isinstance(tree.left, s.Binary) and tree.left.op in _RELATIONS:
            help_ = f"comparisons do not chain: write `a {tree.left.op} b && b {op} c`"
        cx.report("not-ordered", f"{describe(left.type)} has no order, so `{op}` does not apply", help_, tree)
        return None
    return Compare(op, left, right, origin=cx.origin(tree))


def _paired(
    cx: Context, left: Expr, right: Expr, at_left: s.Span, at_right: s.Span, whole: s.Binary
) -> tuple[Expr, Expr] | None:
    """Both sides of a comparison or `in` with one type (a count may meet an int), or None after a report."""
    if same(left.type, right.type) or {left.type, right.type} == {INT, COUNT}:
        return left, right
    if readable(right, left.type):
        read = as_type(cx, right, left.type, at_right)
        return None if read is None else (left, read)
    if readable(left, right.type):
        read = as_type(cx, left, right.type, at_left)
        return None if read is None else (read, right)
    _mismatch(cx, left, right, whole)
    return None


def _mismatch(cx: Context, left: Expr, right: Expr, whole: s.Binary) -> None:
    help_ = hint(right, left.type) or hint(left, right.type)
    if isinstance(whole.left, s.Binary) and whole.left.op in _RELATIONS and whole.op in _RELATIONS:
        help_ = f"comparisons do not chain: write `a {whole.left.op} b && b {whole.op} c`"
    if left.type == BOOL and isinstance(whole.left, s.Prefix) and whole.left.op == "!":
        help_ = "`!` binds tighter than a comparison: write `!(a == b)`"
    cx.report(
        "type-mismatch",
        f"`{cx.written(whole.left)}` is {describe(left.type)} and `{cx.written(whole.right)}` is "
        f"{describe(right.type)}, so `{whole.op}` does not apply",
        help_,
        whole,
    )


def _member(cx: Context, tree: s.Binary) -> Expr | None:
    """`x in list`: the OR of `==` over constants, or `exists` over any other list."""
    item = value(cx, cx.read(cx, tree.left), tree.left)
    if isinstance(tree.right, s.ListLiteral):
        return _in_constants(cx, item, tree, tree.right)
    source = cx.read(cx, tree.right)
    if item is None or source is None:
        return None
    if not isinstance(source.type, ListOf):
        help_ = 'write a list of constants, like `x in ["a", "b"]`, or `==`'
        if source.type == STRING:
            help_ = "write `text.contains(part)` to look for a part of a text"
        cx.report("not-a-list", f"`in` needs a list, but this is {describe(source.type)}", help_, tree.right)
        return None
    if isinstance(source, Const):
        items = cast("tuple[object, ...]", source.value)
        parts = [Const(one, source.type.item, origin=source.origin) for one in items]
        return _any_equal(cx, item, [(part, cast("s.Span", tree.right)) for part in parts], tree)
    return _exists_equal(cx, item, source, tree)


def _in_constants(cx: Context, item: Expr | None, tree: s.Binary, listed: s.ListLiteral) -> Expr | None:
    if not listed.items:
        cx.report("list-empty", "nothing is in an empty list", "name at least one constant", listed)
        return None
    parts = [(constant(cx, part), part) for part in listed.items]
    if item is None or any(part is None for part, _ in parts):
        return None
    return _any_equal(cx, item, [(cast("Expr", part), span) for part, span in parts], tree)


def _any_equal(cx: Context, item: Expr, parts: list[tuple[Expr, s.Span]], tree: s.Binary) -> Expr | None:
    origin = cx.origin(tree)
    found = [_paired(cx, item, part, tree.left, span, tree) for part, span in parts]
    pairs = [pair for pair in found if pair is not None]
    if len(pairs) < len(found):
        return None
    equal = tuple(Compare("==", left, right, origin=origin) for left, right in pairs)
    return equal[0] if len(equal) == 1 else Or(equal, origin=origin)


def _exists_equal(cx: Context, item: Expr, source: Expr, tree: s.Binary) -> Expr | None:
    wanted = cast("ListOf", source.type).item
    item = exact(item)
    if not (same(item.type, wanted) or readable(item, wanted)):
        cx.report(
            "type-mismatch",
            f"`{cx.written(tree.left)}` is {describe(item.type)}, but the elements of "
            f"`{cx.written(tree.right)}` are {describe(wanted)} each",
            hint(item, wanted),
            tree,
        )
        return None
    fitted = as_type(cx, item, wanted, tree.left)
    if fitted is None:
        return None
    binder = number((fitted,))
    origin = cx.origin(tree)
    body = Compare("==", Element(binder, wanted, origin=cx.origin(tree.right)), fitted, origin=origin)
    return Exists(source, binder, body, origin=origin)


def constant(cx: Context, tree: s.Tree) -> Const | None:
    """An element of a list literal, which must be a constant."""
    found = value(cx, cx.read(cx, tree), tree)
    if found is None or isinstance(found, Const):
        return found
    cx.report(
        "constant-needed",
        f"a list holds constants, and `{cx.written(tree)}` is none",
        "write `x == a || x == b`, or declare a parameter with a list",
        tree,
    )
    return None


def list_literal(cx: Context, tree: s.ListLiteral) -> Expr | None:
    """A list of constants of one type."""
    if not tree.items:
        cx.report("list-empty", "an empty list has no type and holds nothing", "name at least one constant", tree)
        return None
    found = [constant(cx, item) for item in tree.items]
    items = [item for item in found if item is not None]
    if len(items) < len(found):
        return None
    first = items[0].type
    values: list[object] = []
    for item, span in zip(items, tree.items, strict=True):
        fitted = fit(cx, item, first, span, "each element of this list")
        if fitted is None:
            return None
        values.append(cast("Const", fitted).value)
    return Const(tuple(values), ListOf(first), origin=cx.origin(tree))


def _arithmetic(cx: Context, op: ArithmeticOp, left: Expr, right: Expr, tree: s.Binary) -> Expr | None:
    origin = cx.origin(tree)
    if (op, left.type, right.type) not in _RESULTS:  # counts stay counts under `+` and `-` only
        left, right = exact(left), exact(right)
    result = _RESULTS.get((op, left.type, right.type))
    if result is not None:
        return Arithmetic(op, left, right, result, origin=origin)
    help_ = _ARITHMETIC_HELP.get((op, left.type, right.type))
    if help_ is None and {left.type, right.type} == {INT, DOUBLE}:
        help_ = hint(right, left.type) if isinstance(right, Const) else hint(left, right.type)
    if help_ is None and (isinstance(left.type, Word) or isinstance(right.type, Word)):
        help_ = "closed words are only compared, with `==`, `!=` and `in`"
    cx.report(
        "type-mismatch",
        f"`{op}` does not take {describe(left.type)} and {describe(right.type)}",
        help_,
        tree,
    )
    return None


def prefix(cx: Context, tree: s.Prefix) -> Expr | None:
    """`!truth` or `-number`."""
    origin = cx.origin(tree)
    operand_tree = tree.operand
    if tree.op == "-" and isinstance(operand_tree, s.Literal) and operand_tree.kind in ("int", "double"):
        type_ = INT if operand_tree.kind == "int" else DOUBLE
        return Const(-cast("float", operand_tree.value), type_, origin=origin)
    operand = value(cx, cx.read(cx, operand_tree), operand_tree)
    if operand is None:
        return None
    operand = exact(operand)
    if tree.op == "!" and operand.type == BOOL:
        return Not(operand, origin=origin)
    if tree.op == "-" and operand.type in (INT, DOUBLE, DURATION, MONEY):
        return Negate(operand, operand.type, origin=origin)
    wanted = "a truth (bool)" if tree.op == "!" else "a number"
    cx.report("type-mismatch", f"`{tree.op}` takes {wanted}, not {describe(operand.type)}", None, tree)
    return None


def literal(cx: Context, tree: s.Literal) -> Expr | None:
    """A number, text or truth."""
    types = {"int": INT, "double": DOUBLE, "string": STRING, "bool": BOOL}
    if tree.kind == "int" and cast("int", tree.value) > INT_MAX:
        cx.report("number-range", f"`{tree.value}` is more than 64 bits hold", None, tree)
        return None
    return Const(tree.value, types[tree.kind], origin=cx.origin(tree))
