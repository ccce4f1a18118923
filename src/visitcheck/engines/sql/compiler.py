"""From typed conditions to SQL expressions, node by node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql import lists, numbers
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.dialects import Dialect
from visitcheck.engines.sql.folding import fixed, gathered
from visitcheck.engines.sql.functions import CALLS
from visitcheck.engines.sql.literals import literal
from visitcheck.engines.sql.names import ColumnCache, Names, simple
from visitcheck.facts.types import COUNT, MONEY
from visitcheck.ir.nodes import (
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    DatedValue,
    Element,
    Exact,
    Expr,
    Fact,
    Field,
    Has,
    Negate,
    Not,
    Or,
    Param,
)
from visitcheck.ir.walk import walk


class LacksFunctionError(Exception):
    """A function that the dialect has declared it cannot say."""


class Compiler:
    """Makes expressions over the canonical columns.

    Money and counts are taken apart while they are compiled (`parts`), so that no struct is built where only
    its parts are asked for; a value of theirs is UNKNOWN where any part is NULL. `zones`, where given, are the
    only zone names that are taken from facts; without, facts are trusted to hold names that the database has.
    """

    def __init__(
        self, dialect: Dialect, *, zones: frozenset[str] | None = None, shelf: ColumnCache | None = None
    ) -> None:
        self.dialect = dialect
        self.zones = zones
        self.names = Names(shelf)
        self.elements: dict[int, Sql] = {}

    def value(self, node: Expr) -> Sql:
        """The value of a node; NULL for UNKNOWN."""
        node = fixed(node)
        if self._of_the_row(node):
            with self.names.of_the_row():
                return self.names.let(self._value(node), lambda named: named)
        return self._value(node)

    def truth(self, node: Expr) -> Sql:
        """The truth of a whole condition, under no name of its own."""
        return self._value(fixed(node))

    def parts(self, node: Expr) -> dict[str, Sql]:
        """A count's `low` and `high`, or money's `minor` and `currency`."""
        return numbers.parts(self, node)

    def _of_the_row(self, node: Expr) -> bool:
        """Whether a node inside of a lambda sees no element, and is worth a name."""
        if self.names.depth == 0 or self.names.shelf is None or isinstance(node, Const | Fact | Element | Field):
            return False
        return not any(isinstance(below, Element) and below.binder in self.elements for below in walk(node))

    def _value(self, node: Expr) -> Sql:
        match node:
            case Const(value, type_):
                return literal(value, type_)
            case Param(_, type_, _, _):
                return self.dated(node, lambda value: literal(value, type_))
            case Fact(path):
                return _path(path)
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
            case Exact(operand):
                return numbers.exact(self.parts(operand))
            case Call():
                return self._call(node)
            case _:
                return lists.value(self, node)

    def _junction(self, node: And | Or) -> Sql:
        parts: list[Sql] = []
        for part in gathered(node):
            if not isinstance(part, tuple):
                parts.append(self.value(part))
                continue
            subject, options = part
            found = sql.one_of(self.value(subject), [numbers.uncast(literal(one.value, one.type)) for one in options])
            parts.append(found if isinstance(node, Or) else sql.not_(found))
        return sql.or_(parts) if isinstance(node, Or) else sql.and_(parts)

    def _choose(self, node: Choose) -> Sql:
        if lists.is_made(node):
            return lists.value(self, node)
        if node.type in (MONEY, COUNT):
            return numbers.packed(self, node)
        return self.choice(node.test, self.value(node.then), self.value(node.other))

    def choice(self, test: Expr, then: Sql, other: Sql) -> Sql:
        """`then` where a test is TRUE, `other` where it is FALSE."""
        return self.names.let(self.value(test), lambda it: sql.case((it, then), (sql.not_(it), other)))

    def _call(self, node: Call) -> Sql:
        reason = self.dialect.lacks.get(node.function)
        if reason is not None:
            raise LacksFunctionError(f"`{node.function}`: {reason}")
        return CALLS[node.function](self, node)

    def dated(self, node: Param, body: Callable[[Any], Sql], missing: Sql | None = None) -> Sql:
        """What `body` makes of a parameter's value on its date."""
        values = node.values
        same = bool(values) and all(dated.value == values[0].value for dated in values)
        none = literal(None, node.type) if missing is None else missing

        def on(day: Sql) -> Sql:
            undated = (sql.is_null(day), body(values[0].value) if same else none)
            return sql.case(undated, *((_covered(day, dated), body(dated.value)) for dated in values))

        return self.names.let(self.value(node.date), on)

    def over_constants(self, node: Expr, body: Callable[[Any], Sql], missing: Sql) -> Sql | None:
        """What `body` makes of a value that is fixed when a policy is compiled; None for any other node."""
        match fixed(node):
            case Const(value):
                return missing if value is None else body(value)
            case Param() as param:
                return self.dated(param, lambda value: missing if value is None else body(value), missing)
            case Choose(test, then, other):
                left, right = self.over_constants(then, body, missing), self.over_constants(other, body, missing)
                return None if left is None or right is None else self.choice(test, left, right)
        return None

    @contextmanager
    def looking_at(self, binder: int, element: Sql) -> Iterator[None]:
        """For what is compiled inside of a macro: its element."""
        self.elements[binder] = element
        try:
            yield
        finally:
            del self.elements[binder]

    def struct(self, parts: dict[str, Sql]) -> Sql:
        """Parts as one value, NULL where any of them is."""
        return sql.case((sql.and_(sql.is_known(part) for part in parts.values()), sql.struct(parts)))

    def named_parts(self, node: Expr, fields: tuple[str, str]) -> dict[str, Sql]:
        """The parts of a value that is a struct already."""
        value = self.value(node)
        if not simple(value) and self.names.depth == 0 and self.names.shelf is not None:
            value = self.names.shelf.column(value)
        return {name: sql.field(value, name) for name in fields}


def _path(path: tuple[str, ...]) -> Sql:
    found = sql.column(path[0])
    for name in path[1:]:
        found = sql.field(found, name)
    return found


def _covered(day: Sql, dated: DatedValue) -> Sql:
    bounds = [sql.compare(">=", day, dated.start)] if dated.start is not None else []
    return sql.and_([*bounds, *([sql.compare("<", day, dated.end)] if dated.end is not None else [])])
