"""Generated visits as engines see them, for expressions at hand: only what these read is drawn.

Lists of a visit may go on, of what kinds nothing is missing included.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from strategies.values import constant
from visitcheck.facts import ROOT
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.types import ListOf, Record, Type
from visitcheck.ir.nodes import Expr, Fact, Field
from visitcheck.ir.walk import walk


@st.composite
def visits_for(draw: st.DrawFn, conditions: Iterable[Expr]) -> Any:
    """Visits, of any facts whatever: they need not pass validation, as engines must agree even then."""
    nodes = [node for condition in conditions for node in walk(condition)]
    read = {node.path for node in nodes if isinstance(node, Fact)}
    fields = {(str(node.record.type), node.name) for node in nodes if isinstance(node, Field)}
    visit = _record(draw, ROOT, (), read, fields)
    if draw(st.booleans()):
        _let_lists_go_on(draw, visit, sorted({".".join(path) for path in read} & OPEN_LISTS.keys()))
    return visit


def _let_lists_go_on(draw: st.DrawFn, visit: SimpleNamespace, paths: list[str]) -> None:
    """Give a visit `completeness` for some of the lists that are read; one that goes on is never absent."""
    visit.completeness = _blank(ROOT.fields["completeness"])
    for path in paths:
        *groups, name = path.split(".")
        owner, about = visit, visit.completeness
        type_ = ROOT.fields["completeness"]
        for group in groups:
            owner, about, type_ = getattr(owner, group), getattr(about, group), type_.fields[group]
        if owner is None or draw(st.integers(0, 3)) == 0:
            continue
        type_ = type_.fields[name]
        said = getattr(about, name)
        said.complete = False
        setattr(owner, name, getattr(owner, name) or ())
        named = type_.fields["all_with"].fields if "all_with" in type_.fields else {}
        for closing, words in named.items():
            if draw(st.booleans()):
                # As `constant` draws words: those that conditions mostly ask for.
                setattr(said.all_with, closing, tuple(draw(st.sets(constant(words.item), max_size=3))))


def _blank(type_: Type) -> Any:
    """A record in which nothing is given, the records in it included."""
    if not isinstance(type_, Record):
        return None
    return SimpleNamespace(**{name: _blank(inner) for name, inner in type_.fields.items()})


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
        return tuple(_record(draw, item, (), set(), fields) for _ in range(draw(st.sampled_from((3, 2, 1, 4, 0)))))
    return draw(constant(type_))
