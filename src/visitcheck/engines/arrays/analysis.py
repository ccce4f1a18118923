"""What is known of the nodes of a plan before any chunk comes: numbers, what they look at, what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.values import Bools
from visitcheck.facts.types import Money
from visitcheck.ir.nodes import (
    Aggregate,
    And,
    Call,
    Compare,
    Const,
    Distinct,
    Element,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    ListCall,
    Map,
    Or,
    Param,
    Size,
)
from visitcheck.ir.sharing import NodeNumbers
from visitcheck.ir.walk import children, distinct_nodes
from visitcheck.language.functions import FUNCTIONS

_LIST_NODES = (Exists, ForAll, Filter, Map, Distinct, Size, Aggregate, ListCall)


class Cost(IntEnum):
    """How dear a node is; dear parts of `&&` and `||` are only asked where cheap ones leave them open."""

    LEAF = 0
    PLAIN = 1
    LIST = 2
    TEXT = 3


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """Several `subject == word` under `||` (`!=` under `&&`) as one look-up by the code of the word."""

    subject: Expr
    table: Bools
    """For each code of the policy whether it is one of the words; a last entry, of all other codes, is not."""


@dataclass(frozen=True, slots=True)
class KnownNode:
    """What is known of a node: its number, which equal nodes share, and what it looks at and costs.

    `free` are the binders whose elements it looks at but does not bind itself; it is shared where more than one place
    asks for it.
    """

    number: int
    free: frozenset[int]
    cost: Cost
    is_shared: bool


class Analysis:
    """The nodes of some conditions."""

    def __init__(self, conditions: Sequence[Expr]) -> None:
        self._numbers = NodeNumbers()
        self.conditions = conditions
        for condition in conditions:
            self._numbers.number(condition)
            self._numbers.count_use(condition)
        self.codes = TextCodes(dict.fromkeys(_texts_in(conditions)))
        self._nodes: dict[int, KnownNode] = {}
        self._costs: dict[int, Cost] = {}
        self._parts: dict[int, tuple[Expr | OneOf, ...]] = {}

    def node(self, node: Expr) -> KnownNode:
        """What is known of a node, which is a part of the conditions."""
        known = self._nodes.get(id(node))
        if known is None:
            known = self._nodes[id(node)] = KnownNode(
                self._numbers.number(node),
                self._numbers.free_names(node),
                self.cost(node),
                self._numbers.is_shared(node),
            )
        return known

    def cost(self, node: Expr | OneOf) -> Cost:
        """What a node costs: as much as the dearest below it."""
        if isinstance(node, OneOf):
            return self.cost(node.subject)
        number = self._numbers.number(node)
        cost = self._costs.get(number)
        if cost is None:
            cost = self._costs[number] = max((_own_cost(node), *map(self.cost, children(node))))
        return cost

    def parts(self, node: And | Or) -> tuple[Expr | OneOf, ...]:
        """What a junction joins, cheap parts first."""
        number = self._numbers.number(node)
        parts = self._parts.get(number)
        if parts is None:
            parts = self._parts[number] = tuple(sorted(self._grouped(node), key=self.cost))
        return parts

    def _grouped(self, node: And | Or) -> Iterator[Expr | OneOf]:
        op = "!=" if isinstance(node, And) else "=="
        asked: dict[int, list[Compare]] = {}
        for part in node.parts:
            if isinstance(part, Compare) and part.op == op and _is_text(part.right):
                asked.setdefault(self._numbers.number(part.left), []).append(part)
            else:
                yield part
        for comparisons in asked.values():
            if len(comparisons) == 1:
                yield comparisons[0]
            else:
                yield OneOf(comparisons[0].left, self._table(each.right for each in comparisons))

    def _table(self, words: Iterable[Expr]) -> Bools:
        table = np.zeros(len(self.codes.texts) + 1, np.bool_)
        table[[self.codes.code(word.value) for word in words if isinstance(word, Const)]] = True  # type: ignore[arg-type]
        return table


def _is_text(node: Expr) -> bool:
    return isinstance(node, Const) and isinstance(node.value, str)


def _own_cost(node: Expr) -> Cost:
    match node:
        case Const() | Fact() | Field() | Element():
            return Cost.LEAF
        case Call() if FUNCTIONS[node.function].cost == "text":
            return Cost.TEXT
        case _:
            return Cost.LIST if isinstance(node, _LIST_NODES) else Cost.PLAIN


def _texts_in(conditions: Sequence[Expr]) -> Iterator[str]:
    """The texts, and codes of currencies, that conditions name."""
    for node in distinct_nodes(*conditions):
        if isinstance(node, Const):
            yield from _texts_of(node.value)
        elif isinstance(node, Param):
            for dated in node.values:
                yield from _texts_of(dated.value)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Money):
        yield value.currency
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts_of(each)
