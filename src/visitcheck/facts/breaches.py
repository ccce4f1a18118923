"""Constraints between facts, held against a visit whose single values are all right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from visitcheck.facts.constraints import NotAfter, RecordConstraint, UniqueKey
from visitcheck.facts.fields import FactModel, shapes
from visitcheck.facts.paths import Path
from visitcheck.facts.quick_check import quick_check


class LocatedBreach(NamedTuple):
    """A broken constraint: where, what to say, and all places it hangs on."""

    code: str
    path: Path
    message: str
    help: str | None
    needs: tuple[Path, ...]


class BrokenConstraintsError(ValueError):
    """Facts that contradict each other."""

    def __init__(self, breaches: list[LocatedBreach]) -> None:
        super().__init__("; ".join(breach.message for breach in breaches))
        self.breaches = breaches


@dataclass(frozen=True, slots=True)
class _Checks:
    """What to check in one model, by the field that must be given for anything to be wrong.

    `below` leads to the models of groups and of lists (then with the list's key).
    """

    always: tuple[tuple[str, RecordConstraint], ...]
    with_as_of: tuple[tuple[str, RecordConstraint], ...]
    below: dict[str, _Below]

    def needed(self, as_of: int | None) -> bool:
        """Whether elements of this model have to be looked at one by one."""
        return bool(self.below or (self.always if as_of is None else self.with_as_of))


class _Below(NamedTuple):
    """The model below a field, whether the field is a list of it, and that list's key."""

    checks: _Checks
    listed: bool
    unique: UniqueKey | None


@lru_cache(maxsize=256)
def _checks_of(model: type[FactModel]) -> _Checks:
    below = {
        name: _Below(_checks_of(shape.record), shape.listed is not None, shape.unique)
        for name, shape in shapes(model).items()
        if shape.record is not None
    }
    always = [constraint for constraint in model.constraints if not isinstance(constraint, NotAfter)]
    return _Checks(_by_trigger(always), _by_trigger(model.constraints), below)


def _by_trigger(constraints: Sequence[RecordConstraint]) -> tuple[tuple[str, RecordConstraint], ...]:
    return tuple((constraint.trigger, constraint) for constraint in constraints)


def _model_of(record: FactModel) -> type[FactModel]:
    return type(record)


def breaches(visit: Any) -> list[LocatedBreach]:
    """Every constraint that the facts of `visit` break, in no order."""
    group = visit.visit
    as_of = None if group is None else group.as_of
    broken: list[LocatedBreach] = []
    suspects = quick_check(_model_of(visit))
    if suspects is None or not suspects(visit, as_of):
        return broken
    _collect(visit, _checks_of(_model_of(visit)), as_of, (), broken)
    return broken


def breaches_in_record(record: FactModel, as_of: int | None = None) -> list[LocatedBreach]:
    """Every constraint that the facts of one record break, judged at `as_of` where that is known."""
    broken: list[LocatedBreach] = []
    suspects = quick_check(_model_of(record))
    if suspects is not None and suspects(record, as_of):
        _collect(record, _checks_of(_model_of(record)), as_of, (), broken)
    return broken


def _collect(record: Any, checks: _Checks, as_of: int | None, path: Path, broken: list[LocatedBreach]) -> None:
    constraints = checks.always if as_of is None else checks.with_as_of
    values = record.__dict__
    for trigger, constraint in constraints:
        if values[trigger] is None:  # as most facts are
            continue
        breach = constraint.breach(values, as_of, record.written)
        if breach is not None:
            needs = tuple((*path, needed) for needed in breach.needs)
            broken.append(LocatedBreach(constraint.code, (*path, breach.at), breach.message, breach.help, needs))
    if not checks.below:
        return
    for name in record.__pydantic_fields_set__:
        below, value = checks.below.get(name), values[name]
        if below is not None and value is not None:
            _collect_below(value, below, as_of, (*path, name), broken)


def _collect_below(value: Any, below: _Below, as_of: int | None, path: Path, broken: list[LocatedBreach]) -> None:
    checks, listed, unique = below
    if not listed:
        _collect(value, checks, as_of, path, broken)
        return
    if unique is not None:
        _collect_repeated(value, unique, path, broken)
    if checks.needed(as_of):
        for position, element in enumerate(value):
            _collect(element, checks, as_of, (*path, position), broken)


def _collect_repeated(elements: tuple[Any, ...], unique: UniqueKey, path: Path, broken: list[LocatedBreach]) -> None:
    for position, first in unique.repeated(elements):
        here, there = (*path, position, unique.key), (*path, first, unique.key)
        message = f"the same `{unique.key}` as element {first}"
        help_ = "give each element an id of its own, or none"
        broken.append(LocatedBreach(unique.code, here, message, help_, (here, there)))
