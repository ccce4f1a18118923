"""Typed expressions as closures that read their values from a visit.

What the reference interpreter does node by node at each reading is settled here once: which node, which type, which
function. The values are the same: comparisons, arithmetic and functions are the interpreter's own kernels, and the
tests hold each closure against it. Expressions are pure and total, so a closure may stop where the answer is settled.

A list that is read for its elements ("members") is a Python list of pairs (held, value), held being TRUE for in,
UNKNOWN for maybe; a list as a value of a visit is a tuple.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from visitcheck.errors import EngineFailure
from visitcheck.facts.types import BOOL, COUNT, DATE, DURATION, INT, STRING, TIME_OF_DAY, TIMESTAMP, ListOf, Type, Word
from visitcheck.ir.dated_values import never_changes, value_on
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
    Possible,
    RestCount,
    Size,
)
from visitcheck.language import operators
from visitcheck.language.functions import FUNCTIONS, LIST_FUNCTIONS
from visitcheck.language.interpreter import Member, aggregate_members, distinct_members
from visitcheck.truth import NO_END, Count, Truth

Elements: TypeAlias = dict[int, Any]
"""The element that each macro around an expression is looking at, by binder number."""
Closure: TypeAlias = Callable[[Any, Elements], Any]
"""Takes a visit (or what has the same attributes) and the elements, gives a value; UNKNOWN is None."""
_Members: TypeAlias = list[tuple[Truth, Any]]

_PLAIN: tuple[Type, ...] = (BOOL, INT, STRING, TIMESTAMP, DURATION, DATE, TIME_OF_DAY)
"""Types, besides words, whose known values Python compares as they are."""


def compile_value(node: Expr) -> Closure:
    """Return what reads a value; a list comes as a tuple, UNKNOWN when an element is only maybe in."""
    if isinstance(node.type, ListOf) and not isinstance(node, Const | Param | Element | Field | Call):
        return _compile_known_list(node)
    compile_node = _COMPILERS.get(type(node))
    if compile_node is None:
        raise TypeError(f"no closure reads a {type(node).__name__}")
    return compile_node(node)


def compile_members(node: Expr) -> Closure:
    """Return what reads a list's elements as pairs; None where the list is absent."""
    match node:
        case Filter():
            return _compile_filter(node)
        case Map():
            return _compile_map(node)
        case Distinct():
            source = compile_members(node.source)
            return _if_present(source, _keep_distinct)
        case Choose():
            return _compile_choose(node, compile_members)
        case Fact():
            return _if_present(_compile_path(node.path), _pair_up)
        case _:
            return _if_present(compile_value(node), _pair_up)


def _pair_up(values: Any) -> _Members:
    """Return a visit's values, a tuple, as pairs; a part that operands share is a list of pairs already."""
    if type(values) is list:
        return values
    if not isinstance(values, tuple):
        raise EngineFailure(f"{type(values).__name__} is no list of a validated visit")
    return [(True, value) for value in values]


def _if_present(source: Closure, then: Callable[[Any], Any]) -> Closure:
    def read(visit: Any, elements: Elements) -> Any:
        value = source(visit, elements)
        return None if value is None else then(value)

    return read


# --- facts and constants


def _compile_constant(node: Const) -> Closure:
    value = node.value
    return lambda _visit, _elements: value


def _compile_param(node: Param) -> Closure:
    values, day = node.values, compile_value(node.date)
    if never_changes(values):
        return _compile_constant(Const(values[0].value, node.type))
    return lambda visit, elements: value_on(values, day(visit, elements))


def _compile_fact(node: Fact) -> Closure:
    if len(node.path) != 2:
        return _compile_path(node.path)
    group, name = node.path

    def read(visit: Any, _elements: Elements) -> Any:
        record = getattr(visit, group, None)
        return None if record is None else getattr(record, name, None)

    return read


def _compile_path(path: tuple[str, ...]) -> Closure:
    """Return what follows a path from the visit; None where a link is missing."""

    def read(visit: Any, _elements: Elements) -> Any:
        for name in path:
            if visit is None:
                return None
            visit = getattr(visit, name, None)
        return visit

    return read


def _compile_element(node: Element) -> Closure:
    binder = node.binder
    return lambda _visit, elements: elements[binder]


def _compile_field(node: Field) -> Closure:
    name = node.name
    if isinstance(node.record, Element):
        binder = node.record.binder

        def read_element(_visit: Any, elements: Elements) -> Any:
            record = elements[binder]
            return None if record is None else getattr(record, name, None)

        return read_element
    return _if_present(compile_value(node.record), lambda record: getattr(record, name, None))


