"""The vocabulary: every fact by path with its type, worked out from the models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from visitcheck.facts.constraints import Length, Pattern, StateTime
from visitcheck.facts.fields import FactModel, FieldShape, Known, shapes
from visitcheck.facts.groups.visit import VisitPlace
from visitcheck.facts.types import STRING, ListOf, Record, Type, Word
from visitcheck.facts.visit import Visit

_camel = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class FactInfo:
    """One fact, group or list: its path, like `contacts[].at`, its type, and when it is known.

    `unit` is set for numbers that have one. `protective` says that the fact speaks against the visit: where it is true,
    where the list is not empty, or where the closed word is one of these. The time of such a state, whose path is
    `state`, speaks against the visit where it is given: the state is not FALSE then. `free_text` is what people write
    in their own words, `personal` what pages show only on demand though it is no text.
    """

    path: str
    type: Type
    known: Known
    description: str
    unit: str | None = None
    protective: bool | tuple[str, ...] = False
    state: str | None = None
    free_text: bool = False
    personal: bool = False


def _type_name(model: type[FactModel]) -> str:
    """The name of a model's record type, which its words and messages carry."""
    if issubclass(model, Visit):
        return "visit"
    # A `Place` of the code is one in a file (`errors.Place`).
    return "place" if model is VisitPlace else _camel.sub("_", model.__name__).lower()


@cache
def _record(model: type[FactModel]) -> Record:
    return Record(_type_name(model), {field: _type(model, shape) for field, shape in shapes(model).items()})


def _type(model: type[FactModel], shape: FieldShape) -> Type:
    item: Type
    if shape.record is not None:
        item = _record(shape.record)
    elif shape.scalar is not None:
        item = shape.scalar.type
    else:
        item = Word(f"{_type_name(model)}.{shape.name}", shape.words)
    return ListOf(item) if shape.listed is not None else item


def facts_of(model: type[FactModel], prefix: str = "") -> Iterator[FactInfo]:
    """Every field of `model` and of the models below it, groups and lists before what is in them."""
    types = _record(model).fields
    states = {each.time: each.state for each in model.constraints if isinstance(each, StateTime)}
    for name, shape in shapes(model).items():
        path = f"{prefix}{name}"
        known = shape.record.known if shape.record is not None else shape.known
        state = states.get(name)
        if state is not None and shapes(model)[state].protective:
            yield FactInfo(path, types[name], known, shape.description, shape.unit, True, f"{prefix}{state}")
        else:
            yield FactInfo(
                path, types[name], known, shape.description, shape.unit, shape.protective,
                free_text=_is_free(shape), personal=shape.personal,
            )  # fmt: skip
        if shape.record is not None:
            yield from facts_of(shape.record, f"{path}[]." if shape.listed is not None else f"{path}.")


def _is_free(shape: FieldShape) -> bool:
    constraints = () if shape.scalar is None or shape.scalar.type != STRING else shape.scalar.constraints
    kinds = {type(one) for one in constraints}
    return Length in kinds and Pattern not in kinds


ROOT: Record = _record(Visit)
"""The type of a visit: its fields are the groups and lists."""
FACTS: dict[str, FactInfo] = {info.path: info for info in facts_of(Visit)}
"""Every fact, group and list by path; elements of lists as `contacts[].at`."""

PERSONAL: frozenset[str] = frozenset(path for path, info in FACTS.items() if info.personal)
"""Facts that pages show only on demand, besides text."""


def vocabulary_with_extra(extra: Mapping[str, FactInfo]) -> tuple[Record, dict[str, FactInfo]]:
    """The vocabulary with facts that packs declare: `extra` gives them by name below `extra.`."""
    if not extra:
        return ROOT, FACTS
    declared = Record("extra", {name: info.type for name, info in extra.items()})
    facts = FACTS | {"extra": FactInfo("extra", declared, FACTS["extra"].known, FACTS["extra"].description)}
    for name, info in extra.items():
        facts |= {fact.path: fact for fact in _declared(f"extra.{name}", info)}
    return Record(ROOT.name, ROOT.fields | {"extra": declared}), facts


def _declared(path: str, info: FactInfo) -> Iterator[FactInfo]:
    """A declared fact and, where it is a record or a list of them, the facts below it."""
    yield FactInfo(path, info.type, info.known, info.description, info.unit)
    item, mark = (info.type.item, "[]") if isinstance(info.type, ListOf) else (info.type, "")
    if isinstance(item, Record):
        for name, type_ in item.fields.items():
            yield from _declared(f"{path}{mark}.{name}", FactInfo("", type_, info.known, "", None))
