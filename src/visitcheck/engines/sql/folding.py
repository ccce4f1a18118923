"""Conditions made shorter before they are written: constants worked out, alternatives gathered into `IN`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from visitcheck.facts.types import COUNT, DOUBLE, MONEY, ListOf
from visitcheck.ir.nodes import And, Arithmetic, Call, Compare, Const, Expr, Negate, Or, Param
from visitcheck.ir.walk import walk
from visitcheck.language.interpreter import interpret

_FOLDED = (Call, Arithmetic, Negate)


def fixed(node: Expr) -> Expr:
    """The node, or the constant that it comes to when nothing of a visit is in it."""
    if isinstance(node, Param) and _never_changes(node):
        return Const(node.values[0].value, node.type)
    if not isinstance(node, _FOLDED) or node.type == COUNT:
        return node
    if not all(isinstance(below, (*_FOLDED, Const)) and below.type != COUNT for below in walk(node)):
        return node
    return Const(interpret(node, None), node.type)


def _never_changes(node: Param) -> bool:
    """Whether a parameter has one value, whatever the date, also an unknown one."""
    values = node.values
    if not values or values[0].start is not None or values[-1].end is not None:
        return False
    return all(a.end == b.start and a.value == b.value for a, b in pairwise(values))


def gather_alternatives(node: And | Or) -> Iterable[Expr | tuple[Expr, list[Const]]]:
    """The parts of a junction; those that ask whether one value is (for `And`: is not) a constant come together."""
    wanted = "==" if isinstance(node, Or) else "!="
    groups: dict[Expr, list[Const]] = {}
    order: list[Expr | tuple[Expr, list[Const]]] = []
    for part in node.parts:
        if not (isinstance(part, Compare) and part.op == wanted and _listable(part)):
            order.append(part)
            continue
        if part.left not in groups:
            groups[part.left] = []
            order.append((part.left, groups[part.left]))
        groups[part.left].append(part.right)  # type: ignore[arg-type]
    return order


def _listable(part: Compare) -> bool:
    plain = part.left.type not in (DOUBLE, MONEY, COUNT) and not isinstance(part.left.type, ListOf)
    return plain and isinstance(part.right, Const) and part.right.value is not None and part.right.type != COUNT
