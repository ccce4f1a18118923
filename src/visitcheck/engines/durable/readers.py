"""Typed expressions as closures that read their values from a visit.

What the reference interpreter does node by node at each reading is settled here once: which node, which type, which
function. The values are the same: comparisons, arithmetic and functions are the interpreter's own, and the tests
hold each reader against it. Expressions are pure and total, so a reader may stop where the answer is settled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from visitcheck.engines.durable.list_readers import list_reader, member_reader, path_reader
from visitcheck.errors import EngineFailure
from visitcheck.facts.types import BOOL, COUNT, DATE, DURATION, INT, STRING, TIME_OF_DAY, TIMESTAMP, ListOf, Type, Word
from visitcheck.ir.dated_values import never_changes, value_on
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
    Negate,
    Not,
    Or,
    Param,
)
from visitcheck.language import operators
from visitcheck.language.functions import FUNCTIONS

Elements: TypeAlias = dict[int, Any]
"""The element that each macro around an expression is looking at, by binder number."""
Reader: TypeAlias = Callable[[Any, Elements], Any]
"""Takes a visit (or what has the same attributes) and the elements, gives a value; UNKNOWN is None."""

_PLAIN: tuple[Type, ...] = (BOOL, INT, STRING, TIMESTAMP, DURATION, DATE, TIME_OF_DAY)


def reader(node: Expr) -> Reader:
    """What reads the value of an expression; a list comes as a tuple, UNKNOWN when an element is only maybe in."""
    make = _READERS.get(type(node))
    if make is not None:
        return make(node)
    return _known_list(member_reader(node, reader)) if isinstance(node.type, ListOf) else list_reader(node, reader)


def _known_list(members: Reader) -> Reader:
    def read(visit: Any, elements: Elements) -> Any:
        found = members(visit, elements)
        if found is None or not all(held for held, _ in found):  # maybe in: the list is not known
            return None
        return tuple(value for _, value in found)

    return read


def _constant(node: Const) -> Reader:
    value = node.value
    return lambda _visit, _elements: value


def _param(node: Param) -> Reader:
    values, day = node.values, reader(node.date)
    if never_changes(values):
        return _constant(Const(values[0].value, node.type))

    def read(visit: Any, elements: Elements) -> Any:
        return value_on(values, day(visit, elements))

    return read


def _fact(node: Fact) -> Reader:
    if isinstance(node.type, ListOf):
        return _known_list(member_reader(node, reader))
    if len(node.path) != 2:
        return path_reader(node.path)
    group, name = node.path

    def read(visit: Any, _elements: Elements) -> Any:
        record = getattr(visit, group, None)
        return None if record is None else getattr(record, name, None)

    return read


def _element(node: Element) -> Reader:
    binder = node.binder
    return lambda _visit, elements: elements[binder]


def _field(node: Field) -> Reader:
    name = node.name
    if isinstance(node.record, Element):
        binder = node.record.binder

        def read_element(_visit: Any, elements: Elements) -> Any:
            record = elements[binder]
            return None if record is None else getattr(record, name, None)

        return read_element
    record = reader(node.record)

    def read(visit: Any, elements: Elements) -> Any:
        found = record(visit, elements)
        return None if found is None else getattr(found, name, None)

    return read


def _has(node: Has) -> Reader:
    target = reader(node.target)
    return lambda visit, elements: target(visit, elements) is not None


def _not(node: Not) -> Reader:
    operand = reader(node.operand)

    def read(visit: Any, elements: Elements) -> Any:
        truth = operand(visit, elements)
        return None if truth is None else not _sure(truth)

    return read


def _and(node: And) -> Reader:
    return _kleene(tuple(map(reader, node.parts)), settling=False)


def _or(node: Or) -> Reader:
    return _kleene(tuple(map(reader, node.parts)), settling=True)


def _kleene(parts: tuple[Reader, ...], *, settling: bool) -> Reader:
    """The settling truth as soon as a part has it; else UNKNOWN if a part is; else the other one."""
    other = not settling

    def read(visit: Any, elements: Elements) -> Any:
        unknown = False
        for part in parts:
            truth = part(visit, elements)
            if truth is settling:
                return settling
            if truth is not other:
                unknown = _unknown(truth)
        return None if unknown else other

    return read


def _unknown(truth: Any) -> bool:
    if truth is not None:
        raise EngineFailure(f"{truth!r} is not a truth")
    return True


def _sure(truth: Any) -> bool:
    """TRUE or FALSE; a value that was put into a visit behind validation is neither, whatever Python makes of it."""
    return truth if truth is True or truth is False else not _unknown(truth)


def _choose(node: Choose) -> Reader:
    test, then, other = reader(node.test), reader(node.then), reader(node.other)

    def read(visit: Any, elements: Elements) -> Any:
        truth = test(visit, elements)
        return None if truth is None else (then if _sure(truth) else other)(visit, elements)

    return read


def _compare(node: Compare) -> Reader:
    type_ = COUNT if COUNT in (node.left.type, node.right.type) else node.left.type
    op, left, right = node.op, reader(node.left), reader(node.right)
    if type_ not in _PLAIN and not isinstance(type_, Word):

        def read(visit: Any, elements: Elements) -> Any:
            return operators.compare(op, type_, left(visit, elements), right(visit, elements))

        return read
    if isinstance(node.right, Const) and node.right.value is not None:
        if isinstance(node.left, Field) and isinstance(node.left.record, Element):
            return _compare_field(operators.ORDER[op], node.left.record.binder, node.left.name, node.right.value)
        return _compare_constant(operators.ORDER[op], left, node.right.value)
    return _compare_plain(operators.ORDER[op], left, right)


def _compare_constant(op: Callable[[Any, Any], bool], left: Reader, constant: Any) -> Reader:
    def read(visit: Any, elements: Elements) -> Any:
        value = left(visit, elements)
        return None if value is None else op(value, constant)

    return read


def _compare_field(op: Callable[[Any, Any], bool], binder: int, name: str, constant: Any) -> Reader:
    """An element's field beside a constant: what conditions ask most, in one step."""

    def read(_visit: Any, elements: Elements) -> Any:
        value = getattr(elements[binder], name, None)  # of no element: UNKNOWN, too
        return None if value is None else op(value, constant)

    return read


