"""Constraints between facts, held against a visit whose single values are all right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from visitcheck.facts.constraints import NotAfter, RecordConstraint, UniqueKey
from visitcheck.facts.fields import FactModel
from visitcheck.facts.models import shapes
from visitcheck.facts.paths import Path


class Found(NamedTuple):
    """A broken constraint: where, what to say, and all places it hangs on."""

    code: str
    path: Path
    message: str
    help: str | None
    needs: tuple[Path, ...]


class BrokenConstraintsError(ValueError):
    """Facts that contradict each other."""

    def __init__(self, found: list[Found]) -> None:
        super().__init__("; ".join(one.message for one in found))
        self.found = found


@dataclass(frozen=True, slots=True)
class _Checks:
    """What to check in one model, and where further models hang below it."""

    always: tuple[RecordConstraint, ...]
    with_as_of: tuple[RecordConstraint, ...]
    records: tuple[tuple[str, _Checks], ...]
    lists: tuple[tuple[str, UniqueKey | None, _Checks], ...]


@cache
def _checks(model: type[FactModel]) -> _Checks:
    records, lists = [], []
    for name, shape in shapes(model).items():
        if shape.record is None:
            continue
        below = _checks(shape.record)
        if shape.listed is not None:
            lists.append((name, shape.unique, below))
        elif below.with_as_of or below.lists or below.records:
            records.append((name, below))
    always = tuple(one for one in model.constraints if not isinstance(one, NotAfter))
    with_as_of = (*always, *(one for one in model.constraints if isinstance(one, NotAfter)))
    return _Checks(always, with_as_of, tuple(records), tuple(lists))


def _model_of(record: FactModel) -> type[FactModel]:
    return type(record)


def breaches(visit: Any) -> list[Found]:
    """Every constraint that the facts of `visit` break, in the order of the models."""
    group = visit.visit
    as_of = None if group is None else group.as_of
    return list(_in_record(visit, _checks(_model_of(visit)), as_of, ()))


def in_record(record: FactModel) -> list[Found]:
    """Every constraint that the facts of one record break, where no moment of judging is known."""
    return list(_in_record(record, _checks(_model_of(record)), None, ()))


def _in_record(record: Any, checks: _Checks, as_of: int | None, path: Path) -> Iterator[Found]:
    values = record.__dict__
    for constraint in checks.always if as_of is None else checks.with_as_of:
        breach = constraint.breach(values, as_of, record.written)
        if breach is not None:
            needs = tuple((*path, name) for name in breach.needs)
            yield Found(constraint.code, (*path, breach.at), breach.message, breach.help, needs)
    for name, below in checks.records:
        if values[name] is not None:
            yield from _in_record(values[name], below, as_of, (*path, name))
    for name, unique, below in checks.lists:
        elements = values[name]
        if not elements:
            continue
        if unique is not None:
            yield from _repeated(elements, unique, (*path, name))
        if below.with_as_of if as_of is not None else below.always:
            for position, element in enumerate(elements):
                yield from _in_record(element, below, as_of, (*path, name, position))


def _repeated(elements: tuple[Any, ...], unique: UniqueKey, path: Path) -> Iterator[Found]:
    for position, first in unique.repeated(elements):
        here, there = (*path, position, unique.key), (*path, first, unique.key)
        message = f"the same `{unique.key}` as element {first}"
        yield Found(unique.code, here, message, "give each element an id of its own, or none", (here, there))
