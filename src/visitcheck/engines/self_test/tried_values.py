"""The facts that a condition reads, and the values they are tried with.

These lie on, just below and just above what the condition holds a fact to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from visitcheck.facts.types import (
    BOOL,
    DATE,
    DAY,
    DOUBLE,
    DURATION,
    HOUR,
    INT,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Money,
    Record,
    Type,
    Word,
)
from visitcheck.ir.nodes import Compare, Const, Element, Expr, Fact, Field, Filter, Macro, Not, Param
from visitcheck.ir.walk import Around, base_list, children, walk, walk_within
from visitcheck.language.hours import WeeklyHours

Path: TypeAlias = tuple[str, ...]
EACH = "[]"
"""The step of a path from a list to its elements."""

_DAY = 20_520
"""2026-03-08, a Sunday; the usual visit is on the Monday after, at 10:00 in Shanghai."""
NOW = (_DAY + 1) * DAY + 2 * HOUR
USUAL_TEXT = "Asia/Shanghai"
"""Also a zone, for functions that ask for one."""
_LONGEST = 8
"""Lists are not made longer, whatever they are held to."""


def list_fact(macro: Macro) -> Fact | None:
    """Return the fact whose elements a macro goes over; None for a list that is worked out."""
    source = base_list(macro.source, (Filter,))
    return source if isinstance(source, Fact) else None


def path_of(node: Expr, around: Around) -> Path | None:
    """Return where in a visit a node reads, with the macros `around` it; None where it is no fact."""
    if isinstance(node, Fact):
        return node.path
    record = node.record if isinstance(node, Field) else node
    if not isinstance(record, Element) or isinstance(node.type, Record):
        return None
    source = list_fact(around[record.binder]) if record.binder in around else None
    if source is None:
        return None
    return (*source.path, EACH, node.name) if isinstance(node, Field) else (*source.path, EACH)


@dataclass
class Leaf:
    """A fact that a condition reads: its type, and the values it is tried with."""

    type: Type
    tried: dict[Any, None] = field(default_factory=dict)


def leaves_of(condition: Expr) -> dict[Path, Leaf]:
    """Return the facts by path, lists among them; what is beside a fact in a comparison says what it is tried with."""
    leaves: dict[Path, Leaf] = {}
    for node, around in walk_within(condition):
        path = path_of(node, around)
        if path is not None:
            leaf = leaves.setdefault(path, Leaf(node.type))
            for value in _usual_of(node.type, inside=EACH in path):
                leaf.tried.setdefault(value)
    for node, around in walk_within(condition):
        if isinstance(node, Compare) or (node.type == BOOL and not isinstance(node, Const)):
            _try_around(node, around, leaves)
    return leaves


def _usual_of(type_: Type, *, inside: bool = False) -> Sequence[Any]:
    """Return a few values of a type, the usual one first; lists by their length, inside of an element as they are."""
    if isinstance(type_, Word):
        return type_.words[:2]
    if isinstance(type_, ListOf):
        return (tuple(_usual_of(type_.item)), ()) if inside else (1, 0, 2)
    return _USUAL.get(type_, ())


_USUAL: dict[Type, Sequence[Any]] = {
    BOOL: (True, False),
    INT: (1, 0),
    DOUBLE: (1.0, 0.0),
    STRING: (USUAL_TEXT, "UTC"),
    TIMESTAMP: (NOW, NOW - 400 * DAY),
    DURATION: (0,),
    DATE: (_DAY + 1,),
    TIME_OF_DAY: (10 * HOUR,),
    MONEY: (Money(100, "CNY"), Money(100, "USD")),
}


def _try_around(node: Expr, around: Around, leaves: dict[Path, Leaf]) -> None:
    """Add the values around the constants of `node` to the facts in it, macros not entered."""
    constants, paths = _constants_and_facts(node, around)
    steps = sorted({value for type_, value in constants if type_ in (INT, DURATION) and abs(value) < 2**40})
    for path in paths:
        leaf = leaves[path]
        if isinstance(leaf.type, ListOf) and EACH in path:
            continue  # a list inside of an element keeps its usual values
        for value in _values_around(leaf.type, constants, steps):
            leaf.tried.setdefault(value)


def _constants_and_facts(node: Expr, around: Around) -> tuple[list[tuple[Type, Any]], list[Path]]:
    """Return the constants in a node, with their types, and the paths of the facts beside them."""
    constants: list[tuple[Type, Any]] = []
    paths: list[Path] = []
    stack = [node]
    while stack:
        top = stack.pop()
        path = path_of(top, around)
        if path is not None:
            paths.append(path)
        elif isinstance(top, Const):
            constants += _constants(top)
        elif isinstance(top, Param):
            constants += [(top.type, dated.value) for dated in top.values]
        elif isinstance(top, Macro):
            stack.append(top.source)
        else:
            stack += children(top)
    return constants, paths


def _constants(node: Const) -> list[tuple[Type, Any]]:
    if isinstance(node.type, ListOf) and isinstance(node.value, tuple):
        return [(node.type.item, value) for value in node.value]
    return [] if node.value is None else [(node.type, node.value)]


def _values_around(type_: Type, constants: list[tuple[Type, Any]], steps: list[int]) -> Iterator[Any]:
    """Yield values of a type around constants; moments and dates also `steps` away from the usual visit's."""
    if isinstance(type_, ListOf):  # its length
        yield from (step + by for step in steps for by in (-1, 0, 1) if 0 <= step + by <= _LONGEST)
    elif isinstance(type_, Word):
        yield from (value for _, value in constants if value in type_.words)
    elif type_ == TIMESTAMP:
        days = [step * DAY for step in steps if step < 4_000]  # for `days(n)`
        yield from (NOW + sign * step + by for step in (0, *steps, *days) for sign in (-1, 1) for by in (-1, 0, 1))
        # Windows and dates: the constant as Shanghai's local time on the day of the visit.
        midnight = (_DAY + 1) * DAY - 8 * HOUR
        yield from (midnight + value + by for kind, value in constants if kind == TIME_OF_DAY for by in (-1, 0, 1))
        ends = {end for _, value in constants if isinstance(value, WeeklyHours) for end in _ends(value)}
        yield from (midnight + end + by for end in sorted(ends) for by in (-1, 0, 1))
        yield from (value * DAY + by for kind, value in constants if kind == DATE for by in (-DAY, 0, DAY))
    elif type_ == DATE:
        yield from (_DAY + 1 + sign * step + by for step in (0, *steps) for sign in (-1, 1) for by in (-1, 0, 1))
        yield from (value + by for kind, value in constants if kind == DATE for by in (-1, 0, 1))
    else:
        if type_ == STRING:
            yield from ("x" * max(0, step + by) for step in steps if step < 1_000 for by in (-1, 0, 1))
        for kind, value in constants:
            if kind == type_ and value is not None:
                yield from _neighbours(type_, value)


