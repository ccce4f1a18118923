"""Parses paths into a visit, like `notices[0].sent_at`, and follows and edits them on YAML nodes.

Edits work on nodes, not on plain values, so that whatever is wrong with an edited visit is reported where
it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]

PATH_PATTERN = r"[A-Za-z_]\w*(?:\[\d{1,6}\])?(?:\.[A-Za-z_]\w*(?:\[\d{1,6}\])?)*"
_PATH = re.compile(PATH_PATTERN)
_STEP = re.compile(r"([A-Za-z_]\w*)|\[(\d+)\]")


class NoSuchPathError(LookupError):
    """A path leads nowhere; the text says at which step."""


@dataclass(frozen=True, slots=True)
class EditTarget:
    """A path with the scalar it was written as, whose place stands for what the path creates."""

    written: YamlScalar
    steps: Path


def parse_path(text: str) -> Path | None:
    """Parse the steps of a path, names and list positions; None if `text` is no path."""
    if not _PATH.fullmatch(text):
        return None
    return tuple(int(index) if index else name for name, index in _STEP.findall(text))


def nearest_node(node: YamlNode, text: str) -> YamlNode:
    """Find the node at a problem's path like `$.contacts[2].at`, or the deepest one on the way that exists."""
    here = node
    for name, index in _STEP.findall(text):
        try:
            here = _child(here, int(index) if index else name)
        except NoSuchPathError:
            break
    return here


def put(node: YamlNode, target: EditTarget, value: YamlNode) -> YamlNode:
    """Put `value` at the target; groups on the way that are missing are made."""
    return _put(node, target.steps, value, target.written)


def _put(node: YamlNode | None, steps: Path, value: YamlNode, written: YamlScalar) -> YamlNode:
    if not steps:
        return value
    first, rest = steps[0], steps[1:]
    if isinstance(first, int):
        items = list(_items(node, first))
        items[first] = _put(items[first], rest, value, written)
        return YamlSequence(tuple(items), _as_sequence(node).span)
    mapping = YamlMapping((), written.span) if node is None else _as_mapping(node, first)
    changed = _put(mapping.get(first), rest, value, written)
    if first in mapping:
        entries = tuple((key, changed if key.text == first else old) for key, old in mapping.entries)
    else:
        entries = (*mapping.entries, (YamlScalar(first, "plain", written.span), changed))
    return YamlMapping(entries, mapping.span)


def append(node: YamlNode, target: EditTarget, more: YamlSequence) -> YamlNode:
    """Put the items of `more` at the end of the list at the target; a missing list is made."""
    try:
        old = _follow(node, target.steps)
    except NoSuchPathError:
        return put(node, target, more)
    return put(node, target, YamlSequence((*_as_sequence(old).items, *more.items), more.span))


def remove(node: YamlNode, targets: Iterable[EditTarget]) -> YamlNode:
    """Remove what is at the targets; list positions are those before anything is removed."""
    for target in sorted(targets, key=_removal_order, reverse=True):
        node = _remove(node, target.steps)
    return node


def _removal_order(target: EditTarget) -> tuple[tuple[str, int], ...]:
    """Orders paths so that, from the end, later list elements come before earlier ones."""
    return tuple((step, 0) if isinstance(step, str) else ("", step) for step in target.steps)


def _remove(node: YamlNode, steps: Path) -> YamlNode:
    first, rest = steps[0], steps[1:]
    child = _child(node, first)
    if isinstance(first, int):
        items = _as_sequence(node).items
        kept = (*items[:first], *((_remove(child, rest),) if rest else ()), *items[first + 1 :])
        return YamlSequence(kept, node.span)
    mapping = _as_mapping(node, first)
    entries = (
        (key, _remove(old, rest) if key.text == first else old)
        for key, old in mapping.entries
        if rest or key.text != first
    )
    return YamlMapping(tuple(entries), mapping.span)


def _follow(node: YamlNode, steps: Path) -> YamlNode:
    for step in steps:
        node = _child(node, step)
    return node


def _child(node: YamlNode, step: Step) -> YamlNode:
    if isinstance(step, int):
        return _items(node, step)[step]
    child = _as_mapping(node, step).get(step)
    if child is None:
        raise NoSuchPathError(f"there is no `{step}` here")
    return child


def _items(node: YamlNode | None, index: int) -> tuple[YamlNode, ...]:
    items = _as_sequence(node).items
    if index >= len(items):
        raise NoSuchPathError(f"the list has {len(items)} elements, so there is none at [{index}]")
    return items


def _as_sequence(node: YamlNode | None) -> YamlSequence:
    if isinstance(node, YamlSequence):
        return node
    raise NoSuchPathError("there is no list here")


def _as_mapping(node: YamlNode, step: Step) -> YamlMapping:
    if isinstance(node, YamlMapping):
        return node
    raise NoSuchPathError(f"there is no group here that could hold `{step}`")
