"""Conditions for visits with lists that go on: what further elements could change is written out.

`completeness` of a visit may say that a list goes on, and of what kinds it lacks nothing all the same. *The rest* of
such a list stands for any number of further elements, none included. For each closing fact that `all_with` names there
is one, of which nothing is known but that this fact is none of the named words; where it names none there is one of
which nothing is known. `open_lists` asks each test of a macro once more of each rest, when the policy is compiled, and
adds what follows to the macro's answer:

| asked of a list | where a rest passes, or may pass, the test |
| --- | --- |
| `exists` | TRUE, or UNKNOWN |
| `all` | FALSE, or UNKNOWN (the test is that the rest may fail) |
| `size`, `distinct().size()`, `maxPerGroup` | [low, no end) |
| `lastRun` | [0, no end) |
| `min max sum`, `==` and `!=` of lists, lists given to functions | UNKNOWN |
| `covers` | TRUE, or UNKNOWN |

So engines need no notion of a rest: a rewritten condition reads facts below `completeness`, and is for a visit without
that group equal to the condition as it was written. The interpreter does not use this: it looks at rests as it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from visitcheck.facts.completeness import OPEN_LISTS, WORDS
from visitcheck.facts.types import BOOL, COUNT, ListOf, Record, Word
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
from visitcheck.ir.walk import free_names, rebuild_parts
from visitcheck.language.functions import FUNCTIONS, LIST_FUNCTIONS

_TRUE, _FALSE, _UNKNOWN = Const(True, BOOL), Const(False, BOOL), Const(None, BOOL)
# Numbers that no macro of a condition has: what is bound by them holds no macro, so none can hide another.
_NAMED_WORD = 1 << 20
_DROPPED = _NAMED_WORD + 1


@dataclass(frozen=True, slots=True)
class _Rest:
    """An element of which nothing is known but that its fact `closing` (None: not even that) is none of `names`."""

    closing: str | None = None
    names: Fact | None = None


_Value: TypeAlias = _Rest | Expr
"""What a rest has become: itself, or what `map` makes of it."""


@dataclass(frozen=True, slots=True)
class _Further:
    """A rest of a list: `member` is FALSE where it is surely not in the list."""

    member: Expr
    value: _Value


def open_lists(expr: Expr) -> Expr:
    """The same condition for a visit whose lists may go on; `expr` itself where it looks at no list of a visit."""
    done: dict[int, Expr] = {}

    def opened(node: Expr) -> Expr:
        if id(node) not in done:
            done[id(node)] = _with_rests(rebuild_parts(node, opened))
        return done[id(node)]

    return opened(expr)


def list_goes_on(*conditions: Expr) -> Expr:
    """Whether a list goes on for what some of these conditions ask of it, as an expression that is never UNKNOWN.

    It is where a further element could be in what is looked at: not where `all_with` names the kinds that are asked
    for. FALSE itself where no list of a visit is asked for anything.
    """
    tests: list[Expr] = []
    done: dict[int, Expr] = {}

    def opened(node: Expr) -> Expr:
        if id(node) not in done:
            parts = rebuild_parts(node, opened)
            test = _further_test(parts)
            if test is not None:
                tests.append(_without_elements(test))
            done[id(node)] = _with_rests(parts)
        return done[id(node)]

    for condition in conditions:
        opened(condition)
    return _or(tests)


def _further_test(node: Expr) -> Expr | None:
    """Whether a rest of the list that a macro looks at, or a list as a value, may count; None where none ever can."""
    match node:
        case Exists():
            return _any(node.source, lambda value: _seen(node.body, node.binder, value))
        case ForAll():
            return _any(node.source, lambda value: _not(_seen(node.body, node.binder, value)))
        case Size() | Aggregate() | ListCall():
            return _any(node.source)
        case Compare() if isinstance(node.left.type, ListOf):
            parts: tuple[Expr, ...] = (node.left, node.right)
        case Call():
            parts = node.args
        case _:
            return None
    tests = [test for part in parts if isinstance(part.type, ListOf) and (test := _any(part)) is not None]
    return _or(tests) if tests else None


def _without_elements(test: Expr) -> Expr:
    """The same with nothing known of the elements around it: TRUE where it is for any of them."""
    for binder in sorted(free_names(test)):
        test = _seen(test, binder, _Rest())
    return test


def _with_rests(node: Expr) -> Expr:
    """A node, whose parts are opened already, with what further elements could change."""
    match node:
        case Exists():
            test = _any(node.source, lambda value: _seen(node.body, node.binder, value))
            return node if test is None else Or((node, _and((test, _UNKNOWN))))
        case ForAll():
            test = _any(node.source, lambda value: _not(_seen(node.body, node.binder, value)))
            return node if test is None else And((node, _or((_not(test), _UNKNOWN))))
        case Size():
            test = _any(node.source)
            return node if test is None else _plus(node, test)
        case Aggregate():
            test = _any(node.source)
            return node if test is None else Choose(test, Const(None, node.type), node, node.type)
        case ListCall():
            return _list_call(node)
        case Compare() if isinstance(node.left.type, ListOf):
            return _of_whole_lists(node, (node.left, node.right))
        case Call():
            return _of_whole_lists(node, node.args)
        case _:
            return node


def _of_whole_lists(node: Compare | Call, parts: Iterable[Expr]) -> Expr:
    """A truth that looks at lists as values: UNKNOWN where one of them may hold more."""
    lists = [part for part in parts if isinstance(part.type, ListOf)]
    tests = [test for test in map(_any, lists) if test is not None]
    return Choose(_or(tests), Const(None, node.type), node, node.type) if tests else node


def _list_call(node: ListCall) -> Expr:
    test = _any(node.source)
    if test is None:
        return node
    match LIST_FUNCTIONS[node.function].further:
        case "add":
            return _plus(node, test)
        case "any":
            kept = Filter(node.source, _DROPPED, _not(test), node.source.type)
            return _plus(replace(node, source=kept), test)
        case "help":
            return Or((node, _and((test, _UNKNOWN))))


def _plus(count: Expr, test: Expr) -> Expr:
    return Arithmetic("+", count, RestCount(test), COUNT)


def _any(source: Expr, test: Callable[[_Value], Expr] = lambda _: _TRUE) -> Expr | None:
    """Whether some rest of a list may be in it and may pass the test, TRUE or FALSE; None where none ever can."""
    tests = [_possible(_and((further.member, test(further.value)))) for further in _rests(source)]
    some = _or(tests)
    return None if some == _FALSE else some


def _rests(source: Expr) -> list[_Further]:
    match source:
        case Fact(path=path) if ".".join(path) in OPEN_LISTS:
            return _rests_of_fact(source)
        case Filter():
            return [
                _Further(_and((further.member, _seen(source.body, source.binder, further.value))), further.value)
                for further in _rests(source.source)
            ]
        case Map():
            return [
                _Further(further.member, _seen(source.body, source.binder, further.value))
                for further in _rests(source.source)
            ]
        case Distinct():
            return _rests(source.source)
        case Choose():
            then = [replace(one, member=_and((source.test, one.member))) for one in _rests(source.then)]
            return then + [replace(one, member=_and((_not(source.test), one.member))) for one in _rests(source.other)]
        case _:
            return []


def _rests_of_fact(source: Fact) -> list[_Further]:
    about = ("completeness", *source.path)
    goes_on = Not(Possible(Fact((*about, "complete"), BOOL)))
    closing = OPEN_LISTS[".".join(source.path)].closing
    names = {fact: Fact((*about, "all_with", fact), ListOf(_words(source, fact))) for fact in closing}
    unnamed = _and((goes_on, *(_not(Has(each)) for each in names.values())))
    rests = [_Further(unnamed, _Rest())]
    return rests + [_Further(_and((goes_on, Has(each))), _Rest(fact, each)) for fact, each in names.items()]


def _words(source: Fact, closing: str) -> Word:
    item = source.type.item if isinstance(source.type, ListOf) else source.type
    words = item.fields[closing] if isinstance(item, Record) else item
    if not isinstance(words, Word):
        raise TypeError(f"`{'.'.join(source.path)}`: the closing fact `{closing}` is no closed word")
    return words


def _seen(body: Expr, binder: int, value: _Value) -> Expr:
    """What a body says of a rest, simplified as far as what is UNKNOWN settles it."""
    done: dict[int, Expr] = {}

    def seen(node: Expr) -> Expr:
        if id(node) not in done:
            done[id(node)] = answered(node)
        return done[id(node)]

    def answered(node: Expr) -> Expr:
        if isinstance(node, Element):
            if node.binder != binder:
                return node
            return Const(None, node.type) if isinstance(value, _Rest) else value
        if isinstance(value, _Rest) and value.closing is not None:
            known = _asked_of_closing(node, binder, value)
            if known is not None:
                return known
        return _simplified(rebuild_parts(node, seen))

    return seen(body)


def _asked_of_closing(node: Expr, binder: int, rest: _Rest) -> Expr | None:
    """A question to which the named words are an answer: the closing fact compared with a constant or a parameter."""
    match node:
        case Compare(op="==" | "!=" as op, left=left, right=right):
            if _is_closing(right, binder, rest):
                left, right = right, left
            if not _is_closing(left, binder, rest) or not isinstance(right, Const | Param):
                return None
            equal = _equals(rest, right)
            return equal if op == "==" else Not(equal)
        case Exists(source=Param(), body=Compare(op="==", left=Element() as each, right=word)) if (
            each.binder == node.binder and _is_closing(word, binder, rest)
        ):
            return replace(node, body=_equals(rest, each))  # `in` a parameter
        case Call(function="inParam", args=(word, Param() as parameter)) if _is_closing(word, binder, rest):
            values = parameter.values
            words = sorted({each for dated in values for each in dated.value})  # type: ignore[attr-defined]
            return _or(_among(rest, each, parameter, node) for each in words) if words else None
        case _:
            return None


def _among(rest: _Rest, word: str, parameter: Param, node: Call) -> Expr:
    constant = Const(word, node.args[0].type)
    return And((replace(node, args=(constant, parameter)), _equals(rest, constant)))


def _is_closing(node: Expr, binder: int, rest: _Rest) -> bool:
    if rest.closing == WORDS:
        return isinstance(node, Element) and node.binder == binder
    return (
        isinstance(node, Field)
        and node.name == rest.closing
        and isinstance(node.record, Element)
        and node.record.binder == binder
    )


def _equals(rest: _Rest, word: Expr) -> Expr:
    """FALSE where `word` is among the named ones, else UNKNOWN."""
    if rest.names is None:
        return _UNKNOWN
    named = Exists(rest.names, _NAMED_WORD, Compare("==", Element(_NAMED_WORD, word.type), word))
    return And((Not(named), _UNKNOWN))


# -- what follows from UNKNOWN parts


def _simplified(node: Expr) -> Expr:
    """A node over simplified parts; UNKNOWN where a part that is surely UNKNOWN makes it so."""
    match node:
        case And():
            return _and(node.parts)
        case Or():
            return _or(node.parts)
        case Not():
            return _not(node.operand)
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return Const(None, node.type) if _is_unknown(left) or _is_unknown(right) else node
        case Negate(operand=part) | Exact(operand=part) | Field(record=part) | Choose(test=part):
            return Const(None, node.type) if _is_unknown(part) else node
        case Has(target=Const()):
            return _UNKNOWN
        case Exists() | ForAll() | Filter() | Map() | Distinct() | Size() | Aggregate() | ListCall():
            return Const(None, node.type) if _is_unknown(node.source) else node
        case Call():
            strict = FUNCTIONS[node.function].strict
            return Const(None, node.type) if strict and any(map(_is_unknown, node.args)) else node
        case _:
            return node


def _is_unknown(node: Expr) -> bool:
    return isinstance(node, Const) and node.value is None


def _not(operand: Expr) -> Expr:
    if isinstance(operand, Const):
        return _UNKNOWN if operand.value is None else Const(not operand.value, BOOL)
    return operand.operand if isinstance(operand, Not) else Not(operand)


def _and(parts: Iterable[Expr]) -> Expr:
    return _joined(And, _TRUE, _FALSE, parts)


def _or(parts: Iterable[Expr]) -> Expr:
    return _joined(Or, _FALSE, _TRUE, parts)


def _joined(kind: type[And] | type[Or], neutral: Const, settled: Const, parts: Iterable[Expr]) -> Expr:
    """Parts joined, each once, without those that say nothing; one that settles it stands alone."""
    kept: dict[Expr, None] = {}
    for part in parts:
        for each in part.parts if isinstance(part, kind) else (part,):
            if each != neutral:
                kept[each] = None
    if settled in kept:
        return settled
    if len(kept) > 1:
        return kind(tuple(kept))
    return next(iter(kept), neutral)


def _possible(node: Expr) -> Expr:
    """Whether a truth is not FALSE, as an expression that is never UNKNOWN."""
    match node:
        case Const():
            return _FALSE if node.value is False else _TRUE
        case And():
            return _and(map(_possible, node.parts))
        case Or():
            return _or(map(_possible, node.parts))
        case Not():
            return _not(_sure(node.operand))
        case Has() | Possible():
            return node
        case _:
            return Possible(node)


def _sure(node: Expr) -> Expr:
    """Whether a truth is TRUE, as an expression that is never UNKNOWN."""
    match node:
        case Const():
            return _TRUE if node.value is True else _FALSE
        case And():
            return _and(map(_sure, node.parts))
        case Or():
            return _or(map(_sure, node.parts))
        case Not():
            return _not(_possible(node.operand))
        case Has() | Possible():
            return node
        case _:
            return Not(Possible(Not(node)))


__all__ = ["open_lists"]
