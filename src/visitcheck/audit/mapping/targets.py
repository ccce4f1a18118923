"""Paths of facts in mapping files, looked up in the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping

from visitcheck.audit.mapping.model import Target
from visitcheck.documents import YamlScalar
from visitcheck.errors import Problem
from visitcheck.facts.types import ListOf, Record
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.suggest import did_you_mean

_step = re.compile(r"([a-z][a-z0-9_]*)(?:\[([0-9]*)\])?")


def target(
    node: YamlScalar, facts: Mapping[str, FactInfo], problems: list[Problem], within: str | None = None
) -> Target | None:
    """The fact at a path; `within` is the list that a separate table gives, whose name may be left out.

    A path that is none, or leads to a group or into all elements of a list at once, is a problem.
    """
    written = node.text.strip()
    prefix = f"{within}[]." if within else ""
    inner = written.removeprefix(prefix)
    path = prefix + re.sub(r"\[[0-9]+\]", "[]", inner)
    fact = facts.get(path)
    if fact is None:
        known = [one.removeprefix(prefix) for one in facts if one.startswith(prefix)]
        message = f"there is no fact `{written}`" + (f" in `{within}`" if within else "")
        help_ = did_you_mean(inner, known, "`visitcheck schema visit` lists all facts")
        problems.append(Problem("no-such-fact", message, help_, node.place()))
        return None
    if "[]" in inner:
        help_ = f"give a separate table under `tables:`, or name one element, like `{inner.replace('[]', '[0]', 1)}`"
        problems.append(Problem("mapping-target", f"`{written}` is in every element of a list", help_, node.place()))
        return None
    if isinstance(fact.type, Record):
        example = next(one.removeprefix(prefix) for one in facts if one.startswith(f"{path}."))
        message = f"`{written}` is a group, not one fact"
        problems.append(Problem("mapping-target", message, f"name a fact of it, like `{example}`", node.place()))
        return None
    return Target(fact, _steps(inner), node.place())


def _steps(path: str) -> tuple[str | int, ...]:
    steps: list[str | int] = []
    for name, position in _step.findall(path):
        steps.append(name)
        if position:
            steps.append(int(position))
    return tuple(steps)


def is_record_list(fact: FactInfo) -> bool:
    """Whether a fact is a list of records."""
    return isinstance(fact.type, ListOf) and isinstance(fact.type.item, Record)