def _compile_has(node: Has) -> Closure:
    target = compile_value(node.target)
    return lambda visit, elements: target(visit, elements) is not None


# --- logic


def _check_unknown(truth: Any) -> None:
    """Raise `EngineFailure` for what is no truth.

    A value that was put into a visit behind validation is neither TRUE nor FALSE, whatever Python makes of it.
    """
    if truth is not None:
        raise EngineFailure(f"{truth!r} is not a truth")


def _compile_not(node: Not) -> Closure:
    operand = compile_value(node.operand)

    def read(visit: Any, elements: Elements) -> Any:
        truth = operand(visit, elements)
        if truth is True or truth is False:
            return not truth
        return _check_unknown(truth)

    return read


def _compile_and(node: And) -> Closure:
    return _compile_junction(node, settling=False)


def _compile_or(node: Or) -> Closure:
    return _compile_junction(node, settling=True)


def _compile_junction(node: And | Or, *, settling: bool) -> Closure:
    """Return the settling truth as soon as a part has it; else UNKNOWN if a part is; else its opposite."""
    parts, opposite = tuple(map(compile_value, node.parts)), not settling

    def read(visit: Any, elements: Elements) -> Any:
        unknown = False
        for part in parts:
            truth = part(visit, elements)
            if truth is settling:
                return settling
            if truth is not opposite:
                _check_unknown(truth)
                unknown = True
        return None if unknown else opposite

    return read


def _compile_possible(node: Possible) -> Closure:
    operand = compile_value(node.operand)

    def read(visit: Any, elements: Elements) -> Any:
        truth = operand(visit, elements)
        if truth is True or truth is False:
            return truth
        _check_unknown(truth)
        return True

    return read


def _compile_choose(node: Choose, compile_branch: Callable[[Expr], Closure] = compile_value) -> Closure:
    test, then, otherwise = compile_value(node.test), compile_branch(node.then), compile_branch(node.other)

    def read(visit: Any, elements: Elements) -> Any:
        truth = test(visit, elements)
        if truth is True:
            return then(visit, elements)
        return otherwise(visit, elements) if truth is False else _check_unknown(truth)

    return read


# --- comparison, arithmetic and functions


def _compile_compare(node: Compare) -> Closure:
    type_ = COUNT if COUNT in (node.left.type, node.right.type) else node.left.type
    op, left, right = node.op, compile_value(node.left), compile_value(node.right)
    if type_ not in _PLAIN and not isinstance(type_, Word):
        return lambda visit, elements: operators.compare(op, type_, left(visit, elements), right(visit, elements))
    if isinstance(node.right, Const) and node.right.value is not None:
        if isinstance(node.left, Field) and isinstance(node.left.record, Element):
            return _compare_field(operators.ORDER[op], node.left.record.binder, node.left.name, node.right.value)
        return _compare_with_constant(operators.ORDER[op], left, node.right.value)
    return _compare_plain(operators.ORDER[op], left, right)


def _compare_with_constant(op: Callable[[Any, Any], bool], left: Closure, constant: Any) -> Closure:
    def read(visit: Any, elements: Elements) -> Any:
        value = left(visit, elements)
        return None if value is None else op(value, constant)

    return read


def _compare_field(op: Callable[[Any, Any], bool], binder: int, name: str, constant: Any) -> Closure:
    """Compare an element's field with a constant in one step: it is what conditions ask most."""

    def read(_visit: Any, elements: Elements) -> Any:
        value = getattr(elements[binder], name, None)  # of no element: UNKNOWN, too
        return None if value is None else op(value, constant)

    return read


def _compare_plain(op: Callable[[Any, Any], bool], left: Closure, right: Closure) -> Closure:
    def read(visit: Any, elements: Elements) -> Any:
        a = left(visit, elements)
        if a is None:
            return None
        b = right(visit, elements)
        return None if b is None else op(a, b)

    return read


def _compile_arithmetic(node: Arithmetic) -> Closure:
    left, right = compile_value(node.left), compile_value(node.right)
    op, left_type, right_type = node.op, node.left.type, node.right.type

    def read(visit: Any, elements: Elements) -> Any:
        return operators.arithmetic(op, left_type, right_type, left(visit, elements), right(visit, elements))

    return read


def _compile_negate(node: Negate) -> Closure:
    operand, type_ = compile_value(node.operand), node.type
    return lambda visit, elements: operators.negate(type_, operand(visit, elements))


def _compile_exact(node: Exact) -> Closure:
    return _if_present(compile_value(node.operand), lambda count: count.exact())


def _compile_call(node: Call) -> Closure:
    function, args = FUNCTIONS[node.function], tuple(map(compile_value, node.args))
    return lambda visit, elements: function(*[arg(visit, elements) for arg in args])


