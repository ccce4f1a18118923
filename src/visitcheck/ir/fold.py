"""Expressions whose value does not depend on the visit, as the constants that they are."""

from __future__ import annotations

from visitcheck.facts.types import COUNT
from visitcheck.ir.dated_values import never_changes
from visitcheck.ir.nodes import Arithmetic, Call, Const, Expr, Negate, Param
from visitcheck.ir.walk import walk
from visitcheck.language.interpreter import interpret

_FOLDED = (Call, Arithmetic, Negate)


def fold_constants(node: Expr) -> Expr:
    """The node, or the constant that it is for every visit (UNKNOWN is one, too).

    A parameter that never changes is a constant, whatever the date; so is what arithmetic and functions make of
    constants. Counts are intervals and stay as they are.
    """
    if isinstance(node, Param) and never_changes(node.values):
        return Const(node.values[0].value, node.type, origin=node.origin)
    if not isinstance(node, _FOLDED) or node.type == COUNT:
        return node
    if not all(isinstance(below, (*_FOLDED, Const)) and below.type != COUNT for below in walk(node)):
        return node
    return Const(interpret(node, None), node.type, origin=node.origin)


def known_constant(node: Expr) -> Const | None:
    """The constant that a node is for every visit; None where a visit matters, or the value is UNKNOWN."""
    folded = fold_constants(node)
    return folded if isinstance(folded, Const) and folded.value is not None else None
