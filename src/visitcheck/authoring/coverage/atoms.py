"""The atomic conditions of a condition: what `&&`, `||`, `!`, `?:`, `exists` and `all` join together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visitcheck.authoring.source_spans import Site, is_membership, site_of, text_of
from visitcheck.facts.types import BOOL
from visitcheck.ir.nodes import (
    And,
    Call,
    Choose,
    Const,
    Element,
    Exists,
    Expr,
    Fact,
    ForAll,
    Has,
    Not,
    Or,
    Param,
)
from visitcheck.ir.walk import children, walk
from visitcheck.truth import Truth

ALL_TRUTHS: tuple[Truth, ...] = (True, False, None)
_CONNECTIVES = (And, Or, Not, Exists, ForAll, Choose)
_ALWAYS_GIVEN = frozenset({("visit", "id"), ("visit", "stage")})


@dataclass(frozen=True, slots=True)
class AtomicCondition:
    """An atomic condition as it is written; `nodes` are all the places where it stands after `let`s are put in."""

    site: Site
    nodes: tuple[Expr, ...]

    @property
    def text(self) -> str:
        """The atom as written."""
        return text_of(self.site)


def atomic_conditions(condition: Expr) -> tuple[AtomicCondition, ...]:
    """The atomic conditions of `condition`, also those inside filters, in the order they are written."""
    by_site: dict[Site, list[Expr]] = {}
    for node in _atomic(condition, set()):
        if node.origin is not None:
            by_site.setdefault(site_of(node.origin), []).append(node)
    return tuple(AtomicCondition(where, tuple(nodes)) for where, nodes in by_site.items())


def _atomic(node: Expr, seen: set[int]) -> Iterator[Expr]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if is_membership(node):
        yield node
        yield from _below(_membership_sides(node), seen)
        return
    if node.type == BOOL and not isinstance(node, (*_CONNECTIVES, Const)):
        yield node
    yield from _below(children(node), seen)


def _below(nodes: Iterator[Expr], seen: set[int]) -> Iterator[Expr]:
    for node in nodes:
        yield from _atomic(node, seen)


def _membership_sides(node: Expr) -> Iterator[Expr]:
    """What stands to the left and right of an `in`."""
    if isinstance(node, Or):
        yield from children(node.parts[0])
    elif isinstance(node, Exists):
        yield node.source
        yield from children(node.body)


def possible_truths(node: Expr) -> tuple[Truth, ...]:
    """The truths that an atomic condition can have: what is never UNKNOWN, or never FALSE, says so."""
    match node:
        case Call(function="knownSince"):
            return (True, None)
        case Has():
            return (True, False)
    reads = [below.path for below in walk(node) if isinstance(below, Fact)]
    others = any(isinstance(below, Element | Param) for below in walk(node))
    if not others and reads and _ALWAYS_GIVEN.issuperset(reads):
        return (True, False)
    return ALL_TRUTHS
