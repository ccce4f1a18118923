"""From typed conditions to SQL expressions, node by node."""

from __future__ import annotations

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql import lists, numbers
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.context import Context
from visitcheck.engines.sql.folding import gather_alternatives
from visitcheck.engines.sql.functions import CALLS, LIST_CALLS
from visitcheck.facts.types import COUNT, MONEY
from visitcheck.ir.fold import fold_constants
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
    Fact,
    Field,
    Has,
    ListCall,
    Negate,
    Not,
    Or,
    Param,
    Possible,
    RestCount,
    Size,
)
from visitcheck.ir.walk import free_names


class LacksFunctionError(Exception):
    """A function that the dialect has declared it cannot say."""


class Compiler(Context):
    """Makes expressions over the canonical columns.

    Money and counts are taken apart while they are compiled (`parts`), so that no struct is built where only
    its parts are asked for; a value of theirs is UNKNOWN where any part is NULL.
    """

    def value(self, node: Expr) -> Sql:
        """The value of a node; NULL for UNKNOWN."""
        node = fold_constants(node)
        if self._is_of_the_row(node):
            with self.names.of_the_row():
                return self.names.let(self._value(node), lambda named: named)
        return self._value(node)

    def truth(self, node: Expr) -> Sql:
        """The truth of a whole condition, under no name of its own."""
        return self._value(fold_constants(node))

    def parts(self, node: Expr) -> dict[str, Sql]:
        """A count's `low` and `high`, or money's `minor` and `currency`."""
        return numbers.parts(self, node)

    def _is_of_the_row(self, node: Expr) -> bool:
        """Whether a node inside of a lambda sees no element, and is worth a name."""
        if self.names.depth == 0 or self.names.cache is None or isinstance(node, Const | Fact | Element | Field):
            return False
        return not free_names(node)

    def _value(self, node: Expr) -> Sql:
        match node:
            case Const(value, type_):
                return sql.literal(value, type_)
            case Param(_, type_, _, _):
                return self.dated(node, lambda value: sql.literal(value, type_))
            case Fact(path):
                return _fact(path)
            case Element(binder):
                return self.elements[binder]
            case Field(record, name):
                return sql.field(self._value(record), name)
            case Has(target):
                return sql.is_known(self._value(target))
            case Not(operand):
                return sql.not_(self.value(operand))
            case And() | Or():
                return self._junction(node)
            case Choose():
                return self._choose(node)
            case Compare():
                return numbers.compare(self, node)
            case Arithmetic() | Negate():
                return numbers.arithmetic(self, node)
            case Size() | RestCount():
                return numbers.struct(self, node)
            case Possible(operand):
                return sql.is_maybe(self.value(operand))
            case Exact(operand):
                return numbers.exact(self.parts(operand))
            case Call():
                return self._call(node)
            case ListCall():
                return LIST_CALLS[node.function](self, node)
            case _:
                return lists.value(self, node)

    def _junction(self, node: And | Or) -> Sql:
        parts: list[Sql] = []
        for part in gather_alternatives(node):
            if not isinstance(part, tuple):
                parts.append(self.value(part))
                continue
            subject, options = part
            literals = [sql.uncast(sql.literal(option.value, option.type)) for option in options]
            is_one = sql.one_of(self.value(subject), literals)
            parts.append(is_one if isinstance(node, Or) else sql.not_(is_one))
        return sql.or_(parts) if isinstance(node, Or) else sql.and_(parts)

    def _choose(self, node: Choose) -> Sql:
        if lists.may_doubt_elements(node):
            return lists.value(self, node)
        if node.type in (MONEY, COUNT):
            return numbers.struct(self, node)
        return self.choice(node.test, self.value(node.then), self.value(node.other))

    def _call(self, node: Call) -> Sql:
        reason = self.dialect.lacks.get(node.function)
        if reason is not None:
            raise LacksFunctionError(f"`{node.function}`: {reason}")
        return CALLS[node.function](self, node)


def _fact(path: tuple[str, ...]) -> Sql:
    group, *names = path
    fact = sql.column(group)
    for name in names:
        fact = sql.field(fact, name)
    return fact
