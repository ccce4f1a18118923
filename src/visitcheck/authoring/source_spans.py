"""Maps parts of a rule's conditions to the text they were written as, so that one piece of text counts once.

A `let` that three checks use is three subtrees but was written once: coverage and mutation count what was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from visitcheck.errors import Place
from visitcheck.ir.nodes import Exists, Expr, Or, Origin
from visitcheck.policy.model import Rule

Site: TypeAlias = tuple[str, int, int]
"""A condition's text, and the start and end of a piece in it, in characters."""


def site_of(origin: Origin) -> Site:
    """The place of a node within its condition's text."""
    return origin.text, origin.start, origin.end


def text_of(where: Site) -> str:
    """The piece as written, on one line, without brackets around it all."""
    text, start, end = where
    piece = one_line(text[start:end])
    while piece.startswith("(") and _closing_bracket(piece) == len(piece) - 1:
        piece = piece[1:-1].strip()
    return piece


def _closing_bracket(text: str) -> int:
    """The position where the bracket that opens `text` closes, or -1; brackets in quotes are text."""
    depth, quote = 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[at - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        else:
            depth += (char == "(") - (char == ")")
            if depth == 0:
                return at
    return -1


def one_line(text: str) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split())


def is_membership(node: Expr) -> bool:
    """Whether a node stands for `x in list`, whose parts nobody wrote one by one."""
    match node:
        case Or(parts=parts, origin=origin):
            return origin is not None and all(part.origin == origin for part in parts)
        case Exists(body=body, origin=origin):
            return origin is not None and body.origin == origin
        case _:
            return False


def conditions_of(rule: Rule) -> Iterator[tuple[str, Expr]]:
    """The parts of a rule that decide it, by name: `when`, `check NAME`, `unless ID`."""
    if rule.when is not None:
        yield "when", rule.when.expr
    yield from ((f"check {check.name}", check.condition.expr) for check in rule.require)
    yield from ((f"unless {excuse.id}", excuse.condition.expr) for excuse in rule.unless)


def place_of(rule: Rule, where: Site) -> Place:
    """Where the condition that holds a piece is written; the rule's own place where that is not known."""
    for condition in (rule.applies, rule.when, *rule.lets.values(), *rule.checks_and_excuses):
        if condition is not None and condition.text == where[0]:
            return condition.place
    return rule.place
