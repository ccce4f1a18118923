"""A Visit model that also reads the facts that packs declare under `extra`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import create_model

from visitcheck.facts import fields
from visitcheck.facts.fields import FactModel, Known, Listed, fact
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Record,
    Type,
    Word,
)
from visitcheck.facts.visit import Extra, Visit
from visitcheck.facts.vocabulary import FactInfo

_Declared: TypeAlias = tuple[tuple[str, Any, Known, str], ...]
"""Facts of packs: name, type, when it is known, description."""
_SCALARS: dict[Type, Any] = {
    BOOL: fields.Bool,
    INT: fields.Int,
    DOUBLE: fields.Double,
    STRING: fields.Text,
    TIMESTAMP: fields.Timestamp,
    DURATION: fields.Duration,
    DATE: fields.Date,
    TIME_OF_DAY: fields.TimeOfDay,
}


def visit_model_with_extra(extra: Mapping[str, FactInfo]) -> type[Visit]:
    """A subclass of `Visit` whose group `extra` has these facts, by name; `Visit` itself without any.

    Raises `ValueError` for a type that no declared fact can have: money, weekly hours, counts.
    """
    if not extra:
        return Visit
    return _model(tuple((name, _key(info.type), info.known, info.description) for name, info in sorted(extra.items())))


@lru_cache(maxsize=64)
def _model(extra: _Declared) -> type[Visit]:
    declared = {
        name: (_annotation(key, f"Extra_{name}") | None, fact(description, known=known))
        for name, key, known, description in extra
    }
    group: Any = create_model("Extra", __base__=Extra, __module__=__name__, **declared)  # type: ignore[call-overload]
    description = Visit.model_fields["extra"].description or ""
    made = create_model("Visit", __base__=Visit, __module__=__name__, extra=(group | None, fact(description)))

    def reduce(visit: Visit) -> tuple[Any, ...]:
        """Have the model made again, and the facts read into it: by its name it would not be found."""
        return _read_again, (extra, visit.to_dict())

    made.__reduce__ = reduce  # type: ignore[assignment]
    return made


def _read_again(extra: _Declared, facts: dict[str, Any]) -> Visit:
    return _model(extra).model_validate(facts)


def _key(type_: Type) -> Any:
    """A type with all its parts in a form that compares and hashes by them, as `Record` does not."""
    if isinstance(type_, ListOf):
        return ("list", _key(type_.item))
    if isinstance(type_, Record):
        return ("record", tuple((name, _key(part)) for name, part in type_.fields.items()))
    if isinstance(type_, Word):
        return ("word", type_.words)
    if type_ not in _SCALARS:
        raise ValueError(f"a declared fact cannot be of type {type_}")
    return type_


def _annotation(key: Any, name: str) -> Any:
    if not isinstance(key, tuple):
        return _SCALARS[key]
    kind, inside = key
    if kind == "word":
        return Literal[inside]
    if kind == "list":
        return Annotated[tuple[_annotation(inside, name), ...], Listed()]  # type: ignore[misc]
    parts = {field: (_annotation(part, f"{name}_{field}") | None, fact("")) for field, part in inside}
    return create_model(name, __base__=FactModel, __module__=__name__, **parts)  # type: ignore[call-overload]
