"""Conditions made shorter before they are written: alternatives gathered into `IN`."""

from __future__ import annotations

from collections.abc import Iterable

from visitcheck.facts.types import COUNT, DOUBLE, MONEY, ListOf
from visitcheck.ir.nodes import And, Compare, Const, Expr, Or


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
