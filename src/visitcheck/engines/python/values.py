"""Values that fit into one Python expression, None for UNKNOWN.

A value read in an expression is kept under a name by `:=`, so that whatever surely runs after it need not read it
again. Which names are surely set at a point is followed from part to part (`Known`).
"""

from __future__ import annotations

import itertools
import keyword
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from visitcheck.engines.python import operations
from visitcheck.engines.python.function import Here, Ref, Test
from visitcheck.engines.python.names import Names
from visitcheck.facts.types import COUNT
from visitcheck.ir.nodes import (
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    Element,
    Exact,
    Expr,
    Field,
    Has,
    Negate,
    Not,
    Or,
    Param,
)
from visitcheck.truth import Count

Known: TypeAlias = frozenset[Ref]


class Values(Names):
    """Writes nodes as expressions for their values; whatever needs statements has to have a name before."""

    @abstractmethod
    def sure(self, node: Expr, here: Here) -> Test:
        """A condition that holds when a boolean node is TRUE."""

    @abstractmethod
    def possible(self, node: Expr, here: Here) -> Test:
        """A condition that holds when a boolean node is not FALSE."""

    def value(self, node: Expr, here: Here) -> tuple[str, Known]:
        """A node's value as an expression, None for UNKNOWN; atomic or in brackets."""
        ref = self.ref(node, here)
        if ref in here.known:
            return self.known_name(ref), here.known
        match node:
            case Const():
                return self.constants.literal(node.value), here.known
            case Element():
                return self.read(here.elements[node.binder].name), here.known
            case Field():
                return self._field(node, here)
            case Has():
                text, known = self.value(node.target, here)
                return f"({text} is not None)", known
            case Param():
                return self._param(node, here)
            case Arithmetic() | Negate() | Call():
                return operations.write(self, node, here)
            case Exact():
                low, high = self.count(node.operand, here)
                return f"({low} if {low} == {high} else None)", here.known
            case Choose():
                return self._choose(node, here)
            case Not() | And() | Or() | Compare():
                return self._truth_value(node, here)
            case _:
                raise AssertionError(f"{type(node).__name__} should have a name here")

    def twice(self, node: Expr, here: Here) -> tuple[str, str, Known]:
        """A value that is used more than once: its text the first time and later, what is known after it."""
        ref = self.ref(node, here)
        text, known = self.value(node, here)
        if ref in here.known or isinstance(node, Const | Element):
            return text, text, known
        name = self.naming(ref)
        return f"({name} := {text})", self.read(name), known | {ref}

    def strict(self, args: Sequence[Expr], here: Here, write: Callable[[list[str]], str]) -> tuple[str, Known]:
        """`write` applied to the values of `args`, or None as soon as one of them is UNKNOWN.

        `write` may use a text more than once: what might be UNKNOWN has a name by then.
        """
        texts = [""] * len(args)
        tests: list[str] = []
        known = here.known
        after: Known | None = None
        for place, arg in enumerate(args):
            if self.nullable(arg, here):
                first, texts[place], known = self.twice(arg, here.knowing(known))
                tests.append(f"{first} is None")
                after = known if after is None else after
        for place, arg in enumerate(args):
            if not texts[place]:
                texts[place], known = self.value(arg, here.knowing(known))
        if not tests:
            return f"({write(texts)})", known
        return f"(None if {' or '.join(tests)} else {write(texts)})", after if after is not None else known

    def nullable(self, node: Expr, here: Here) -> bool:
        """Whether a value may be UNKNOWN; False only where it surely is not."""
        match node:
            case Const():
                return node.value is None
            case Has():
                return False
            case Element():
                return here.elements[node.binder].nullable
            case Param():
                return not any(value.start is None and value.end is None for value in node.values[:1])
            case Not():
                return self.nullable(node.operand, here)
            case And() | Or():
                return any(self.nullable(part, here) for part in node.parts)
            case Compare():
                kinds = (node.left.type, node.right.type)
                return (
                    operations.by_call(node)
                    or COUNT in kinds
                    or self.nullable(node.left, here)
                    or self.nullable(node.right, here)
                )
            case Choose():
                return any(self.nullable(part, here) for part in (node.test, node.then, node.other))
            case _:
                return True

    def _field(self, node: Field, here: Here) -> tuple[str, Known]:
        name = repr(node.name)
        if isinstance(node.record, Element):
            bound = here.elements[node.record.binder]
            if bound.fields is not None:
                return f"{self.read(bound.fields)}[{name}]", here.known
            if not bound.nullable and _is_plain(node.name):
                return f"{self.read(bound.name)}.{node.name}", here.known
        return self.strict((node.record,), here, lambda texts: f"{texts[0]}.__dict__[{name}]")

    def _param(self, node: Param, here: Here) -> tuple[str, Known]:
        if isinstance(node.date, Const):
            day = node.date.value
            found = operations.undated(node) if day is None else operations.on_day(node, day)
            return self.constants.literal(found), here.known
        steps = operations.steps(node)
        values = {self.constants.literal(value): None for _, value in steps}
        if len(values) == 1:
            return next(iter(values)), here.known
        default = self.constants.literal(operations.undated(node))
        first, again, known = self.twice(node.date, here)
        chain = self.constants.literal(steps[-1][1])
        if len(steps) > operations.MOST_STEPS:
            days = self.constants.name(tuple(day for day, _ in steps[1:]))
            found = self.constants.name(tuple(value for _, value in steps))
            bisect = self.constants.name(operations.bisect_right)
            chain = f"{found}[{bisect}({days}, {again})]"
        else:
            for (_, value), (day, _) in reversed(list(itertools.pairwise(steps))):
                chain = f"{self.constants.literal(value)} if {again} < {day} else {chain}"
        return f"({default} if {first} is None else {chain})", known

    def _choose(self, node: Choose, here: Here) -> tuple[str, Known]:
        if not self.nullable(node.test, here):
            test = self.sure(node.test, here)
            then, _ = self.value(node.then, here.knowing(test.if_true))
            other, _ = self.value(node.other, here.knowing(test.if_false))
            return f"({then} if {test.text} else {other})", test.if_true & test.if_false
        first, again, known = self.twice(node.test, here)
        then, _ = self.value(node.then, here.knowing(known))
        other, _ = self.value(node.other, here.knowing(known))
        return f"(None if {first} is None else {then} if {again} else {other})", known

    def _truth_value(self, node: Not | And | Or | Compare, here: Here) -> tuple[str, Known]:
        if isinstance(node, Not):
            return self.strict((node.operand,), here, lambda texts: f"not {texts[0]}")
        if isinstance(node, Compare) and COUNT not in (node.left.type, node.right.type):
            return self.strict((node.left, node.right), here, lambda texts: operations.compared(self, node, texts))
        sure = self.sure(node, here)
        if not self.nullable(node, here):
            return f"(True if {sure.text} else False)", sure.if_true & sure.if_false
        possible = self.possible(node, here.knowing(sure.if_false))
        return f"(True if {sure.text} else None if {possible.text} else False)", sure.if_true & sure.if_false

    def count(self, node: Expr, here: Here) -> tuple[str, str]:
        """The names of both ends of a count (None where it is UNKNOWN), or of an int taken as one."""
        if isinstance(node, Const):
            if node.type == COUNT and node.value is not None:
                known = cast("Count", node.value)
                return self.constants.literal(known.low), self.constants.literal(known.high)
            return (self.constants.literal(node.value),) * 2
        name = self.known_name(self.ref(node, here))
        return (name, self.read(f"{name}h")) if node.type == COUNT else (name, name)


def _is_plain(name: str) -> bool:
    """Whether a field can be read as an attribute: its name is a name in Python, too, whoever chose it."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
