"""Makes small changes of one node of a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, cast

from visitcheck.authoring.mutation.values import neighbouring_values, other_words
from visitcheck.authoring.source_spans import site_of, text_of
from visitcheck.facts.types import DATE, Word
from visitcheck.ir.nodes import And, Compare, CompareOp, Const, DatedValue, Expr, Not, Or, Param, Value
from visitcheck.language.printer import constant

Kind: TypeAlias = Literal["threshold", "comparison", "logic", "word", "date", "exception"]

_OTHER_OP: dict[CompareOp, CompareOp] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class NodeChange:
    """One change: `text` says what becomes what; `apply` makes it to any copy of the node."""

    kind: Kind
    text: str
    apply: Callable[[Expr], Expr]
    around: str | None = None
    """The piece of text that the change is in, where that is less than the whole node."""


def changes_of(node: Expr) -> Iterator[NodeChange]:
    """The changes of this node alone; those of the nodes below it are theirs."""
    match node:
        case And() | Or():
            yield from _connective_changes(node)
        case Not():
            yield NodeChange("logic", "! removed", _remove_not)
        case Compare(op=op):
            yield NodeChange("comparison", f"{op} becomes {_OTHER_OP[op]}", _swap_operator)
        case Const(value=value, type=type_):
            kind: Kind = "word" if isinstance(type_, Word) else "threshold"
            for new in neighbouring_values(value, type_):
                text = f"{constant(value, type_)} becomes {constant(new, type_)}"
                yield NodeChange(kind, text, _set_constant(new))
        case Param():
            yield from _parameter_changes(node)
        case _:
            return


def membership_changes(node: Or) -> Iterator[NodeChange]:
    """The changes of `x in [...]`: each constant gives way to one that is not listed, or goes where all are."""
    constants = [cast("Const", cast("Compare", part).right) for part in node.parts]
    listed = tuple(cast("str", each.value) for each in constants)
    for at, each in enumerate(constants):
        old = constant(each.value, each.type)
        new = next(other_words(listed[at], each.type, listed), None) if isinstance(each.type, Word) else None
        if new is None:
            yield NodeChange("word", f"{old} removed", _remove_part(at))
        else:
            yield NodeChange("word", f"{old} becomes {constant(new, each.type)}", _set_word(at, new))


def _connective_changes(node: And | Or) -> Iterator[NodeChange]:
    """Each `&&` or `||` between two parts turned into the other, as if it had been written so."""
    op, other = ("&&", "||") if isinstance(node, And) else ("||", "&&")
    texts = ["?" if part.origin is None else text_of(site_of(part.origin)) for part in node.parts]
    for at in range(1, len(texts)):
        text, around = f"{op} becomes {other}", f"{texts[at - 1]} {op} {texts[at]}"
        yield NodeChange("logic", text, (_split if isinstance(node, And) else _join)(at), around)


def _parameter_changes(node: Param) -> Iterator[NodeChange]:
    for at, dated in enumerate(node.values):
        for new in neighbouring_values(dated.value, node.type):
            text = f"{constant(dated.value, node.type)} becomes {constant(new, node.type)}"
            yield NodeChange("threshold", text, _set_values(_replace_value(node.values, at, value=new)))
        if dated.start is not None:
            for day in (dated.start - 1, dated.start + 1):
                text = f"from {constant(dated.start, DATE)} becomes {constant(day, DATE)}"
                yield NodeChange("date", text, _set_values(_replace_start(node.values, at, day)))


def _replace_value(values: tuple[DatedValue, ...], at: int, *, value: Value) -> tuple[DatedValue, ...]:
    return (*values[:at], replace(values[at], value=value), *values[at + 1 :])


def _replace_start(values: tuple[DatedValue, ...], at: int, day: int) -> tuple[DatedValue, ...]:
    """The value holds from `day`; one that ended where it began ends there."""
    old = values[at].start
    return tuple(
        replace(dated, start=day) if position == at else replace(dated, end=day) if dated.end == old else dated
        for position, dated in enumerate(values)
    )


def _split(at: int) -> Callable[[Expr], Expr]:
    """`a && b || c && d`: what `a && b && c && d` means with its second operator changed."""

    def apply(node: Expr) -> Expr:
        parts = cast("And", node).parts
        return Or((_conjunction(parts[:at]), _conjunction(parts[at:])), origin=node.origin)

    return apply


def _join(at: int) -> Callable[[Expr], Expr]:
    """`a || b && c || d`: what `a || b || c || d` means with its second operator changed."""

    def apply(node: Expr) -> Expr:
        parts = cast("Or", node).parts
        pair = And(parts[at - 1 : at + 1])
        new = (*parts[: at - 1], pair, *parts[at + 1 :])
        return pair if len(new) == 1 else Or(new, origin=node.origin)

    return apply


def _conjunction(parts: tuple[Expr, ...]) -> Expr:
    return parts[0] if len(parts) == 1 else And(parts)


def _remove_not(node: Expr) -> Expr:
    return cast("Not", node).operand


def _swap_operator(node: Expr) -> Expr:
    compare = cast("Compare", node)
    return replace(compare, op=_OTHER_OP[compare.op])


def _set_constant(value: Value) -> Callable[[Expr], Expr]:
    return lambda node: replace(cast("Const", node), value=value)


def _set_values(values: tuple[DatedValue, ...]) -> Callable[[Expr], Expr]:
    return lambda node: replace(cast("Param", node), values=values)


def _remove_part(at: int) -> Callable[[Expr], Expr]:
    def apply(node: Expr) -> Expr:
        parts = cast("Or", node).parts
        return replace(cast("Or", node), parts=parts[:at] + parts[at + 1 :])

    return apply


def _set_word(at: int, word: str) -> Callable[[Expr], Expr]:
    def apply(node: Expr) -> Expr:
        parts = cast("tuple[Compare, ...]", cast("Or", node).parts)
        new = replace(parts[at], right=replace(cast("Const", parts[at].right), value=word))
        return replace(cast("Or", node), parts=(*parts[:at], new, *parts[at + 1 :]))

    return apply
