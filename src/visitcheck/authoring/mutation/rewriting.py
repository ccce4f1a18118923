"""Copies of conditions with one written piece changed, wherever a `let` put it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias, cast

from visitcheck.authoring.mutation.changes import NodeChange, changes_of, membership_changes
from visitcheck.authoring.source_spans import is_membership, site_of, text_of
from visitcheck.ir.nodes import Compare, Exists, Expr, Or, Param
from visitcheck.ir.walk import children, rebuild

Key: TypeAlias = tuple[object, ...]
"""What all copies of one written node have in common; all readings of one parameter are one."""


def changes_in(*conditions: Expr) -> Iterator[tuple[Key, str, NodeChange]]:
    """Every change of every piece written in the conditions: which nodes it is for, and the text around it."""
    seen: set[Key] = set()
    for condition in conditions:
        for node, around in _changeable_nodes(condition, ""):
            key = key_of(node)
            if key is None or key in seen:
                continue
            seen.add(key)
            changes = membership_changes(node) if isinstance(node, Or) and is_membership(node) else changes_of(node)
            text = f"params.{node.name}" if isinstance(node, Param) else around
            yield from ((key, change.around or text, change) for change in changes)


def key_of(node: Expr) -> Key | None:
    """The key of a node; None for one that nobody wrote."""
    if isinstance(node, Param):
        return ("param", node.name)
    return None if node.origin is None else (type(node), *site_of(node.origin))


def rewrite_nodes(condition: Expr, key: Key, apply: Callable[[Expr], Expr]) -> Expr:
    """The condition with `apply` made to every node of this key; the condition itself where there is none."""
    return rebuild(condition, lambda node: apply(node) if key_of(node) == key else None)


def _changeable_nodes(node: Expr, around: str) -> Iterator[tuple[Expr, str]]:
    """The nodes that can be changed, each with the smallest written piece that says enough about it."""
    own = text_of(site_of(node.origin)) if node.origin is not None else around
    below = tuple(children(node))
    if is_membership(node):
        if isinstance(node, Or):
            yield node, own
            below = (cast("Compare", node.parts[0]).left,)
        else:
            exists = cast("Exists", node)
            below = (exists.source, cast("Compare", exists.body).right)
    elif isinstance(node, Param):
        yield node, own
        return
    else:
        # A bare constant says too little: what it stands in says which one it is.
        yield node, own if below else around or own
    for child in below:
        yield from _changeable_nodes(child, own)
