"""Which facts an input's columns feed, and which of its columns are no facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visitcheck.audit.inputs.raw_rows import JSON, RawList, RawRecord, RawType, RawValue
from visitcheck.errors import Problem
from visitcheck.facts.diagnosis import unknown_name as refused_name
from visitcheck.facts.fields import FactModel, shapes
from visitcheck.facts.paths import Path, json_path
from visitcheck.facts.types import ListOf, Record, Type
from visitcheck.facts.visit import Visit


def facts_in_columns(types: Mapping[str, RawType], root: Record) -> frozenset[str]:
    """The paths of groups, lists and facts, as in `FACTS`, that columns of these types can fill."""
    return frozenset(_facts_fed(RawRecord(types), root, ""))


def _facts_fed(type_: RawType, fact: Type, prefix: str) -> Iterator[str]:
    if not isinstance(fact, Record):
        return
    if type_ == JSON:
        yield from all_paths(fact, prefix)
    elif isinstance(type_, RawRecord):
        for name, part in type_.fields.items():
            inner = fact.fields.get(name)
            if inner is None or (isinstance(part, RawValue) and part.kind == "nothing"):
                continue
            yield f"{prefix}{name}"
            listed = isinstance(inner, ListOf)
            item = part.item if isinstance(part, RawList) else part
            yield from _facts_fed(
                item, inner.item if isinstance(inner, ListOf) else inner, f"{prefix}{name}{'[]' * listed}."
            )


def all_paths(fact: Record, prefix: str = "") -> Iterator[str]:
    """The paths of everything below a record."""
    for name, inner in fact.fields.items():
        yield f"{prefix}{name}"
        item = inner.item if isinstance(inner, ListOf) else inner
        if isinstance(item, Record):
            yield from all_paths(item, f"{prefix}{name}{'[]' if item is not inner else ''}.")


def unknown_columns(types: Mapping[str, RawType], model: type[Visit]) -> list[Problem]:
    """A problem for each column, or field of one, that is no fact."""
    return [_unknown_name(path, model) for path in _unknown_paths(RawRecord(types), model, ())]


def _unknown_paths(type_: RawType, model: type[FactModel], path: Path) -> Iterator[Path]:
    if not isinstance(type_, RawRecord):
        return
    known = shapes(model)
    for name, part in type_.fields.items():
        shape = known.get(name)
        if shape is None:
            yield (*path, name)
        elif shape.record is not None:
            yield from _unknown_paths(part.item if isinstance(part, RawList) else part, shape.record, (*path, name))


def _unknown_name(path: Path, model: type[Visit]) -> Problem:
    bad = refused_name(path, model)
    return Problem(bad.code, bad.message, bad.help, path=json_path(path))
