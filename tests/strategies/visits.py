"""Generated visits as engines see them, for expressions at hand: only what these read is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from strategies.values import constant
from visitcheck.facts import ROOT
from visitcheck.facts.types import ListOf, Record, Type
from visitcheck.ir.nodes import Expr, Fact, Field
from visitcheck.ir.walk import walk


@st.composite
def visits_for(draw: st.DrawFn, conditions: Iterable[Expr]) -> Any:
    """Visits, of any facts whatever: they need not pass validation, as engines must agree even then."""
    nodes = [node for condition in conditions for node in walk(condition)]
    read = {node.path for node in nodes if isinstance(node, Fact)}
    fields = {(str(node.record.type), node.name) for node in nodes if isinstance(node, Field)}
    return _record(draw, ROOT, (), read, fields)


def _record(
    draw: st.DrawFn,
    record: Record,
    path: tuple[str, ...],
    read: set[tuple[str, ...]],
    fields: set[tuple[str, str]],
) -> SimpleNamespace:
    made: dict[str, Any] = dict.fromkeys(record.fields)
    for name, type_ in record.fields.items():
        at = (*path, name)
        wanted = any(other[: len(at)] == at for other in read) or (str(record), name) in fields
        if wanted and draw(st.integers(0, 9)) < 9:
            made[name] = _value(draw, type_, at, read, fields)
    return SimpleNamespace(**made)


def _value(
    draw: st.DrawFn,
    type_: Type,
    path: tuple[str, ...],
    read: set[tuple[str, ...]],
    fields: set[tuple[str, str]],
) -> Any:
    if isinstance(type_, Record):
        return _record(draw, type_, path, read, fields)
    if isinstance(type_, ListOf) and isinstance(type_.item, Record):
        item = type_.item
        return tuple(
            _record(draw, item, (), set(), fields) for _ in range(draw(st.sampled_from((3, 2, 1, 4, 0))))
        )
    return draw(constant(type_))