# --- lists


def _compile_known_list(node: Expr) -> Closure:
    def values(members: Any) -> Any:
        if not all(held for held, _ in members):  # maybe in: the list is not known
            return None
        return tuple(value for _, value in members)

    return _if_present(compile_members(node), values)


def _keep_distinct(members: Any) -> _Members:
    return [(member.held, member.value) for member in distinct_members(_as_members(members))]


def _as_members(members: _Members) -> tuple[Member, ...]:
    return tuple(Member(*pair) for pair in members)


def _compile_rows(source: Closure, binder: int, body: Closure) -> Closure:
    """Return what reads (held, value, body) of each element; None where the list is absent."""

    def read(visit: Any, elements: Elements) -> Any:
        members = source(visit, elements)
        if members is None:
            return None
        inside = dict(elements)
        rows = []
        for held, value in members:
            inside[binder] = value
            rows.append((held, value, body(visit, inside)))
        return rows

    return read


def _compile_filter(node: Filter) -> Closure:
    def keep(rows: Any) -> _Members:
        return [(True if held and truth is True else None, value) for held, value, truth in rows if truth is not False]

    return _if_present(_compile_rows(compile_members(node.source), node.binder, compile_value(node.body)), keep)


def _compile_map(node: Map) -> Closure:
    rows = _compile_rows(compile_members(node.source), node.binder, compile_value(node.body))
    return _if_present(rows, lambda rows: [(held, body) for held, _, body in rows])


def _compile_exists(node: Exists) -> Closure:
    return _compile_quantifier(node, settling=True)


def _compile_for_all(node: ForAll) -> Closure:
    return _compile_quantifier(node, settling=False)


def _compile_quantifier(node: Exists | ForAll, *, settling: bool) -> Closure:
    """Return the settling truth at the first element that is in and has it.

    Else UNKNOWN where one is maybe in with it, or not known to have its opposite; else that opposite.
    """
    source, binder, body = compile_members(node.source), node.binder, compile_value(node.body)
    opposite = not settling

    def read(visit: Any, elements: Elements) -> Any:
        members = source(visit, elements)
        if members is None:
            return None
        inside = dict(elements)
        answer: Truth = opposite
        for held, inside[binder] in members:
            truth = body(visit, inside)
            if truth is settling and held:
                return settling
            if truth is not opposite:
                answer = None
        return answer

    return read


def _compile_size(node: Size) -> Closure:
    def count(members: Any) -> Count:
        return Count(sum(held is True for held, _ in members), len(members))

    return _if_present(compile_members(node.source), count)


def _compile_rest_count(node: RestCount) -> Closure:
    test, none, any_number = compile_value(node.test), Count(0, 0), Count(0, NO_END)
    return lambda visit, elements: none if test(visit, elements) is False else any_number


def _compile_aggregate(node: Aggregate) -> Closure:
    source = compile_members(node.source)
    default = None if node.default is None else compile_value(node.default)

    def read(visit: Any, elements: Elements) -> Any:
        members = source(visit, elements)
        if members is None:
            return None
        of_none = None if default is None else default(visit, elements)
        return aggregate_members(node, _as_members(members), of_none)

    return read


def _compile_list_call(node: ListCall) -> Closure:
    source, evaluate = compile_members(node.source), LIST_FUNCTIONS[node.function].evaluate
    bodies, args = tuple(map(compile_value, node.bodies)), tuple(map(compile_value, node.args))
    binder = node.binder

    def read(visit: Any, elements: Elements) -> Any:
        members = source(visit, elements)
        if members is None:
            return None
        inside, rows = dict(elements), []
        for held, inside[binder] in members:
            rows.append((held, tuple(body(visit, inside) for body in bodies)))
        return evaluate(tuple(rows), *(arg(visit, elements) for arg in args))

    return read


_COMPILERS: dict[type, Callable[[Any], Closure]] = {
    Const: _compile_constant,
    Param: _compile_param,
    Fact: _compile_fact,
    Element: _compile_element,
    Field: _compile_field,
    Has: _compile_has,
    Not: _compile_not,
    And: _compile_and,
    Or: _compile_or,
    Choose: _compile_choose,
    Compare: _compile_compare,
    Arithmetic: _compile_arithmetic,
    Negate: _compile_negate,
    Exact: _compile_exact,
    Call: _compile_call,
    Exists: _compile_exists,
    ForAll: _compile_for_all,
    Size: _compile_size,
    Possible: _compile_possible,
    RestCount: _compile_rest_count,
    Aggregate: _compile_aggregate,
    ListCall: _compile_list_call,
}
