"""The reference interpreter: the plainest reading of what a typed expression means.

Every engine is held against it. It evaluates all parts of a node, also where the first would settle the
answer, so that `watch` sees them all; only the branch of `?:` that is not taken is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from visitcheck.facts.types import COUNT
from visitcheck.ir.dated_values import value_on
from visitcheck.ir.nodes import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    Distinct,
    Element,
    Exact,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    Has,
    ListCall,
    Map,
    Negate,
    Not,
    Or,
    Param,
    Size,
    Value,
)
from visitcheck.language import operators
from visitcheck.language.functions import FUNCTIONS, LIST_FUNCTIONS
from visitcheck.truth import Count, Truth, and_, not_, or_

Binding: TypeAlias = dict[int, object]
"""The element that each macro around a node is looking at, by binder number."""
Watch: TypeAlias = Callable[[Expr, Binding, Value], None]
Change: TypeAlias = Callable[[Expr, Binding, Value], Value]


class Member(NamedTuple):
    """An element of a list: `held` is TRUE where it is in, UNKNOWN where it is maybe in."""

    held: Truth
    value: Any


def interpret(
    expr: Expr,
    visit: object,
    *,
    bound: Binding | None = None,
    watch: Watch | None = None,
    change: Change | None = None,
) -> Value:
    """The value of an expression for a visit (any object whose attributes are its groups).

    `bound` gives the elements that macros around `expr` are looking at, where it is part of one.

    A list is a tuple of its values, UNKNOWN when an element is only maybe in. `watch`, where given, is
    called for every node evaluated, operands first; the value of a filtered or mapped list is a tuple of
    `Member` there. `change`, where given, is asked for every node what to take as its value: for questions
    of the kind "and if this part had been false?".
    """
    value = _Interpretation(visit, watch, change).value(expr, bound or {})
    return _plain_values(value)


def members(source: Expr, visit: object, *, bound: Binding | None = None) -> tuple[Member, ...] | None:
    """The elements of a list expression, each in or maybe in; None where the list is absent."""
    return _Interpretation(visit).members(source, bound or {})


class _Interpretation:
    """One visit being read."""

    def __init__(self, visit: object, watch: Watch | None = None, change: Change | None = None) -> None:
        self._visit = visit
        self._watch = watch
        self._change = change

    def value(self, node: Expr, binding: Binding) -> Any:
        value = self._evaluate(node, binding)
        if self._change is not None:
            value = self._change(node, binding, value)
        if self._watch is not None:
            self._watch(node, binding, value)
        return value

    def _evaluate(self, node: Expr, binding: Binding) -> Any:
        match node:
            case Const():
                return node.value
            case Param():
                return value_on(node.values, self.value(node.date, binding))
            case Fact():
                return _follow_path(self._visit, node.path)
            case Element():
                return binding[node.binder]
            case Field():
                return _follow_path(self.value(node.record, binding), (node.name,))
            case Has():
                return self.value(node.target, binding) is not None
            case Not():
                return not_(self.value(node.operand, binding))
            case And():
                return and_([self.value(part, binding) for part in node.parts])
            case Or():
                return or_([self.value(part, binding) for part in node.parts])
            case Choose():
                test = self.value(node.test, binding)
                return None if test is None else self.value(node.then if test else node.other, binding)
            case Compare():
                return self._compare(node, binding)
            case Arithmetic():
                left, right = self._plain_value(node.left, binding), self._plain_value(node.right, binding)
                return operators.arithmetic(node.op, node.left.type, node.right.type, left, right)
            case Negate():
                return operators.negate(node.type, self.value(node.operand, binding))
            case Exact():
                count = self.value(node.operand, binding)
                return None if count is None else count.exact()
            case Call():
                return FUNCTIONS[node.function](*(self._plain_value(arg, binding) for arg in node.args))
            case _:
                return self._evaluate_list(node, binding)

    def _evaluate_list(
        self,
        node: Exists | ForAll | Filter | Map | Distinct | Size | Aggregate | ListCall,
        binding: Binding,
    ) -> Any:
        members = self.members(node.source, binding)
        default = self._default(node, binding)
        if members is None:
            return None
        match node:
            case Exists():
                bodies = self._each(node.body, node.binder, members, binding)
                return or_([and_((member.held, body)) for member, body in zip(members, bodies, strict=True)])
            case ForAll():
                bodies = self._each(node.body, node.binder, members, binding)
                return and_(
                    [or_((not_(member.held), body)) for member, body in zip(members, bodies, strict=True)]
                )
            case Filter():
                bodies = self._each(node.body, node.binder, members, binding)
                kept = [
                    Member(and_((m.held, body)), m.value) for m, body in zip(members, bodies, strict=True)
                ]
                return tuple(member for member in kept if member.held is not False)
            case Map():
                bodies = self._each(node.body, node.binder, members, binding)
                return tuple(Member(m.held, body) for m, body in zip(members, bodies, strict=True))
            case Distinct():
                return distinct_members(members)
            case Size():
                return Count(sum(member.held is True for member in members), len(members))
            case Aggregate():
                return aggregate_members(node, members, default)
            case ListCall():
                args = [self._plain_value(arg, binding) for arg in node.args]
                columns = [self._each(body, node.binder, members, binding) for body in node.bodies]
                rows = zip(*columns, strict=True) if columns else [()] * len(members)
                elements = tuple((member.held, row) for member, row in zip(members, rows, strict=True))
                return LIST_FUNCTIONS[node.function].evaluate(elements, *args)

    def _compare(self, node: Compare, binding: Binding) -> Truth:
        type_ = COUNT if COUNT in (node.left.type, node.right.type) else node.left.type
        left, right = self._plain_value(node.left, binding), self._plain_value(node.right, binding)
        return operators.compare(node.op, type_, left, right)

    def _default(self, node: Expr, binding: Binding) -> Any:
        if isinstance(node, Aggregate) and node.default is not None:
            return self._plain_value(node.default, binding)
        return None

    def _each(self, body: Expr, binder: int, members: tuple[Member, ...], binding: Binding) -> list[Any]:
        return [_plain_values(self.value(body, {**binding, binder: member.value})) for member in members]

    def members(self, node: Expr, binding: Binding) -> tuple[Member, ...] | None:
        """The elements of a list, in or maybe in."""
        items = self.value(node, binding)
        if items is None:
            return None
        return tuple(item if isinstance(item, Member) else Member(True, item) for item in items)

    def _plain_value(self, node: Expr, binding: Binding) -> Any:
        return _plain_values(self.value(node, binding))


def _plain_values(value: Any) -> Any:
    """A list of members as a tuple of their values, UNKNOWN when one is maybe; anything else as it is."""
    if isinstance(value, tuple) and value and isinstance(value[0], Member):
        return tuple(member.value for member in value) if all(member.held for member in value) else None
    return value


def _follow_path(record: object, path: tuple[str, ...]) -> Any:
    """What a path leads to; None as soon as a link is missing."""
    for name in path:
        if record is None:
            return None
        record = getattr(record, name, None)
    return record


def distinct_members(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Equal values once; see `Distinct`."""
    known: dict[Any, Truth] = {}
    for member in members:
        if member.value is not None:
            known[member.value] = or_((known.get(member.value, False), member.held))
    distinct = [Member(held, value) for value, held in known.items()]
    something_in = True in known.values()
    for member in members:
        if member.value is None:
            distinct.append(Member(None if something_in else member.held, None))
            something_in = something_in or member.held is True
    return tuple(distinct)


def aggregate_members(node: Aggregate, members: tuple[Member, ...], default: Any) -> Any:
    """`min`, `max` or `sum` of a list's elements; see `Aggregate`."""
    if any(member.held is None or member.value is None for member in members):
        return None
    if members:
        return operators.aggregate(node.kind, node.type, tuple(member.value for member in members))
    return operators.zero(node.type) if node.kind == "sum" and node.default is None else default
