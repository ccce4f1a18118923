"""Arithmetic, built-in functions and dated parameters: common ones written out, all others called.

What is called is the code of `language.operators` and `language.functions`, so that rare operations have one
meaning written once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from visitcheck.engines.python.names import NameTable
from visitcheck.facts.types import (
    DATE,
    DATE_MAX,
    DATE_MIN,
    DAY,
    DURATION,
    HOUR,
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
from visitcheck.ir.dated_values import first_value, value_on
from visitcheck.ir.nodes import Arithmetic, Call, Compare, Const, Expr, Negate, Param
from visitcheck.language import operators
from visitcheck.language.functions import FUNCTIONS

_RANGES: dict[Type, tuple[int, int]] = {
    INT: (INT_MIN, INT_MAX),
    DURATION: (INT_MIN, INT_MAX),
    TIMESTAMP: (TIMESTAMP_MIN, TIMESTAMP_MAX),
    DATE: (DATE_MIN, DATE_MAX),
}
_PLAIN: frozenset[tuple[str, Type, Type, Type]] = frozenset(
    {
        ("+", INT, INT, INT),
        ("-", INT, INT, INT),
        ("*", INT, INT, INT),
        ("+", DURATION, DURATION, DURATION),
        ("-", DURATION, DURATION, DURATION),
        ("+", TIMESTAMP, DURATION, TIMESTAMP),
        ("+", DURATION, TIMESTAMP, TIMESTAMP),
        ("-", TIMESTAMP, DURATION, TIMESTAMP),
        ("-", TIMESTAMP, TIMESTAMP, DURATION),
        ("+", DATE, INT, DATE),
        ("-", DATE, INT, DATE),
        ("-", DATE, DATE, INT),
    }
)
"""Operations whose inside form is Python's, within the range of the result."""
_INLINE: dict[tuple[str, int], Callable[..., str]] = {
    ("startsWith", 2): "{}.startswith({})".format,
    ("endsWith", 2): "{}.endswith({})".format,
    ("contains", 2): "({1} in {0})".format,
}


@dataclass(frozen=True, slots=True)
class Operation:
    """How a value is written from the texts of its operands.

    A strict one is UNKNOWN when an operand is, and `write` may use a text more than once; any other is asked with
    what is UNKNOWN as None, and `write` uses each text once.
    """

    operands: Sequence[Expr]
    write: Callable[[list[str]], str]
    strict: bool = True


def operation_of(node: Arithmetic | Negate | Call, names: NameTable) -> Operation:
    """Return how an operation is written."""
    match node:
        case Arithmetic():
            return _arithmetic(node, names)
        case Negate():
            negate, kind = names.constants.name_of(operators.negate), names.constants.name_of(node.type)
            return Operation((node.operand,), lambda texts: f"{negate}({kind}, {texts[0]})")
        case Call():
            return _call(node, names)


def _arithmetic(node: Arithmetic, names: NameTable) -> Operation:
    operands = (node.left, node.right)
    if (node.op, node.left.type, node.right.type, node.type) in _PLAIN:
        name = names.use(names.new_name("t"))
        test = _range_test(node)
        return Operation(
            operands,
            lambda texts: f"{name} if {test.format(f'({name} := {texts[0]} {node.op} {texts[1]})')} else None",
        )
    if node.op == "+" and node.type == STRING:
        return Operation(operands, lambda texts: f"{texts[0]} + {texts[1]}")
    call = names.constants.name_of(operators.arithmetic)
    types = f"{names.constants.name_of(node.left.type)}, {names.constants.name_of(node.right.type)}"
    return Operation(operands, lambda texts: f"{call}({node.op!r}, {types}, {texts[0]}, {texts[1]})")


def _range_test(node: Arithmetic) -> str:
    """Return the test that a result is in the range of its type.

    A moment is in range itself: moved by a constant it can leave its range on one side only.
    """
    low, high = _RANGES[node.type]
    by = node.right.value if isinstance(node.right, Const) else None
    if node.left.type == TIMESTAMP and node.type == TIMESTAMP and isinstance(by, int):
        return f"{{}} >= {low}" if (by >= 0) == (node.op == "-") else f"{{}} <= {high}"
    return f"{low} <= {{}} <= {high}"


def _local_reading(node: Call, zone: str, names: NameTable) -> Operation:
    """Return `localDate` and `localTime` in a fixed zone: by the table of its offsets, else by asking the clock."""
    offsets = names.offsets_of(zone)
    table, ask = names.constants.name_of(offsets), names.constants.name_of(offsets.local)
    ahead, op = names.use(names.new_name("t")), "//" if node.function == "localDate" else "%"
    reading = names.use(names.new_name("t"))

    def write(texts: list[str]) -> str:
        at = texts[0]
        by_table = f"({at} + {ahead}) {op} {DAY}"
        by_clock = f"None if ({reading} := {ask}({at})) is None else {reading} {op} {DAY}"
        return f"{by_table} if ({ahead} := {table}[{at} // {HOUR}]) is not None else {by_clock}"

    return Operation((node.args[0],), write)


def _call(node: Call, names: NameTable) -> Operation:
    zone = node.args[-1] if node.args else None
    if node.function in ("localDate", "localTime") and isinstance(zone, Const) and isinstance(zone.value, str):
        return _local_reading(node, zone.value, names)
    inline = _INLINE.get((node.function, len(node.args)))
    if inline is not None:
        return Operation(node.args, lambda texts: inline(*texts))
    function = FUNCTIONS[node.function]
    name = names.constants.name_of(function.evaluate)
    return Operation(node.args, lambda texts: f"{name}({', '.join(texts)})", strict=function.strict)


def needs_call(node: Compare) -> bool:
    """Whether a comparison is more than Python's on the inside form, and may be UNKNOWN for known values."""
    return node.left.type == MONEY or isinstance(node.left.type, ListOf)


def comparison_text(node: Compare, texts: list[str], names: NameTable) -> str:
    """Return a comparison of two known values."""
    if node.left.type == MONEY:
        return _money_text(node, texts, names)
    if needs_call(node):
        compare, kind = names.constants.name_of(operators.compare), names.constants.name_of(node.left.type)
        return f"{compare}({node.op!r}, {kind}, {texts[0]}, {texts[1]})"
    return f"{texts[0]} {node.op} {texts[1]}"


def _money_text(node: Compare, texts: list[str], names: NameTable) -> str:
    """Compare minor units, where the currencies are the same."""
    (minor, currency), (minor_b, currency_b) = (
        _money_parts(side, text, names) for side, text in zip((node.left, node.right), texts, strict=True)
    )
    return f"{minor} {node.op} {minor_b} if {currency} == {currency_b} else None"


def _money_parts(node: Expr, text: str, names: NameTable) -> tuple[str, str]:
    if isinstance(node, Const) and isinstance(node.value, Money):
        return names.constants.literal(node.value.minor), names.constants.literal(node.value.currency)
    return f"{text}[0]", f"{text}[1]"


def dated_steps(node: Param) -> list[tuple[int | None, object]]:
    """Return a parameter's values through time: from which day on, and the value; the first has no day."""
    days = sorted({day for value in node.values for day in (value.start, value.end) if day is not None})
    steps: list[tuple[int | None, object]] = []
    for day in (None, *days):
        value = first_value(node.values) if day is None else value_on(node.values, day)
        if not steps or steps[-1][1] is not value:
            steps.append((day, value))
    return steps
