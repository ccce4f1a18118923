"""Copies of conditions with one written piece changed, wherever a `let` put it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeAlias, cast

from visitcheck.authoring.mutation.changes import Change, changes, membership_changes
from visitcheck.authoring.written import is_membership, site, text_of
from visitcheck.language.nodes import Compare, Exists, Expr, Node, Or, Param, children

Key: TypeAlias = tuple[object, ...]
"""What all copies of one written node have in common; all readings of one parameter are one."""


def written_changes(*conditions: Expr) -> Iterator[tuple[Key, str, Change]]:
    """Every change of every piece written in the conditions: which nodes it is for, and the text around it."""
    seen: set[Key] = set()
    for condition in conditions:
        for node, around in _written(condition, ""):
            key = key_of(node)
            if key is None or key in seen:
                continue
            seen.add(key)
            found = membership_changes(node) if isinstance(node, Or) and is_membership(node) else changes(node)
            text = f"params.{node.name}" if isinstance(node, Param) else around
            yield from ((key, change.around or text, change) for change in found)


def key_of(node: Expr) -> Key | None:
    """The key of a node; None for one that nobody wrote."""
    if isinstance(node, Param):
        return ("param", node.name)
    return None if node.origin is None else (type(node), *site(node.origin))


def rewritten(condition: Expr, key: Key, apply: Callable[[Expr], Expr]) -> Expr:
    """The condition with `apply` made to every node of this key; the condition itself where there is none."""
    return cast("Expr", _Rewriting(key, apply).part(condition))


def _written(node: Expr, around: str) -> Iterator[tuple[Expr, str]]:
    """The nodes that can be changed, each with the smallest written piece that says enough about it."""
    own = text_of(site(node.origin)) if node.origin is not None else around
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
        yield from _written(child, own)


class _Rewriting:
    """Rebuilds what holds a changed node; what several parents share is visited once."""

    def __init__(self, key: Key, apply: Callable[[Expr], Expr]) -> None:
        self._key, self._apply = key, apply
        self._done: dict[int, object] = {}

    def part(self, part: object) -> object:
        if isinstance(part, tuple) and any(isinstance(item, Node) for item in part):
            items = tuple(map(self.part, part))
            return items if any(a is not b for a, b in zip(items, part, strict=True)) else part
        if not isinstance(part, Node):
            return part
        if id(part) not in self._done:
            self._done[id(part)] = self._node(part)
        return self._done[id(part)]

    def _node(self, node: Node) -> Node:
        if key_of(cast("Expr", node)) == self._key:
            return self._apply(cast("Expr", node))
        new: dict[str, Any] = {}
        for item in fields(node):
            before = getattr(node, item.name)
            after = before if item.name == "origin" else self.part(before)
            if after is not before:
                new[item.name] = after
        return replace(node, **new) if new else node