def _compare_plain(op: Callable[[Any, Any], bool], left: Reader, right: Reader) -> Reader:
    def read(visit: Any, elements: Elements) -> Any:
        a = left(visit, elements)
        if a is None:
            return None
        b = right(visit, elements)
        return None if b is None else op(a, b)

    return read


def _arithmetic(node: Arithmetic) -> Reader:
    left, right = reader(node.left), reader(node.right)
    op, left_type, right_type = node.op, node.left.type, node.right.type

    def read(visit: Any, elements: Elements) -> Any:
        return operators.arithmetic(op, left_type, right_type, left(visit, elements), right(visit, elements))

    return read


def _negate(node: Negate) -> Reader:
    operand, type_ = reader(node.operand), node.type
    return lambda visit, elements: operators.negate(type_, operand(visit, elements))


def _exact(node: Exact) -> Reader:
    operand = reader(node.operand)

    def read(visit: Any, elements: Elements) -> Any:
        count = operand(visit, elements)
        return None if count is None else count.exact()

    return read


def _call(node: Call) -> Reader:
    function, args = FUNCTIONS[node.function], tuple(map(reader, node.args))
    return lambda visit, elements: function(*[arg(visit, elements) for arg in args])


_READERS: dict[type, Callable[[Any], Reader]] = {
    Const: _constant,
    Param: _param,
    Fact: _fact,
    Element: _element,
    Field: _field,
    Has: _has,
    Not: _not,
    And: _and,
    Or: _or,
    Choose: _choose,
    Compare: _compare,
    Arithmetic: _arithmetic,
    Negate: _negate,
    Exact: _exact,
    Call: _call,
}
