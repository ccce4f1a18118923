"""A hash of what a policy means: not of its layout, comments, titles, messages, or names of `let`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from visitcheck.facts.types import Record, Scalar, Word
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.ir.nodes import Node, Param
from visitcheck.language import calendars, lexicon
from visitcheck.policy.model import Citation, Parameter, Rule

LANGUAGE_VERSION = 1
"""Raised when conditions that were valid before come to mean something else."""


def digest(
    rules: Iterable[Rule],
    parameters: Iterable[Parameter],
    never_collected: Iterable[str],
    selectors: Iterable[str],
    extra_facts: Iterable[FactInfo],
) -> str:
    """SHA-256, in hex, of the canonical meaning; what has no order of its own is sorted."""
    canonical = _Canonical()
    meaning = {
        "language": LANGUAGE_VERSION,
        "calendars": calendars.digest(),
        "folding": lexicon.digest(),
        "rules": sorted(canonical.rule(rule) for rule in rules),
        "parameters": sorted(canonical.parameter(each) for each in parameters),
        "never_collected": sorted(never_collected),
        "selectors": sorted(selectors),
        "facts": sorted([info.path, canonical.value(info.type), info.known] for info in extra_facts),
    }
    return _hash(meaning)


def _hash(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class _Canonical:
    """Values as JSON; each node becomes a hash of its parts, worked out once."""

    def __init__(self) -> None:
        self._nodes: dict[int, tuple[Node, str]] = {}

    def rule(self, rule: Rule) -> str:
        return _hash(
            {
                "id": rule.id,
                "stages": sorted(rule.stages),
                "application": self.value(rule.application),
                "require": sorted([check.name, self.value(check.condition.expr)] for check in rule.require),
                "unless": sorted(
                    [each.id, self.value(each.condition.expr), each.weak, self._cites(each.cites)]
                    for each in rule.unless
                ),
                "effect": rule.effect,
                "on_unknown": rule.on_unknown,
                "from": rule.effective_from,
                "until": rule.effective_until,
                "cites": self._cites(rule.cites),
            }
        )

    def parameter(self, parameter: Parameter) -> str:
        direction = parameter.hours or parameter.stricter
        return _hash([parameter.id, self.value(parameter.type), self.value(parameter.values), direction])

    def _cites(self, cites: Iterable[Citation]) -> list[list[str]]:
        return sorted([cite.instrument.id, cite.instrument.force, cite.reading] for cite in cites)

    def value(self, value: Any) -> Any:
        """A value, type, dated value or node; the kinds never look alike."""
        if isinstance(value, Node):
            return self._node(value)
        match value:
            case None | bool() | int() | str():
                return value
            case float():
                return ["double", value.hex()]
            case Scalar() | Record():
                return ["type", value.name]
            case Word(words=words):
                return ["word", sorted(words)]
            case tuple() if hasattr(value, "_fields"):
                return [type(value).__name__, *map(self.value, value)]
            case tuple() | list():
                return ["list", *map(self.value, value)]
        if is_dataclass(value) and not isinstance(value, type):
            meant = [item.name for item in fields(value) if item.compare]
            return [type(value).__name__, *(self.value(getattr(value, name)) for name in meant)]
        raise TypeError(f"no canonical form of {type(value).__name__}")

    def _node(self, node: Node) -> list[str]:
        known = self._nodes.get(id(node))
        if known is None:
            # A parameter means its values: the name it goes by does not count.
            skipped = {"origin", "name"} if isinstance(node, Param) else {"origin"}
            parts = [self.value(getattr(node, item.name)) for item in fields(node) if item.name not in skipped]
            # The node is kept, so that its id stays its own.
            known = (node, _hash([type(node).__name__, *parts]))
            self._nodes[id(node)] = known
        return ["node", known[1]]
