"""Arithmetic, built-in functions and dated parameters: common ones written out, all others called.

What is called is the code of `language.operators` and `language.functions`, so that rare operations have one
meaning written once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING

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
from visitcheck.ir.nodes import Arithmetic, Call, Compare, Const, Expr, Negate, Param
from visitcheck.language import operators
from visitcheck.language.functions import FUNCTIONS

if TYPE_CHECKING:
    from visitcheck.engines.python.function import Here
    from visitcheck.engines.python.values import Known, Values

MOST_STEPS = 8
"""More dated values than this are looked up, fewer are a chain of conditions."""
_RANGES = {
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


def write(to: Values, node: Arithmetic | Negate | Call, here: Here) -> tuple[str, Known]:
    """An operation as an expression for its value."""
    match node:
        case Arithmetic():
            return _arithmetic(to, node, here)
        case Negate():
            negate = to.constants.name(operators.negate)
            kind = to.constants.name(node.type)
            return to.strict((node.operand,), here, lambda texts: f"{negate}({kind}, {texts[0]})")
        case Call():
            return _call(to, node, here)


def _arithmetic(to: Values, node: Arithmetic, here: Here) -> tuple[str, Known]:
    kinds = (node.op, node.left.type, node.right.type, node.type)
    if kinds in _PLAIN:
        name = to.read(to.fresh("t"))
        test = _in_range(node)
        return to.strict(
            (node.left, node.right),
            here,
            lambda texts: f"{name} if {test.format(f'({name} := {texts[0]} {node.op} {texts[1]})')} else None",
        )
    if node.op == "+" and node.type == STRING:
        return to.strict((node.left, node.right), here, lambda texts: f"{texts[0]} + {texts[1]}")
    call = to.constants.name(operators.arithmetic)
    types = f"{to.constants.name(node.left.type)}, {to.constants.name(node.right.type)}"
    return to.strict(
        (node.left, node.right), here, lambda texts: f"{call}({node.op!r}, {types}, {texts[0]}, {texts[1]})"
    )


def _in_range(node: Arithmetic) -> str:
    """The test that a result is in the range of its type.

    A moment is in range itself: moved by a constant it can leave its range on one side only.
    """
    low, high = _RANGES[node.type]  # type: ignore[index]
    by = node.right.value if isinstance(node.right, Const) else None
    if node.left.type == TIMESTAMP and node.type == TIMESTAMP and isinstance(by, int):
        return f"{{}} >= {low}" if (by >= 0) == (node.op == "-") else f"{{}} <= {high}"
    return f"{low} <= {{}} <= {high}"


def _local(to: Values, node: Call, zone: str, here: Here) -> tuple[str, Known]:
    """`localDate` and `localTime` in a fixed zone."""
    offsets = to.zone(zone)
    table, ask = to.constants.name(offsets), to.constants.name(offsets.local)
    moved, op = to.read(to.fresh("t")), "//" if node.function == "localDate" else "%"
    reading, day = to.read(to.fresh("t")), DAY

    def write(texts: list[str]) -> str:
        at = texts[0]
        known = f"({at} + {moved}) {op} {day}"
        asked = f"None if ({reading} := {ask}({at})) is None else {reading} {op} {day}"
        return f"{known} if ({moved} := {table}[{at} // {HOUR}]) is not None else {asked}"

    return to.strict((node.args[0],), here, write)


def _call(to: Values, node: Call, here: Here) -> tuple[str, Known]:
    zone = node.args[-1] if node.args else None
    if node.function in ("localDate", "localTime") and isinstance(zone, Const) and isinstance(zone.value, str):
        return _local(to, node, zone.value, here)
    function = FUNCTIONS[node.function]
    inline = _INLINE.get((node.function, len(node.args)))
    if inline is not None:
        return to.strict(node.args, here, lambda texts: inline(*texts))
    name = to.constants.name(function.evaluate)
    if function.strict:
        return to.strict(node.args, here, lambda texts: f"{name}({', '.join(texts)})")
    texts, known = [], here.known
    for arg in node.args:
        text, known = to.value(arg, here.knowing(known))
        texts.append(text)
    return f"{name}({', '.join(texts)})", known


def compared(to: Values, node: Compare, texts: list[str]) -> str:
    """A comparison of two known values."""
    if node.left.type == MONEY:
        return _money(to, node, texts)
    if by_call(node):
        compare, kind = to.constants.name(operators.compare), to.constants.name(node.left.type)
        return f"{compare}({node.op!r}, {kind}, {texts[0]}, {texts[1]})"
    return f"{texts[0]} {node.op} {texts[1]}"


def _money(to: Values, node: Compare, texts: list[str]) -> str:
    """Minor units compared, where the currencies are the same."""
    (minor, currency), (minor_b, currency_b) = (
        _parts(to, side, text) for side, text in zip((node.left, node.right), texts, strict=True)
    )
    return f"{minor} {node.op} {minor_b} if {currency} == {currency_b} else None"


def _parts(to: Values, node: Expr, text: str) -> tuple[str, str]:
    if isinstance(node, Const) and isinstance(node.value, Money):
        return to.constants.literal(node.value.minor), to.constants.literal(node.value.currency)
    return f"{text}[0]", f"{text}[1]"


def by_call(node: Compare) -> bool:
    """Whether a comparison is more than Python's on the inside form, and may be UNKNOWN for known values."""
    return node.left.type == MONEY or isinstance(node.left.type, ListOf)


def steps(node: Param) -> list[tuple[int | None, object]]:
    """The values of a parameter through time: from which day on, and the value; the first is from ever."""
    days = sorted({day for value in node.values for day in (value.start, value.end) if day is not None})
    found: list[tuple[int | None, object]] = []
    for day in (None, *days):
        value = _on(node, day)
        if not found or found[-1][1] is not value:
            found.append((day, value))
    return found


def _on(node: Param, day: int | None) -> object:
    """The value on a day; on None, before all days named."""
    for value in node.values:
        after_start = value.start is None or (day is not None and day >= value.start)
        if after_start and (value.end is None or day is None or day < value.end):
            return value.value
    return None


def on_day(node: Param, day: object) -> object:
    """The value on a known day."""
    return _on(node, day) if isinstance(day, int) else None


def undated(node: Param) -> object:
    """The value on an unknown day: the one that all dated values have, if there is one."""
    values = [value.value for value in node.values]
    return values[0] if values and all(value == values[0] for value in values) else None


__all__ = ["MOST_STEPS", "bisect_right", "by_call", "compared", "on_day", "steps", "undated", "write"]