def _ends(hours: WeeklyHours) -> Iterator[int]:
    """Yield the times of day at which hours begin and end."""
    for spans in (*hours.days, hours.holiday or ()):
        for span in spans:
            yield from span


def _neighbours(type_: Type, value: Any) -> Iterator[Any]:
    if type_ == MONEY:
        yield from (Money(value.minor + by, value.currency) for by in (-1, 0, 1))
    elif type_ == DOUBLE:
        yield from (value - 0.5, value, value + 0.5)
    elif type_ == STRING:
        yield from (value, f"{value}\N{EM DASH}")
    elif type_ != BOOL:
        yield from (value - 1, value, value + 1)


def usual_values(condition: Expr, leaves: dict[Path, Leaf], wanted: bool) -> dict[Path, Any]:
    """Return values at which most comparisons with a constant hold, or fail, so that those beside them matter."""
    usual = {path: next(iter(leaf.tried), None) for path, leaf in leaves.items()}
    turned = {id(part) for node in walk(condition) if isinstance(node, Not) for part in walk(node.operand)}
    for node, around in walk_within(condition):
        truth = wanted is not (id(node) in turned)
        path = path_of(node, around)
        if path is not None and node.type == BOOL:
            usual[path] = truth
        elif isinstance(node, Compare):
            usual |= _lengths_to_reach(node, leaves)
            path = path_of(node.left, around)
            if path is not None and node.op in ("==", "!=") and isinstance(node.right, Const):
                value, tried = node.right.value, leaves[path].tried
                equal = (node.op == "==") is truth
                usual[path] = value if equal else next((another for another in tried if another != value), None)
    return usual


def _lengths_to_reach(node: Compare, leaves: dict[Path, Leaf]) -> dict[Path, int]:
    """Return the number that a list's length is held to, where there is one: at that length each element counts."""
    number = node.right.value if isinstance(node.right, Const) else None
    if isinstance(node.right, Param) and node.right.values:
        number = node.right.values[0].value
    if type(number) is not int or not 0 < number <= _LONGEST:
        return {}
    lists = (part.path for part in walk(node.left) if isinstance(part, Fact) and isinstance(part.type, ListOf))
    return {path: number for path in lists if path in leaves}
