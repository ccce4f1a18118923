"""Types as packs name them: `int`, `list<string>`, or a fact's path for that fact's type."""

from __future__ import annotations

from collections.abc import Mapping

from visitcheck.errors import Place, Problem
from visitcheck.facts.types import SCALARS, ListOf, Record, Type
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.suggest import did_you_mean


def read_type(name: str, facts: Mapping[str, FactInfo], place: Place, problems: list[Problem]) -> Type | None:
    """The type that `name` names; a fact's path stands for the type of that fact."""
    bare = name.replace(" ", "")
    if bare.startswith("list<") and bare.endswith(">"):
        item = read_type(bare[5:-1], facts, place, problems)
        return None if item is None else ListOf(item)
    if bare in SCALARS:
        return SCALARS[bare]
    found = facts.get(bare)
    if found is not None and not _has_record(found.type):
        return found.type
    known = facts if "." in bare else [*SCALARS, "list<int>", "list<string>"]
    help_ = did_you_mean(bare, known, "`visitcheck schema visit` lists all facts")
    problems.append(Problem("no-such-type", f"there is no type `{name}`", help_, place))
    return None


def _has_record(found: Type) -> bool:
    return _has_record(found.item) if isinstance(found, ListOf) else isinstance(found, Record)
